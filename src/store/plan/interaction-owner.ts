import { attributeInteraction, decidingIdentifier } from '../../identity/attribute-interaction.ts';
import type { IdentityRules } from '../../identity/identity-rules.ts';
import type { CustomerId } from '../../model/customer.ts';
import { type Identifier, identifierKey } from '../../model/identifier.ts';
import type { GraphDraft } from './graph-draft.ts';

/** What the graph says of identifiers that were seen together. Times are in milliseconds. */
export interface SeenTogether {
  readonly deciding: Identifier;
  /** Who owns each identifier now, in their order; null for one that nobody owns. */
  readonly owners: readonly (CustomerId | null)[];
  /** Who owns the deciding one now. */
  readonly owner: CustomerId | null;
  /** When the present owner was erased; null for one who was not. */
  readonly erasedAt: number | null;
  /** When the last former owner of the deciding identifier lost it; from then on, the present owner counts. */
  readonly lostAt: number | null;
  /** When the last former owner of any of the identifiers lost it. */
  readonly anyLostAt: number | null;
  /** Whether all of the identifiers are the same customer's. */
  readonly isOneCustomer: boolean;
}

/** Whose an interaction is. */
export interface Attribution {
  /** A customer of today; null where nobody has the deciding identifier and nobody had it then. */
  readonly customerId: CustomerId | null;
  /** False where another customer, or nobody, has the deciding identifier by now. */
  readonly isPresentOwner: boolean;
  /** Whether the customer stands for former owners who are no longer known one by one. */
  readonly isNameless: boolean;
  /** Whether the customer was erased since. */
  readonly isErased: boolean;
}

export function seenTogether(rules: IdentityRules, draft: GraphDraft, identifiers: readonly Identifier[]): SeenTogether {
  const deciding = decidingIdentifier(rules, identifiers);
  // A cookie that was replaced is still its owner's in what is written with it.
  const owners = draft
    .ownersOf(identifiers)
    .map((owner, index) => owner ?? draft.retired.ownerOf(identifiers[index] as Identifier) ?? null);
  const decides = identifiers.indexOf(deciding);
  const owner = owners[decides] ?? null;
  const lost = identifiers.map((identifier) => draft.formerOwners.lastUntil(identifierKey(identifier)));
  return {
    ...{ deciding, owners, owner },
    erasedAt: owner === null ? null : draft.erasedAt(owner),
    lostAt: lost[decides] ?? null,
    anyLostAt: lost.reduce((last, each) => (each === null || (last !== null && last > each) ? last : each), null),
    isOneCustomer: owner !== null && owners.every((each) => each === owner),
  };
}

/** The rule is `attributeInteraction`'s, which says why. */
export function attribute(draft: GraphDraft, { deciding, owner, erasedAt, lostAt }: SeenTogether, occurredAt: Date): Attribution {
  const at = occurredAt.getTime();
  const then = lostAt === null || lostAt <= at ? null : draft.formerOwners.ownerAt(identifierKey(deciding), at);
  const formerly = then === null ? [] : [{ until: new Date(lostAt as number), customerId: then.root }];
  const customerId = attributeInteraction({ now: owner, formerly }, occurredAt);
  return {
    customerId,
    isPresentOwner: customerId === owner,
    isNameless: then?.isNameless ?? false,
    // Nothing is written under an erased id. Of a former owner, the id that the customer had then says whether it is one.
    isErased: then === null ? erasedAt !== null && erasedAt >= at : then.erasedAt !== null,
  };
}
