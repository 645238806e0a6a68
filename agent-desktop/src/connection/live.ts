import { createClient } from 'graphql-ws';
import { Refusals } from './refusals.ts';
import type { Session } from './session.ts';

/** Whether what is shown live is up to date. */
export type LiveState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'connected' }
  /** `since`: when the connection was lost, or the subscription refused. `nextTry`: when it is tried again. */
  | { readonly kind: 'reconnecting'; readonly since: Date; readonly nextTry: Date };

export interface Live {
  readonly subscriptions: Pick<Refusals, 'subscribe'>;
  /** Of events of this customer: the gateway may refuse to send them over a socket that is connected. */
  readonly stateOf: (customerId: string | null) => LiveState;
  readonly subscribe: (listener: () => void) => () => void;
  /** Closes the socket; subscriptions that are still wanted open a new one, with the token of then. */
  readonly reconnect: () => void;
  /** Tries at once when the machine is online again. @returns what ends that. */
  readonly watchOnline: () => () => void;
}

/** Milliseconds before each try. The last is repeated, so that a desktop which sleeps over night finds its way back. */
const WAITS = [250, 500, 1_000, 2_000, 4_000, 8_000] as const;
const REFUSED = 4403;

/** One socket for all subscriptions, opened by the first one. */
export function openLive({ session, touchpoint }: { session: Session; touchpoint: string | null }): Live {
  const listeners = new Set<() => void>();
  let state: LiveState = { kind: 'idle' };
  let socket: WebSocket | null = null;
  /** The gateway closes a socket whose token is over: until there is a new one, another try is useless. */
  let refused: Promise<void> = Promise.resolve();
  let hurry: (() => void) | null = null;
  const notify = () => {
    for (const listener of listeners) listener();
  };
  const set = (next: LiveState) => {
    state = next;
    notify();
  };
  const client = createClient({
    url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
    lazy: true,
    // A tab that is switched takes a moment until it subscribes again: the socket is kept for it.
    lazyCloseTimeout: 5_000,
    keepAlive: 10_000,
    connectionParams: () => ({
      authorization: `Bearer ${session.token() ?? ''}`,
      ...(touchpoint === null ? {} : { 'x-touchpoint': touchpoint }),
    }),
    retryAttempts: Number.POSITIVE_INFINITY,
    // An error of this program would come again at once, and for ever: only what the network did is tried again.
    shouldRetry: (event) => session.token() !== null && (!(event instanceof Error) || 'code' in event),
    retryWait: async (tries) => {
      const wait = (WAITS[Math.min(tries, WAITS.length - 1)] ?? 8_000) * (0.8 + Math.random() * 0.4);
      await refused;
      const since = state.kind === 'reconnecting' ? state.since : new Date();
      set({ kind: 'reconnecting', since, nextTry: new Date(Date.now() + wait) });
      await new Promise<void>((resolve) => {
        hurry = resolve;
        setTimeout(resolve, wait);
      });
      hurry = null;
    },
    on: {
      opened: (opened) => {
        socket = opened as WebSocket;
      },
      connected: () => set({ kind: 'connected' }),
      closed: (event) => {
        socket = null;
        const { code, wasClean } = event as CloseEvent;
        if (code === REFUSED) refused = session.renewedOrOver().then(() => undefined);
        // Closed by this page because nothing is subscribed any more.
        if (code === 1000 && wasClean) set({ kind: 'idle' });
        else if (state.kind !== 'reconnecting') set({ kind: 'reconnecting', since: new Date(), nextTry: new Date() });
      },
    },
  });
  const refusals = new Refusals(client, notify);
  return {
    subscriptions: refusals,
    stateOf: (customerId) => {
      const refusal = customerId === null || state.kind !== 'connected' ? null : refusals.of(customerId);
      return refusal ?? state;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    reconnect: () => {
      if (socket === null) hurry?.();
      else client.terminate();
    },
    watchOnline: () => {
      const onOnline = () => hurry?.();
      window.addEventListener('online', onOnline);
      return () => window.removeEventListener('online', onOnline);
    },
  };
}
