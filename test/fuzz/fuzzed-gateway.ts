import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, vi } from 'vitest';
import { bearerClaim, cookie, handoff, header, issuedCookie, urlParameter } from '../../src/index.ts';
import { type TestGateway, type TestGatewayOptions, testGateway } from '../support/gateway.ts';
import { isInternal } from '../support/surprises.ts';

/** Milliseconds after which a request without an answer counts as hanging. */
const HANGS = 60_000;

export interface FuzzedGateway extends TestGateway {
  readonly port: number;
  /** Sends bytes over a connection of their own, and then its end. @returns what came back until the connection was closed, or an event stream had begun. */
  send(bytes: Buffer | string): Promise<string>;
  /** Fails when an answer is a surprise, or when the log has one. */
  expectAnswers(text: string): void;
  /** Fails unless a usual query gets its usual answer. To be called after all runs. */
  expectWell(): Promise<void>;
}

/** A gateway with every kind of capture rule, on a port. */
export async function fuzzedGateway(options: TestGatewayOptions = {}): Promise<FuzzedGateway> {
  const gateway = await testGateway({
    ...options,
    config: {
      identifiers: {
        crmId: { class: 'person', unique: true, capture: [bearerClaim('sub'), handoff('ct'), cookie('customer_id'), urlParameter('cid')] },
        email: { class: 'person', normalize: 'email', limit: 5, capture: [urlParameter('email'), cookie('mail')] },
        phone: { class: 'person', normalize: 'phone', capture: [header('x-caller-number', { from: 'AGENT' })] },
        visitorId: { class: 'cookie', capture: [issuedCookie('visitor')] },
      },
      touchpoints: {
        web: { channel: 'WEB', origins: ['https://shop.example'] },
        callCentre: { channel: 'CALL_CENTRE', viewers: ['AGENT'] },
      },
      ...options.config,
    },
  });
  await gateway.gateway.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = gateway.gateway.app.server.address() as { port: number };
  // Libraries print there what they take for failures of their own.
  const printed = vi.spyOn(console, 'error').mockImplementation(() => {});
  onTestFinished(() => printed.mockRestore());
  let read = 0;
  return {
    ...gateway,
    port,
    send: (bytes) => exchange(port, bytes),
    expectAnswers(text) {
      expect(text).not.toMatch(/^HTTP\/1\.1 5(?!03)\d\d /m);
      expect(isInternal(text), text).toBe(false);
      const lines = gateway.log.slice(read);
      read = gateway.log.length;
      expect(lines.filter((line) => JSON.parse(line).level >= 40)).toEqual([]);
      expect(printed.mock.calls).toEqual([]);
    },
    async expectWell() {
      const { status, data, errors } = await gateway.ask('{ customer { name } }', { path: '/graphql', role: 'CUSTOMER', subject: '1' });
      expect({ status, data, errors }).toEqual({ status: 200, data: { customer: { name: 'Ada' } }, errors: [] });
    },
  };
}

async function exchange(port: number, bytes: Buffer | string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const failed = new AbortController();
  const timer = setTimeout(() => failed.abort(new Error('expected an answer or an end, received nothing')), HANGS);
  onTestFinished(() => void socket.destroy());
  let answer = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    answer += text;
    // It has no end of its own.
    if (/^content-type: text\/event-stream/im.test(answer) && answer.includes('\r\n\r\n')) socket.destroy();
  });
  socket.on('error', () => {});
  socket.on('end', () => socket.end());
  socket.end(bytes);
  try {
    await once(socket, 'close', { signal: failed.signal });
  } finally {
    clearTimeout(timer);
  }
  return answer;
}
