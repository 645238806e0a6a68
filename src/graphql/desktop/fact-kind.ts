import { type GraphQLLeafType, isEnumType } from 'graphql';
import { kindByName } from './field-label.ts';
import type { FactKind } from './profile-layout.ts';

/** Of the scalars of GraphQL and of graphql-scalars. */
const KINDS: ReadonlyMap<string, FactKind> = new Map<string, FactKind>([
  ['Boolean', 'yes-no'],
  ['ID', 'code'],
  ['UUID', 'code'],
  ['IBAN', 'code'],
  ['PostalCode', 'code'],
  ['Int', 'number'],
  ['Float', 'number'],
  ['BigInt', 'number'],
  ['Long', 'number'],
  ['Byte', 'text'],
  ['Date', 'date'],
  ['LocalDate', 'date'],
  ['DateTime', 'time'],
  ['DateTimeISO', 'time'],
  ['EmailAddress', 'email'],
  ['PhoneNumber', 'phone'],
  ['URL', 'link'],
  ['JSON', 'json'],
  ['JSONObject', 'json'],
]);

/** Numbers that are allowed to be only some: `PositiveInt`, `UnsignedFloat`, `SafeInt`. */
const SOME_NUMBERS = /^(Safe|Negative|Positive|NonNegative|NonPositive|Unsigned)(Int|Float)$/;

/** How a value is shown: by its type, and where that is any text, by the field's name. */
export function factKind(type: GraphQLLeafType, field: string): FactKind {
  if (isEnumType(type)) return 'choice';
  const known = KINDS.get(type.name) ?? (SOME_NUMBERS.test(type.name) ? 'number' : undefined);
  return known ?? (type.name === 'String' ? kindByName(field) : 'text');
}
