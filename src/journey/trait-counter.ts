import type { Interaction } from '../model/interaction.ts';
import type { Trait } from '../model/trait.ts';

/**
 * What the store counts while it stores interactions, so that traits need not read them all: for each customer, the totals
 * of each span of time, or when each value was seen last. Several traits may share one counter. The store keeps this as
 * JSON and finds a counter by it, so a new name here would make every counter count again.
 */
export interface TraitCounter {
  readonly kind: 'tallies' | 'values';
  /** The type of interactions that it counts. */
  readonly of: string;
  /** Empty: the interactions themselves are counted. */
  readonly path: readonly string[];
  /** Milliseconds of one span; null for one span that never ends. */
  readonly stretch: number | null;
}

/** Number, sum, first and last of the values in one span. The order of additions changes only the last digits of the sum. */
export interface Totals {
  readonly count: number;
  readonly sum: number;
  readonly first: SeenValue | null;
  readonly last: SeenValue | null;
}

interface SeenValue {
  /** Milliseconds. */
  readonly at: number;
  /** The interaction's id; it orders values of the same time. */
  readonly id: string;
  readonly value: unknown;
}

/** A sliding window is read from the totals of at most this many whole spans, and the interactions of one partial span. */
const SPANS_PER_WINDOW = 64;

/** Digits of a sum after the decimal point. */
const SUM_DIGITS = 6;

export const EMPTY_TOTALS: Totals = { count: 0, sum: 0, first: null, last: null };

/** The counter from which a trait is answered. */
export function counterOf({ compute, of, path, window }: Trait): TraitCounter {
  if (compute === 'uniques') return { kind: 'values', of, path, stretch: null };
  return { kind: 'tallies', of, path, stretch: window === null ? null : Math.ceil(window / SPANS_PER_WINDOW) };
}

/** The text by which the store finds a counter. */
export function definitionOf({ kind, of, path, stretch }: TraitCounter): string {
  return JSON.stringify({ kind, of, path, stretch });
}

/** The number of the span that contains a time. @param at milliseconds. */
export function spanOf({ stretch }: TraitCounter, at: number): number {
  return stretch === null ? 0 : Math.floor(at / stretch);
}

/** Fields of an interaction that a path can name; a path with any other first name leads into `properties`. */
const OWN = new Set(['occurredAt', 'touchpoint', 'pageUrl']);

/** The value at a path of an interaction; undefined when there is none. An empty path gives `true`. */
export function seenIn(interaction: Interaction, path: readonly string[]): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return true;
  if (OWN.has(name) && rest.length === 0) {
    const own = interaction[name as 'occurredAt' | 'touchpoint' | 'pageUrl'];
    return own instanceof Date ? own.toISOString() : (own ?? undefined);
  }
  let value: unknown = interaction.properties;
  for (const step of name === 'properties' ? rest : path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value ?? undefined;
}

/** The totals of one interaction; null when it has no value at the path. */
export function totalsOf(interaction: Interaction, path: readonly string[]): Totals | null {
  const value = seenIn(interaction, path);
  if (value === undefined) return null;
  const seen = { at: interaction.occurredAt.getTime(), id: interaction.id, value };
  return { count: 1, sum: numberOf(value), first: seen, last: seen };
}

/**
 * The totals of both. After a merge, interactions of the same time and id may exist under several customer ids. Then `first`
 * is the one of `a`, and `last` the one of `b`, so totals must be added in the order of customer ids, as in a journey.
 */
export function addTotals(a: Totals, b: Totals): Totals {
  return {
    count: a.count + b.count,
    // A sum that is too large for a JavaScript number does not change.
    sum: Number.isFinite(a.sum + b.sum) ? a.sum + b.sum : a.sum,
    first: pick(a.first, b.first, (one, other) => !isBefore(other, one)),
    last: pick(a.last, b.last, (one, other) => isBefore(other, one)),
  };
}

/** The number that is added to the sum: files of other systems have numbers as texts; anything else counts as 0. */
function numberOf(value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : 0;
}

function pick(a: SeenValue | null, b: SeenValue | null, wins: (a: SeenValue, b: SeenValue) => boolean): SeenValue | null {
  if (a === null || b === null) return a ?? b;
  return wins(a, b) ? a : b;
}

function isBefore(a: SeenValue, b: SeenValue): boolean {
  return a.at < b.at || (a.at === b.at && a.id < b.id);
}

/** A trait's value, from the totals of its whole window. */
export function valueOfTotals({ compute }: Trait, { count, sum, first, last }: Totals): unknown {
  switch (compute) {
    case 'count':
      return count;
    case 'sum':
      // Rounded, because binary fractions are not exact: 0.1 + 0.2 is to be 0.3.
      return Number(sum.toFixed(SUM_DIGITS));
    case 'first':
      return first?.value ?? null;
    default:
      return last?.value ?? null;
  }
}
