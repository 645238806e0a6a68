import { once } from 'node:events';
import { request } from 'node:http';
import { Pool } from 'undici';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { httpAdapter } from '../../src/index.ts';
import { PATIENT } from '../support/ask-source.ts';
import { type Answer, memorySource, testGateway } from '../support/gateway.ts';
import { serve } from '../support/services.ts';
import { signToken } from '../support/tokens.ts';
import { PATIENTLY } from '../support/waiting.ts';

const CUSTOMERS = 2_000;
const REQUESTS = 6_000;
const CONNECTIONS = 64;

/** A sequence that looks random and is the same in every run (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A back end that answers when it likes, in any order, with rows that nobody asked for among them, and fails one call in twenty. */
async function moodyBackEnd(seed: number, rowsOf: (id: string) => object[]) {
  const next = random(seed);
  const state = { calls: 0, failures: 0 };
  const url = await serve((incoming, response) => {
    const call = ++state.calls;
    const ids = (incoming.url ?? '').split('ids=')[1]?.split(',') ?? [];
    const rows = [...ids, `${CUSTOMERS + Math.floor(next() * CUSTOMERS)}`].flatMap(rowsOf).sort(() => next() - 0.5);
    const answer = () => {
      if (call % 20 !== 0) return void response.end(JSON.stringify(rows));
      state.failures++;
      response.writeHead(500).end();
    };
    setTimeout(answer, next() * 8);
  });
  return { url, state };
}

describe('many requests at the same time', () => {
  it('share calls, and never a customer', async () => {
    const crm = await moodyBackEnd(1, (id) => [{ id, name: `Name of ${id}` }]);
    const orders = await moodyBackEnd(2, (id) => [1, 2].map((n) => ({ id, number: `${id}-${n}` })));
    const policy = { ...PATIENT, breaker: false } as const;
    const common = { key: 'crmId', match: 'id', policy } as const;
    const { gateway } = await testGateway({
      schema: `type Customer { name: String @from(source: "crm") orders: [Order!] @from(source: "orders") }
        type Order { id: String number: String }`,
      dataSources: {
        crm: httpAdapter({ ...common, baseUrl: crm.url, batch: '/x?ids={keys}' }),
        // Without a second attempt, so that failures are seen.
        orders: httpAdapter({ ...common, policy: { ...policy, retries: 0 }, baseUrl: orders.url, batch: '/x?ids={keys}', many: true }),
      },
    });
    const connections = new Pool(await gateway.app.listen({ port: 0, host: '127.0.0.1' }), { connections: CONNECTIONS });
    onTestFinished(() => connections.destroy());
    const headers = { 'content-type': 'application/json' };
    const query = JSON.stringify({ query: '{ customer { name orders { number } } }' });
    const next = random(3);
    let sent = 0;
    let failed = 0;
    const ask = async () => {
      const id = `${1 + Math.floor(next() * (CUSTOMERS - 1))}`;
      const { body } = await connections.request({ method: 'POST', path: `/graphql?cid=${id}`, headers, body: query });
      const { data, errors = [] } = (await body.json()) as Answer;
      if (data.customer.name === null || data.customer.orders === null) {
        failed++;
        expect(errors.map(({ extensions }) => extensions.code)).toContain('SOURCE_UNAVAILABLE');
      }
      expect([`Name of ${id}`, null]).toContain(data.customer.name);
      if (data.customer.orders !== null) {
        expect(data.customer.orders.map(({ number }: { number: string }) => number).toSorted()).toEqual([`${id}-1`, `${id}-2`]);
      }
    };
    const client = async () => {
      while (sent++ < REQUESTS) await ask();
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, client));

    const perRequest = (crm.state.calls + orders.state.calls) / 2 / REQUESTS;
    const failures = crm.state.failures + orders.state.failures;
    console.log(`calls per request and source: ${perRequest.toFixed(3)}; ${failures} calls failed, which ${failed} requests noticed`);
    expect(perRequest).toBeLessThan(0.5);
    // A failed call costs those who share it one field, and nobody else anything.
    expect(failed).toBeGreaterThan(0);
    expect(failed).toBeLessThanOrEqual(orders.state.failures * CONNECTIONS);
  });

  it('never share an answer that was fetched with another token, not even under way', async () => {
    const seen: { keys: string; token: string | undefined }[] = [];
    const gate = Promise.withResolvers<void>();
    const url = await serve(async (incoming, response) => {
      const token = incoming.headers.authorization;
      seen.push({ keys: (incoming.url ?? '').split('ids=')[1] ?? '', token });
      await gate.promise;
      response.end(JSON.stringify([{ id: '1', secret: `for ${token}` }]));
    });
    const vault = httpAdapter({ baseUrl: url, key: 'crmId', batch: '/x?ids={keys}', match: 'id', forward: ['authorization'] });
    const { ask } = await testGateway({
      schema: 'type Customer { secret: String @from(source: "vault") }',
      dataSources: { vault },
    });
    const tokens = await Promise.all(['AGENT', 'SERVICE'].map((role) => signToken({ role: role as 'AGENT', subject: 'x' })));
    const query = '{ customerByIdentifier(identifier: { type: "crmId", value: "1" }) { secret } }';
    const read = (token: string) => ask(query, { headers: { authorization: `Bearer ${token}` } });
    const answers = [...tokens, ...tokens].map(read);
    await vi.waitFor(() => expect(seen).toHaveLength(2), PATIENTLY);
    gate.resolve();
    const secrets = (await Promise.all(answers)).map(({ data }) => data.customerByIdentifier.secret);
    expect(secrets).toEqual([...tokens, ...tokens].map((token) => `for Bearer ${token}`));
    // Each token's two requests shared one call, and no call was shared between tokens.
    expect(seen.map(({ token }) => token).toSorted()).toEqual(tokens.map((token) => `Bearer ${token}`).toSorted());
  });

  it('get their answers though one of them, who waits for the same call, hangs up', async () => {
    const gate = Promise.withResolvers<void>();
    const signals: AbortSignal[] = [];
    const source = memorySource(
      {},
      {
        load: async (keys, { signal }) => {
          signals.push(signal);
          await Promise.race([gate.promise, once(signal, 'abort')]);
          return keys.map((id) => ({ name: `Name of ${id}` }));
        },
        policy: PATIENT,
      },
    );
    const other = memorySource({});
    const { gateway, ask, log } = await testGateway({
      schema: 'type Customer { name: String @from(source: "crm") other: String @from(source: "other") }',
      dataSources: { crm: source.adapter, other: other.adapter },
    });
    const url = new URL(await gateway.app.listen({ port: 0, host: '127.0.0.1' }));
    const hangUp = async (id: string) => {
      const before = signals.length;
      const body = JSON.stringify({ query: '{ customer { name } }' });
      const headers = { 'content-type': 'application/json', 'content-length': body.length };
      const outgoing = request({ port: url.port, host: '127.0.0.1', path: `/graphql?cid=${id}`, method: 'POST', headers });
      outgoing.on('error', () => {}).end(body);
      await vi.waitFor(() => expect(signals.length).toBe(before + 1), PATIENTLY);
      return outgoing;
    };
    const leaver = await hangUp('1');
    const stayer = ask('{ customer { name other } }', { path: '/graphql?cid=1' });
    await vi.waitFor(() => expect(other.calls).toHaveLength(1), PATIENTLY);
    leaver.destroy();
    // One for whom nobody else waits: its call is given up. The gateway knows of the first hang-up by then.
    (await hangUp('2')).destroy();
    await vi.waitFor(() => expect(signals[1]?.aborted).toBe(true), PATIENTLY);
    expect(signals[0]?.aborted).toBe(false);
    gate.resolve();
    expect((await stayer).data.customer.name).toBe('Name of 1');
    expect(log.join('')).not.toContain('something unexpected');
  });
});
