import { type GraphQLError, locatedError } from 'graphql';
import type { FieldPlan, ObjectPlan, Path, ValuePlan } from './plan.ts';

type Entries = Record<string | number, unknown>;

interface Failure {
  readonly error: GraphQLError;
  /** Where its field stands in the plan: per level the number of the field, or the index in the list. */
  readonly ranks: readonly number[];
}

const NO_ERRORS: readonly GraphQLError[] = [];

/**
 * The answer of one run and its errors. A position that failed is null in the answer, so the answer itself says what lies
 * below a failure: nothing has to be remembered for positions that do not fail.
 */
export class Failures {
  readonly #plan: ObjectPlan;
  readonly #found: Failure[] = [];
  /** The answer; null once a failure reached its root. */
  data: Record<string, unknown> | null;

  constructor(plan: ObjectPlan, data: Record<string, unknown>) {
    this.#plan = plan;
    this.data = data;
  }

  /**
   * Makes the nearest position that may be null null, and notes the error; unless an earlier failure took that part of the
   * answer already (specification, section 6.4.4).
   */
  add(reason: unknown, path: Path): void {
    const steps = stepsOf(path);
    const ranks: number[] = [];
    let nullable: { readonly holder: Entries; readonly key: string | number } | null = null;
    let at: unknown = this.data;
    let field: FieldPlan | undefined;
    let value: ValuePlan | undefined;
    for (const { key, typename } of steps) {
      if (at === null) return;
      if (typeof key === 'number') {
        ranks.push(key);
        value = (value as ValuePlan & { kind: 'list' }).item;
      } else {
        const { fields } = objectPlanOf(value, typename) ?? this.#plan;
        const rank = fields.findIndex((each) => each.key === key);
        ranks.push(rank);
        field = fields[rank];
        value = field?.value;
      }
      if (!value?.isNonNull) nullable = { holder: at as Entries, key };
      at = (at as Entries)[key];
    }
    this.#found.push({
      error: locatedError(
        reason,
        field?.nodes,
        steps.map(({ key }) => key),
      ),
      ranks,
    });
    if (nullable === null) this.data = null;
    else nullable.holder[nullable.key] = null;
  }

  /** In the order of the answer, in whatever order they came. */
  errors(): readonly GraphQLError[] {
    if (this.#found.length === 0) return NO_ERRORS;
    return this.#found.sort((a, b) => compare(a.ranks, b.ranks)).map(({ error }) => error);
  }
}

function stepsOf(path: Path): Path[] {
  const steps: Path[] = [];
  for (let at: Path | undefined = path; at !== undefined; at = at.prev) steps.push(at);
  return steps.reverse();
}

function objectPlanOf(value: ValuePlan | undefined, typename: string | undefined): ObjectPlan | undefined {
  if (value?.kind === 'object') return value.planOf();
  return value?.kind === 'abstract' ? value.planFor(typename) : undefined;
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const difference = (a[index] as number) - (b[index] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
