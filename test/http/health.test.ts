import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Readiness } from '../../src/observability/readiness.ts';
import { documentationPages } from '../support/documentation.ts';
import { memorySource, testGateway } from '../support/gateway.ts';

describe('readiness', () => {
  it('is probed once for all who ask at about the same time', async () => {
    let probes = 0;
    const probe = async () => void probes++;
    const { gateway } = await testGateway({ dataSources: { crm: memorySource({}, { probe }).adapter } });
    // Few enough to arrive within the second for which a report is kept, also on a busy machine.
    const answers = await Promise.all(Array.from({ length: 20 }, () => gateway.app.inject('/health/ready')));
    expect(new Set(answers.map(({ statusCode, payload }) => `${statusCode} ${payload}`))).toEqual(
      new Set(['200 {"ready":true,"store":true,"sources":{"crm":true}}']),
    );
    expect(probes).toBe(1);

    const readiness = new Readiness({ store: async () => probes++, sources: new Map() }, { time: () => 0 });
    await Promise.all(Array.from({ length: 300 }, () => readiness.report()));
    expect(probes).toBe(2);
  });

  it('is probed anew when its report is a second old', async () => {
    let time = 0;
    let probes = 0;
    const readiness = new Readiness({ store: async () => probes++, sources: new Map() }, { time: () => time });
    for (time of [0, 999, 1_000, 1_500, 2_000]) await readiness.report();
    expect(probes).toBe(3);
  });

  it.each<[string, () => Promise<void>]>([
    ['rejects', () => Promise.reject(new Error('away'))],
    [
      'throws',
      () => {
        throw new Error('away');
      },
    ],
    ['never answers', () => new Promise(() => {})],
  ])('says that a source is away whose probe %s, and is ready', async (_, probe) => {
    const { gateway } = await testGateway({ dataSources: { crm: memorySource({}, { probe }).adapter } });
    const { statusCode, payload } = await gateway.app.inject('/health/ready');
    expect([statusCode, payload]).toEqual([200, '{"ready":true,"store":true,"sources":{"crm":false}}']);
  });

  it('is refused as draining also where draining begins while the probes are under way', async () => {
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    const probe = () => {
      asked.resolve();
      return answer.promise;
    };
    const { gateway } = await testGateway({ config: { drain: '1ms' }, dataSources: { crm: memorySource({}, { probe }).adapter } });
    const ready = gateway.app.inject('/health/ready');
    await asked.promise;
    await gateway.drain();
    answer.resolve();
    const { statusCode, payload } = await ready;
    expect([statusCode, payload]).toEqual([503, '{"ready":false,"draining":true}']);
  });

  it('is refused without the store', async () => {
    const readiness = new Readiness({ store: () => Promise.reject(new Error('away')), sources: new Map([['crm', async () => {}]]) });
    expect(await readiness.report()).toEqual({ ready: false, store: false, sources: { crm: true } });
  });

  it('stays for a while without a store that all replicas share, because all of them would be away together', async () => {
    let time = 0;
    let isThere = false;
    const store = async () => {
      if (!isThere) throw new Error('away');
    };
    const readiness = new Readiness({ store, sources: new Map() }, { storeGrace: 30_000, time: () => time });
    const states: [number, boolean, boolean][] = [];
    for (const [at, there] of [
      [0, false],
      [2_000, true],
      [4_000, false],
      [33_000, false],
      [34_000, false],
      [36_000, true],
      [38_000, false],
    ] as const) {
      [time, isThere] = [at, there];
      const { ready, store: isUp } = await readiness.report();
      states.push([at, isUp, ready]);
    }
    expect(states).toEqual([
      [0, false, true],
      [2_000, true, true],
      [4_000, false, true],
      [33_000, false, true],
      [34_000, false, false],
      [36_000, true, true],
      [38_000, false, true],
    ]);
  });

  it('has the Redis as a detail, which makes no gateway unready', async () => {
    for (const isUp of [true, false]) {
      const readiness = new Readiness({ store: async () => {}, isSharedUp: () => isUp, sources: new Map() });
      expect(await readiness.report()).toEqual({ ready: true, store: true, shared: isUp, sources: {} });
    }
  });
});

it('liveness asks nobody', async () => {
  let probes = 0;
  const probe = async () => void probes++;
  const { gateway } = await testGateway({ dataSources: { crm: memorySource({}, { probe }).adapter } });
  expect((await gateway.app.inject('/health/live')).json()).toEqual({ status: 'ok' });
  expect(probes).toBe(0);
});

it('every metric is documented, and no page names one that is not there', async () => {
  const { gateway } = await testGateway();
  const { body } = await gateway.app.inject('/metrics');
  const there = [...body.matchAll(/^# TYPE (gateway_\w+)/gm)].map(([, name]) => name);
  const documented = [...readFileSync('docs/operations.md', 'utf8').matchAll(/^\| `(gateway_\w+)`/gm)].map(([, name]) => name);
  expect(documented.sort()).toEqual(there.sort());
  const pages = documentationPages().map((page) => readFileSync(page, 'utf8'));
  const named = pages.flatMap((text) => text.match(/\b(?:gateway|nodejs|process)_[a-z0-9_]+\b/g) ?? []);
  expect(named.filter((name) => !body.includes(`# TYPE ${name} `))).toEqual([]);
  for (const name of ['process_start_time_seconds', 'nodejs_eventloop_lag_p99_seconds']) expect(body).toContain(`# TYPE ${name}`);
  expect(body).toContain('gateway_draining 0');
});
