import type { CustomerId } from '../model/customer.ts';
import type { SourceErrorCode } from '../model/errors.ts';

/** How a source did for one customer in one operation. */
export interface SourceStatus {
  readonly name: string;
  /** SKIPPED: the customer has no identifier that the source is keyed by. */
  readonly status: 'FRESH' | 'STALE' | 'FAILED' | 'SKIPPED';
  readonly fetchedAt: Date | null;
  readonly errorCode: SourceErrorCode | null;
}

/** The worse news wins where a source was asked several times for one customer. */
const SEVERITY = ['SKIPPED', 'FRESH', 'STALE', 'FAILED'] as const;

/** Which sources an operation used, for whom, and how they did. */
export class SourceUsage {
  readonly #byCustomer = new Map<CustomerId, Map<string, SourceStatus>>();
  #pending = 0;
  #idle: { promise: Promise<void>; resolve: () => void } | null = null;

  /** Counts a read as under way until it settles, so that `whenIdle` waits for it. */
  async track<T>(read: Promise<T>): Promise<T> {
    this.#pending++;
    try {
      return await read;
    } finally {
      this.#pending--;
      if (this.#pending === 0) this.#settleSoon();
    }
  }

  report(id: CustomerId, status: SourceStatus): void {
    let sources = this.#byCustomer.get(id);
    if (sources === undefined) {
      sources = new Map();
      this.#byCustomer.set(id, sources);
    }
    const known = sources.get(status.name);
    if (known && SEVERITY.indexOf(known.status) > SEVERITY.indexOf(status.status)) return;
    sources.set(status.name, status);
  }

  of(id: CustomerId): SourceStatus[] {
    return [...(this.#byCustomer.get(id)?.values() ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * Resolves when no read is under way and none follows from those that were. Fields that hang on a record
   * (an order line's product) begin to read in microtasks or ticks after it came, so a turn of the event loop
   * without a new read means that there will be none.
   */
  whenIdle(): Promise<void> {
    this.#idle ??= Promise.withResolvers<void>();
    if (this.#pending === 0) this.#settleSoon();
    return this.#idle.promise;
  }

  #settleSoon(): void {
    if (this.#idle === null) return;
    setImmediate(() => {
      if (this.#pending > 0) return;
      this.#idle?.resolve();
      this.#idle = null;
    });
  }
}
