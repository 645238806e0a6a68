import type { OfferTotals } from '../../model/offer.ts';
import { wilsonInterval } from './wilson-interval.ts';

/** How an offer did at a placement. */
export interface OfferPerformance {
  readonly placement: string;
  readonly offer: string;
  /** Of customers outside the control group, as the four numbers below. */
  readonly presented: number;
  readonly clicked: number;
  readonly accepted: number;
  readonly declined: number;
  /** accepted / presented, at most 1; null without presentations. */
  readonly acceptRate: number | null;
  /** The 95 % interval of the rate (Wilson); null without presentations. */
  readonly low: number | null;
  readonly high: number | null;
  /** The same rate of all that the control group was shown at this placement; null where it was shown nothing. */
  readonly control: number | null;
  /** acceptRate / control - 1: 0.2 means 20 % more than the control group; null where one is null, or where control is 0. */
  readonly lift: number | null;
}

/**
 * Responses as rates, by placement and offer, sorted by both names.
 *
 * What the numbers can't say: an offer with a rule is shown to other customers than the control group's, so its own lift compares
 * different people as well as different offers. The control group is compared fairly with all offers of its placement together.
 * And the interval takes presentations as independent: many to one customer make it too narrow, and ranking by what was learned
 * makes the rates of rarely shown offers a little too low (Nie et al., Why adaptively collected data have negative bias, 2018).
 */
export function performanceOf(totals: readonly OfferTotals[]): OfferPerformance[] {
  const rows = new Map<string, Sum>();
  const controls = new Map<string, Sum>();
  for (const total of totals) {
    const row = sumOf(rows, JSON.stringify([total.placement, total.offer]), total);
    if (total.isControl) add(sumOf(controls, total.placement, total), total);
    else add(row, total);
  }
  return [...rows.values()].sort(byNames).map((row) => performance(row, rateOf(controls.get(row.placement))));
}

type Counts = Pick<OfferTotals, 'presented' | 'clicked' | 'accepted' | 'declined'>;
type Sum = { -readonly [Name in keyof Counts]: number } & { readonly placement: string; readonly offer: string };

function sumOf(sums: Map<string, Sum>, key: string, { placement, offer }: OfferTotals): Sum {
  const known = sums.get(key);
  if (known !== undefined) return known;
  const empty = { placement, offer, presented: 0, clicked: 0, accepted: 0, declined: 0 };
  sums.set(key, empty);
  return empty;
}

function add(sum: Sum, counts: Counts): void {
  sum.presented += counts.presented;
  sum.clicked += counts.clicked;
  sum.accepted += counts.accepted;
  sum.declined += counts.declined;
}

function performance(row: Sum, control: number | null): OfferPerformance {
  const acceptRate = rateOf(row);
  const interval = wilsonInterval(acceptedOf(row), row.presented);
  const lift = acceptRate === null || control === null || control === 0 ? null : acceptRate / control - 1;
  return { ...row, acceptRate, low: interval?.low ?? null, high: interval?.high ?? null, control, lift };
}

function rateOf(counts: Counts | undefined): number | null {
  return counts === undefined || counts.presented === 0 ? null : acceptedOf(counts) / counts.presented;
}

/** At most as many as were presented: those accepted on a day may have been presented before the range of days. */
function acceptedOf({ accepted, presented }: Counts): number {
  return Math.min(accepted, presented);
}

function byNames(a: Sum, b: Sum): number {
  return compare(a.placement, b.placement) || compare(a.offer, b.offer);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
