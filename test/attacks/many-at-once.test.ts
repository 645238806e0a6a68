import { once } from 'node:events';
import { connect } from 'node:net';
import { platform } from 'node:os';
import { brotliCompressSync, constants } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { AttackedProcess } from './attacked-process.ts';

const json = { 'content-type': 'application/json' };
const aliases = (field: string) => Array.from({ length: 29 }, (_, index) => `a${index}: ${field}`).join(' ');

it('14,000 references with 29 aliases are refused at once', async () => {
  const attacked = await AttackedProcess.start();
  const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { ${aliases('interactions(first: 0) { pageInfo { hasNextPage } }')} } } }`;
  const r = Array(14_000).fill({ __typename: 'Customer', id: '00000000-0000-4000-8000-000000000000' });
  const cost = await attacked.costOf({ path: '/graphql', headers: json, body: JSON.stringify({ query, variables: { r } }) });
  expect(cost.status).toBe(400);
  expect(cost.cpu).toBeLessThan(6);
  expect(cost.memory).toBeLessThan(128);
  await attacked.expectWell();
});

it('100 subscriptions of 30 aliases on one socket, and one event, cost little', async () => {
  const attacked = await AttackedProcess.start();
  const first = await fetch(`${attacked.url}/graphql`, { method: 'POST', headers: json, body: '{"query":"{ customer { id } }"}' });
  const cookie = first.headers.getSetCookie()[0]?.split(';')[0] as string;
  await attacked.send({ path: '/interactions', headers: { ...json, cookie }, body: '[{"type":"view"}]' });
  const socket = new WebSocket(`${attacked.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers: { cookie } });
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  const query = `subscription { customerChanged { ${aliases('interactions(first: 50) { edges { node { id properties } } }')} } }`;
  let answers = 0;
  socket.on('message', (message) => {
    if (String(message).includes('"type":"next"')) answers++;
  });
  for (let id = 0; id < 100; id++) socket.send(JSON.stringify({ type: 'subscribe', id: String(id), payload: { query } }));
  socket.ping();
  await once(socket, 'pong');
  const cost = await attacked.costOf({ path: '/interactions', headers: { ...json, cookie }, body: '[{"type":"view"}]' });
  expect(cost.status).toBe(200);
  expect(cost.memory).toBeLessThan(256);
  // As many as a socket may have are allowed, and are answered.
  await expect.poll(() => answers).toBeGreaterThan(0);
  await attacked.expectWell();
});

it('100 connections that do not read their large answers hold less than 1 GB, and others are answered', async () => {
  const attacked = await AttackedProcess.start();
  const { port } = new URL(attacked.url);
  // The largest answer that a stranger can ask for: the descriptions of the whole schema, under many names.
  const types = 'types { name description fields { name description args { name description } } }';
  const body = JSON.stringify({ query: `{ __schema { ${aliases(types)} } }` });
  const head = `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  for (let count = 0; count < 100; count++) {
    const socket = connect({ port: Number(port), host: '127.0.0.1' }).pause();
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => {});
    socket.write(head + body);
    // Its answer has begun.
    await once(socket, 'readable');
  }
  await attacked.expectWell();
  expect(attacked.megabytes('VmHWM')).toBeLessThan(1_024);
});

it.skipIf(platform() !== 'linux')('80 bodies of Brotli at once that grow hold less than 256 MB', async () => {
  const attacked = await AttackedProcess.start();
  const before = attacked.megabytes('VmRSS');
  // The decoder fills the largest window, 16 MB, before it says anything.
  const body = brotliCompressSync(Buffer.alloc(64 * 1024 * 1024), { params: { [constants.BROTLI_PARAM_LGWIN]: 24 } });
  const send = () => fetch(`${attacked.url}/graphql`, { method: 'POST', headers: { ...json, 'content-encoding': 'br' }, body });
  const answers = await Promise.all(Array.from({ length: 80 }, send));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([413]));
  expect(attacked.megabytes('VmHWM') - before).toBeLessThan(256);
  await attacked.expectWell();
});
