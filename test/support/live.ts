import { createClient as createStreamClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { type AskOptions, type TestGatewayOptions, testGateway } from './gateway.ts';
import { PATIENTLY } from './waiting.ts';

export const CAPTURE = `mutation ($interactions: [InteractionInput!]!) { captureInteractions(input: { interactions: $interactions }) { accepted customer { id } } }`;

/** One subscription as a client sees it: its messages in order, and how it ended. */
export class Inbox {
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly #messages: any[] = [];
  #arrived = Promise.withResolvers<void>();
  readonly ended = Promise.withResolvers<unknown>();

  readonly sink = {
    // biome-ignore lint/suspicious/noExplicitAny: as above
    next: (message: any) => {
      this.#messages.push(message);
      this.#arrived.resolve();
      this.#arrived = Promise.withResolvers();
    },
    error: (error: unknown) => this.ended.resolve(error),
    complete: () => this.ended.resolve('complete'),
  };

  /** The next message. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  async next(): Promise<any> {
    const { promise } = this.#arrived;
    if (this.#messages.length === 0) await promise;
    return this.#messages.shift();
  }
}

interface Client {
  subscribe(query: string, variables: Record<string, unknown> | undefined): Inbox;
}
export type Who = { readonly token?: string; readonly cookie?: string; readonly headers?: Record<string, string> };

/** Both transports of subscriptions. The tests run with each. */
export const TRANSPORTS: Readonly<Record<string, (url: string, who: Who) => Client>> = {
  WebSocket: (url, { token, cookie, headers }) => {
    class Socket extends WebSocket {
      constructor(address: string, protocols: string) {
        super(address, protocols, { headers: { ...(cookie && { cookie }), ...headers } });
      }
    }
    const client = createSocketClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: Socket,
      retryAttempts: 0,
      connectionParams: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
    onTestFinished(() => client.dispose());
    return {
      subscribe: (query, variables) => {
        const inbox = new Inbox();
        client.subscribe({ query, variables }, inbox.sink);
        return inbox;
      },
    };
  },
  'server-sent events': (url, { token, cookie, headers }) => {
    const client = createStreamClient({
      url: `${url}/graphql`,
      retryAttempts: 0,
      headers: { ...(token && { authorization: `Bearer ${token}` }), ...(cookie && { cookie }), ...headers },
    });
    onTestFinished(() => client.dispose());
    return {
      subscribe: (query, variables) => {
        const inbox = new Inbox();
        client.subscribe({ query, variables }, inbox.sink as never);
        return inbox;
      },
    };
  },
};

/** A gateway with a port, and what tests of subscriptions do with it. */
export async function live(options: TestGatewayOptions = {}) {
  const touchpoints: TestGatewayOptions['config'] = { touchpoints: { web: { channel: 'WEB', origins: ['https://shop.example'] } } };
  const gateway = await testGateway({ ...options, config: { ...touchpoints, ...options.config } });
  const url = await gateway.gateway.app.listen({ port: 0, host: '127.0.0.1' });
  const record = async (type: string, from: AskOptions, more: object = {}) =>
    (await gateway.ask(CAPTURE, { variables: { interactions: [{ type, touchpoint: 'web', ...more }] }, ...from })).data.captureInteractions
      .customer;
  /** Waits until this many subscriptions are open: they do not receive earlier events. */
  const subscribed = async (count = 1) => {
    for (const end = performance.now() + PATIENTLY.timeout; performance.now() < end; ) {
      // A turn of the event loop, because injected requests leave the sockets none.
      await new Promise((resolve) => setImmediate(resolve));
      const body = (await gateway.gateway.app.inject('/metrics')).body;
      if (Number(/^gateway_subscriptions (\d+)$/m.exec(body)?.[1]) >= count) return;
    }
    throw new Error(`expected ${count} open subscriptions`);
  };
  return { ...gateway, url, record, subscribed };
}
