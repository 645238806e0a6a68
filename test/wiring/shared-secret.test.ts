import { describe, expect, it } from 'vitest';
import { Secrets } from '../../src/capture/secrets.ts';
import { sharesSecret } from '../../src/wiring/shared-secret.ts';
import { temporaryDirectory, testGateway } from '../support/gateway.ts';

/** The settings of a store that forgets with the test. */
function settings() {
  const kept = new Map<string, string>();
  return {
    keepSetting: async (name: string, value: string) => {
      if (!kept.has(name)) kept.set(name, value);
      return kept.get(name) as string;
    },
    findSetting: async (name: string) => kept.get(name) ?? null,
    all: () => JSON.stringify([...kept]),
  };
}
const [A, B, C, D] = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(32)) as [string, string, string, string];

describe('a secret', () => {
  it('is known when it was the first one, or was given together with a known one', async () => {
    const store = settings();
    const starts: [string[], boolean][] = [
      [[A], true],
      [[A], true],
      [[B], false],
      [[B, A], true],
      [[B], true],
      // Replicas that have not got the new one yet.
      [[A], true],
      [[C, B, A], true],
      [[C], true],
      [[D], false],
      [[D, A], true],
      [[D], true],
      [[B], true],
    ];
    for (const [secrets, isKnown] of starts) expect([secrets, await sharesSecret(new Secrets(secrets), store)]).toEqual([secrets, isKnown]);
    for (const secret of [A, B, C, D]) expect(store.all()).not.toContain(secret.slice(0, 8));
  });

  it('that other gateways with the store do not have is a warning of the start', async () => {
    const directory = temporaryDirectory();
    const warnings = ({ log }: { log: readonly string[] }) => log.filter((line) => line.includes('GATEWAY_SECRET: expected a secret that'));
    expect(warnings(await testGateway({ directory, variables: { GATEWAY_SECRET: A } }))).toEqual([]);
    expect(warnings(await testGateway({ directory, variables: { GATEWAY_SECRET: B } }))).toHaveLength(1);
    expect(warnings(await testGateway({ directory, variables: { GATEWAY_SECRET: `${B},${A}` } }))).toEqual([]);
    expect(warnings(await testGateway({ directory, variables: { GATEWAY_SECRET: B } }))).toEqual([]);
  });
});
