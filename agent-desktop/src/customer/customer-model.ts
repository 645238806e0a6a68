import type { Fact, FactList, ProfileLayout } from '../model/gateway.ts';
import type { OpenQuestion } from '../model/open-question.ts';

/** One open customer, as all columns read it. */
export interface OpenCustomer {
  /** The id that survived all merges; null until the first answer. */
  readonly id: string | null;
  /** What was asked for: the id, or the identifier of a screen pop. */
  readonly question: OpenQuestion;
  readonly assurance: Assurance;
  /** Null where no field is a name, or the name is empty or locked. */
  readonly name: string | null;
  /** In the order of the layout. */
  readonly facts: readonly FactValue[];
  /** In the order of the layout. */
  readonly lists: readonly ListValue[];
  /** Most recently seen first; masked by the gateway until the agent confirmed. Null where they are refused. */
  readonly identifiers: readonly CustomerIdentifier[] | null;
  readonly confirmation: Confirmation | null;
  /** True once a confirmation of this page has run out, until there is another. */
  readonly isConfirmationOver: boolean;
  readonly sources: readonly SourceStatus[];
  readonly layout: ProfileLayout;
  /** True until the first answer. */
  readonly isLoading: boolean;
  /** Counts the answers to readings of everything: another number, and something may be new. */
  readonly answers: number;
  /** True while the sources of a shown customer are asked again. */
  readonly isRefreshing: boolean;
  /** The sources that are being asked again alone. */
  readonly asking: ReadonlySet<string>;
  /** Nobody has this identifier or id. */
  readonly isNobody: boolean;
  /** True where the page knew something of the customer, and nothing is left: erased, or without any identifier. */
  readonly isGone: boolean;
  /** Why the customer could not be read at all; what was read before is still there. */
  readonly error: unknown;
  /** Asks again: everything, or what one source answers. */
  refresh(source?: string): Promise<void>;
}

/** Weakest first. */
export const ASSURANCES = ['ANONYMOUS', 'CLAIMED', 'RECOGNIZED', 'VERIFIED'] as const;

export type Assurance = (typeof ASSURANCES)[number];

/**
 * `empty`: every source answered, and has none. `locked`: this agent may not see it, or not before confirming. `failed`: its source
 * did not answer.
 */
export type ValueState = 'value' | 'empty' | 'locked' | 'failed' | 'loading';

/** Where a value came from. */
export interface Origin {
  /** The source whose value it is; of a failed value the source that failed; null where none had a value. */
  readonly source: string | null;
  /** When it was fetched from the back end: ISO 8601. */
  readonly fetchedAt: string | null;
  /** Given after its time, since the source failed or is being asked again. */
  readonly stale: boolean;
  /** The error's code where it is locked or failed. */
  readonly code: string | null;
  /** When the gateway asks the source again, by this machine's clock, in milliseconds: until then it refuses to, as too much failed. */
  readonly retryAt?: number;
}

export interface FactValue extends Origin {
  readonly fact: Fact;
  readonly state: ValueState;
  /** Null unless the state is `value`. */
  readonly value: unknown;
}

export interface ListValue extends Origin {
  readonly list: FactList;
  readonly state: ValueState;
  /** The first page; empty unless the state is `value`. */
  readonly entries: readonly Entry[];
  /** The cursor of the next page; null where this is all. */
  readonly next: string | null;
}

export type Entry = Readonly<Record<string, unknown>>;

export interface CustomerIdentifier {
  readonly type: string;
  readonly value: string;
  readonly linkedAt: string;
  readonly lastSeenAt: string;
  readonly source: string;
}

export interface Confirmation {
  readonly method: string;
  readonly confirmedAt: string;
  readonly expiresAt: string;
}

export interface SourceStatus {
  readonly name: string;
  readonly status: 'FRESH' | 'STALE' | 'FAILED' | 'SKIPPED';
  readonly fetchedAt: string | null;
  readonly errorCode: string | null;
}

/** What a document of the layout answers about one customer, and what the columns are made of. */
export type CustomerState = Pick<
  OpenCustomer,
  'id' | 'assurance' | 'name' | 'facts' | 'lists' | 'identifiers' | 'confirmation' | 'sources'
>;

export function hasAssurance(actual: Assurance, needed: Assurance): boolean {
  return ASSURANCES.indexOf(actual) >= ASSURANCES.indexOf(needed);
}
