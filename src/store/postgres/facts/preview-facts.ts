import type { CustomerId } from '../../../model/customer.ts';
import type { PreviewFacts } from '../../plan/preview-change.ts';
import type { Gathering } from '../gathering.ts';
import type { Locks } from '../locks.ts';
import { IdentityFacts } from './identity-facts.ts';
import { interactionCountLookup } from './interaction-lookups.ts';

/** Answers what previews ask. */
export class PostgresPreviewFacts extends IdentityFacts implements PreviewFacts {
  readonly #counts: Gathering;

  /** @param locks null: a preview writes nothing. @param secret the store's own, for keyed hashes. */
  constructor(gathering: Gathering, locks: Locks | null, secret: string, isCluster: boolean) {
    super(gathering, locks, secret, isCluster);
    this.#counts = gathering;
  }

  countInteractionsOf(root: CustomerId): number {
    return this.ownIds(root).reduce((count, id) => count + this.countInteractionsUnder(id), 0);
  }

  countInteractionsUnder(id: CustomerId): number {
    const count = this.#counts.ask(interactionCountLookup, id);
    const row = this.customer(id);
    return row === undefined || row.erasedAt !== null ? 0 : count;
  }
}
