import { once } from 'node:events';
import { CompactSign } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { Secrets } from '../../src/capture/secrets.ts';
import { bearerClaim, defineAdapter, httpAdapter } from '../../src/index.ts';
import { memorySource, testGateway } from '../support/gateway.ts';
import { serve } from '../support/services.ts';
import { SECRET, signToken } from '../support/tokens.ts';

/** Two integers that a JavaScript number can't distinguish. */
const ANNA = '9007199254740992';
const BERT = '9007199254740993';

describe('a long number of a back end', () => {
  const schema = `
    type Customer { account: Account @from(source: "crm") orders: [Order!] @from(source: "orders") }
    type Account { id: ID text: String whole: Int ratio: Float price: Float any: JSON object: JSONObject big: BigInt ids: [ID!] texts: [String] }
    type Order { sku: ID product: Product @from(source: "catalog", key: "sku") }
    type Product { name: String }
  `;
  const QUERY = '{ customer { account { id text ratio price any object big ids texts } orders { sku product { name } } } }';
  const catalog = memorySource({ [ANNA]: { name: 'of Anna' }, [BERT]: { name: 'of Bert' } }, { key: 'sku' }).adapter;
  const expected = {
    account: {
      id: BERT,
      text: '12345678901234567890.50',
      ratio: 0.12345678901234568,
      price: 19.99,
      any: { n: BERT, list: [BERT, 7] },
      object: { n: BERT },
      big: BERT,
      ids: [ANNA, BERT, '7'],
      texts: [BERT, '7'],
    },
    orders: [
      { sku: ANNA, product: { name: 'of Anna' } },
      { sku: BERT, product: { name: 'of Bert' } },
    ],
  };

  it('keeps all digits in an ID, a String and a JSON field, and as the key of another source', async () => {
    const account = `{"id":${BERT},"text":12345678901234567890.50,"whole":${BERT},"ratio":0.12345678901234567890,"price":19.99,"any":{"n":${BERT},"list":[${BERT},7]},"object":{"n":${BERT}},"big":${BERT},"ids":[${ANNA},${BERT},7],"texts":[${BERT},7]}`;
    const baseUrl = await serve((request, response) => {
      response.end(request.url?.startsWith('/orders') ? `[{"sku":${ANNA}},{"sku":${BERT}}]` : account);
    });
    const { ask } = await testGateway({
      schema,
      dataSources: {
        crm: httpAdapter({ baseUrl, key: 'crmId', one: '/accounts/{key}' }),
        orders: httpAdapter({ baseUrl, key: 'crmId', one: '/orders/{key}', many: true }),
        catalog,
      },
    });
    // Twice: the second time by the compiled plan.
    for (const _ of [1, 2])
      expect(await ask(QUERY, { role: 'CUSTOMER', subject: '1' })).toMatchObject({ data: { customer: expected }, errors: [] });
    const { codes, data } = await ask('{ customer { account { whole id } } }', { role: 'CUSTOMER', subject: '1' });
    expect([codes, data.customer.account]).toEqual([['SOURCE_INVALID'], { whole: null, id: BERT }]);
  });

  it("may be a BigInt of an owner's own adapter, also in a cache", async () => {
    const [anna, bert] = [BigInt(ANNA), BigInt(BERT)];
    const account = {
      id: bert,
      text: '12345678901234567890.50',
      whole: 5n,
      ratio: 0.12345678901234568,
      price: 19.99,
      any: { n: bert, list: [bert, 7] },
      object: { n: bert },
      big: bert,
      ids: [anna, bert, 7n],
      texts: [bert, '7'],
    };
    const { ask } = await testGateway({
      schema,
      dataSources: {
        crm: defineAdapter({ key: 'crmId', policy: { cache: { ttl: '1m' } }, load: async (keys) => keys.map(() => account) }),
        orders: defineAdapter({ key: 'crmId', many: true, load: async (keys) => keys.map(() => [{ sku: anna }, { sku: bert }]) }),
        catalog,
      },
    });
    for (const _ of [1, 2])
      expect(await ask(QUERY, { role: 'CUSTOMER', subject: '1' })).toMatchObject({ data: { customer: expected }, errors: [] });
    expect((await ask('{ customer { account { whole } } }', { role: 'CUSTOMER', subject: '1' })).data.customer.account).toEqual({
      whole: 5,
    });
  });
});

describe('a long number among the variables of an operation', () => {
  const schema = `type Customer {
    echo(id: ID, ids: [ID!], int: Int, float: Float, text: String, big: BigInt, any: JSON, input: EchoInput): JSON @from(source: "echo")
  } input EchoInput { id: ID floats: [Float!] any: JSONObject inner: EchoInput }`;
  const echo = defineAdapter({ key: 'crmId', load: async (keys, { args }) => keys.map(() => ({ echo: args })) });
  const QUERY =
    'query ($id: ID, $ids: [ID!], $float: Float, $big: BigInt, $any: JSON, $input: EchoInput) { customer { echo(id: $id, ids: $ids, float: $float, big: $big, any: $any, input: $input) } }';
  const VARIABLES = `{"id":${BERT},"ids":${BERT},"float":0.12345678901234567890,"big":${BERT},"any":{"n":[${BERT},1.5]},"input":{"id":${BERT},"floats":[1,${BERT}],"any":{"n":${BERT}}}}`;
  const ECHOED = {
    id: BERT,
    ids: [BERT],
    float: 0.12345678901234568,
    big: BERT,
    any: { n: [BERT, 1.5] },
    input: { id: BERT, floats: [1, Number(BERT)], any: { n: BERT } },
  };

  /** Sends variables as they are written, by each way in. @returns what is answered. */
  const WAYS: Readonly<Record<string, (query: string, variables: string) => Promise<{ data?: unknown; errors?: { message: string }[] }>>> =
    {
      POST: async (query, variables) => {
        const { app, headers } = await started();
        const payload = `{"query":${JSON.stringify(query)},"variables":${variables}}`;
        const answers = [];
        for (const _ of [1, 2]) answers.push(await app.inject({ method: 'POST', url: '/graphql', headers, payload }));
        expect(answers[0]?.payload).toBe(answers[1]?.payload);
        return (answers[0] as (typeof answers)[number]).json();
      },
      GET: async (query, variables) => {
        const { app, headers } = await started();
        return (await app.inject({ url: '/graphql', headers, query: { query, variables } })).json();
      },
      'server-sent events by POST': async (query, variables) => {
        const { app, headers } = await started();
        const payload = `{"query":${JSON.stringify(query)},"variables":${variables}}`;
        return eventOf(
          (await app.inject({ method: 'POST', url: '/graphql', headers: { ...headers, accept: 'text/event-stream' }, payload })).payload,
        );
      },
      'server-sent events by GET': async (query, variables) => {
        const { app, headers } = await started();
        return eventOf(
          (await app.inject({ url: '/graphql', headers: { ...headers, accept: 'text/event-stream' }, query: { query, variables } }))
            .payload,
        );
      },
      WebSocket: async (query, variables) => {
        const { app, headers } = await started();
        const url = await app.listen({ port: 0, host: '127.0.0.1' });
        const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
          headers: { authorization: headers.authorization },
        });
        onTestFinished(() => socket.terminate());
        await once(socket, 'open');
        socket.send('{"type":"connection_init"}');
        await once(socket, 'message');
        socket.send(`{"id":"1","type":"subscribe","payload":{"query":${JSON.stringify(query)},"variables":${variables}}}`);
        const closed = once(socket, 'close').then(([code]) => `{"type":"error","payload":[{"message":"closed with ${code}"}]}`);
        const message = await Promise.race([once(socket, 'message').then(([received]) => String(received)), closed]);
        const { type, payload } = JSON.parse(message);
        return type === 'error' ? { errors: payload } : payload;
      },
    };

  async function started() {
    const { gateway } = await testGateway({ schema, dataSources: { echo } });
    const authorization = `Bearer ${await signToken({ role: 'CUSTOMER', subject: '1' })}`;
    return { app: gateway.app, headers: { authorization, 'content-type': 'application/json' } };
  }

  for (const [way, send] of Object.entries(WAYS)) {
    it(`keeps its digits where its type has them: ${way}`, async () => {
      expect(await send(QUERY, VARIABLES)).toEqual({ data: { customer: { echo: ECHOED } } });
    });

    it(`is as wrong as any number for a String and an Int: ${way}`, async () => {
      const text = await send('query ($text: String) { customer { echo(text: $text) } }', `{"text":${BERT}}`);
      expect(text.errors?.[0]?.message).toContain('String cannot represent a non string value');
      const int = await send('query ($int: Int) { customer { echo(int: $int) } }', `{"int":${BERT}}`);
      expect(int.errors?.[0]?.message).toContain('Int cannot represent non 32-bit signed integer value');
    });

    it(`is no object with variables: ${way}`, async () => {
      const { data, errors } = await send('query ($text: String) { __typename }', BERT);
      expect([data, errors?.[0]?.message]).toEqual([undefined, 'expected variables to be a JSON object, received a number']);
    });
  }

  it('is an ID only where it is an integer, and never another one', async () => {
    const send = WAYS.POST as (typeof WAYS)[string];
    const idOf = (number: string) => send('query ($id: ID) { customer { echo(id: $id) } }', `{"id":${number}}`);
    for (const number of [`${BERT}.0`, `${BERT}.`.padEnd(40, '0'), `${BERT}0e-1`, `${BERT.slice(0, 1)}.${BERT.slice(1)}e15`])
      expect([number, await idOf(number)]).toEqual([number, { data: { customer: { echo: { id: BERT } } } }]);
    for (const number of [`${BERT}.4`, `${BERT}1e-1`, '0.12345678901234567890', '1e400'])
      expect((await idOf(number)).errors?.[0]?.message).toContain('ID cannot represent value');
  });

  it('is no object, where the protocol has one', async () => {
    const { app, headers } = await started();
    for (const name of ['variables', 'extensions', 'operationName', 'query']) {
      const payload = `{"query":"{ customer { echo } }","${name}":${BERT}}`;
      const { errors } = (await app.inject({ method: 'POST', url: '/graphql', headers, payload })).json();
      expect([name, errors?.[0].message]).toEqual([name, expect.stringMatching(/^expected .*, received a number$/)]);
    }
  });

  it('comes back as a number in the answer to a ping', async () => {
    const { app } = await started();
    const socket = new WebSocket(
      `${(await app.listen({ port: 0, host: '127.0.0.1' })).replace('http', 'ws')}/graphql`,
      'graphql-transport-ws',
    );
    onTestFinished(() => socket.terminate());
    await once(socket, 'open');
    socket.send(`{"type":"ping","payload":{"n":${BERT}}}`);
    const [message] = await once(socket, 'message');
    expect(JSON.parse(String(message))).toEqual({ type: 'pong', payload: { n: Number(BERT) } });
  });

  it.each([300, 3_000, 5_000, 8_000, 20_000])("among %i levels of nesting is the client's mistake, whatever it is", async (levels) => {
    const { app, headers } = await started();
    const list = `${'['.repeat(levels)}1${']'.repeat(levels)}`;
    const object = `${'{"inner":'.repeat(levels)}{}${'}'.repeat(levels)}`;
    // The first is answered on the fast lane then, where it can be.
    await app.inject({ method: 'POST', url: '/graphql', headers, payload: { query: QUERY, variables: {} } });
    for (const variables of [`{"any":${list}}`, `{"ids":${list}}`, `{"input":${object}}`, `{"input":{"any":{"x":${object}}}}`]) {
      const payload = `{"query":${JSON.stringify(QUERY)},"variables":${variables}}`;
      const posted = await app.inject({ method: 'POST', url: '/graphql', headers, payload });
      expect(posted.json()).toEqual({
        errors: [{ message: 'expected variables with at most 200 levels of nesting', extensions: { code: 'BAD_USER_INPUT' } }],
      });
    }
  });

  it("among too many levels of nesting is the client's mistake", async () => {
    const { app, headers } = await started();
    for (const inner of [BERT, '1']) {
      const any = `${'['.repeat(300_000)}${inner}${']'.repeat(300_000)}`;
      const payload = `{"query":${JSON.stringify(QUERY)},"variables":{"any":${any}}}`;
      for (const accept of ['application/json', 'application/graphql-response+json']) {
        const answer = await app.inject({ method: 'POST', url: '/graphql', headers: { ...headers, accept }, payload });
        expect(answer.payload).toMatch(/(fewer|at most 200) levels of nesting/);
        expect(answer.payload).not.toContain('INTERNAL');
      }
      const event = await app.inject({ method: 'POST', url: '/graphql', headers: { ...headers, accept: 'text/event-stream' }, payload });
      expect(event.payload).toMatch(/(fewer|at most 200) levels of nesting/);
    }
  });

  it('keeps its digits in the document itself', async () => {
    const query = `{ customer { echo(id: ${BERT}, float: 0.12345678901234567890, big: ${BERT}, any: { n: [${BERT}, 1.5] }, input: { any: { n: ${BERT} } }) } }`;
    expect(await WAYS.POST?.(query, '{}')).toEqual({
      data: {
        customer: { echo: { id: BERT, float: 0.12345678901234568, big: BERT, any: { n: [BERT, 1.5] }, input: { any: { n: BERT } } } },
      },
    });
  });
});

function eventOf(text: string) {
  return JSON.parse(/^data: (.+)$/m.exec(text)?.[1] ?? 'null');
}

describe('a long number of an interaction', () => {
  const READ =
    '{ customer { interactions(first: 10) { edges { node { type properties } } } attributes { name value } identifiers { type value } } }';

  it('keeps its digits in properties and attributes, by the mutation and by POST /interactions', async () => {
    const { gateway, ask } = await testGateway();
    const headers = { authorization: `Bearer ${await signToken({ role: 'CUSTOMER', subject: '1' })}`, 'content-type': 'application/json' };
    const query =
      'mutation ($p: JSON) { captureInteractions(input: { interactions: [{ type: "a", properties: $p, attributes: { account: 9007199254740993 } }] }) { accepted } }';
    const payload = `{"query":${JSON.stringify(query)},"variables":{"p":{"orderId":${BERT}}}}`;
    expect((await gateway.app.inject({ method: 'POST', url: '/graphql', headers, payload })).json().data.captureInteractions.accepted).toBe(
      1,
    );
    const records = `[{"type":"b","properties":{"orderId":${ANNA},"total":1.5}},{"type":"c","properties":{"orderId":${BERT}}}]`;
    const answer = await gateway.app.inject({ method: 'POST', url: '/interactions', headers, payload: records });
    expect(answer.json()).toMatchObject({ accepted: 2 });
    const line = await gateway.app.inject({
      method: 'POST',
      url: '/interactions',
      headers: { ...headers, 'content-type': 'application/x-ndjson' },
      payload: `{"type":"d","properties":{"orderId":${BERT}}}\n`,
    });
    expect(line.json()).toMatchObject({ accepted: 1 });
    const pixel = await gateway.app.inject({ url: '/pixel.gif', headers, query: { type: 'e', properties: `{"orderId":${BERT}}` } });
    expect(pixel.statusCode).toBe(200);
    const { data } = await ask(READ, { role: 'CUSTOMER', subject: '1' });
    const nodes = data.customer.interactions.edges.map(({ node }: { node: { type: string; properties: unknown } }) => [
      node.type,
      node.properties,
    ]);
    expect(Object.fromEntries(nodes)).toEqual({
      a: { orderId: BERT },
      b: { orderId: ANNA, total: 1.5 },
      c: { orderId: BERT },
      d: { orderId: BERT },
      e: { orderId: BERT },
    });
    expect(data.customer.attributes).toEqual([{ name: 'account', value: BERT }]);
  });

  it('is an identifier with all its digits', async () => {
    const { gateway, ask } = await testGateway();
    const headers = {
      authorization: `Bearer ${await signToken({ role: 'SERVICE', subject: 'shop' })}`,
      'content-type': 'application/json',
    };
    const payload = `[${[ANNA, BERT, '7'].map((value) => `{"type":"buy","identifiers":[{"type":"crmId","value":${value}}],"properties":{"by":"${value}"}}`).join()},{"type":"buy","identifiers":[{"type":"crmId","value":1.5}]}]`;
    const answer = await gateway.app.inject({ method: 'POST', url: '/interactions', headers, payload });
    expect(answer.json()).toMatchObject({ accepted: 3, rejected: [{ index: 3, code: 'BAD_USER_INPUT' }] });
    for (const value of [ANNA, BERT, '7']) {
      const query = `{ customerByIdentifier(identifier: { type: "crmId", value: "${value}" }) { identifiers { value } interactions(first: 5) { edges { node { properties } } } } }`;
      expect((await ask(query, { role: 'SERVICE' })).data.customerByIdentifier).toEqual({
        identifiers: [{ value }],
        interactions: { edges: [{ node: { properties: { by: value } } }] },
      });
    }
  });
});

describe('a long number of a token', () => {
  async function tokenOf(claims: string): Promise<string> {
    const key = new Secrets([SECRET]).keys('development-token')[0] as Uint8Array;
    return new CompactSign(new TextEncoder().encode(claims)).setProtectedHeader({ alg: 'HS256' }).sign(key);
  }

  it('is an identifier with all its digits, and a time stays one', async () => {
    const { ask } = await testGateway({
      config: { identifiers: { crmId: { class: 'person', unique: true, capture: [bearerClaim('sub')] } } },
      dataSources: { crm: memorySource({ [ANNA]: { name: 'Anna' }, [BERT]: { name: 'Bert' } }).adapter },
    });
    const nameOf = async (sub: string, exp: string) => {
      const headers = { authorization: `Bearer ${await tokenOf(`{"sub":${sub},"exp":${exp}}`)}` };
      return (await ask('{ customer { name } }', { headers })).data.customer?.name ?? null;
    };
    const future = Math.floor(Date.now() / 1_000) + 3_600;
    expect(await nameOf(ANNA, `${future}`)).toBe('Anna');
    expect(await nameOf(BERT, `${future}`)).toBe('Bert');
    expect(await nameOf(`"${BERT}"`, `${future}.12345678901234567890`)).toBe('Bert');
    expect(await nameOf(BERT, `${future - 7_200}.12345678901234567890`)).toBe(null);
  });
});
