import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { isCustomer, TRUSTED_FACTOR, type Viewer } from '../../model/viewer.ts';
import type { DearestField, OperationCost } from './operation-cost.ts';

/** How large an operation may be. */
export interface OperationLimits {
  /** Fields within fields. */
  readonly depth: number;
  /** Fields with an alias. */
  readonly aliases: number;
  /** Fields at the root, fragments included. */
  readonly rootFields: number;
  /** Lexical tokens of the document. */
  readonly tokens: number;
  /** Uses of directives such as `@include`. */
  readonly directives: number;
  /** What an operation of a CUSTOMER may cost, as `OperationCost` counts it. */
  readonly cost: number;
  /** Entities that a federation router asks for by reference. */
  readonly references: number;
}

type Counted = Exclude<keyof OperationLimits, 'tokens' | 'cost' | 'references'>;

/** What was counted of an operation. */
export type OperationSize = Readonly<Record<Counted, number>>;

/**
 * Measures the operation, with a fragment counted once for each of its spreads. Stops as soon as a limit
 * is passed, so that fragments which multiply cost no more than the limit.
 * @returns its size, or the refusal.
 */
export function checkOperationLimits(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  limits: OperationLimits,
): OperationSize | GraphQLError {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const counts: Record<Counted, number> = { depth: 0, aliases: 0, rootFields: 0, directives: operation.directives?.length ?? 0 };
  const visited = { selections: 0 };
  const walk = (selectionSet: SelectionSetNode, depth: number): GraphQLError | null => {
    for (const selection of selectionSet.selections) {
      // Spreads of empty fragments count towards no other limit; without this, they alone could keep the walk busy.
      if (++visited.selections > limits.tokens * 4) return beyond('tokens', limits.tokens, visited.selections);
      counts.directives += selection.directives?.length ?? 0;
      if (selection.kind === Kind.FIELD) {
        counts.depth = Math.max(counts.depth, depth);
        if (depth === 1) counts.rootFields++;
        if (selection.alias) counts.aliases++;
      }
      const exceeded = (Object.keys(counts) as Counted[]).find((name) => counts[name] > limits[name]);
      if (exceeded !== undefined) return beyond(exceeded, limits[exceeded], counts[exceeded]);
      const inner = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value)?.selectionSet : selection.selectionSet;
      const refusal = inner && walk(inner, selection.kind === Kind.FIELD ? depth + 1 : depth);
      if (refusal) return refusal;
    }
    return null;
  };
  return walk(operation.selectionSet, 1) ?? counts;
}

/**
 * Holds what an operation costs against its limits, before anything of it runs.
 * @param variables coerced.
 * @returns the refusal, or null.
 */
export function checkOperationCost(
  counted: OperationCost,
  variables: Readonly<Record<string, unknown>>,
  limits: OperationLimits,
  viewer: Pick<Viewer, 'roles'>,
): GraphQLError | null {
  const references = counted.references(variables);
  if (references > limits.references) return beyond('references', limits.references, references);
  const cost = counted.of(variables);
  const allowed = allowedCost(limits, viewer);
  return cost > allowed ? tooDear(cost, allowed, counted.dearest(variables)) : null;
}

/** What an operation of this viewer may cost. */
export function allowedCost({ cost }: OperationLimits, viewer: Pick<Viewer, 'roles'>): number {
  return isCustomer(viewer) ? cost : cost * TRUSTED_FACTOR;
}

function tooDear(cost: number, allowed: number, dearest: DearestField | null): GraphQLError {
  const most =
    dearest === null ? '' : ` Most of it is ${dearest.name}, with ${dearest.cost}: ask for fewer items of it or of the lists around it.`;
  const message = `the operation costs more than allowed: expected at most ${allowed}, received ${cost}.${most}`;
  return new GraphQLError(message, { extensions: { code: 'OPERATION_TOO_COMPLEX', limit: 'cost', allowed, actual: cost, cost } });
}

/**
 * The refusal of an operation that goes beyond a limit.
 * @param actual what was reached when it was noticed.
 * @param advice what to do, for a limit without an option of its own.
 */
export function beyond(limit: string, allowed: number, actual: number, advice?: string): GraphQLError {
  const option = advice === undefined ? ` (limits.${limit})` : '';
  const message = `the operation has more ${limit} than allowed: expected at most ${allowed}${option}, received at least ${actual}`;
  const extensions = { code: 'OPERATION_TOO_COMPLEX', limit, allowed, actual };
  return new GraphQLError(`${message}${advice ?? '; ask for less in one operation'}`, { extensions });
}
