import type { Cause } from './cause.ts';
import type { CustomerId } from './customer.ts';
import type { ShownCustomer } from './identity.ts';
import { agentKey, type Viewer } from './viewer.ts';

/** Milliseconds for which a customer is VERIFIED for the agent who confirmed who they are. */
export const CONFIRMED_FOR = 30 * 60_000;

/** Characters of the words in which an agent says how they made sure. */
export const CONFIRMATION_METHOD = { min: 1, max: 100 } as const;

/** An agent's confirmation of who a customer is. It counts for this agent alone. */
export interface Confirmation {
  /** How the agent made sure, in the company's own words. */
  readonly method: string;
  readonly confirmedAt: Date;
  /** From then on it does not count any more. */
  readonly expiresAt: Date;
}

/** That an agent confirms who a customer is. */
export interface ConfirmationOrder extends Confirmation, Cause {
  /** Any id that the customer ever had. */
  readonly customerId: CustomerId;
  /** Who the agent is (`agentKey`). Only a keyed hash of it is kept beside the customer. */
  readonly agent: string;
  /** The customer, where they may not be stored yet: they are stored then. */
  readonly shown?: ShownCustomer;
}

/** An agent who changes identities only of customers whom this agent has confirmed (`viewers.agentsConfirm`). */
export interface ConfirmingAgent {
  /** Who the agent is (`agentKey`); null for a token without a subject, which can confirm nobody. */
  readonly agent: string | null;
  /** A confirmation counts that has not expired at this time. */
  readonly at: Date;
  /** Names of the identifier types by which a back end can be asked: a value of these may be somebody's who is not stored. */
  readonly askableTypes: readonly string[];
}

/**
 * What a change by this viewer says of confirmations; nothing for a viewer who needs none. The store decides by it, in the
 * transaction of the change: an identifier may get an owner at any time before.
 */
export function onlyConfirmed(viewer: Viewer, at: Date, askableTypes: ReadonlySet<string>): { readonly onlyConfirmedBy?: ConfirmingAgent } {
  if (viewer.mustConfirm !== true) return {};
  return { onlyConfirmedBy: { agent: agentKey(viewer), at, askableTypes: [...askableTypes] } };
}
