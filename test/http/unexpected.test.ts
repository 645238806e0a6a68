import { once } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { BearerTokens } from '../../src/capture/bearer-token.ts';
import { Operations } from '../../src/graphql/execution/operations.ts';
import { OperationContexts } from '../../src/http/operation-contexts.ts';
import { type TestGateway, testGateway } from '../support/gateway.ts';
import { signToken } from '../support/tokens.ts';
import { TRANSPORTS } from '../support/transports.ts';

const SECRET = 'ada@secret.example';
const HEADERS = { 'x-request-id': 'mine' };

/** Makes a method throw an error that quotes the secret, as the library of a store or a back end may. */
function fail<Method extends string>(prototype: Record<Method, (...args: never[]) => unknown>, method: Method) {
  const spy = vi.spyOn(prototype as Record<string, () => unknown>, method).mockImplementation(() => {
    throw new Error(`no idea of ${SECRET}`);
  });
  onTestFinished(() => void spy.mockRestore());
}

/** The log has the error once, under the request's id and without the text that the client sent. Standard error has nothing. */
function expectLogged(log: readonly string[]) {
  const lines = log.filter((line) => line.includes('unexpected')).map((line) => JSON.parse(line));
  expect(lines).toMatchObject([{ requestId: 'mine', error: { message: 'no idea of [redacted]' } }]);
  expect(log.join('')).not.toContain(SECRET);
}

/** Sends these messages over a socket, each when the one before is answered. @returns the answers, or the code of a close. */
async function converse({ gateway }: TestGateway, messages: readonly object[]) {
  await gateway.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = gateway.app.server.address() as { port: number };
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql?email=${SECRET}`, 'graphql-transport-ws', { headers: HEADERS });
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  const received: unknown[] = [];
  for (const message of messages) {
    socket.send(JSON.stringify(message));
    const [answer] = await Promise.race([once(socket, 'message'), once(socket, 'close')]);
    received.push(typeof answer === 'number' ? answer : JSON.parse(String(answer)));
  }
  return received;
}

describe('an unexpected error is masked, and logged once without what the client sent', () => {
  const query = `{ customer { name } node(id: "${SECRET}") { id } }`;
  const masked = { message: 'Something unexpected went wrong; the log has it under the requestId', code: 'INTERNAL', requestId: 'mine' };
  const { message, ...extensions } = masked;

  it.each(Object.entries(TRANSPORTS).filter(([name]) => name !== 'a WebSocket'))('before an operation runs, by %s', async (_, send) => {
    const { gateway, log } = await testGateway({ provokesInternal: true });
    fail(Operations.prototype, 'prepare');
    const received = await send({ gateway, headers: HEADERS }, { query });
    expect(received?.status).toBe(500);
    expect(JSON.parse(received?.text ?? '')).toEqual({ error: masked });
    expectLogged(log);
  });

  it('before an operation runs, over a WebSocket, which stays open', async () => {
    const printed = vi.spyOn(console, 'error');
    onTestFinished(() => printed.mockRestore());
    const world = await testGateway({ provokesInternal: true });
    fail(Operations.prototype, 'prepare');
    const messages = [{ type: 'connection_init' }, { id: '1', type: 'subscribe', payload: { query } }, { type: 'ping' }];
    expect(await converse(world, messages)).toEqual([
      { type: 'connection_ack' },
      { id: '1', type: 'error', payload: [{ message, extensions }] },
      { type: 'pong' },
    ]);
    expectLogged(world.log);
    expect(printed).not.toHaveBeenCalled();
  });

  it('while a WebSocket is opened, which is closed with 4500', async () => {
    const printed = vi.spyOn(console, 'error');
    onTestFinished(() => printed.mockRestore());
    const world = await testGateway({ provokesInternal: true });
    fail(OperationContexts.prototype, 'watchCookies');
    const init = { type: 'connection_init', payload: { note: SECRET } };
    expect(await converse(world, [init])).toEqual([4500]);
    expectLogged(world.log);
    expect(printed).not.toHaveBeenCalled();
  });

  it('by POST /invalidate', async () => {
    const { gateway, log } = await testGateway({ provokesInternal: true });
    fail(BearerTokens.prototype, 'read');

    const authorization = `Bearer ${await signToken({ role: 'SERVICE', subject: 's' })}`;
    const payload = { source: 'crm', keys: [SECRET] };
    const answer = await gateway.app.inject({ method: 'POST', url: '/invalidate', headers: { ...HEADERS, authorization }, payload });
    expect([answer.statusCode, answer.json()]).toEqual([500, { error: masked }]);
    expectLogged(log);
  });
});
