import type { FieldPlan, Path, ValuePlan } from './plan.ts';

/*
 * Most values are leaves that need no path of their own, and a path costs an object. So a leaf is handed the path of what
 * holds it, and its own is made when something goes wrong; any other value is handed its own.
 */

/** The path of a field. */
export function pathOf({ key, parentType }: FieldPlan, prev: Path | undefined): Path {
  return { prev, key, typename: parentType.name };
}

/** The path that a field's value is handed. */
export function pathForValue(field: FieldPlan, prev: Path | undefined): Path | undefined {
  return field.value.kind === 'leaf' ? prev : pathOf(field, prev);
}

/** The path that an item of a list is handed. */
export function pathForItem({ kind }: ValuePlan, prev: Path | undefined, key: number): Path | undefined {
  return kind === 'leaf' ? prev : { prev, key, typename: undefined };
}

/** The path of a value, by the one that it was handed. */
export function positionOf({ kind }: ValuePlan, field: FieldPlan, handed: Path | undefined, key: string | number): Path {
  if (kind !== 'leaf') return handed as Path;
  return typeof key === 'string' ? pathOf(field, handed) : { prev: handed, key, typename: undefined };
}

/** The path of the field in which a value stands: the value's own, or that of the list that it is in. */
export function pathOfField(path: Path | undefined): Path {
  let at = path as Path;
  while (typeof at.key === 'number') at = at.prev as Path;
  return at;
}
