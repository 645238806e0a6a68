import { GatewayError } from '../../model/errors.ts';
import type { WriteBacklog } from '../../model/ports.ts';
import type { Door } from '../../model/rate.ts';
import type { LoadMeter } from './load-meter.ts';
import { OverloadRule } from './overload-rule.ts';

/** Seconds after which a client should try again. */
const RETRY_AFTER = 1;
/** Writes that wait for the store, and milliseconds for which the oldest has waited: beyond both, no more are taken. */
const LATE_WRITES = { waiting: 1_000, age: 2_000 } as const;
const WRITING: ReadonlySet<Door> = new Set<Door>(['interactions', 'pixel']);

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
 * Refuses new requests while the gateway has more work than it can do, so that those that it takes are answered in time. Of
 * the requests of one turn of the event loop, the first ones are taken, for as long as the rule leaves room.
 */
export class Shedding {
  readonly #options: SheddingOptions;
  readonly #rule = new OverloadRule();
  readonly #stop: () => void;
  readonly #endTurn = () => {
    this.#turnBeganAt = null;
  };
  #areWritesLate = false;
  /** In processor time, like `room`. */
  #turnBeganAt: number | null = null;
  #arrived = 0;
  #refused = 0;
  #before: { readonly turns: number; readonly busy: number; readonly at: number };

  constructor(options: SheddingOptions) {
    const { meter } = options;
    this.#options = options;
    this.#before = this.#sums();
    this.#stop = meter.repeat(() => this.#read());
  }

  /** To be called once for each request that arrives. @returns the refusal; undefined for a request that is taken. */
  refusal(door: Door): GatewayError | undefined {
    this.#arrived++;
    if (this.#areWritesLate && WRITING.has(door)) return this.#refuse(door, 'store');
    return this.#rule.isOverloaded && !this.#hasRoom() ? this.#refuse(door, 'event loop') : undefined;
  }

  /** The refusal of an operation that writes, which is known only once the operation was read. */
  mutationRefusal(): GatewayError | undefined {
    return this.#areWritesLate ? this.#refuse('graphql', 'store') : undefined;
  }

  close(): void {
    this.#stop();
  }

  #hasRoom(): boolean {
    const busy = this.#options.meter.busy();
    if (this.#turnBeganAt === null) {
      this.#turnBeganAt = busy;
      setImmediate(this.#endTurn);
    }
    return busy - this.#turnBeganAt < this.#rule.room;
  }

  #sums() {
    const { meter } = this.#options;
    return { turns: meter.turns(), busy: meter.busy(), at: meter.now() };
  }

  #refuse(door: Door, by: Overloaded): GatewayError {
    this.#refused++;
    this.#options.onRefused(door, by);
    return REFUSALS[by];
  }

  #read(): void {
    const { onChange } = this.#options;
    const { turns, busy, at } = this.#before;
    this.#before = this.#sums();
    const since = { turns: this.#before.turns - turns, busy: this.#before.busy - busy, elapsed: this.#before.at - at };
    const hasChanged = this.#rule.take({ ...since, arrived: this.#arrived, refused: this.#refused });
    this.#arrived = 0;
    this.#refused = 0;
    if (hasChanged) onChange('event loop', this.#rule.isOverloaded);
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
