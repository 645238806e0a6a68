import type { Assurance } from '../../model/assurance.ts';

/** What a rule says of one customer. A term is a part of a rule between `&&`, `||` and `!`. */
export type Verdict =
  | { readonly kind: 'TRUE' }
  /** @param term the text of the term that decided. */
  | { readonly kind: 'FALSE'; readonly term: string }
  /** The term reads something that this customer does not have, and no `has()` asks for it first. */
  | { readonly kind: 'ABSENT'; readonly term: string }
  /** The term needs a source that failed. */
  | { readonly kind: 'UNKNOWN'; readonly term: string; readonly source: string }
  /** It reads something of a customer who is not proven well enough for it, or who does not want rules to read it. */
  | { readonly kind: 'WITHHELD'; readonly reason: 'assurance' | 'personalisation'; readonly required: Assurance };

/** A value that a rule may read, as it was gathered. A source that failed costs only the terms that read it. */
export type Gathered = { readonly value: unknown } | { readonly failed: string };

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
}

/** Rules by name, checked and compiled together: terms that several of them have are evaluated once. */
export interface RuleSet {
  readonly reads: RuleReads;
  /** What one rule reads. @throws TypeError for a name that the set does not have. */
  readsOf(name: string): RuleReads;
  /** @returns what evaluates a rule by its name; over one state each term is evaluated at most once, when it is needed. */
  over(state: RuleState): (name: string) => Verdict;
}
