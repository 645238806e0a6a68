import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type TestGatewayOptions, testGateway } from '../support/gateway.ts';
import { openSqliteFile } from '../support/sqlite-file.ts';
import { itOfSqlite } from '../support/stores.ts';
import { signToken } from '../support/tokens.ts';

const TOUCHPOINTS: TestGatewayOptions['config'] = { touchpoints: { web: { channel: 'WEB', origins: ['https://shop.example'] } } };

async function door(options: TestGatewayOptions = {}) {
  const gateway = await testGateway({ ...options, config: { ...TOUCHPOINTS, ...options.config } });
  const authorization = `Bearer ${await signToken({ role: 'CUSTOMER', subject: '1' })}`;
  const post = async (payload: string | Buffer, type = 'application/json', headers: Record<string, string> = {}) => {
    const request = {
      method: 'POST',
      url: '/interactions',
      payload,
      headers: { 'content-type': type, authorization, ...headers },
    } as const;
    const { statusCode, headers: answered, ...response } = await gateway.gateway.app.inject(request);
    return { status: statusCode, body: response.json(), headers: answered };
  };
  const types = async () => {
    const { data } = await gateway.ask('{ customer { interactions(first: 200) { edges { node { type } } } } }', {
      role: 'CUSTOMER',
      subject: '1',
    });
    return data.customer.interactions.edges.map(({ node }: { node: { type: string } }) => node.type).sort();
  };
  return { ...gateway, post, types, authorization };
}

describe('POST /interactions', () => {
  it('takes a JSON array', async () => {
    const { post, types } = await door();
    const { status, body } = await post(JSON.stringify([{ type: 'a' }, { id: '1', type: 'b' }, { id: '1', type: 'b' }]));
    expect([status, body]).toEqual([200, { accepted: 2, duplicates: 1, rejected: [] }]);
    expect(await types()).toEqual(['a', 'b']);
  });

  it("keeps Tom's interaction Tom's when it is sent again under Summer's login", async () => {
    const { post, types, ask } = await door();
    const cookie = (await post('{"type":"first"}')).headers['set-cookie']?.toString().split(';')[0] as string;
    const record = JSON.stringify({ id: 'x', type: 'bought', occurredAt: new Date().toISOString() });
    const first = await post(record, 'text/plain', { cookie });
    expect(first.body).toMatchObject({ accepted: 1 });
    const successor = first.headers['set-cookie']?.toString().split(';')[0] as string;
    const summer = `Bearer ${await signToken({ role: 'CUSTOMER', subject: '2' })}`;
    for (const sent of [cookie, successor, successor, cookie]) {
      const again = await post(record, 'text/plain', { cookie: sent, authorization: summer });
      expect(again.body).toEqual({ accepted: 0, duplicates: 1, rejected: [] });
    }
    expect(await types()).toEqual(['bought', 'first']);
    // The browser has Summer's cookie now, and its former cookie says nothing about Tom.
    const { data } = await ask('{ customer { assurance identifiers(types: ["crmId"]) { value } } }', { cookie: successor });
    expect(data.customer).toEqual({ assurance: 'ANONYMOUS', identifiers: null });
  });

  it('takes one JSON object', async () => {
    const { post } = await door();
    expect((await post('{\n "type": "a"\n}')).body).toEqual({ accepted: 1, duplicates: 0, rejected: [] });
  });

  it.each(['application/x-ndjson', 'text/plain;charset=UTF-8'])('takes NDJSON as %s, and rejects only the broken line', async (type) => {
    const { post, types } = await door();
    const { status, body } = await post('{"type":"ä"}\n\n{"type":"b"\r\n[]\n{"type":"c"}', type);
    expect(status).toBe(207);
    expect(body).toEqual({
      accepted: 2,
      duplicates: 0,
      rejected: [
        { index: 1, code: 'BAD_USER_INPUT', message: 'expected a line of JSON, received something that is none' },
        { index: 2, code: 'BAD_USER_INPUT', message: 'the record: expected object, received array' },
      ],
    });
    expect(await types()).toEqual(['c', 'ä']);
  });

  it("takes sendBeacon's text/plain with an array in it", async () => {
    const { post } = await door();
    expect((await post(' [{"type":"a"},{"type":"b"}]', 'text/plain')).body).toEqual({ accepted: 2, duplicates: 0, rejected: [] });
  });

  it('reads characters whose bytes arrive in two packets', async () => {
    const { gateway, authorization, types } = await door();
    const url = new URL(await gateway.app.listen({ port: 0, host: '127.0.0.1' }));
    const socket = connect(Number(url.port), url.hostname);
    onTestFinished(() => void socket.destroy());
    const body = Buffer.from('{"type":"ä"}\n{"type":"ö"}');
    const cut = body.indexOf(Buffer.from('ä')) + 1;
    const head = `POST /interactions HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/x-ndjson\r\nauthorization: ${authorization}\r\n`;
    socket.setNoDelay(true).write(`${head}content-length: ${body.length}\r\n\r\n`);
    await new Promise((resolve) => socket.write(body.subarray(0, cut), resolve));
    socket.write(body.subarray(cut));
    let answer = '';
    for await (const chunk of socket) answer += chunk;
    expect(answer).toContain('{"accepted":2,"duplicates":0,"rejected":[]}');
    expect(await types()).toEqual(['ä', 'ö']);
  });

  it.each([
    ['no JSON', 'expected a JSON array of interactions, or one per line; received something that is no JSON'],
    ['"text"', 'expected a JSON array of interactions, received string'],
    ['null', 'expected a JSON array of interactions, received null'],
  ])('refuses %s', async (payload, message) => {
    const { post } = await door();
    expect(await post(payload)).toMatchObject({ status: 400, body: { error: { code: 'BAD_USER_INPUT', message } } });
  });

  it('refuses more than 5,000 records and more bytes than the limit with 413, and stores none of them', async () => {
    const { post, types } = await door();
    const records = Array.from({ length: 5_001 }, () => ({ type: 'x' }));
    const tooMany = { error: { code: 'BAD_USER_INPUT', message: 'expected at most 5000 interactions at once; send several requests' } };
    expect(await post(JSON.stringify(records))).toMatchObject({ status: 413, body: tooMany });
    expect(await post(records.map((each) => JSON.stringify(each)).join('\n'), 'application/x-ndjson')).toMatchObject({
      status: 413,
      body: tooMany,
    });
    const large = JSON.stringify([{ type: 'x', properties: { text: 'y'.repeat(1024 * 1024) } }]);
    const tooLarge = { error: { code: 'BAD_USER_INPUT', message: 'expected at most 1048576 bytes; send several requests' } };
    expect(await post(large)).toMatchObject({ status: 413, body: tooLarge });
    expect(await types()).toEqual([]);
    expect((await post(JSON.stringify(records.slice(1)))).body).toMatchObject({ accepted: 5_000 });
  });

  it('refuses records that are nested too deeply, and goes on serving', async () => {
    const { post, types, ask } = await door();
    const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    const record = (part: string, levels: number) => `{"type":"x","${part}":{"a":${deep(levels)}}}`;
    const { body } = await post(
      `[${record('properties', 7_000)},${record('attributes', 1_000)},{"type":"good","properties":{"a":${deep(30)}}}]`,
    );
    expect(body).toMatchObject({ accepted: 1, rejected: [{ index: 0 }, { index: 1 }] });
    expect(body.rejected[0].message).toBe('properties: expected at most 32 levels of nesting');
    const identify = 'mutation ($a: JSONObject) { identify(input: { identifiers: [], attributes: $a }) { outcome } }';
    const { codes } = await ask(identify, { variables: { a: { a: JSON.parse(deep(3_000)) } }, role: 'CUSTOMER', subject: '1' });
    expect(codes).toEqual(['BAD_USER_INPUT']);
    expect(await types()).toEqual(['good']);
  });

  it('refuses a request without a body', async () => {
    const { gateway, authorization } = await door();
    const response = await gateway.app.inject({ method: 'POST', url: '/interactions', headers: { authorization } });
    expect([response.statusCode, response.json().error.code]).toEqual([400, 'BAD_USER_INPUT']);
  });

  it('says which content types it takes', async () => {
    const { post } = await door();
    const { status, body } = await post('<a/>', 'application/xml');
    expect([status, body.error.code]).toEqual([415, 'BAD_USER_INPUT']);
    expect(body.error.message).toContain('application/x-ndjson');
  });

  it("refuses a foreign page, and takes a touchpoint's with CORS", async () => {
    const { post, types } = await door();
    const foreign = await post('[{"type":"x"}]', 'text/plain', { origin: 'https://evil.example' });
    expect([foreign.status, foreign.body.error.code]).toEqual([403, 'FORBIDDEN']);
    expect(foreign.headers['access-control-allow-origin']).toBeUndefined();
    const own = await post('[{"type":"own"}]', 'text/plain', { origin: 'https://shop.example' });
    expect(own.status).toBe(200);
    expect(own.headers['access-control-allow-origin']).toBe('https://shop.example');
    expect(own.headers['access-control-allow-credentials']).toBe('true');
    expect(await types()).toEqual(['own']);
  });

  it('refuses a touchpoint that is none with what was expected', async () => {
    const { post } = await door();
    const { status, body } = await post('[{"type":"x"}]', 'application/json', { 'x-touchpoint': 'moon' });
    expect([status, body.error.message]).toEqual([400, 'x-touchpoint: expected one of web; received "moon"']);
  });

  it('stores nothing of a browser that asks not to be tracked, and says so', async () => {
    const { post, types } = await door();
    const { status, body } = await post('[{"type":"x"}]', 'text/plain', { 'sec-gpc': '1' });
    expect(status).toBe(207);
    expect(body).toEqual({
      ...{ accepted: 0, duplicates: 0 },
      rejected: [{ index: 0, code: 'FORBIDDEN', message: 'the browser asks not to be tracked (Sec-GPC), so nothing is stored' }],
    });
    expect(await types()).toEqual([]);
  });

  it('counts what became of interactions, and logs no identifier', async () => {
    const { post, gateway, log } = await door();
    await post('[{"id":"1","type":"x","pageUrl":"https://shop.example/?cid=SECRET"},{"id":"1","type":"x"},{}]');
    const metrics = (await gateway.app.inject('/metrics')).body;
    for (const outcome of ['accepted', 'duplicate', 'rejected'])
      expect(metrics).toContain(`gateway_interactions_total{outcome="${outcome}"} 1`);
    expect(log.join('') + metrics).not.toContain('SECRET');
  });
});

itOfSqlite('a failure of the store is INTERNAL with a request id, whose words are in the log only', async () => {
  const { post, log, gateway } = await door({ provokesInternal: true });
  const database = openSqliteFile(join(gateway.project.directory, 'gateway.db'));
  onTestFinished(() => database.close());
  database.exec('drop table interaction');
  const { status, body } = await post('[{"type":"x","pageUrl":"https://shop.example/?cid=SECRET"}]');
  expect([status, body.error.code]).toEqual([500, 'INTERNAL']);
  expect(body.error.message).not.toContain('interaction');
  expect(log.some((line) => line.includes(body.error.requestId) && line.includes('no such table'))).toBe(true);
  expect(log.join('')).not.toContain('SECRET');
});
