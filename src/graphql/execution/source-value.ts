import { SourceError } from '../../model/errors.ts';
import { UnfitValue } from './leaf-value.ts';
import type { AbstractPlan, FieldPlan, ValuePlan } from './plan.ts';
import { serialize } from './serializer.ts';

/**
 * Checks a value out of a source's record before graphql-js' rules are applied: only here it is known whose mistake a wrong
 * value is. A leaf is checked as it is serialized.
 * @throws SourceError SOURCE_INVALID that names field and source, and never the value.
 */
export function requireFit(plan: ValuePlan, value: unknown, field: FieldPlan, source: string): void {
  const { kind, type, isNonNull } = plan;
  if (value === null || value === undefined) {
    if (isNonNull) throw invalid(field, source, `a value for ${type}!`, 'null');
  } else if (kind === 'list') {
    if (!Array.isArray(value)) throw invalid(field, source, `a list for ${type}`, typeof value);
  } else if (kind !== 'leaf') {
    if (Array.isArray(value)) throw invalid(field, source, `an object for ${type}`, 'a list');
    if (typeof value !== 'object') throw invalid(field, source, `an object for ${type}`, typeof value);
    if (value instanceof Error) throw invalid(field, source, `an object for ${type}`, 'an error');
    if (kind === 'abstract' && !type.resolveType) requireTypename(plan, value, field, source);
  }
}

/** @throws SourceError SOURCE_INVALID, as above. */
export function serializeFit(plan: ValuePlan & { kind: 'leaf' }, value: unknown, field: FieldPlan, source: string): unknown {
  try {
    return serialize(plan.type, value);
  } catch (error) {
    const received = error instanceof UnfitValue ? error.message : Array.isArray(value) ? 'a list' : `an unfit ${typeof value}`;
    throw invalid(field, source, `a value for ${plan.type}`, received);
  }
}

function requireTypename(plan: AbstractPlan, value: { readonly __typename?: unknown }, field: FieldPlan, source: string): void {
  const { type, possible } = plan;
  const { __typename } = value;
  if (typeof __typename === 'string' && plan.planFor(__typename) !== undefined) return;
  const received = __typename === undefined ? 'none' : typeof __typename === 'string' ? 'another name' : `a ${typeof __typename}`;
  throw invalid(field, source, `__typename to be one of ${possible.join(', ')} for ${type}`, received);
}

function invalid({ strictName }: FieldPlan, source: string, expected: string, received: string): SourceError {
  return new SourceError('SOURCE_INVALID', source, `${strictName}: expected ${expected} from ${source}, received ${received}`);
}
