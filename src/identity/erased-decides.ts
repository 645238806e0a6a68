import { type Identifier, identifierKey } from '../model/identifier.ts';
import { decidingIdentifier } from './attribute-interaction.ts';
import { type IdentityRules, orderedByStrength, pickerOf } from './identity-rules.ts';

/**
 * True when the identifier that says whose a record is was erased: the record is the erased customer's then, and is
 * refused as a whole, whoever else's identifiers stand beside it. The identifier is the one that decides over an
 * interaction or picks an event's customer; of a unique type with several values on the record, each of them.
 * Otherwise erased identifiers are only left out.
 *
 * @param identifiers all of the record, the erased ones included; at least one.
 * @param erased identifier keys.
 */
export function erasedDecides(rules: IdentityRules, identifiers: readonly Identifier[], erased: ReadonlySet<string>): boolean {
  if (erased.size === 0) return false;
  const picker = pickerOf(rules, orderedByStrength(rules, identifiers));
  const isPickerUnique = rules.types.some(({ name, unique }) => unique && name === picker.type);
  const picking = isPickerUnique ? identifiers.filter(({ type }) => type === picker.type) : [picker];
  return [decidingIdentifier(rules, identifiers), ...picking].some((identifier) => erased.has(identifierKey(identifier)));
}
