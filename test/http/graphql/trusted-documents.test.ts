import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { type TestGatewayOptions, temporaryDirectory, testGateway } from '../../support/gateway.ts';
import { signToken } from '../../support/tokens.ts';
import { type Operation, post, type Received, TRANSPORTS } from '../../support/transports.ts';
import { PATIENTLY } from '../../support/waiting.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');

const NAME = 'query Name($no: Boolean = false) { customer { name @skip(if: $no) } }';
const BOTH = 'query A { customer { assurance } } query B { customer { name } }';
const VISIT = 'mutation { captureInteractions(input: { interactions: [{ type: "visit" }] }) { accepted } }';
const TRUSTED = [NAME, BOTH, VISIT];
/** A valid document that is in no manifest. */
const OTHER = '{ customer { assurance } }';

type Documents = NonNullable<TestGatewayOptions['config']>['documents'];
type Role = 'CUSTOMER' | 'AGENT' | 'SERVICE' | 'ADMIN';

/** A gateway with these trusted documents, for customer 1. */
async function world({ documents, ...options }: { documents?: Documents } & Omit<TestGatewayOptions, 'config'> = {}) {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'documents.json'), JSON.stringify(Object.fromEntries(TRUSTED.map((text) => [hash(text), text]))));
  const world = await testGateway({ directory, config: documents ? { documents } : {}, ...options });
  const senderOf = async (role?: Role) => ({
    gateway: world.gateway,
    path: '/graphql?cid=1',
    headers: { ...(role && { authorization: `Bearer ${await signToken({ role, subject: '1' })}` }) },
  });
  return { ...world, senderOf };
}

const FILE = { file: 'documents.json' };
const ONLY = { ...FILE, only: true };
const persistedQuery = (sha256Hash: string) => ({ persistedQuery: { version: 1, sha256Hash } });
/** Over a WebSocket there is a text always, which may be empty. */
const byId = (id: string, more: object = {}): Operation => ({ query: '', documentId: id, ...more });
const byHash = (text: string, more: object = {}): Operation => ({ query: '', extensions: persistedQuery(hash(text)), ...more });

const codesOf = (received: Received | undefined) => received?.errors.map(({ extensions }) => extensions.code);
/** An event stream has begun by the time of a refusal, and a socket has no status. */
const statusOf = (received: Received) => (received.status === null || received.text.startsWith(':') ? 'none' : received.status);

describe.each(Object.entries(TRANSPORTS))('by %s', (way, send) => {
  const open = async (documents?: Documents, role?: Role) => {
    const { senderOf } = await world({ documents });
    const sender = await senderOf(role);
    return (operation: Operation) => send(sender, operation);
  };

  it('a trusted document runs by its id, with and without prefix, and by its hash in extensions', async () => {
    const ask = await open(FILE);
    const expected = { data: { customer: { name: 'Ada' } }, errors: [] };
    const requests = [
      byId(`sha256:${hash(NAME)}`),
      byId(hash(NAME)),
      byHash(NAME),
      byId(hash(NAME), { extensions: persistedQuery(hash(NAME)) }),
    ];
    for (const request of requests) for (const _time of ['once', 'again']) expect(await ask(request)).toMatchObject(expected);
    const absent = way === 'a WebSocket' ? undefined : expected;
    expect(await ask({ documentId: hash(NAME) })).toEqual(absent && expect.objectContaining(absent));
  });

  it('variables and operationName count for a trusted document', async () => {
    const ask = await open(ONLY);
    expect((await ask(byId(hash(NAME), { variables: { no: true } })))?.data).toEqual({ customer: {} });
    expect((await ask(byId(hash(NAME), { variables: { no: false } })))?.data).toEqual({ customer: { name: 'Ada' } });
    expect((await ask(byId(hash(BOTH), { operationName: 'B' })))?.data).toEqual({ customer: { name: 'Ada' } });
    expect(codesOf(await ask(byId(hash(BOTH))))).toEqual(['OPERATION_RESOLUTION_FAILURE']);
    expect(codesOf(await ask(byId(hash(NAME), { variables: { no: 5 } })))).toEqual(['BAD_USER_INPUT']);
  });

  it('a text beside a trusted id is not what runs, for no role', async () => {
    const { senderOf } = await world({ documents: ONLY });
    for (const role of [undefined, 'SERVICE'] as const) {
      const sender = await senderOf(role);
      for (const query of [OTHER, '{ nonsense }', '{'])
        expect((await send(sender, { query, documentId: hash(NAME) }))?.data.customer).toEqual({ name: 'Ada' });
    }
  });

  it('an unknown id is refused so that Apollo’s clients send the text', async () => {
    for (const documents of [FILE, ONLY, { automatic: true }]) {
      const ask = await open(documents);
      for (const request of [byHash(OTHER), byId(hash(OTHER)), byId('OTHER'), byId(`md5:${'0'.repeat(32)}`)]) {
        const received = (await ask(request)) as Received;
        expect([received.data, codesOf(received)]).toEqual([undefined, ['PERSISTED_QUERY_NOT_FOUND']]);
        expect([200, 'none']).toContain(statusOf(received));
      }
      expect((await ask(byHash(OTHER)))?.errors[0]?.message).toBe('PersistedQueryNotFound');
      const [advice] = (await ask(byId(OTHER)))?.errors ?? [];
      expect(advice?.message).toMatch(
        documents === ONLY ? /; add its text to the manifest$/ : /; send the text, or add it to the manifest$/,
      );
    }
  });

  it('without the option documents no id is known', async () => {
    const ask = await open();
    for (const request of [byHash(OTHER), byHash(OTHER, { query: OTHER }), byId(hash(OTHER))])
      expect(codesOf(await ask(request))).toEqual(['PERSISTED_QUERY_NOT_SUPPORTED']);
    // What a server does not know of a request it ignores.
    expect((await ask(byId('mine', { query: OTHER })))?.data).toEqual({ customer: { assurance: 'RECOGNIZED' } });
  });

  it('with only: true, a text runs for SERVICE and ADMIN alone', async () => {
    const { senderOf } = await world({ documents: ONLY });
    for (const role of [undefined, 'CUSTOMER', 'AGENT'] as const) {
      const sender = await senderOf(role);
      for (const query of [OTHER, NAME, '{ nonsense }', '{ __schema { queryType { name } } }', ' ']) {
        const received = (await send(sender, { query })) as Received;
        expect([received.data, codesOf(received)]).toEqual([undefined, ['PERSISTED_DOCUMENT_REQUIRED']]);
        expect([400, 'none']).toContain(statusOf(received));
      }
      // Beside an id that is unknown, the text is one like any other.
      expect(codesOf(await send(sender, byId(hash(OTHER), { query: OTHER })))).toEqual(['PERSISTED_DOCUMENT_REQUIRED']);
      expect(codesOf(await send(sender, byHash(OTHER, { query: OTHER })))).toEqual(['PERSISTED_DOCUMENT_REQUIRED']);
    }
    for (const role of ['SERVICE', 'ADMIN'] as const)
      expect(await send(await senderOf(role), { query: '{ __typename }' })).toMatchObject({ data: { __typename: 'Query' }, errors: [] });
  });

  it('a text that is registered once runs by its hash from then on, for everybody', async () => {
    const { senderOf } = await world({ documents: { automatic: true } });
    const sender = await senderOf();
    expect(codesOf(await send(sender, byHash(OTHER)))).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
    expect((await send(sender, byHash(OTHER, { query: OTHER })))?.errors).toEqual([]);
    for (const request of [byHash(OTHER), byId(hash(OTHER)), byId(`sha256:${hash(OTHER)}`), byHash(OTHER, { query: OTHER })])
      expect((await send(sender, request))?.data).toEqual({ customer: { assurance: 'RECOGNIZED' } });
    expect((await send(await senderOf('AGENT'), byHash('{ customer { assurance } }')))?.errors).toEqual([]);
  });

  it('only a document that may run is registered, under its own hash', async () => {
    const ask = await open({ automatic: true });
    const another = await ask(byHash(OTHER, { query: NAME }));
    expect([another?.data, codesOf(another)]).toEqual([undefined, ['BAD_USER_INPUT']]);
    expect(another?.errors[0]?.message).toMatch(/^provided sha does not match query/);
    for (const query of ['{ nonsense }', '{', 'fragment F on Customer { id }', `{ customer { ${'a: id '.repeat(40)} } }`]) {
      expect((await ask(byHash(query, { query })))?.data).toBeUndefined();
      expect(codesOf(await ask(byHash(query)))).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
    }
    expect(codesOf(await ask(byHash(OTHER)))).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
  });

  it('without automatic: true a text beside an unknown hash runs, but is not kept', async () => {
    const ask = await open(FILE);
    expect((await ask(byHash(OTHER, { query: OTHER })))?.data).toEqual({ customer: { assurance: 'RECOGNIZED' } });
    expect(codesOf(await ask(byHash(OTHER)))).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
  });

  it('what a service registers is no trusted document', async () => {
    const { senderOf } = await world({ documents: { ...ONLY, automatic: true } });
    const service = await senderOf('SERVICE');
    expect((await send(service, byHash('{ __typename }', { query: '{ __typename }' })))?.errors).toEqual([]);
    expect((await send(service, byHash('{ __typename }')))?.errors).toEqual([]);
    expect(codesOf(await send(await senderOf('AGENT'), byHash('{ __typename }')))).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
  });

  it.each<[string, Operation]>([
    ['a document id that is a number', { query: '', documentId: 5 }],
    ['a persisted query of another version', { query: '', extensions: { persistedQuery: { version: 2, sha256Hash: hash(NAME) } } }],
    ['a persisted query without hash', { query: OTHER, extensions: { persistedQuery: { version: 1 } } }],
    ['a persisted query that is text', { query: OTHER, extensions: { persistedQuery: hash(NAME) } }],
    ['two ids', { query: '', documentId: hash(NAME), extensions: persistedQuery(hash(BOTH)) }],
    ['an id that is empty, and no text', { query: '', documentId: '' }],
  ])('%s is a bad request', async (_, operation) => {
    for (const documents of [FILE, undefined]) {
      const received = await (await open(documents))(operation);
      if (received === undefined) continue;
      expect([received.data, codesOf(received)]).toEqual([undefined, ['BAD_REQUEST']]);
      expect([400, 'none']).toContain(statusOf(received));
    }
  });
});

describe('trusted documents', () => {
  it('that are mutations are 405 by GET, and a foreign page can ask for none', async () => {
    const { gateway } = await world({ documents: ONLY });
    const url = (text: string) => `/graphql?documentId=sha256:${hash(text)}&operationName=`;
    const headers = { 'apollo-require-preflight': '1' };
    const mutation = await gateway.app.inject({ url: url(VISIT), headers });
    expect([mutation.statusCode, mutation.headers.allow]).toEqual([405, 'POST']);
    expect((await gateway.app.inject({ url: url(NAME) })).statusCode).toBe(400);
    // In an address, an empty operationName is the same as none.
    expect((await gateway.app.inject({ url: url(NAME), headers })).statusCode).toBe(200);
  });

  it('that are subscriptions run over event streams and WebSockets, and the texts of others do not', async () => {
    const text = 'subscription Live { interactionCaptured { type } }';
    const other = 'subscription Live { interactionCaptured { id } }';
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'documents.json'), JSON.stringify({ [hash(text)]: text, [hash(VISIT)]: VISIT }));
    const { gateway } = await testGateway({ directory, config: { documents: ONLY } });
    const url = await gateway.app.listen({ port: 0, host: '127.0.0.1' });
    const path = '/graphql?cid=1';
    const { 'an event stream': stream, 'a WebSocket': socket } = TRANSPORTS;
    for (const send of [stream, socket])
      expect(codesOf(await send?.({ gateway, path }, { query: other }))).toEqual(['PERSISTED_DOCUMENT_REQUIRED']);

    const live = new WebSocket(`${url.replace('http', 'ws')}${path}`, 'graphql-transport-ws');
    onTestFinished(() => live.terminate());
    await once(live, 'open');
    live.send(JSON.stringify({ type: 'connection_init' }));
    await once(live, 'message');
    const next = once(live, 'message');
    live.send(JSON.stringify({ type: 'subscribe', id: '1', payload: byId(hash(text)) }));
    const closing = new AbortController();
    onTestFinished(() => closing.abort());
    const events = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
      body: JSON.stringify({ documentId: hash(text) }),
      signal: closing.signal,
    });
    const opened = async () => /^gateway_subscriptions (\d+)$/m.exec((await gateway.app.inject('/metrics')).body)?.[1];
    await vi.waitFor(async () => expect(await opened()).toBe('2'), PATIENTLY);
    expect((await post('application/json')({ gateway, path }, { documentId: hash(VISIT) }))?.data.captureInteractions.accepted).toBe(1);
    const data = { interactionCaptured: { type: 'visit' } };
    expect(JSON.parse(String((await next)[0]))).toMatchObject({ type: 'next', payload: { data } });
    let received = '';
    for await (const part of events.body ?? []) {
      received += Buffer.from(part).toString();
      if (received.includes('event: next')) break;
    }
    expect(received).toContain(`data: ${JSON.stringify({ data })}`);
  });

  it('of the engine, which the web tag sends as texts, run always', async () => {
    const texts = [...readFileSync('web-tag/connection.ts', 'utf8').matchAll(/'(mutation[^']*)'/g)].map(([, text]) => text as string);
    expect(texts).toHaveLength(2);
    const { gateway } = await world({ documents: ONLY });
    const send = post('application/json');
    for (const query of texts) {
      const variables = query.includes('$i') ? { i: { touchpoint: 'web', url: 'https://shop.example/' } } : {};
      for (const operation of [{ query }, { documentId: hash(query) }, { extensions: persistedQuery(hash(query)) }]) {
        const received = await send({ gateway, path: '/graphql?cid=1' }, { ...operation, variables });
        expect(received?.data).toBeDefined();
      }
    }
    const spaced = await send({ gateway }, { query: ` ${texts[1]}` });
    expect(codesOf(spaced)).toEqual(['PERSISTED_DOCUMENT_REQUIRED']);
  });

  it('are found after any number of texts, and so is what clients use that others have registered', async () => {
    const { gateway, senderOf } = await world({ documents: { ...FILE, automatic: true } });
    const sender = await senderOf();
    const send = post('application/json');
    await send(sender, byId(hash(NAME)));
    await send(sender, byHash(OTHER, { query: OTHER }));
    await send(sender, byHash(OTHER));
    const comment = '#'.repeat(40_000);
    const first = `{ __typename } ${comment}0`;
    for (let n = 0; n < 30; n++) {
      const query = `{ __typename } ${comment}${n}`;
      expect((await send(sender, byHash(query, { query })))?.errors).toEqual([]);
    }
    expect(codesOf(await send(sender, byHash(first)))).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
    for (const text of [NAME, OTHER]) expect((await send({ ...sender, gateway }, byHash(text)))?.errors).toEqual([]);
  });

  it('need not be short, but a long text is not registered', async () => {
    const { senderOf } = await world({ documents: { automatic: true } });
    const query = `{ __typename } #${'x'.repeat(50_000)}`;
    const send = post('application/json');
    expect((await send(await senderOf(), byHash(query, { query })))?.errors).toEqual([]);
    expect(codesOf(await send(await senderOf(), byHash(query)))).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
  });
});
