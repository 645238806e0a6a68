import type { Assurance } from '../../model/assurance.ts';
import type { Trait } from '../../model/trait.ts';

/** What a rule says of one customer. A term is a part of a rule between `&&`, `||` and `!`. */
export type Verdict =
  | { readonly kind: 'TRUE' }
  /** @param term the text of the term that decided. */
  | { readonly kind: 'FALSE'; readonly term: string }
  /**
   * The term reads something that this customer does not have, and no `has()` asks for it first.
   * @param isUnfit true where all values exist, but the term has no answer: values of different types, a division by zero.
   */
  | { readonly kind: 'ABSENT'; readonly term: string; readonly isUnfit?: boolean }
  /**
   * The term needs a source that failed.
   * @param isRefused true where `source` is the name of a field that this viewer may not see.
   */
  | { readonly kind: 'UNKNOWN'; readonly term: string; readonly source: string; readonly isRefused?: boolean }
  /** It reads something of a customer who is not proven well enough for it, or who does not want rules to read it. */
  | { readonly kind: 'WITHHELD'; readonly reason: 'assurance' | 'personalisation'; readonly required: Assurance };

/** A value that a rule may read, as it was gathered. A source that failed costs only the terms that read it. */
export type Gathered =
  /** @param source the data source that answered; by default the first of the field's. A value that makes no sense is its failure. */
  | { readonly value: unknown; readonly source?: string }
  /** The name of the data source; with `isRefused`, that of a field that this viewer may not see. */
  | { readonly failed: string; readonly isRefused?: boolean };

/** What rules read of one customer on one request. */
export interface RuleState {
  /** By name of the field of `Customer`: the value as its source answers it. */
  readonly customer: ReadonlyMap<string, Gathered>;
  readonly assurance: Assurance;
  /** False: rules that read anything of the customer are withheld. */
  readonly mayBeRead: boolean;
  /** The value is an object of names and JSON values. */
  readonly attributes: Gathered;
  /** The value is an object of trait names (`RuleReads.traits`) and trait values. */
  readonly journey: Gathered;
  /** By purpose. */
  readonly consent: Readonly<Record<string, boolean>>;
  readonly touchpoint: string | null;
  readonly channel: string | null;
  readonly locale: string | null;
  readonly now: Date;
}

/** What the rules of a set read. */
export interface RuleReads {
  /** Names of fields of `Customer`. */
  readonly customer: readonly string[];
  readonly attributes: boolean;
  /** Names of the traits behind `journey.count` and `journey.last`. */
  readonly traits: readonly string[];
  /** Names of the data sources of these fields, with those that are built in (`captured`, `computed`). */
  readonly sources: readonly string[];
  /** Names of audiences whose rules are part of it. */
  readonly audiences: readonly string[];
  /** True where something of the request is read: touchpoint, channel, locale, consent, or customer.assurance. */
  readonly isOfRequest: boolean;
}

/** True for a rule that is withheld from customers whom rules may not read. */
export function readsCustomer({ customer, attributes, traits }: Pick<RuleReads, 'customer' | 'attributes' | 'traits'>): boolean {
  return customer.length > 0 || attributes || traits.length > 0;
}

/** Rules by name, checked and compiled together: terms that several of them have are evaluated once. */
export interface RuleSet {
  readonly reads: RuleReads;
  /** The traits that `reads` names: what is counted for `journey.count` and `journey.last`. */
  readonly traits: readonly Trait[];
  /** How many different terms the rules have. */
  readonly termCount: number;
  /**
   * The arguments with which a field of `reads.customer` is to be read: the defaults of the schema, as resolvers receive them.
   * @throws TypeError for another field.
   */
  argumentsOf(field: string): Readonly<Record<string, unknown>>;
  /** What one rule reads. @throws TypeError for a name that the set does not have. */
  readsOf(name: string): RuleReads;
  /** @returns what evaluates a rule by its name; over one state each term is evaluated at most once, when it is needed. */
  over(state: RuleState): (name: string) => Verdict;
}
