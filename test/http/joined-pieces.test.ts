import { once } from 'node:events';
import { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import fc from 'fast-check';
import { expect, it, onTestFinished, vi } from 'vitest';
import { joinPieces } from '../../src/http/connections/joined-pieces.ts';
import { testGateway } from '../support/gateway.ts';

it.each(['/graphql', '/interactions'])('a body that arrives at %s byte by byte is few pieces', async (path) => {
  const { gateway } = await testGateway();
  await gateway.app.listen({ port: 0, host: '127.0.0.1' });
  const push = vi.spyOn(IncomingMessage.prototype, 'push');
  onTestFinished(() => push.mockRestore());
  const socket = connect((gateway.app.server.address() as { port: number }).port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  const body = path === '/graphql' ? '{"query":"{ __typename }"}' : '[{"type":"view"}]';
  const chunks = [...body.padEnd(9_000)].map((byte) => `1\r\n${byte}\r\n`).join('');
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`,
  );
  expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 200 /);
  expect(push.mock.calls.length).toBeLessThan(20);
});

it('a client that sends more pieces than a body can need is cut off, and counted', async () => {
  const { gateway } = await testGateway();
  await gateway.app.listen({ port: 0, host: '127.0.0.1' });
  const socket = connect((gateway.app.server.address() as { port: number }).port, '127.0.0.1');
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  socket.write('POST /interactions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n');
  socket.write('1\r\n \r\n'.repeat(25_000));
  await new Promise((resolve) => socket.once('close', resolve));
  expect((await gateway.app.inject('/metrics')).body).toContain('gateway_clients_cut_off_total{reason="pieces"} 1');
});

it('joins short pieces, and changes nothing of the body', () => {
  const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40_000 })), { maxLength: 200 });
  fc.assert(
    fc.property(sizes, fc.constantFrom({ 'transfer-encoding': 'chunked' }, { 'content-length': '100000' }), (lengths, headers) => {
      const pieces = lengths.map((length, index) => Buffer.alloc(length, index));
      const taken: (Buffer | null)[] = [];
      const request = Object.assign(Object.create({ push: (piece: Buffer | null) => taken.push(piece) > 0 }), { headers });
      joinPieces(request as IncomingMessage, 1_000_000, expect.unreachable);
      for (const piece of [...pieces, null]) request.push(piece);
      expect(taken.pop()).toBeNull();
      expect(Buffer.concat(taken as Buffer[])).toEqual(Buffer.concat(pieces));
      const isShort = (piece: Buffer | null) => (piece?.length ?? 0) < 1_024;
      // Two short pieces never come one after the other.
      expect(taken.some((piece, index) => index > 0 && isShort(piece) && isShort(taken[index - 1] as Buffer))).toBe(false);
    }),
  );
});
