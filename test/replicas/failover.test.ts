import { expect, it, onTestFinished } from 'vitest';
import { PostgresServer } from '../support/postgres-servers.ts';
import { Load } from './load.ts';
import { Replicas, tokenOf } from './replicas.ts';

it('gateways say what is wrong while PostgreSQL is away, go on with its standby, and have lost nothing that they acknowledged', async () => {
  const primary = await PostgresServer.start();
  await primary.query('create database gateway');
  const standby = await primary.startStandby();
  await primary.waitForStandbys();
  const replicas = await new Replicas({ store: primary.url('gateway', standby), atEnd: onTestFinished }).startAll(2);
  const load = new Load(() => replicas);
  await load.acknowledged(50);

  await primary.crash();
  // Requests are held for as long as a short failover takes; then they are answered with an error.
  await load.failed();
  for (const { url, readiness } of replicas) {
    // All replicas are without the store: a load balancer must not be left without any of them.
    expect(await readiness()).toBe(200);
    const report = (await (await fetch(`${url}/health/ready`)).json()) as { store: boolean };
    expect(report.store).toBe(false);
    const body = JSON.stringify({ type: 'visit', touchpoint: 'web' });
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await tokenOf('CUSTOMER', 'client-0')}` };
    const answer = await fetch(`${url}/interactions`, { method: 'POST', headers, body });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await answer.text()).toContain('The store cannot be reached: try again later.');
  }

  await standby.promote();
  await load.acknowledged(50);
  await load.stop();
  const seen = new Set(load.failures.map(({ answer }) => JSON.stringify(answer && { codes: answer.codes, data: answer.data })));
  expect([...seen]).toEqual([JSON.stringify({ codes: ['OVERLOADED'], data: { captureInteractions: null } })]);
  for (const replica of replicas) {
    expect(await load.mistakes(replica)).toEqual({ lost: [], doubled: [] });
    await expect.poll(async () => (await (await fetch(`${replica.url}/health/ready`)).json()) as unknown).toMatchObject({ store: true });
  }
});
