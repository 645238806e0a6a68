import type { DatabaseSync } from 'node:sqlite';
import type { CustomerId } from '../../model/customer.ts';
import type { PreviewFacts } from '../plan/preview-change.ts';
import { SqliteFacts } from './facts.ts';
import { IdentityReads } from './identity-reads.ts';

const COUNT = 'select count(*) as count from customer c join interaction i on i.customer_id = c.id where c.erased_at is null and';

/** Answers what previews ask. To be asked inside one transaction, which only reads. */
export class SqlitePreviewFacts extends SqliteFacts implements PreviewFacts {
  readonly #ofRoot;
  readonly #underId;

  constructor(database: DatabaseSync) {
    super(database, new IdentityReads(database));
    this.#ofRoot = database.prepare(`${COUNT} c.root_id = ?`);
    this.#underId = database.prepare(`${COUNT} c.id = ?`);
  }

  countInteractionsOf(root: CustomerId): number {
    return (this.#ofRoot.get(root) as { count: number }).count;
  }

  countInteractionsUnder(id: CustomerId): number {
    return (this.#underId.get(id) as { count: number }).count;
  }
}
