import { setTimeout as pause } from 'node:timers/promises';
import { payloadsOf } from './payloads.ts';
import type { MakeToken } from './tokens.ts';

/** One interaction that the gateway stored, as the first page shows it. */
export interface FeedItem {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly touchpoint: string | null;
  readonly pageUrl: string | null;
  readonly properties: Readonly<Record<string, unknown>>;
  /** An invented name; null for a visitor. */
  readonly who: string | null;
  /** True for somebody with a customer number, also when the name can't be read just now. */
  readonly isKnown: boolean;
}

interface Interaction extends Omit<FeedItem, 'who' | 'isKnown'> {
  readonly identifier: { readonly type: string; readonly value: string | null } | null;
}

/** What was only shown is no news. */
const LEFT_OUT: ReadonlySet<string> = new Set(['offer_presented']);
const KEPT = 20;
/** Milliseconds between two tries to listen. */
const AGAIN_AFTER = 500;
/** Milliseconds in which the gateway has to answer. */
const ANSWER_WITHIN = 2_000;
const LISTEN = 'subscription { interactionCaptured { id type occurredAt touchpoint pageUrl properties identifier { type value } } }';
const WARM_UP = `{ customerByIdentifier(identifier: { type: "crmId", value: "17850" }) {
  name loyalty { points } pointsToNextTier tickets { id } orders(first: 3) { edges { node { lines { sku product { name } } } } } interactions(first: 1) { edges { node { id } } }
} }`;
const NAME = 'query ($identifier: IdentifierInput!) { customerByIdentifier(identifier: $identifier) { name identifiers { type } } }';

const sayWithout = ({ message }: Error) => void process.stderr.write(`The demo starts without its invented week: ${message}\n`);

/** Listens to everything that the gateway stores, and keeps the newest. */
export class Feed {
  readonly #gateway: string;
  readonly #openTokens: () => Promise<MakeToken>;
  #tokens: Promise<MakeToken> | undefined;
  readonly #ending = new AbortController();
  #items: FeedItem[] = [];
  #isLive = false;
  #warmedUp: Promise<void> | undefined;

  /** @param openTokens is called once the gateway serves: before, it would delay its start. */
  constructor(gateway: string, openTokens: () => Promise<MakeToken>) {
    this.#gateway = gateway;
    this.#openTokens = openTokens;
  }

  /** Newest first. */
  get items(): readonly FeedItem[] {
    return this.#items;
  }

  get isLive(): boolean {
    return this.#isLive;
  }

  end(): void {
    this.#ending.abort();
  }

  /** Until `end`: also over a restart of the gateway. @param before is done once, when the gateway serves. */
  async follow(before?: (makeToken: MakeToken) => Promise<void>): Promise<void> {
    const { signal } = this.#ending;
    let isBefore = before !== undefined;
    while (!signal.aborted) {
      try {
        const token = await this.#token(signal);
        if (isBefore) {
          isBefore = false;
          await before?.(await this.#openedTokens()).catch(sayWithout);
        }
        const response = await this.#post({ query: LISTEN }, token, 'text/event-stream', signal);
        this.#isLive = response.ok;
        if (response.ok && response.body) {
          for await (const { data } of payloadsOf(response.body)) {
            const interaction = (data as { interactionCaptured?: Interaction } | null)?.interactionCaptured;
            if (interaction) void this.#add(interaction, token);
          }
        }
      } catch {
        // The gateway has not started yet, or starts again.
      }
      this.#isLive = false;
      await pause(AGAIN_AFTER, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async #token(signal: AbortSignal): Promise<string> {
    await (await fetch(`${this.#gateway}/health/live`, { signal })).arrayBuffer();
    return (await this.#openedTokens())('SERVICE', 'first-page');
  }

  #openedTokens(): Promise<MakeToken> {
    this.#tokens ??= this.#openTokens();
    return this.#tokens;
  }

  /** Asks once for all that the pages ask for: the first call of a back end opens files and connections, for which nobody has to wait then. */
  warmUp(): Promise<void> {
    this.#warmedUp ??= this.#token(this.#ending.signal)
      .then((token) => this.#post({ query: WARM_UP }, token, 'application/json', AbortSignal.timeout(ANSWER_WITHIN)))
      .then((response) => void response.arrayBuffer())
      .catch(() => undefined);
    return this.#warmedUp;
  }

  async #add({ identifier, ...interaction }: Interaction, token: string): Promise<void> {
    if (LEFT_OUT.has(interaction.type)) return;
    const { who, isKnown } = await this.#who(identifier, token);
    const others = this.#items.filter(({ id }) => id !== interaction.id);
    const items = [...others, { ...interaction, who, isKnown }].sort((a, b) => Date.parse(b.occurredAt) - Date.parse(a.occurredAt));
    this.#items = items.slice(0, KEPT);
  }

  async #who(identifier: Interaction['identifier'], token: string): Promise<Pick<FeedItem, 'who' | 'isKnown'>> {
    const isKnown = identifier?.type === 'crmId';
    if (identifier === null || identifier.value === null) return { who: null, isKnown };
    try {
      const response = await this.#post(
        { query: NAME, variables: { identifier } },
        token,
        'application/json',
        AbortSignal.timeout(ANSWER_WITHIN),
      );
      const { data } = (await response.json()) as {
        data?: { customerByIdentifier?: { name: string | null; identifiers: { type: string }[] | null } };
      };
      const customer = data?.customerByIdentifier;
      const isCustomer = isKnown || customer?.identifiers?.some(({ type }) => type === 'crmId') === true;
      return { who: customer?.name ?? null, isKnown: isCustomer };
    } catch {
      return { who: null, isKnown };
    }
  }

  #post(body: object, token: string, accept: string, signal: AbortSignal): Promise<Response> {
    const headers = { 'content-type': 'application/json', accept, authorization: `Bearer ${token}` };
    return fetch(`${this.#gateway}/graphql`, { method: 'POST', headers, body: JSON.stringify(body), signal });
  }
}
