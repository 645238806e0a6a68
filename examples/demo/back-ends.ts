import { LockedDatabase } from './back-ends/locked-database.ts';
import { MovedFile } from './back-ends/moved-file.ts';
import { StartedService } from './back-ends/started-service.ts';

/** How a back end is just now, as the first page shows it. */
export interface BackEndState {
  readonly name: string;
  /** What it is, in a sentence. */
  readonly how: string;
  readonly state: 'answers' | 'stopped' | 'starting';
  /** Milliseconds that its answer took; null when it did not answer. */
  readonly ms: number | null;
  /** Milliseconds since it was stopped from here; null otherwise. */
  readonly stoppedFor: number | null;
  /** False for a back end of the reader's own. */
  readonly canSwitch: boolean;
}

/** A back end that the first page can stop and start. */
export interface BackEnd {
  readonly name: string;
  readonly how: string;
  readonly canSwitch: boolean;
  /** True from the start until it answers. */
  readonly isStarting: boolean;
  /** @throws when it does not answer. */
  probe(): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Leaves everything as it was found. */
  close(): Promise<void>;
}

/** The five back ends of the demo. One whose address is set in the environment is the reader's own: it is shown, and has no switch. */
export class BackEnds {
  readonly #all: readonly BackEnd[];
  readonly #stoppedAt = new Map<string, number>();
  readonly #switching = new Set<string>();

  constructor(all: readonly BackEnd[]) {
    this.#all = all;
  }

  /** @param folder of the demo's data. */
  static start(folder: string): BackEnds {
    const { CRM_URL, ORDERS_URL, SUPPORT_URL, CATALOG_PATH, LOYALTY_PATH, REDIS_URL } = process.env;
    return new BackEnds([
      new LockedDatabase({ name: 'crm', how: 'SQLite file: name, e-mail, country', file: `${folder}/crm.db`, own: CRM_URL }),
      new StartedService({
        name: 'orders',
        how: (port) => `REST service, port ${port}: invoices and what was on them`,
        file: '../../demo-back-ends/order-service.ts',
        port: 4101,
        own: ORDERS_URL,
      }),
      new StartedService({
        name: 'support',
        how: (port) => `GraphQL service, port ${port}: tickets, seen at the agent desktop`,
        file: '../../demo-back-ends/ticket-service.ts',
        port: 4102,
        own: SUPPORT_URL,
      }),
      new MovedFile({
        name: 'catalog',
        how: 'CSV file: products and prices, seen in the shop',
        file: `${folder}/products.csv`,
        own: CATALOG_PATH,
      }),
      new MovedFile({ name: 'loyalty', how: 'JSON file: points and tier', file: `${folder}/loyalty.json`, own: LOYALTY_PATH ?? REDIS_URL }),
    ]);
  }

  /** Those that run as a process of their own. */
  get services(): readonly StartedService[] {
    return this.#all.filter((each) => each instanceof StartedService);
  }

  async states(): Promise<BackEndState[]> {
    return Promise.all(this.#all.map((each) => this.#stateOf(each)));
  }

  async #stateOf(backEnd: BackEnd): Promise<BackEndState> {
    const { name, how, canSwitch, isStarting } = backEnd;
    const startedAt = performance.now();
    const isThere = await backEnd.probe().then(
      () => true,
      () => false,
    );
    const stoppedAt = this.#stoppedAt.get(name);
    const state = isThere ? 'answers' : isStarting ? 'starting' : 'stopped';
    const ms = isThere ? performance.now() - startedAt : null;
    return { name, how, canSwitch, state, ms, stoppedFor: isThere || stoppedAt === undefined ? null : Date.now() - stoppedAt };
  }

  /** Really stops or starts one. @returns false for a name that there is not, one without a switch, or one that is being switched. */
  async switch(name: string, to: 'start' | 'stop'): Promise<boolean> {
    const backEnd = this.#all.find((each) => each.name === name);
    if (backEnd === undefined || !backEnd.canSwitch || this.#switching.has(name)) return false;
    this.#switching.add(name);
    try {
      await backEnd[to]();
    } finally {
      this.#switching.delete(name);
    }
    if (to === 'stop') this.#stoppedAt.set(name, Date.now());
    else this.#stoppedAt.delete(name);
    return true;
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((each) => each.close()));
  }
}
