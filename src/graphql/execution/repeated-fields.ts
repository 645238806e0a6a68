import { type FieldNode, print } from 'graphql';
import type { FieldPlan } from './plan.ts';

/**
 * Finds fields of one object that are asked for under several keys with the same arguments, so that each is resolved once
 * for the object. Arguments are the same when their literals are, or when they are the same variables. Only fields with a
 * resolver are looked at: a bound field's source is asked once for a key anyway, and a property costs nothing.
 */
export function shareRepeats(fields: readonly FieldPlan[]): { readonly fields: readonly FieldPlan[]; readonly hasRepeats: boolean } {
  const byName = indexesBy(fields, ({ resolve, name }) => (resolve.kind === 'resolver' ? name : null));
  const candidates = byName.filter((group) => group.length > 1).flat();
  if (candidates.length === 0) return { fields, hasRepeats: false };
  const isCandidate = new Set(candidates.map((index) => fields[index]));
  const groups = indexesBy(fields, (field) => (isCandidate.has(field) ? `${field.name}(${argumentsTextOf(field)})` : null));
  const shared = [...fields];
  let hasRepeats = false;
  for (const [first, ...others] of groups) {
    if (first === undefined || others.length === 0) continue;
    hasRepeats = true;
    const repeats = others.map((index) => ({ ...(fields[index] as FieldPlan), isRepeat: true }));
    shared[first] = { ...(fields[first] as FieldPlan), repeats };
    for (const [at, index] of others.entries()) shared[index] = repeats[at] as FieldPlan;
  }
  return { fields: shared, hasRepeats };
}

/** @returns the indexes of the fields of each group, in their order; a field whose group is null is in none. */
function indexesBy(fields: readonly FieldPlan[], groupOf: (field: FieldPlan) => string | null): number[][] {
  const groups = new Map<string, number[]>();
  for (const [index, field] of fields.entries()) {
    const group = groupOf(field);
    if (group === null) continue;
    const known = groups.get(group);
    if (known === undefined) groups.set(group, [index]);
    else known.push(index);
  }
  return [...groups.values()];
}

/** The order in which arguments are written means nothing. */
function argumentsTextOf({ nodes }: FieldPlan): string {
  return ((nodes[0] as FieldNode).arguments ?? [])
    .map(({ name, value }) => `${name.value}:${print(value)}`)
    .sort()
    .join();
}
