import { GatewayError } from '../../model/errors.ts';
import type { WriteBacklog } from '../../model/ports.ts';
import type { Door } from '../../model/rate.ts';
import type { LoadMeter } from './load-meter.ts';
import { OverloadRule } from './overload-rule.ts';
import type { Checked } from './rate-limits.ts';

/** Seconds after which a client should try again. */
const RETRY_AFTER = 1;
/** Writes that wait for the store, and milliseconds for which the oldest has waited: beyond both, no more are taken. */
const LATE_WRITES = { waiting: 1_000, age: 2_000 } as const;
const WRITING: ReadonlySet<Door> = new Set<Door>(['interactions', 'pixel']);

/** Waiting requests that begin with each reading in any case: those under way may wait for slow back ends. */
const RELEASED = 8;

/** What is overloaded. */
export type Overloaded = 'event loop' | 'store';

export interface SheddingOptions {
  readonly meter: LoadMeter;
  /** The writes that wait for the store. */
  backlog(): WriteBacklog;
  /** Called with each refused request. */
  onRefused(door: Door, by: Overloaded): void;
  /** Called when requests begin to be refused, and when that ends. */
  onChange(what: Overloaded, isOverloaded: boolean): void;
}

/**
 * Refuses new requests while the gateway has more work than it can do, so that those that it takes are answered in time. Before
 * that, a request that arrives while much is under way waits until another is answered (docs/adr/0023).
 */
export class Shedding {
  readonly #options: SheddingOptions;
  readonly #rule = new OverloadRule();
  readonly #stop: () => void;
  #areWritesLate = false;
  /** Requests that were not begun yet, the oldest first. */
  readonly #waiting: { readonly door: Door; resolve(refused: GatewayError | undefined): void }[] = [];
  #underWay = 0;
  #answered = 0;
  #refused = 0;
  #before: { readonly idle: number; readonly busy: number; readonly at: number };
  /** When idle moments were looked for last: at a reading, or when a request arrived. */
  #looked: { readonly idle: number; readonly at: number };

  constructor(options: SheddingOptions) {
    const { meter } = options;
    this.#options = options;
    this.#before = this.#sums();
    this.#looked = this.#before;
    this.#stop = meter.repeat(() => this.#read());
  }

  /** To be called once for each request that arrives. @returns the refusal; undefined for a request that is taken; a promise for one that waits. */
  refusal(door: Door): Checked {
    if (this.#areWritesLate && WRITING.has(door)) return this.#refuse(door, 'store');
    return this.#underWay < this.#rule.hold ? undefined : this.#decide(door);
  }

  /** The refusal of an operation that writes, which is known only once the operation was read. */
  mutationRefusal(): GatewayError | undefined {
    return this.#areWritesLate ? this.#refuse('graphql', 'store') : undefined;
  }

  /** To be called when the work of a taken request begins. */
  begun(): void {
    this.#underWay++;
  }

  /** To be called once when the work that has begun is done. */
  ended(): void {
    this.#underWay--;
    this.#answered++;
    if (this.#waiting.length > 0) this.#release(1);
  }

  close(): void {
    this.#stop();
    this.#release(this.#waiting.length);
  }

  #decide(door: Door): Checked {
    const { meter } = this.#options;
    const [idle, at] = [meter.idle(), meter.now()];
    const wasOverloaded = this.#rule.isOverloaded;
    const count = this.#underWay + this.#waiting.length;
    const arrival = this.#rule.arrival({ idle: idle - this.#looked.idle, elapsed: at - this.#looked.at, count });
    if (arrival === 'begin') {
      this.#looked = { idle, at };
      return undefined;
    }
    if (arrival === 'wait') return new Promise((resolve) => this.#waiting.push({ door, resolve }));
    if (!wasOverloaded) this.#begin();
    return this.#refuse(door, 'event loop');
  }

  /** Overload begins: those that wait came too late as well. */
  #begin(): void {
    this.#options.onChange('event loop', true);
    for (const { door, resolve } of this.#waiting.splice(0)) resolve(this.#refuse(door, 'event loop'));
  }

  #release(count: number): void {
    for (const { resolve } of this.#waiting.splice(0, count)) resolve(undefined);
  }

  #sums() {
    const { meter } = this.#options;
    return { idle: meter.idle(), busy: meter.busy(), at: meter.now() };
  }

  #refuse(door: Door, by: Overloaded): GatewayError {
    if (by === 'event loop') this.#refused++;
    this.#options.onRefused(door, by);
    return REFUSALS[by];
  }

  #read(): void {
    const { idle, busy, at } = this.#before;
    this.#before = this.#sums();
    this.#looked = this.#before;
    const since = { idle: this.#before.idle - idle, busy: this.#before.busy - busy, elapsed: this.#before.at - at };
    const hasEnded = this.#rule.take({ ...since, answered: this.#answered, refused: this.#refused, underWay: this.#underWay });
    this.#answered = 0;
    this.#refused = 0;
    if (hasEnded) this.#options.onChange('event loop', false);
    if (this.#waiting.length > 0) this.#release(Math.max(RELEASED, this.#rule.hold - this.#underWay));
    this.#readBacklog();
  }

  #readBacklog(): void {
    const { waiting, age } = this.#options.backlog();
    const areLate = waiting > LATE_WRITES.waiting && age > LATE_WRITES.age;
    if (areLate === this.#areWritesLate) return;
    this.#areWritesLate = areLate;
    this.#options.onChange('store', areLate);
  }
}

/** Made once: the stack of an error costs more than all else of a refusal. */
const REFUSALS: Readonly<Record<Overloaded, GatewayError>> = {
  'event loop': refusalOf('more requests than it can answer'),
  store: refusalOf('more to store than it can write'),
};

function refusalOf(what: string): GatewayError {
  const message = `the gateway has ${what} in time; try again in ${RETRY_AFTER} s`;
  return new GatewayError('OVERLOADED', message, { retryAfter: RETRY_AFTER });
}
