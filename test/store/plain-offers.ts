import type { CustomerId } from '../../src/model/customer.ts';
import { type Decision, type OfferCap, type OfferResponse, RESERVED_FOR } from '../../src/model/offer.ts';

interface Row {
  /** The customer of the decision, as its tokens name them: after a split, it is theirs alone. */
  id: CustomerId;
  readonly placement: string;
  decisionId: string;
  /** Milliseconds; null where nothing is reserved. */
  reservedUntil: number | null;
  shownAt: number | null;
  readonly responses: Set<OfferResponse>;
}

/** What counts as a customer's presentation of one day. */
interface Trial {
  readonly row: Row;
  readonly at: number;
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
    this.#rows = this.#rows.filter((row) => row.shownAt !== null || isOpen(row, at));
    const own = this.#rows.filter((row) => ownIds.has(row.id));
    if (own.some((row) => row.decisionId === id && row.shownAt !== null)) return 'kept';
    const open = own.filter((row) => row.placement === placement && isOpen(row, at));
    const [longest] = open.sort((a, b) => (b.reservedUntil ?? 0) - (a.reservedUntil ?? 0));
    if (longest !== undefined) {
      longest.id = customerId;
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

  /** Each response counts once for a decision, also after its customer was merged or split. @param ownIds all ids of the decision's customer. */
  respond(
    { id, customerId, placement }: Decision,
    response: OfferResponse,
    at: number,
    ownIds: ReadonlySet<CustomerId>,
  ): 'counted' | 'repeated' {
    let row = this.#rows.find(({ decisionId }) => decisionId === id);
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
    this.#learn(row, response, ownIds);
    return 'counted';
  }

  /** Each trial weighs half as much for each half-life that has passed. */
  evidence(placement: string, halfLife: number): { presented: number; responded: number; at: number } | null {
    const trials = this.#trials.filter((trial) => trial.row.placement === placement);
    if (trials.length === 0) return null;
    const at = Math.max(...trials.map((trial) => trial.at));
    const sum = (some: readonly Trial[]) => some.reduce((total, trial) => total + 0.5 ** ((at - trial.at) / halfLife), 0);
    return { presented: sum(trials), responded: sum(trials.filter(({ isSuccess }) => isSuccess)), at };
  }

  #learn(row: Row, response: OfferResponse, ownIds: ReadonlySet<CustomerId>): void {
    const at = row.shownAt as number;
    const trials = this.#trials.filter(
      (trial) =>
        ownIds.has(trial.row.id) &&
        trial.row.placement === row.placement &&
        new Date(trial.at).toISOString().slice(0, 10) === new Date(at).toISOString().slice(0, 10),
    );
    if (trials.length === 0 && row.responses.size === 1) {
      trials.push({ row, at, isSuccess: false });
      this.#trials.push(...trials);
    }
    if ((response !== 'CLICKED' && response !== 'ACCEPTED') || trials.some(({ isSuccess }) => isSuccess)) return;
    const [first] = trials.sort((a, b) => a.at - b.at || (a.row.decisionId < b.row.decisionId ? -1 : 1));
    const trial = trials.find((each) => each.row === row) ?? first;
    if (trial !== undefined) trial.isSuccess = true;
  }
}

function isOpen({ reservedUntil, shownAt }: Row, at: number): boolean {
  return shownAt === null && reservedUntil !== null && reservedUntil > at;
}
