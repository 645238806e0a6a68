import { type Identifier, identifierKey } from '../model/identifier.ts';
import { decidingIdentifier } from './attribute-interaction.ts';
import { type IdentityRules, orderedByStrength, pickerOf } from './identity-rules.ts';

/**
 * True when the deciding identifier of a record was erased. Then the record belongs to the erased customer, and is refused as a
 * whole, whatever other identifiers it has. Otherwise erased identifiers are only left out. When a unique type has several
 * values on the record, each of them counts as deciding.
 *
 * @param identifiers all identifiers of an event or interaction, the erased ones included; at least one.
 * @param erased identifier keys.
 */
export function erasedDecides(rules: IdentityRules, identifiers: readonly Identifier[], erased: ReadonlySet<string>): boolean {
  if (erased.size === 0) return false;
  const picker = pickerOf(rules, orderedByStrength(rules, identifiers));
  const isPickerUnique = rules.types.some(({ name, unique }) => unique && name === picker.type);
  const picking = isPickerUnique ? identifiers.filter(({ type }) => type === picker.type) : [picker];
  return [decidingIdentifier(rules, identifiers), ...picking].some((identifier) => erased.has(identifierKey(identifier)));
}
