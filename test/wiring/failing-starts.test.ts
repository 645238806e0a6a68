import { expect, it } from 'vitest';
import { Command } from '../support/command.ts';
import type { Start } from './failing-starts.ts';

it('closes first what it opened last, and leaves nothing open, whichever step of its start fails', async () => {
  const { code, stdout } = await new Command('test/wiring/failing-starts.ts', []).ended();
  const lines = stdout.trim().split('\n');
  const [whole, ...others] = lines.map((line) => JSON.parse(line) as Start) as [Start, ...Start[]];
  // The last start needed no more steps.
  const failing = others.slice(0, -1);
  expect(whole.failure).toBeNull();
  const [store] = whole.opened;
  const ofTheGateway = whole.closed.filter((name) => name !== 'adapter');
  expect(ofTheGateway).toEqual(whole.opened.toReversed().filter((name) => ofTheGateway.includes(name)));
  expect(ofTheGateway).toEqual(expect.arrayContaining(['SharedLiveEvents', 'SharedCache', store]));
  expect([...whole.closed.slice(0, 2), whole.closed.at(-1)]).toEqual(['createManagementApp', 'createApp', store]);
  expect(whole.closed).toContain('adapter');
  expect(failing.length).toBeGreaterThan(40);
  expect(failing.map(({ failure }) => failure?.split(':')[0])).toEqual(failing.map((_, index) => `step ${index + 1}`));
  expect([whole, ...failing].filter(({ leaks }) => leaks.length > 0)).toEqual([]);
  for (const { failure, opened, closed } of failing) {
    // Adapters are made before the start, and are closed with the sources that are made of them.
    const isOpened = (name: string) => (name === 'adapter' ? closed.includes(name) : opened.includes(name));
    expect({ failure, closed }).toEqual({ failure, closed: whole.closed.filter(isOpened) });
  }
  // No timer keeps the process alive.
  expect(code).toBe(0);
});
