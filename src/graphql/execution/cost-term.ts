import type { Values } from './plan.ts';

/** The cost of a part of an operation: a number, or one that depends on the variables of the request. */
export type Term = number | OpenTerm;

export type OpenTerm =
  /** A size that variables say. */
  | { readonly kind: 'size'; read(variables: Values): number }
  | { readonly kind: 'sum' | 'product' | 'most'; readonly parts: readonly Term[] };

/** The largest cost that is counted: beyond this number JavaScript's integers are not exact. */
export const LARGEST = Number.MAX_SAFE_INTEGER;

const EMPTY = { sum: 0, product: 1, most: 0 } as const;
const COMBINE = {
  sum: (a: number, b: number) => Math.min(LARGEST, a + b),
  product: (a: number, b: number) => Math.min(LARGEST, a * b),
  most: (a: number, b: number) => Math.max(a, b),
} as const;

export function sum(parts: readonly Term[]): Term {
  return combined('sum', parts);
}

export function product(...parts: readonly Term[]): Term {
  return parts.includes(0) ? 0 : combined('product', parts);
}

/** The largest of several costs of which only one arises. */
export function most(parts: readonly Term[]): Term {
  return combined('most', parts);
}

/** The numbers become one, and a part that changes nothing is left out. */
function combined(kind: keyof typeof EMPTY, parts: readonly Term[]): Term {
  const open = parts.filter((part) => typeof part !== 'number');
  const known = parts.filter((part) => typeof part === 'number').reduce(COMBINE[kind], EMPTY[kind]);
  if (open.length === 0) return known;
  const different = kind === 'most' ? [...new Set(open)] : open;
  const rest = known === EMPTY[kind] ? different : [known, ...different];
  return rest.length === 1 ? (rest[0] as Term) : { kind, parts: rest };
}

/**
 * Prepares a term for many requests. A term that stands in several others is computed once for each request, so the time grows
 * with the number of terms only.
 * @returns a function that computes it from the coerced variables of one request. It allocates nothing.
 */
export function evaluation(term: Term): (variables: Values) => number {
  if (typeof term === 'number') return () => term;
  const steps = new Map<OpenTerm, number>();
  const order = (open: OpenTerm): void => {
    if (steps.has(open)) return;
    if (open.kind !== 'size') for (const part of open.parts) if (typeof part !== 'number') order(part);
    steps.set(open, steps.size);
  };
  order(term);
  const terms = [...steps.keys()];
  const parts = terms.map((open) =>
    open.kind === 'size' ? [] : open.parts.map((part) => (typeof part === 'number' ? part : -1 - (steps.get(part) as number))),
  );
  // Nothing else runs between its first and its last use, so one list serves all requests.
  const values = terms.map(() => 0);
  return (variables) => {
    for (let step = 0; step < terms.length; step++) {
      const open = terms[step] as OpenTerm;
      values[step] = open.kind === 'size' ? open.read(variables) : folded(open.kind, parts[step] as readonly number[], values);
    }
    return values[values.length - 1] as number;
  };
}

/** @param parts numbers, or the position of an earlier value as -1 less that position: no cost is negative. */
function folded(kind: keyof typeof EMPTY, parts: readonly number[], values: readonly number[]): number {
  const combine = COMBINE[kind];
  let result: number = EMPTY[kind];
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] as number;
    result = combine(result, part < 0 ? (values[-1 - part] as number) : part);
  }
  return result;
}
