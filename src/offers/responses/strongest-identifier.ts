import type { Identifier } from '../../model/identifier.ts';

/**
 * The identifier with which an agent or a service responds for a customer.
 * @param types strongest first.
 * @returns null for a customer who has none.
 */
export function strongestIdentifier(types: Iterable<string>, identifiers: readonly Identifier[]): Identifier | null {
  for (const type of types) {
    const found = identifiers.find((each) => each.type === type);
    if (found !== undefined) return { type, value: found.value };
  }
  return null;
}
