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
  #byCustomer: Map<CustomerId, Map<string, SourceStatus>> | undefined;

  report(id: CustomerId, status: SourceStatus): void {
    this.#byCustomer ??= new Map();
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
    return [...(this.#byCustomer?.get(id)?.values() ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}
