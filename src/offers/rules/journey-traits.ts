import { parseDuration } from '../../model/quantity.ts';
import type { Trait } from '../../model/trait.ts';

/** Milliseconds: a hundred years. A longer window is of no use, and could begin before the first time that a Date can hold. */
const MAX_WINDOW = 36_525 * 86_400_000;

/** How many interactions of a type there were in a window, in milliseconds. */
export function countTrait(type: string, window: number): Trait {
  return { name: `journey.count ${type} ${window}`, of: type, compute: 'count', path: [], window };
}

/** When the last interaction of a type was: a text (ISO 8601). */
export function lastTrait(type: string): Trait {
  return { name: `journey.last ${type}`, of: type, compute: 'last', path: ['occurredAt'], window: null };
}

/** @returns whole milliseconds. @throws TypeError that names the expected form. */
export function parseWindow(text: string): number {
  const window = parseDuration(text);
  if (window >= 1 && window <= MAX_WINDOW) return window;
  throw new TypeError(`expected a duration from '1ms' to '36525d', received ${JSON.stringify(text)}`);
}
