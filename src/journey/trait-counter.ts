import type { Interaction } from '../model/interaction.ts';
import type { Trait } from '../model/trait.ts';

/**
 * What is kept, as interactions are stored, so that traits need not read them all: per customer a tally for each
 * stretch of time, or when each value was seen last. Several traits may share one.
 */
export interface TraitCounter {
  readonly kind: 'tallies' | 'values';
  /** The type of interactions that it counts. */
  readonly of: string;
  /** Empty: the interactions themselves are counted. */
  readonly path: readonly string[];
  /** Milliseconds of one stretch; null for one that never ends. */
  readonly stretch: number | null;
}

/** The sum and the ends of what was seen in a stretch of time. The order of additions makes no difference but in the sum's last digits. */
export interface Tally {
  readonly count: number;
  readonly sum: number;
  readonly first: Sighting | null;
  readonly last: Sighting | null;
}

interface Sighting {
  /** Milliseconds. */
  readonly at: number;
  /** The interaction's id: decides between two at the same time. */
  readonly id: string;
  readonly value: unknown;
}

/** A window that moves reads the interactions of a part of one stretch, and the tallies of at most so many more. */
const STRETCHES_PER_WINDOW = 64;

/** Digits after the point of a sum. */
const SUM_DIGITS = 6;

export const EMPTY_TALLY: Tally = { count: 0, sum: 0, first: null, last: null };

/** What has to be kept for a trait. */
export function counterOf({ compute, of, path, window }: Trait): TraitCounter {
  if (compute === 'uniques') return { kind: 'values', of, path, stretch: null };
  return { kind: 'tallies', of, path, stretch: window === null ? null : Math.ceil(window / STRETCHES_PER_WINDOW) };
}

/** One text per counter. */
export function definitionOf({ kind, of, path, stretch }: TraitCounter): string {
  return JSON.stringify({ kind, of, path, stretch });
}

/** @param at milliseconds. */
export function stretchOf({ stretch }: TraitCounter, at: number): number {
  return stretch === null ? 0 : Math.floor(at / stretch);
}

/** Parts of an interaction that a path can begin with; any other name is a property's. */
const OWN = new Set(['occurredAt', 'touchpoint', 'pageUrl']);

/** What a counter sees in an interaction: undefined where it has nothing there. */
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

/** The tally of one interaction; null where the counter sees nothing in it. */
export function tallyOf(interaction: Interaction, path: readonly string[]): Tally | null {
  const value = seenIn(interaction, path);
  if (value === undefined) return null;
  const sighting = { at: interaction.occurredAt.getTime(), id: interaction.id, value };
  return { count: 1, sum: numberOf(value), first: sighting, last: sighting };
}

/**
 * Both together. Interactions of one time and id may be there once per former customer id: of such, `first` is of `a` and
 * `last` is of `b`, so tallies are added in the order of their customer ids, as a journey has them.
 */
export function addTallies(a: Tally, b: Tally): Tally {
  return {
    count: a.count + b.count,
    sum: finite(a.sum + b.sum, a.sum),
    first: pick(a.first, b.first, (one, other) => !isBefore(other, one)),
    last: pick(a.last, b.last, (one, other) => isBefore(other, one)),
  };
}

/** A sum that no number can hold stays what it was. */
function finite(sum: number, otherwise: number): number {
  return Number.isFinite(sum) ? sum : otherwise;
}

/** Files of other systems hold numbers as texts. */
function numberOf(value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : 0;
}

function pick(a: Sighting | null, b: Sighting | null, wins: (a: Sighting, b: Sighting) => boolean): Sighting | null {
  if (a === null || b === null) return a ?? b;
  return wins(a, b) ? a : b;
}

function isBefore(a: Sighting, b: Sighting): boolean {
  return a.at < b.at || (a.at === b.at && a.id < b.id);
}

/** A trait's value out of the tally of its whole window. */
export function valueOfTally({ compute }: Trait, { count, sum, first, last }: Tally): unknown {
  switch (compute) {
    case 'count':
      return count;
    case 'sum':
      // Without what binary fractions leave behind: 0.1 + 0.2 is 0.3.
      return Number(sum.toFixed(SUM_DIGITS));
    case 'first':
      return first?.value ?? null;
    default:
      return last?.value ?? null;
  }
}
