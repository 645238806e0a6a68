import type { CustomerId } from '../model/customer.ts';
import { type Identifier, identifierKey } from '../model/identifier.ts';
import type { BroughtCustomer, IdentityChanges, IdentityRecord } from '../model/identity.ts';

/** Replaces the value of an identifier that was erased. */
const ERASED_VALUE = '(erased)';

/** What a row of identity events keeps of a change beside its columns, as JSON. */
export interface KeptChanges extends Pick<IdentityRecord, 'evidence' | 'leftOut' | 'linked' | 'cut'> {
  readonly merged: IdentityChanges['merged'];
  readonly aliases: IdentityChanges['aliases'];
  /** Of a split: what its customer's aliases brought when they became aliases. Times are in milliseconds. */
  readonly brought: readonly (Omit<BroughtCustomer, 'mergedAt'> & { readonly mergedAt: number })[];
}

/** Rows of earlier versions have no `brought`. */
type WrittenChanges = Omit<KeptChanges, 'brought'> & Partial<Pick<KeptChanges, 'brought'>>;

/**
 * @param evidence the identifiers that were seen together, or that a person named.
 * @returns the JSON that a row keeps, and the keys of the identifiers that it names. It names no identifier that was never
 * the customer's, so an erasure finds every value of a customer in that customer's own history.
 */
export function keepChanges(
  { merged, aliases, linked, moved, cut, leftOut, brought }: IdentityChanges,
  evidence: readonly Identifier[],
): { text: string; mentions: Set<string> } {
  const foreign = new Set(leftOut.map(identifierKey));
  const kept: KeptChanges = {
    evidence: evidence.filter((identifier) => !foreign.has(identifierKey(identifier))).map(plain),
    leftOut: leftOut.map(({ type }) => type),
    linked: [
      ...linked.map((identifier) => ({ ...plain(identifier), from: null })),
      ...moved.map((each) => ({ ...plain(each), from: each.from })),
    ],
    cut: cut.map(plain),
    merged,
    aliases,
    brought: brought.map((former) => ({ ...former, mergedAt: former.mergedAt.getTime() })),
  };
  return { text: JSON.stringify(kept), mentions: addMentioned(kept, new Set()) };
}

/** @param text what `keepChanges` returned, in this version or an earlier one. */
export function readKeptChanges(text: string): KeptChanges {
  return { brought: [], ...(JSON.parse(text) as WrittenChanges) };
}

/**
 * Who became, or stayed, an alias with a change, and what each brought.
 * @param text the change's, as the row keeps it. @param at when it happened. @param into its customer at that time.
 */
export function broughtBy(text: string, at: Date, into: CustomerId): BroughtCustomer[] {
  const { merged, aliases, brought } = readKeptChanges(text);
  const change = { mergedAt: at, into };
  return [
    ...merged.map(({ id, identifiers }) => ({ id, identifiers, ...change, wasCustomer: true })),
    ...aliases.map(({ id, of }) => ({ id, identifiers: [of], ...change, wasCustomer: false })),
    ...brought.map((former) => ({ ...former, mergedAt: new Date(former.mergedAt) })),
  ];
}

/** @returns the keys of all identifiers that a row's JSON names, erased ones excepted. */
export function mentionedIn(text: string): Set<string> {
  return addMentioned(JSON.parse(text), new Set());
}

/** Wherever they stand in the value: a key that is added to the JSON needs no change here. */
function addMentioned(value: unknown, keys: Set<string>): Set<string> {
  if (typeof value !== 'object' || value === null) return keys;
  if (isIdentifier(value) && value.value !== ERASED_VALUE) keys.add(identifierKey(value));
  for (const inner of Object.values(value)) addMentioned(inner, keys);
  return keys;
}

/** @returns a row's JSON without the values of some identifiers. @param isErased by identifier key. */
export function withoutValues(text: string, isErased: (key: string) => boolean): string {
  return JSON.stringify(
    JSON.parse(text, (_, value: unknown) =>
      isIdentifier(value) && isErased(identifierKey(value)) ? { ...value, value: ERASED_VALUE } : value,
    ),
  );
}

function isIdentifier(value: unknown): value is Identifier {
  if (typeof value !== 'object' || value === null) return false;
  const { type, value: text } = value as Partial<Record<'type' | 'value', unknown>>;
  return typeof type === 'string' && typeof text === 'string';
}

function plain({ type, value }: Identifier): Identifier {
  return { type, value };
}
