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
  return new Steps([...steps.keys()], steps).run;
}

/** Terms in an order in which each comes after its parts. */
class Steps {
  readonly #terms: readonly OpenTerm[];
  /** For each term: numbers, or the position of an earlier term as -1 less that position, as no cost is negative. */
  readonly #parts: readonly (readonly number[])[];
  /** Nothing else runs between the first and the last use of the values, so one list serves all requests. */
  readonly #values: number[];

  constructor(terms: readonly OpenTerm[], positions: ReadonlyMap<OpenTerm, number>) {
    const code = (part: Term) => (typeof part === 'number' ? part : -1 - (positions.get(part) as number));
    this.#terms = terms;
    this.#parts = terms.map((term) => (term.kind === 'size' ? [] : term.parts.map(code)));
    this.#values = terms.map(() => 0);
  }

  readonly run = (variables: Values): number => {
    const values = this.#values;
    let value = 0;
    for (let step = 0; step < values.length; step++) {
      const term = this.#terms[step] as OpenTerm;
      const parts = this.#parts[step] as readonly number[];
      if (term.kind === 'size') value = term.read(variables);
      else if (term.kind === 'sum') value = summed(parts, values);
      else value = term.kind === 'product' ? multiplied(parts, values) : largest(parts, values);
      values[step] = value;
    }
    return value;
  };
}

// A loop for each operation: a function that is handed over would be called for each part.

function summed(parts: readonly number[], values: readonly number[]): number {
  let result = 0;
  for (let index = 0; index < parts.length; index++) result += computed(parts[index] as number, values);
  return Math.min(LARGEST, result);
}

function multiplied(parts: readonly number[], values: readonly number[]): number {
  let result = 1;
  for (let index = 0; index < parts.length; index++) result = Math.min(LARGEST, result * computed(parts[index] as number, values));
  return result;
}

function largest(parts: readonly number[], values: readonly number[]): number {
  let result = 0;
  for (let index = 0; index < parts.length; index++) result = Math.max(result, computed(parts[index] as number, values));
  return result;
}

function computed(part: number, values: readonly number[]): number {
  return part < 0 ? (values[-1 - part] as number) : part;
}
