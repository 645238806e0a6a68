import type { FieldBinding } from './field-binding.ts';

/** By source: the identifier types by whose values it is asked. */
export type KeyTypes = ReadonlyMap<string, ReadonlySet<string>>;

/** A source's own `key`, and those that a field's `@from(key:)` names instead. */
export function keyTypesOf(
  bindings: Iterable<FieldBinding>,
  sources: ReadonlyMap<string, { readonly key: string | undefined }>,
  identifierTypes: ReadonlySet<string>,
): KeyTypes {
  const types = new Map([...sources].map(([name, { key }]) => [name, new Set(key !== undefined && identifierTypes.has(key) ? [key] : [])]));
  for (const binding of bindings) {
    for (const { source, key } of binding.sources) if (key.kind === 'identifier') types.get(source)?.add(key.type);
  }
  return types;
}
