import type { DatabaseSync } from 'node:sqlite';
import type { Totals } from '../../journey/trait-counter.ts';
import type { CustomerId } from '../../model/customer.ts';
import type { StoredCounter, TotalsKey } from '../plan/count-traits.ts';
import type { Alike, InteractionFacts, KnownInteraction, PossiblyErased } from '../plan/interaction-facts.ts';
import { LIMIT } from './read-bounds.ts';
import { TraitRows } from './trait-rows.ts';

const COLUMNS = `i.customer_id as customerId, i.occurred_at as occurredAt, i.type,
  i.identifier_type || ':' || i.identifier_value as attributedBy`;
const ROWS = `select ${COLUMNS}, c.root_id as root from interaction i join customer c on c.id = i.customer_id where c.erased_at is null`;
/** Ids that are looked under before the rows of the interaction id are counted for the first time. */
const FIRST_PROBES = 64;

/** Answers what plans ask about interactions, with statements that are prepared once. To be asked inside the plan's transaction. */
export class SqliteInteractionFacts implements InteractionFacts {
  readonly #traits: TraitRows;
  readonly #statements;

  constructor(database: DatabaseSync) {
    this.#traits = new TraitRows(database);
    const prepare = (sql: string) => database.prepare(sql);
    this.#statements = {
      ofId: prepare(`${ROWS} and i.id = ? ${LIMIT}`),
      ofCustomer: prepare(`${ROWS} and i.id = ? and c.root_id = ? limit 1`),
      sameTimeAndType: prepare(`${ROWS} and i.id = ? and i.occurred_at = ? and i.type = ?`),
      under: prepare(`select ${COLUMNS} from interaction i where i.id = ? and i.customer_id = ?`),
      idsOf: prepare('select id from customer where root_id = ? and erased_at is null'),
      count: prepare(`select count(*) as count from (select 1 from interaction where id = ? ${LIMIT})`),
      erased: prepare(
        `select exists (select 1 from erased_interaction) as isAnyRemembered,
           exists (select 1 from purge where id_key is null) as isAnyBeingDeleted`,
      ),
      isErased: prepare('select 1 from erased_interaction where interaction_key = ? and deleted_at >= ?'),
      // Customers who are being deleted are few, and rows of one id may be many: a cross join probes by customer.
      isBeingErased: prepare(
        `select 1 from purge p cross join interaction i on i.id = ?1 and i.customer_id = p.customer_id
         where p.id_key is null and i.identifier_type = ?2 and i.identifier_value = ?3 limit 1`,
      ),
    };
  }

  interactionsOf(id: string, limit: number): readonly KnownInteraction[] {
    return this.#statements.ofId.all(id, limit) as unknown as KnownInteraction[];
  }

  interactionsAlike(alike: Alike): readonly KnownInteraction[] {
    const { id, occurredAt, type, own, customers } = alike;
    const found = customers === null ? null : this.#firstAmong(alike, customers);
    if (found !== null) return found;
    const ofOwn = own.flatMap((root) => this.#statements.ofCustomer.all(id, root));
    return [...ofOwn, ...this.#statements.sameTimeAndType.all(id, occurredAt, type)] as unknown as KnownInteraction[];
  }

  hasInteraction(id: string, customerId: CustomerId): boolean {
    return this.#statements.under.get(id, customerId) !== undefined;
  }

  erasedInteractions(): { readonly isAnyRemembered: boolean; readonly isAnyBeingDeleted: boolean } {
    const { isAnyRemembered, isAnyBeingDeleted } = this.#statements.erased.get() as { isAnyRemembered: 0 | 1; isAnyBeingDeleted: 0 | 1 };
    return { isAnyRemembered: isAnyRemembered === 1, isAnyBeingDeleted: isAnyBeingDeleted === 1 };
  }

  isInteractionErased({ id, attributedBy: { type, value }, hash, since }: PossiblyErased): boolean {
    return this.#statements.isErased.get(hash, since) !== undefined || this.#statements.isBeingErased.get(id, type, value) !== undefined;
  }

  counters(): ReadonlyMap<string, readonly StoredCounter[]> {
    return this.#traits.counters();
  }

  storedTotals(key: TotalsKey): Totals | null {
    return this.#traits.storedTotals(key);
  }

  /**
   * Looks under the ids of the customers, one after the other. The rows of the interaction id are counted again whenever
   * the number of probes has doubled.
   * @returns null as soon as more ids were looked under than there are rows of the interaction id.
   */
  #firstAmong({ id, occurredAt, type, own }: Alike, customers: readonly CustomerId[]): readonly KnownInteraction[] | null {
    let bound = FIRST_PROBES;
    let probes = 0;
    for (const root of customers) {
      for (const { id: under } of this.#statements.idsOf.iterate(root)) {
        const row = this.#statements.under.get(id, under as string) as Omit<KnownInteraction, 'root'> | undefined;
        if (row !== undefined && (own.includes(root) || (row.occurredAt === occurredAt && row.type === type))) return [{ ...row, root }];
        if (++probes < bound) continue;
        bound *= 2;
        if ((this.#statements.count.get(id, bound) as { count: number }).count < bound) return null;
      }
    }
    return [];
  }
}
