import type { Totals } from '../../../journey/trait-counter.ts';
import type { CustomerId } from '../../../model/customer.ts';
import { identifierKey } from '../../../model/identifier.ts';
import type { InteractionToSave } from '../../../model/interaction.ts';
import type { StoredCounter, TotalsKey } from '../../plan/count-traits.ts';
import type { Alike, InteractionFacts, KnownInteraction, PossiblyErased } from '../../plan/interaction-facts.ts';
import type { Gathering } from '../gathering.ts';
import type { IdentityFacts } from './identity-facts.ts';
import {
  countersLookup,
  erasedInteractionLookup,
  FEW_IDS,
  FEW_ROWS,
  fewAliasesLookup,
  type InteractionKey,
  interactionBeingErasedLookup,
  interactionsOfIdLookup,
  interactionUnderLookup,
  sameTimeLookup,
  totalsLookup,
  underKey,
} from './interaction-lookups.ts';

/** Answers what plans ask about interactions from what was gathered (`IdentityFacts`). */
export class PostgresInteractionFacts implements InteractionFacts {
  readonly #gathering: Gathering;
  readonly #identity: IdentityFacts;

  constructor(gathering: Gathering, identity: IdentityFacts) {
    this.#gathering = gathering;
    this.#identity = identity;
  }

  /** Asks for what saving interactions nearly always asks (`IdentityFacts.expect`). */
  expect(interactions: readonly Pick<InteractionToSave, 'id' | 'identifiers' | 'customer'>[]): void {
    for (const { id, identifiers, customer } of interactions) {
      if (customer !== undefined) continue;
      this.#identity.expect(identifiers);
      const keys = identifiers.map(identifierKey);
      const owners = this.#identity.ownersOf(keys);
      for (const key of keys) if (owners.has(key)) this.#identity.fewFormerOwnersOf(key);
      for (const owner of new Set(owners.values())) {
        this.#gathering.ask(fewAliasesLookup, owner);
        this.#gathering.ask(interactionUnderLookup, underKey(owner, id));
      }
    }
    this.#gathering.ask(countersLookup, '');
  }

  /** An interaction lies by its customer. */
  interactionsOf(): null {
    return null;
  }

  /**
   * Under the ids of the customers, which are mostly one or two. Where they are many, all rows of the interaction id are looked
   * at, so that a write costs the same whatever its customer has. Only where those are many, too, is it more.
   */
  interactionsAlike({ id, occurredAt, type, own, customers }: Alike): readonly KnownInteraction[] {
    const few = customers === null ? null : this.#fewIdsOf([...new Set([...own, ...customers])]);
    if (few !== null) return few.flatMap((under) => this.#under(id, under));
    const rows = this.#gathering.ask(interactionsOfIdLookup, id);
    if (rows.length <= FEW_ROWS) return this.#ofToday(rows);
    const ofOwn = own.flatMap((root) => this.#identity.ownIds(root)).flatMap((under) => this.#under(id, under));
    return [...ofOwn, ...this.#ofToday(this.#gathering.ask(sameTimeLookup, JSON.stringify([id, occurredAt, type])))];
  }

  hasInteraction(id: string, customerId: CustomerId): boolean {
    return this.#gathering.ask(interactionUnderLookup, underKey(customerId, id)) !== null;
  }

  /** On a cluster perhaps: `isInteractionErased` answers exactly. */
  erasedInteractions(): { readonly isAnyRemembered: boolean; readonly isAnyBeingDeleted: boolean } {
    const { isAnyInteractionErased = true, isAnyBeingDeleted = true } = this.#identity.newest ?? {};
    return { isAnyRemembered: isAnyInteractionErased, isAnyBeingDeleted };
  }

  isInteractionErased({ id, attributedBy: { type, value }, hash, since }: PossiblyErased): boolean {
    const parts = [hash.toString('base64'), since] as const;
    const { isErased, isAnyBeingDeleted } = this.#gathering.ask(erasedInteractionLookup, JSON.stringify(parts));
    if (isErased || !isAnyBeingDeleted) return isErased;
    return this.#gathering.ask(interactionBeingErasedLookup, JSON.stringify([...parts, id, type, value]));
  }

  counters(): ReadonlyMap<string, readonly StoredCounter[]> {
    return Map.groupBy(this.#gathering.ask(countersLookup, ''), ({ counter }) => counter.of);
  }

  storedTotals({ customerId, counterId, bucket }: TotalsKey): Totals | null {
    return this.#gathering.ask(totalsLookup, JSON.stringify([customerId, counterId, bucket]));
  }

  /** @returns all ids of the customers; null where they are many. */
  #fewIdsOf(roots: readonly CustomerId[]): CustomerId[] | null {
    const ids: CustomerId[] = [];
    for (const root of roots) {
      const aliases = this.#gathering.ask(fewAliasesLookup, root);
      ids.push(root, ...aliases.filter(({ erasedAt }) => erasedAt === null).map((alias) => alias.id));
      if (ids.length > FEW_IDS || aliases.length > FEW_IDS) return null;
    }
    return ids;
  }

  #under(id: string, customerId: CustomerId): KnownInteraction[] {
    const row = this.#gathering.ask(interactionUnderLookup, underKey(customerId, id));
    return row === null ? [] : this.#ofToday([row]);
  }

  /** What lies under an erased id is unreadable. */
  #ofToday(rows: readonly InteractionKey[]): KnownInteraction[] {
    return rows.flatMap((row) => {
      const customer = this.#identity.customer(row.customerId);
      return customer === undefined || customer.erasedAt !== null ? [] : [{ ...row, root: customer.root }];
    });
  }
}
