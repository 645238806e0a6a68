import { expect, it } from 'vitest';
import { Command } from '../support/command.ts';

it.each([
  ['bench/identity.ts', ['--identifiers', '2000', '--operations', '80', '--rounds', '1']],
  ['bench/growth-writes.ts', ['--owners', '30', '--aliases', '20', '--rounds', '1']],
  ['bench/live.ts', ['--subscriptions', '50', '--streams', '5', '--large', '5', '--batch', '100', '--rounds', '1']],
  ['bench/growth-reads.ts', ['--interactions', '500', '--aliases', '20', '--events', '100', '--rounds', '1']],
  ['bench/offers/run.ts', ['--rounds', '1', '--decisions', '20', '--customers', '20', '--offers', '10']],
  ['bench/overload.ts', ['--seconds', '1', '--calm', '1', '--interactions', '5', '--times', '1']],
])('%s runs to its end on the schema of today', async (script, args) => {
  const { code, stderr } = await new Command(script, args).ended();
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});
