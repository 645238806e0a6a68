import { expect, it } from 'vitest';
import { ensureBuilt } from '../agent-desktop/built-desktop.ts';
import { isBrowserMissing, naming } from '../support/browser.ts';
import { Command } from '../support/command.ts';

async function runs(script: string, args: readonly string[]): Promise<void> {
  const { code, stderr } = await new Command(script, [...args]).ended();
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
}

it.each([
  ['bench/identity.ts', ['--identifiers', '2000', '--operations', '80', '--rounds', '1']],
  ['bench/growth-writes.ts', ['--owners', '30', '--aliases', '20', '--rounds', '1']],
  ['bench/live.ts', ['--subscriptions', '50', '--streams', '5', '--large', '5', '--batch', '100', '--rounds', '1']],
  ['bench/growth-reads.ts', ['--interactions', '500', '--aliases', '20', '--events', '100', '--rounds', '1']],
  ['bench/offers/run.ts', ['--rounds', '1', '--decisions', '20', '--customers', '20', '--offers', '10']],
  ['bench/overload.ts', ['--seconds', '1', '--calm', '1', '--interactions', '5', '--times', '1']],
])('%s runs to its end on the schema of today', runs);

it.skipIf(isBrowserMissing).each([
  ['bench/agent-desktop-pop.ts', ['--pops', '1']],
  ['bench/agent-desktop-journey.ts', ['--interactions', '300']],
])(naming('%s runs to its end in a browser'), async (script, args) => {
  await ensureBuilt();
  await runs(script, args);
});
