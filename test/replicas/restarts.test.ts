import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ownDatabase, REDIS } from '../support/own-database.ts';
import { isMissing, naming } from '../support/services.ts';
import { PATIENTLY } from '../support/waiting.ts';
import { Load } from './load.ts';
import { type Replica, Replicas } from './replicas.ts';

/** Replicas and a load balancer that sends requests to those that are ready, as their readiness says at each moment. */
async function balanced(options: { readonly drain?: string } = {}) {
  const started = new Replicas({ store: await ownDatabase(onTestFinished), redis: REDIS, atEnd: onTestFinished, ...options });
  const running = new Set(await started.startAll(3));
  const ready = new Set(running);
  let isOver = false;
  const watch = async (replica: Replica) => {
    while (!isOver && running.has(replica)) {
      if ((await replica.readiness()) === 200) ready.add(replica);
      else ready.delete(replica);
      await pause(PATIENTLY.interval);
    }
    ready.delete(replica);
  };
  onTestFinished(() => {
    isOver = true;
  });
  for (const replica of running) void watch(replica);
  const add = async () => {
    const replica = await started.start();
    running.add(replica);
    ready.add(replica);
    void watch(replica);
    return replica;
  };
  return { running, ready, add };
}

describe.skipIf(isMissing('PostgreSQL') || isMissing('Redis'))(`replicas under load, on ${naming('PostgreSQL')}`, () => {
  it('are replaced one after the other without a failed request', async () => {
    // Longer than the load balancer takes to see it, also on a busy machine.
    const { running, ready, add } = await balanced({ drain: '3s' });
    const load = new Load(() => [...ready]);
    for (const old of [...running]) {
      await load.acknowledged(50);
      await add();
      expect((await old.process.stop()).code).toBe(0);
      running.delete(old);
    }
    await load.acknowledged(50);
    const count = await load.stop();
    expect(load.failures.map(({ answer }) => answer)).toEqual([]);
    expect(count).toBeGreaterThan(200);
    for (const replica of running) expect(await load.mistakes(replica)).toEqual({ lost: [], doubled: [] });
  });

  it('lose nothing and double nothing when one is killed, and no client of the others sees an error', async () => {
    const { running, add } = await balanced();
    // No client knows which replica is dead: they find out, and send the same again to another.
    let inUse = [...running];
    const load = new Load(() => inUse);
    await load.acknowledged(100);
    const [killed, ...others] = inUse as [Replica, ...Replica[]];
    killed.process.signal('SIGKILL');
    await load.acknowledged(100);
    await killed.process.ended();
    inUse = others;
    await load.acknowledged(100);
    inUse = [...others, await add()];
    await load.acknowledged(100);
    await load.stop();
    expect(load.failures.filter(({ replica }) => replica !== killed)).toEqual([]);
    // The connection failed; nothing else.
    expect(load.failures.filter(({ answer }) => answer !== null)).toEqual([]);
    for (const replica of inUse) expect(await load.mistakes(replica)).toEqual({ lost: [], doubled: [] });
  });
});
