import type { Entry, OpenCustomer } from '../customer/customer-model.ts';

/** A value by which somebody else may be found. */
export interface SharedValue {
  /** The label of the fact, or the type of the identifier. */
  readonly label: string;
  readonly value: string;
}

/** Somebody else with a value of this customer's. */
export interface Duplicate {
  readonly id: string;
  readonly customer: Entry;
  readonly labels: readonly string[];
}

/** Each is one question to the gateway. */
const MOST_VALUES = 4;

/** E-mail addresses and phone numbers of the customer: what two records of one person most often share. */
export function valuesToCompare({
  facts,
  identifiers,
  layout,
}: Pick<OpenCustomer, 'facts' | 'identifiers' | 'layout'>): readonly SharedValue[] {
  const ofFacts = facts
    .filter(({ fact, state }) => state === 'value' && (fact.kind === 'email' || fact.kind === 'phone' || /phone|mobile/i.test(fact.path)))
    .map(({ fact, value }) => ({ label: fact.label, value: String(value) }));
  const strongest = layout.identifiers[0]?.type;
  const ofIdentifiers = (identifiers ?? [])
    .filter(({ type, value }) => type !== strongest && isPerson(layout, type) && !value.startsWith('•'))
    .map(({ type, value }) => ({ label: type, value }));
  const seen = new Set<string>();
  return [...ofFacts, ...ofIdentifiers]
    .filter(({ value }) => {
      const key = value.toLowerCase().replace(/[\s()-]/g, '');
      return !seen.has(key) && seen.add(key);
    })
    .slice(0, MOST_VALUES);
}

/** Everybody found by these values but the customer, each once. */
export function duplicatesOf(
  id: string,
  found: readonly { readonly label: string; readonly customers: readonly Entry[] }[],
): readonly Duplicate[] {
  const others = new Map<string, { customer: Entry; labels: string[] }>();
  for (const { label, customers } of found) {
    for (const customer of customers) {
      const other = String(customer.id);
      if (other === id) continue;
      const known = others.get(other) ?? { customer, labels: [] };
      if (!known.labels.includes(label)) known.labels.push(label);
      others.set(other, known);
    }
  }
  return [...others].map(([other, { customer, labels }]) => ({ id: other, customer, labels }));
}

const isPerson = (layout: OpenCustomer['layout'], type: string): boolean =>
  layout.identifiers.some((known) => known.type === type && known.class === 'person');
