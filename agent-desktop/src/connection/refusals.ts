import type { Client, FormattedExecutionResult, Sink, SubscribePayload } from 'graphql-ws';

/** A subscription that the gateway has refused or ended: its events are not live until it has begun again. */
export interface Refusal {
  readonly kind: 'reconnecting';
  /** Since when nothing was sent. */
  readonly since: Date;
  readonly nextTry: Date;
}

/** Milliseconds before each try. The last is repeated: a limit that was exceeded may be free again at any time. */
const WAITS = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000] as const;
/** Nothing says that a subscription has begun. One that is not refused within so many milliseconds has. */
const BEGUN_AFTER = 2_000;

/**
 * Subscriptions that begin again, until nobody wants them any more. A socket that breaks is the client's to open again; here it is
 * about what the gateway answers on a socket that works: an error, as where a client has too many subscriptions, or an end.
 */
export class Refusals {
  private readonly client: Pick<Client, 'subscribe'>;
  private readonly onChange: () => void;
  private readonly refused = new Map<object, { readonly customerId: unknown; readonly refusal: Refusal }>();

  constructor(client: Pick<Client, 'subscribe'>, onChange: () => void) {
    this.client = client;
    this.onChange = onChange;
  }

  /** The refusal of a subscription to this customer; null where all of them go on. */
  of(customerId: string): Refusal | null {
    for (const each of this.refused.values()) if (each.customerId === customerId) return each.refusal;
    return null;
  }

  /** @returns what ends it. */
  subscribe(payload: SubscribePayload, sink: Sink<FormattedExecutionResult<Record<string, unknown>, unknown>>): () => void {
    const own = {};
    let tries = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stop = () => {};
    let isOver = false;
    const begun = () => {
      clearTimeout(timer);
      tries = 0;
      if (this.refused.delete(own)) this.onChange();
    };
    const begin = () => {
      const at = Date.now();
      let isEnded = false;
      const again = () => {
        if (isOver || isEnded) return;
        isEnded = true;
        clearTimeout(timer);
        const wait = (WAITS[Math.min(tries, WAITS.length - 1)] ?? 30_000) * (0.8 + Math.random() * 0.4);
        tries += 1;
        const since = this.refused.get(own)?.refusal.since ?? new Date(Math.max(at, Date.now() - BEGUN_AFTER));
        this.refused.set(own, {
          customerId: payload.variables?.id,
          refusal: { kind: 'reconnecting', since, nextTry: new Date(Date.now() + wait) },
        });
        timer = setTimeout(begin, wait);
        this.onChange();
      };
      timer = setTimeout(begun, BEGUN_AFTER);
      stop = this.client.subscribe<Record<string, unknown>>(payload, {
        next: (result) => {
          // A refusal may be the only answer before the end.
          if (result.data !== null && result.data !== undefined) begun();
          sink.next(result);
        },
        error: (error) => (Array.isArray(error) ? again() : sink.error(error)),
        complete: again,
      });
    };
    begin();
    return () => {
      isOver = true;
      clearTimeout(timer);
      if (this.refused.delete(own)) this.onChange();
      stop();
    };
  }
}
