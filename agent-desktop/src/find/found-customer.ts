import type { ProfileLayout } from '../model/gateway.ts';
import { hasMatch } from './marks.ts';

/** A customer among the results, as `find` and `head` of the layout answer it. */
export interface FoundCustomer {
  readonly id: string;
  readonly assurance: string;
  /** Null where there is no name, or it may not be read. */
  readonly name: string | null;
  /** The first facts of the layout that have a value. */
  readonly facts: readonly { readonly label: string; readonly value: string | number | boolean; readonly kind: string }[];
  readonly identifiers: readonly { readonly type: string; readonly value: string }[];
  readonly lastSeenAt: string | null;
  /** The source whose search found them; null for who has what was typed as an identifier. */
  readonly foundBy?: string | null;
}

type Answered = Readonly<Record<string, unknown>>;

/** @returns the customer of an answer; null for what is none. */
export function readFound(answered: unknown, layout: ProfileLayout): FoundCustomer | null {
  if (typeof answered !== 'object' || answered === null) return null;
  const customer = answered as Answered;
  if (typeof customer.id !== 'string') return null;
  const name = layout.name === null ? null : valueAt(customer, layout.name);
  const facts = layout.facts
    .filter(({ path }) => layout.head.includes(path) && path !== layout.name)
    .flatMap(({ path, label, kind }) => {
      const value = valueAt(customer, path);
      return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [{ label, kind, value }] : [];
    });
  return {
    id: customer.id,
    assurance: String(customer.assurance),
    name: typeof name === 'string' && name !== '' ? name : null,
    facts,
    identifiers: Array.isArray(customer.identifiers) ? (customer.identifiers as FoundCustomer['identifiers']) : [],
    lastSeenAt: typeof customer.lastSeenAt === 'string' ? customer.lastSeenAt : null,
  };
}

function valueAt(customer: Answered, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (value as Answered | null | undefined)?.[name], customer);
}

/** Why somebody is among the results: the name, or an identifier, as far as it can be seen. */
export function matchOf(found: FoundCustomer, typed: string): 'name' | 'identifier' | 'other' {
  if (found.name !== null && hasMatch(found.name, typed)) return 'name';
  return found.identifiers.some(({ value }) => hasMatch(value, typed)) ? 'identifier' : 'other';
}

/** The identifier to show beside a customer: the one that matches, else the strongest of a person. */
export function shownIdentifier(found: FoundCustomer, typed: string, layout: ProfileLayout): FoundCustomer['identifiers'][number] | null {
  const matching = found.identifiers.find(({ value }) => hasMatch(value, typed));
  if (matching !== undefined) return matching;
  const persons = layout.identifiers.filter((each) => each.class === 'person');
  for (const { type } of persons) {
    const identifier = found.identifiers.find((each) => each.type === type);
    if (identifier !== undefined) return identifier;
  }
  return null;
}
