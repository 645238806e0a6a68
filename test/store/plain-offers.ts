import type { CustomerId } from '../../src/model/customer.ts';
import { type Decision, type OfferCap, type OfferResponse, RESERVED_FOR } from '../../src/model/offer.ts';

const DAY = 24 * 60 * 60_000;

interface Row {
  /** The id under which it was written. */
  readonly id: CustomerId;
  readonly placement: string;
  decisionId: string;
  /** Milliseconds; null where nothing is reserved. */
  reservedUntil: number | null;
  shownAt: number | null;
  readonly responses: Set<OfferResponse>;
}

/** One day of one customer and placement, in the order in which responses came. */
interface Trial {
  readonly placement: string;
  readonly at: number;
  readonly rows: Set<Row>;
  isSuccess: boolean;
}

/**
 * One offer as the contract has it: no leases, no spans, no decay, only lists. Everything is counted anew whenever it is asked
 * for. Caps of everybody have no window here.
 */
export class PlainOffer {
  #rows: Row[] = [];
  readonly #trials: Trial[] = [];
  readonly totals = { presented: 0, clicked: 0, accepted: 0, declined: 0 };

  /** @param ownIds all ids of the decision's customer. @returns the outcome. */
  keep({ id, customerId, placement, decidedAt }: Decision, caps: readonly OfferCap[], ownIds: ReadonlySet<CustomerId>): 'kept' | 'capped' {
    const at = decidedAt.getTime();
    // Whose row a late response is after a split depends on whether the reservation is still there.
    this.#rows = this.#rows.filter((row) => row.shownAt !== null || isOpen(row, at));
    const own = this.#rows.filter((row) => ownIds.has(row.id));
    if (own.some((row) => row.decisionId === id && row.shownAt !== null)) return 'kept';
    const open = own.filter((row) => row.placement === placement && isOpen(row, at));
    const [longest] = open.sort((a, b) => (b.reservedUntil ?? 0) - (a.reservedUntil ?? 0));
    if (longest !== undefined) {
      longest.decisionId = id;
      longest.reservedUntil = at + RESERVED_FOR;
      return 'kept';
    }
    if (caps.some((cap) => this.count(cap, ownIds, at, null) >= cap.count)) return 'capped';
    this.#rows.push({ id: customerId, placement, decisionId: id, reservedUntil: at + RESERVED_FOR, shownAt: null, responses: new Set() });
    return 'kept';
  }

  /** @param without a placement whose open reservations of the customer are left out. */
  count({ of, per }: OfferCap, ownIds: ReadonlySet<CustomerId>, at: number, without: string | null): number {
    const rows = this.#rows.filter((row) => of === 'everybody' || ownIds.has(row.id));
    const shown = rows.filter(({ shownAt }) => shownAt !== null && (per === null || shownAt > at - per));
    const open = rows.filter((row) => isOpen(row, at) && !(ownIds.has(row.id) && row.placement === without));
    return shown.length + open.length;
  }

  respond(decision: Decision, response: OfferResponse, at: number, ownIds: ReadonlySet<CustomerId>): 'counted' | 'repeated' {
    const { id, customerId, placement } = decision;
    const own = this.#rows.filter((row) => ownIds.has(row.id));
    let row = own.find(({ decisionId, shownAt, reservedUntil }) => decisionId === id && (shownAt !== null || (reservedUntil ?? 0) > 0));
    if (row?.responses.has(response)) return 'repeated';
    if (row === undefined) {
      row = { id: customerId, placement, decisionId: id, reservedUntil: null, shownAt: null, responses: new Set() };
      this.#rows.push(row);
    }
    row.responses.add(response);
    if (row.shownAt === null) {
      this.totals.presented++;
      Object.assign(row, { shownAt: at, reservedUntil: null });
    }
    if (response !== 'PRESENTED') this.totals[response.toLowerCase() as 'clicked']++;
    this.#learn(row, ownIds);
    return 'counted';
  }

  /** Each trial weighs half as much for each half-life that has passed. */
  evidence(placement: string, halfLife: number): { presented: number; responded: number; at: number } | null {
    const trials = this.#trials.filter((trial) => trial.placement === placement);
    if (trials.length === 0) return null;
    const at = Math.max(...trials.map((trial) => trial.at));
    const sum = (some: readonly Trial[]) => some.reduce((total, trial) => total + 0.5 ** ((at - trial.at) / halfLife), 0);
    return { presented: sum(trials), responded: sum(trials.filter(({ isSuccess }) => isSuccess)), at };
  }

  #learn(row: Row, ownIds: ReadonlySet<CustomerId>): void {
    const at = row.shownAt as number;
    const sameDay = this.#trials.filter(
      (trial) =>
        trial.placement === row.placement &&
        Math.floor(trial.at / DAY) === Math.floor(at / DAY) &&
        [...trial.rows].some(({ id }) => ownIds.has(id)),
    );
    const wasSuccess = sameDay.some(({ isSuccess }) => isSuccess);
    let [trial] = sameDay;
    if (trial === undefined) {
      trial = { placement: row.placement, at, rows: new Set(), isSuccess: false };
      this.#trials.push(trial);
    }
    trial.rows.add(row);
    if ((row.responses.has('CLICKED') || row.responses.has('ACCEPTED')) && !wasSuccess) trial.isSuccess = true;
  }
}

function isOpen({ reservedUntil, shownAt }: Row, at: number): boolean {
  return shownAt === null && reservedUntil !== null && reservedUntil > at;
}
