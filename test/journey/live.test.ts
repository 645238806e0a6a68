import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { issuedCookie } from '../../src/index.ts';
import { type AskOptions, IDENTIFIERS } from '../support/gateway.ts';
import { CAPTURE, type Inbox, live, TRANSPORTS, type Who } from '../support/live.ts';
import { isMissing, naming, ownName } from '../support/services.ts';
import { signToken } from '../support/tokens.ts';

const INTERACTIONS = 'subscription ($id: ID) { interactionCaptured(customerId: $id) { id type touchpoint channel } }';
const CHANGES =
  'subscription ($id: ID) { customerChanged(customerId: $id) { id assurance attributes { name value } identifiers { type value } } }';
const IDENTIFY = 'mutation ($input: IdentifyInput!) { identify(input: $input) { outcome customer { id } } }';
const ADA = { role: 'CUSTOMER', subject: '1' } as const;
const BEN = { role: 'CUSTOMER', subject: '2' } as const;

/** The close code of a socket, or how a stream ended. */
const endOf = (end: unknown) => (typeof end === 'object' ? (end as { code: number }).code : end);

describe.each(Object.keys(TRANSPORTS))('subscriptions over %s', (name) => {
  const connect = async (url: string, who: AskOptions & Who = {}) => {
    const token = who.role ? await signToken({ role: who.role, subject: who.subject ?? 'somebody' }) : who.token;
    return (TRANSPORTS[name] as (typeof TRANSPORTS)[string])(url, { ...who, token });
  };

  it('send a customer their own interactions after they are stored, and nothing of other customers', async () => {
    const { url, record, subscribed } = await live();
    const inbox = (await connect(url, ADA)).subscribe(INTERACTIONS, undefined);
    await subscribed();
    await record('bens', BEN);
    await record('adas', ADA, { id: 'a' });
    expect(await inbox.next()).toEqual({ data: { interactionCaptured: { id: 'a', type: 'adas', touchpoint: 'web', channel: 'WEB' } } });
  });

  it('send an agent the interactions of one customer, or of all', async () => {
    const { url, record, subscribed } = await live();
    const { id } = await record('first', ADA);
    const agent = await connect(url, { role: 'AGENT' });
    const [one, all] = [agent.subscribe(INTERACTIONS, { id }), agent.subscribe(INTERACTIONS, undefined)];
    await subscribed(2);
    await record('bens', BEN);
    await record('adas', ADA);
    expect((await one.next()).data.interactionCaptured.type).toBe('adas');
    expect([(await all.next()).data.interactionCaptured.type, (await all.next()).data.interactionCaptured.type]).toEqual(['bens', 'adas']);
  });

  it('of an agent follow an anonymous visitor into the person they turn out to be; one with the old cookie ends', async () => {
    const { url, record, ask, subscribed } = await live();
    await record('before', ADA);
    const { cookie } = await ask(CAPTURE, { variables: { interactions: [{ type: 'looked' }] } });
    const own = (await connect(url, { cookie })).subscribe(INTERACTIONS, undefined);
    const { id } = (await ask('{ customer { id } }', { cookie })).data.customer;
    const agents = (await connect(url, { role: 'AGENT' })).subscribe(INTERACTIONS, { id });
    await subscribed(2);
    await record('logged_in', { ...ADA, cookie });
    await record('elsewhere', ADA);
    const types = [(await agents.next()).data.interactionCaptured.type, (await agents.next()).data.interactionCaptured.type];
    expect(types).toEqual(['logged_in', 'elsewhere']);
    expect(endOf(await own.ended.promise)).toBe(name === 'WebSocket' ? 4403 : 'complete');
  });

  it("end when the cookie becomes another person's, so the new person is not watched", async () => {
    const visitorId = { class: 'cookie', limit: 3, capture: [issuedCookie('visitor')] } as const;
    const { url, record, ask, subscribed } = await live({ config: { identifiers: { ...IDENTIFIERS, visitorId } } });
    const { cookie: first } = await ask('{ customer { id } }');
    const { cookie } = await ask(CAPTURE, { ...ADA, cookie: first as string, variables: { interactions: [{ type: 'toms' }] } });
    const inbox = (await connect(url, { cookie })).subscribe(INTERACTIONS, undefined);
    await subscribed();
    await record('summers', { ...BEN, cookie });
    expect(endOf(await inbox.ended.promise)).toBe(name === 'WebSocket' ? 4403 : 'complete');
  });

  it('send each change of a customer, with the fields that the subscriber may read', async () => {
    const { url, ask, subscribed } = await live();
    const identify = (input: object) => ask(IDENTIFY, { variables: { input }, role: 'SERVICE' });
    await identify({ identifiers: [{ type: 'crmId', value: '1' }] });
    const inbox = (await connect(url, ADA)).subscribe(CHANGES, undefined);
    await subscribed();
    await identify({
      identifiers: [
        { type: 'crmId', value: '1' },
        { type: 'email', value: 'ada@example.com' },
      ],
    });
    expect((await inbox.next()).data.customerChanged).toMatchObject({
      ...{ assurance: 'VERIFIED', attributes: [] },
      identifiers: expect.arrayContaining([{ type: 'email', value: 'ada@example.com' }]),
    });
    await identify({ identifiers: [{ type: 'crmId', value: '1' }], attributes: { size: 'L' } });
    expect((await inbox.next()).data.customerChanged.attributes).toEqual([{ name: 'size', value: 'L' }]);
  });

  it('need a proven customer, and are refused for other customers', async () => {
    const { url, record } = await live();
    const { id } = await record('x', BEN);
    const codeOf = async (who: AskOptions, variables?: object) => {
      const client = await connect(url, who);
      return (await client.subscribe(INTERACTIONS, variables as never).next()).errors[0].extensions.code;
    };
    expect(await codeOf({})).toBe('INSUFFICIENT_ASSURANCE');
    expect(await codeOf(ADA, { id })).toBe('NOT_FOUND');
    expect(await codeOf(ADA, { id: 'ffffffff-ffff-4fff-bfff-ffffffffffff' })).toBe('NOT_FOUND');
    expect(await codeOf({ role: 'AGENT' }, { id: 'nobody' })).toBe('NOT_FOUND');
  });

  it('answer queries and mutations too, with the limits, masks and errors of HTTP', async () => {
    const { url, log } = await live({ config: { limits: { depth: 3, tokens: 60 } } });
    const client = await connect(url, ADA);
    const once = async (query: string, variables?: Record<string, unknown>) => {
      const inbox = client.subscribe(query, variables);
      // A refused operation is an error message on a WebSocket, and an answer on an event stream.
      const ended = inbox.ended.promise.then((error) => (Array.isArray(error) ? { errors: error } : { errors: [error] }));
      return Promise.race([inbox.next(), ended]);
    };
    expect(await once('{ customer { name } }')).toEqual({ data: { customer: { name: 'Ada' } } });
    expect((await once('{ customer { interactions { edges { node { id } } } } }')).errors[0].extensions).toMatchObject({
      code: 'OPERATION_TOO_COMPLEX',
      limit: 'depth',
    });
    expect((await once(`{ ${'a '.repeat(70)} }`)).errors[0].extensions).toMatchObject({ code: 'OPERATION_TOO_COMPLEX', limit: 'tokens' });
    expect((await once('{ nothing }')).errors[0].extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    expect((await once('{')).errors[0].extensions.code).toBe('GRAPHQL_PARSE_FAILED');
    expect((await once('query ($n: Int!) { __typename @include(if: true) }', { n: 'x' })).errors[0].extensions.code).toMatch(
      /^(GRAPHQL_VALIDATION_FAILED|BAD_USER_INPUT)$/,
    );
    expect(
      (await once('{ findNothing: customerByIdentifier(identifier: { type: "crmId", value: "SECRET" }) { id } }')).errors[0].extensions
        .code,
    ).toBe('FORBIDDEN');
    expect(log.join('')).not.toContain('SECRET');
  });

  it('end when the token expires', async () => {
    const token = await signToken({ ...ADA, expires: 2_000_000_000 });
    let now = new Date(1_999_999_000_000);
    const { url, subscribed } = await live({ now: () => now });
    now = new Date(1_999_999_999_900);
    const inbox = (await connect(url, { token })).subscribe(INTERACTIONS, undefined);
    await subscribed();
    now = new Date(2_000_000_000_000);
    const end = await inbox.ended.promise;
    expect(name === 'WebSocket' ? (end as { code: number }).code : end).toBe(name === 'WebSocket' ? 4403 : 'complete');
  });

  it('last a minute longer than the token, because clocks differ', async () => {
    const token = await signToken({ ...ADA, expires: 2_000_000_000 });
    let now = new Date(2_000_000_059_900);
    const { url, subscribed } = await live({ now: () => now });
    const inbox = (await connect(url, { token })).subscribe(INTERACTIONS, undefined);
    await subscribed();
    now = new Date(2_000_000_060_000);
    const end = await inbox.ended.promise;
    expect(name === 'WebSocket' ? (end as { code: number }).code : end).toBe(name === 'WebSocket' ? 4403 : 'complete');
  });

  it.each(['by the same process', 'by another process, without an event'])('end when their cookie is replaced %s', async (by) => {
    const { url, record, ask, directory, subscribed } = await live();
    const { cookie } = await ask('{ customer { id } }');
    await ask(CAPTURE, { cookie: cookie as string, variables: { interactions: [{ type: 'before' }] } });
    const inbox = (await connect(url, { cookie: cookie as string })).subscribe(INTERACTIONS, undefined);
    await subscribed();
    const login = await (by.startsWith('by another') ? await live({ directory }) : { ask }).ask('{ customer { id } }', {
      ...ADA,
      cookie: cookie as string,
    });
    // The rotation of the other process is found at the next event, which is not sent.
    if (by.startsWith('by another')) await record('of_ada', { ...ADA, cookie: login.cookie as string });
    expect(endOf(await inbox.ended.promise)).toBe(name === 'WebSocket' ? 4403 : 'complete');
  });

  it('end at a log-out', async () => {
    const { url, ask, subscribed } = await live();
    const { cookie } = await ask('{ customer { id } }');
    const { cookie: adas } = await ask('{ customer { id } }', { ...ADA, cookie: cookie as string });
    const inbox = (await connect(url, { cookie: adas as string })).subscribe(INTERACTIONS, undefined);
    await subscribed();
    await ask('mutation { resetVisitor { customer { id } } }', { cookie: adas as string });
    const end = await inbox.ended.promise;
    expect(name === 'WebSocket' ? (end as { code: number }).code : end).toBe(name === 'WebSocket' ? 4403 : 'complete');
  });

  it('go on with a token beside a cookie that was replaced before', async () => {
    const { url, ask, record, subscribed } = await live();
    const { cookie } = await ask('{ customer { id } }');
    await ask('{ customer { id } }', { ...ADA, cookie: cookie as string });
    const inbox = (await connect(url, { cookie: cookie as string, token: await signToken(ADA) })).subscribe(INTERACTIONS, undefined);
    await subscribed();
    await record('later', ADA);
    expect((await inbox.next()).data.interactionCaptured.type).toBe('later');
  });

  it('end when another process unlinks their cookie', async () => {
    const { url, record, ask, directory, subscribed } = await live();
    const { cookie: first } = await ask('{ customer { id } }');
    const { cookie } = await ask(CAPTURE, { ...ADA, cookie: first as string, variables: { interactions: [{ type: 'adas' }] } });
    const inbox = (await connect(url, { cookie })).subscribe(INTERACTIONS, undefined);
    await subscribed();
    const elsewhere = await live({ directory });
    const of = '{ customerByIdentifier(identifier: { type: "crmId", value: "1" }) { identifiers(types: ["visitorId"]) { type value } } }';
    const [identifier] = (await ask(of, { role: 'AGENT' })).data.customerByIdentifier.identifiers;
    const unlink = 'mutation ($i: IdentifierInput!) { unlinkIdentifier(input: { identifier: $i }) { customer { id } } }';
    await elsewhere.ask(unlink, { variables: { i: identifier }, role: 'AGENT' });
    await record('SECRET', ADA);
    expect(await inbox.ended.promise).toBe('complete');
  });

  it('end when the gateway is closed', async () => {
    const { url, gateway, subscribed } = await live();
    const inbox = (await connect(url, ADA)).subscribe(INTERACTIONS, undefined);
    await subscribed();
    await gateway.close();
    expect(await inbox.ended.promise).toBeDefined();
  });

  it('are not for a foreign page', async () => {
    const { url } = await live();
    const inbox = (await connect(url, { ...ADA, headers: { origin: 'https://evil.example' } })).subscribe(INTERACTIONS, undefined);
    expect(await inbox.ended.promise).not.toBe('complete');
    const own = (await connect(url, { ...ADA, headers: { origin: 'https://shop.example' } })).subscribe('{ __typename }', undefined);
    expect(await own.next()).toEqual({ data: { __typename: 'Query' } });
  });
});

describe('a socket', () => {
  it('with a cookie that was just replaced, and no token, is closed with 4403; it links and replaces none itself', async () => {
    const { url, ask, subscribed } = await live();
    const { cookie } = await ask('{ customer { id } }');
    const transport = TRANSPORTS.WebSocket as (typeof TRANSPORTS)[string];
    const withToken = transport(url, { cookie: cookie as string, token: await signToken(ADA) }).subscribe(INTERACTIONS, undefined);
    await subscribed();
    expect(
      (await ask('{ customer { assurance name: id identifiers { type } } }', { cookie: cookie as string })).data.customer,
    ).toMatchObject({
      assurance: 'RECOGNIZED',
      identifiers: [{ type: 'visitorId' }],
    });
    await ask('{ customer { id } }', { ...ADA, cookie: cookie as string });
    expect(((await withToken.ended.promise) as { code: number }).code).toBe(4403);
    const alone = transport(url, { cookie: cookie as string }).subscribe('{ customer { id } }', undefined);
    expect(((await alone.ended.promise) as { code: number }).code).toBe(4403);
  });

  it('starts no visitor, because it cannot set a cookie', async () => {
    const { url } = await live();
    const client = (TRANSPORTS.WebSocket as (typeof TRANSPORTS)[string])(url, {});
    const captured = await client
      .subscribe('mutation { captureInteractions(input: { interactions: [{ type: "x" }] }) { accepted rejected { code } } }', undefined)
      .next();
    expect(captured.data.captureInteractions).toEqual({ accepted: 0, rejected: [{ code: 'INSUFFICIENT_ASSURANCE' }] });
    const reset = await client.subscribe('mutation { resetVisitor { customer { id } } }', undefined).next();
    expect(reset.errors[0].extensions.code).toBe('BAD_USER_INPUT');
  });

  it('is closed with 4403 and the reason for an unknown touchpoint, also with letters outside ASCII', async () => {
    const { url } = await live();
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    onTestFinished(() => socket.terminate());
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init', payload: { 'x-touchpoint': 'ж'.repeat(60) } }));
    const [code, reason] = await once(socket, 'close');
    expect([code, String(reason)]).toEqual([4403, expect.stringContaining('x-touchpoint: expected one of web')]);
  });
});

describe('an event stream', () => {
  it('whose client leaves before it starts leaves no subscription', async () => {
    const { url, gateway } = await live();
    const headers = { accept: 'text/event-stream', 'content-type': 'application/json', authorization: `Bearer ${await signToken(ADA)}` };
    const body = JSON.stringify({ query: 'subscription { interactionCaptured { id } }' });
    await Promise.all(
      Array.from({ length: 100 }, async (_, n) => {
        const abort = new AbortController();
        const answer = fetch(`${url}/graphql`, { method: 'POST', headers, body, signal: abort.signal }).catch(() => {});
        for (let turns = 0; turns < n; turns++) await new Promise((resolve) => setImmediate(resolve));
        abort.abort();
        await answer;
      }),
    );
    await expect.poll(async () => (await gateway.app.inject('/metrics')).body).toMatch(/^gateway_subscriptions 0$/m);
  });

  it('whose client does not read is ended with OVERLOADED once 1,000 events wait', async () => {
    const { url, gateway, subscribed } = await live();
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await signToken(ADA)}` };
    const asking = request(`${url}/graphql`, { method: 'POST', headers: { ...headers, accept: 'text/event-stream' } });
    asking.end(JSON.stringify({ query: 'subscription { interactionCaptured { type properties } }' }));
    const [answer] = (await once(asking, 'response')) as [IncomingMessage];
    await subscribed();
    // More than the sockets' own buffers hold.
    const payload = JSON.stringify(Array.from({ length: 60 }, () => ({ type: 'x', properties: { text: 'x'.repeat(15_000) } })));
    for (let sent = 0; sent < 3_000; sent += 60) await gateway.app.inject({ method: 'POST', url: '/interactions', payload, headers });
    expect((await gateway.app.inject('/metrics')).body).toMatch(/^gateway_subscriptions 0$/m);
    let end = '';
    for await (const chunk of answer) end = (end + chunk).slice(-1_000);
    expect(end).toContain('OVERLOADED');
    expect(end).toContain('"extensions":{"gap":{"since":"');
    expect(end).toMatch(/event: complete\ndata:\n\n$/);
  });
});

describe('a subscription', () => {
  it('is refused over plain HTTP, which can send one answer only', async () => {
    const { ask } = await live();
    const { status, codes, errors } = await ask(INTERACTIONS, ADA);
    expect([status, codes]).toEqual([400, ['BAD_REQUEST']]);
    expect(errors[0]?.message).toContain('text/event-stream');
  });

  it('over server-sent events is refused where a foreign page could have sent it', async () => {
    const { gateway } = await live();
    const url = `/graphql?query=${encodeURIComponent('{ __typename }')}`;
    const plain = await gateway.app.inject({ url, headers: { accept: 'text/event-stream' } });
    expect([plain.statusCode, plain.json().errors[0].extensions.code]).toEqual([400, 'BAD_REQUEST']);
    const asked = await gateway.app.inject({ url, headers: { accept: 'text/event-stream', 'apollo-require-preflight': '1' } });
    expect(asked.body).toContain('data: {"data":{"__typename":"Query"}}');
    const mutation = `/graphql?query=${encodeURIComponent('mutation { resetVisitor { customer { id } } }')}`;
    const got = await gateway.app.inject({ url: mutation, headers: { accept: 'text/event-stream', 'apollo-require-preflight': '1' } });
    expect([got.statusCode, got.headers.allow]).toEqual([405, 'POST']);
    expect(got.body).toContain('expected a mutation by POST');
  });

  it('whose client does not read is ended with OVERLOADED once 1,000 events wait, and holds no more', async () => {
    // No pings: who reads nothing answers none, and on a busy machine would be cut off before 1,000 events wait.
    const { url, record, gateway, subscribed } = await live({ timeouts: { ping: 600_000 } });
    const authorization = `Bearer ${await signToken(ADA)}`;
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    onTestFinished(() => socket.terminate());
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization } }));
    await once(socket, 'message');
    socket.send(
      JSON.stringify({ id: '1', type: 'subscribe', payload: { query: 'subscription { interactionCaptured { type properties } }' } }),
    );
    await subscribed();
    socket.pause();
    // More than the sockets' own buffers hold.
    const properties = { text: 'x'.repeat(15_000) };
    const body = JSON.stringify(Array.from({ length: 60 }, () => ({ type: 'x', properties })));
    for (let sent = 0; sent < 3_000; sent += 60) {
      await gateway.app.inject({
        method: 'POST',
        url: '/interactions',
        payload: body,
        headers: { 'content-type': 'application/json', authorization },
      });
    }
    expect((await gateway.app.inject('/metrics')).body).toMatch(/^gateway_subscriptions 0$/m);
    let last = '';
    socket.on('message', (data) => {
      last = String(data).slice(0, 300) || last;
    });
    const completed = new Promise<string>((resolve, reject) => {
      socket.once('close', (code) => reject(new Error(`expected a message with OVERLOADED, received the close code ${code}`)));
      socket.on('message', (data) => {
        if (String(data).includes('OVERLOADED')) resolve(String(data));
      });
    });
    socket.resume();
    expect(await completed).toContain('read what was missed from the journey');
    expect(await completed).toContain('"extensions":{"gap":{"since":"');
    expect(await record('after', ADA)).toBeDefined();
  });
});

const REDIS = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379';

describe.skipIf(isMissing('Redis'))(`across replicas through ${naming('Redis')}`, () => {
  it('a subscriber at one replica receives what another stores, and Redis receives only encrypted messages', async () => {
    const { Redis } = await import('ioredis');
    const spy = new Redis(REDIS);
    onTestFinished(() => spy.disconnect());
    await spy.subscribe('customer-profile-gateway:live');
    const seen: string[] = [];
    spy.on('messageBuffer', (_: Buffer, message: Buffer) => void seen.push(message.toString('latin1')));
    const one = await live({ config: { shared: REDIS } });
    const other = await live({ config: { shared: REDIS }, directory: one.directory });
    const secret = ownName('SECRET');
    const agent = (TRANSPORTS.WebSocket as (typeof TRANSPORTS)[string])(one.url, {
      token: await signToken({ role: 'AGENT', subject: 'a' }),
    });
    const inbox = agent.subscribe(INTERACTIONS, undefined);
    await one.subscribed();
    // The replicas connect to Redis in the background.
    let received: Awaited<ReturnType<Inbox['next']>> | undefined;
    const next = inbox.next().then((message) => {
      received = message;
    });
    for (let attempt = 0; received === undefined && attempt < 2_000; attempt++)
      await other.record(secret, ADA, { id: `${secret}-${attempt}` });
    await next;
    expect(received.data.interactionCaptured.type).toBe(secret);
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.join('')).not.toContain(secret);
  });
});
