import { GraphQLError } from 'graphql';
import type { Viewer } from '../../model/viewer.ts';
import { allowedCost, type OperationLimits } from './operation-limits.ts';
import type { ReadyOperation } from './operations.ts';

/** The limits that hold for the sum over a batch. Depth and tokens hold for each operation: they bound how one is read. */
const SUMMED = ['rootFields', 'aliases', 'directives', 'references', 'cost'] as const;

type Summed = Readonly<Record<(typeof SUMMED)[number], number>>;

/** What the operations of one batch ask for together, held against the limits of one operation. */
export class BatchUse {
  readonly #allowed: Summed;
  #used: Summed = { rootFields: 0, aliases: 0, directives: 0, references: 0, cost: 0 };

  constructor(limits: OperationLimits, viewer: Pick<Viewer, 'roles'>) {
    this.#allowed = { ...limits, cost: allowedCost(limits, viewer) };
  }

  /** @returns the refusal of an operation that is too much together with those before it; it then does not count. */
  add({ size, cost, variables }: ReadyOperation): GraphQLError | null {
    const own: Summed = { ...size, references: cost.references(variables), cost: cost.of(variables) };
    const sums = { ...this.#used };
    for (const limit of SUMMED) {
      const actual = sums[limit] + own[limit];
      const allowed = this.#allowed[limit];
      if (actual > allowed) return beyond(limit, allowed, actual);
      sums[limit] = actual;
    }
    this.#used = sums;
    return null;
  }
}

function beyond(limit: keyof Summed, allowed: number, actual: number): GraphQLError {
  const message = `the batch needs more than allowed: expected at most ${allowed} for all its operations (limits.${limit}), received ${actual} with this one; send fewer operations in one request`;
  const own = limit === 'cost' ? { cost: actual } : {};
  return new GraphQLError(message, { extensions: { code: 'OPERATION_TOO_COMPLEX', limit, allowed, actual, ...own } });
}
