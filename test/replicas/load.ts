import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, type Replica, tokenOf } from './replicas.ts';

const CAPTURE = `mutation ($interactions: [InteractionInput!]!) {
  captureInteractions(input: { interactions: $interactions }) { accepted duplicates rejected { message } customer { id } }
}`;
const JOURNEY = `query ($id: IdentifierInput!, $after: String) {
  customerByIdentifier(identifier: $id) {
    interactions(first: 200, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } }
  }
}`;

/** Clients of the load, each of which sends one interaction after the other. */
const CLIENTS = 8;

/** Milliseconds between an acknowledgement and the client's next interaction: gateways that start also need the processor. */
const THINKING = 20;

/** Milliseconds after an error before a client tries again. */
const PAUSE = 50;

/** How a request failed: what the client saw. */
export interface Failure {
  readonly replica: Replica;
  /** Null where the connection failed. */
  readonly answer: Answer | null;
}

/**
 * Clients that send interactions to whatever replica is in use, as behind a load balancer, until `stop`. What was not acknowledged is
 * sent again under the same id, as the web tag does, to the next replica.
 */
export class Load {
  readonly #inUse: () => readonly Replica[];
  readonly #sent = new Map<string, string>();
  readonly #acknowledged = new Set<string>();
  readonly #clients: Promise<void>[];
  #isStopped = false;
  #waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  readonly #hasFailed = Promise.withResolvers<void>();
  readonly failures: Failure[] = [];

  /** @param inUse the replicas to which requests go; while there is none, clients wait. */
  constructor(inUse: () => readonly Replica[]) {
    this.#inUse = inUse;
    this.#clients = Array.from({ length: CLIENTS }, (_, client) => this.#run(client));
  }

  /** Waits until so many more interactions have been acknowledged. */
  acknowledged(more: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ count: this.#acknowledged.size + more, resolve });
    return promise;
  }

  /** Waits until a client has received an error. */
  failed(): Promise<void> {
    return this.#hasFailed.promise;
  }

  /** Ends the load once what is under way has been acknowledged. @returns how many interactions there are. */
  async stop(): Promise<number> {
    this.#isStopped = true;
    await Promise.all(this.#clients);
    return this.#sent.size;
  }

  /** @returns what is wrong with the stored journeys, as this replica reads them: lost and doubled interactions, by id. */
  async mistakes(replica: Replica): Promise<{ lost: string[]; doubled: string[] }> {
    const stored = (await Promise.all(Array.from({ length: CLIENTS }, (_, client) => journey(replica, subjectOf(client))))).flat();
    const unique = new Set(stored);
    return {
      lost: [...this.#acknowledged].filter((id) => !unique.has(id)),
      doubled: stored.filter((id, index) => stored.indexOf(id) !== index),
    };
  }

  async #run(client: number): Promise<void> {
    const token = await tokenOf('CUSTOMER', subjectOf(client));
    for (let turn = client; !this.#isStopped; turn++) {
      const id = randomUUID();
      this.#sent.set(id, subjectOf(client));
      while (!(await this.#send(id, token, turn++)));
      this.#acknowledged.add(id);
      for (const { count, resolve } of this.#waiting) if (this.#acknowledged.size >= count) resolve();
      this.#waiting = this.#waiting.filter(({ count }) => this.#acknowledged.size < count);
      await pause(THINKING);
    }
  }

  /** @returns true once the interaction is acknowledged. */
  async #send(id: string, token: string, turn: number): Promise<boolean> {
    const replicas = this.#inUse();
    const replica = replicas[turn % replicas.length];
    if (replica === undefined) {
      await pause(PAUSE);
      return false;
    }
    const variables = { interactions: [{ id, type: 'visit', touchpoint: 'web' }] };
    const answer = await replica.ask(CAPTURE, { token, variables }).catch(() => null);
    const captured = answer?.data?.captureInteractions;
    if (captured?.accepted + captured?.duplicates === 1) return true;
    this.failures.push({ replica, answer });
    this.#hasFailed.resolve();
    await pause(PAUSE);
    return false;
  }
}

function subjectOf(client: number): string {
  return `client-${client}`;
}

async function journey(replica: Replica, crmId: string): Promise<string[]> {
  const token = await tokenOf('AGENT', 'somebody');
  const ids: string[] = [];
  for (let after: string | null = null; ; ) {
    const variables: Record<string, unknown> = { id: { type: 'crmId', value: crmId }, after };
    const { data } = await replica.ask(JOURNEY, { token, variables });
    const { edges, pageInfo } = data.customerByIdentifier.interactions;
    ids.push(...edges.map(({ node }: { node: { id: string } }) => node.id));
    if (!pageInfo.hasNextPage) return ids;
    after = pageInfo.endCursor;
  }
}
