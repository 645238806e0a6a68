import type { DatabaseSync } from 'node:sqlite';
import type { CustomerId } from '../../model/customer.ts';
import { type Identifier, identifierKey } from '../../model/identifier.ts';
import type { InteractionToSave } from '../../model/interaction.ts';
import type { FormerOwners } from '../plan/former-owners.ts';

/** What is looked for: an interaction, and whose it would be. */
export interface PossibleRepetition {
  readonly interaction: InteractionToSave;
  readonly deciding: Identifier;
  /** Whose it would be, a customer of today; null where nobody has its identifier. */
  readonly customerId: CustomerId | null;
  /** Whether that customer stands for former owners that are no longer known one by one. */
  readonly isNameless: boolean;
  /** Who owns the identifiers now, in their order; null for one that nobody owns. */
  readonly owners: readonly (CustomerId | null)[];
}

/** A stored interaction of the same id. */
interface StoredRow {
  /** The id under which it lies. */
  customer_id: CustomerId;
  root_id: CustomerId;
  occurred_at: number;
  type: string;
  identifier_type: string | null;
  identifier_value: string | null;
}

/** Up to so many interactions of one id are looked at one by one. Ids that programs make at random are one customer's. */
const FEW_ROWS = 16;

/**
 * Recognises interactions that are stored already. An id is its customer's, over all the ids they had: of theirs, one of
 * the same id is the same interaction. After an identifier has moved on, an interaction that is sent again looks like
 * somebody else's: under a present or former owner of one of its identifiers, it is the same when time and type are the
 * same too. What lies under an erased id is unreadable, and is no repetition.
 */
export class Repetitions {
  readonly #rows;
  readonly #count;
  readonly #alike;
  readonly #ofCustomer;
  readonly #ids;
  readonly #under;

  constructor(database: DatabaseSync) {
    const columns = 'i.customer_id, c.root_id, i.occurred_at, i.type, i.identifier_type, i.identifier_value';
    const from = 'from interaction i join customer c on c.id = i.customer_id';
    this.#rows = database.prepare(`select ${columns} ${from} where i.id = ? and c.erased_at is null limit ${FEW_ROWS + 1}`);
    this.#count = database.prepare('select count(*) as count from (select 1 from interaction where id = ? limit ?)');
    this.#alike = database.prepare(`select ${columns} ${from} where i.id = ? and i.occurred_at = ? and i.type = ? and c.erased_at is null`);
    this.#ofCustomer = database.prepare(`select ${columns} ${from} where i.id = ? and c.root_id = ? and c.erased_at is null limit 1`);
    this.#ids = database.prepare('select id from customer where root_id = ? and erased_at is null');
    this.#under = database.prepare('select occurred_at, type from interaction where id = ? and customer_id = ?');
  }

  /** @returns the customer who has the interaction already; null for one that is new. */
  holderOf(possible: PossibleRepetition, formerOwners: FormerOwners): CustomerId | null {
    const rows = this.#rows.all(possible.interaction.id) as unknown as StoredRow[];
    if (rows.length === 0) return null;
    const everybody = new Everybody(possible, formerOwners);
    if (rows.length <= FEW_ROWS) return firstHolder(possible, everybody, rows);
    return this.#holderAmongMany(possible, everybody);
  }

  /**
   * Programs that number their interactions give many customers the same ids. Either every id of everybody is looked
   * under, or every row of the interaction's id is looked at: whichever are fewer, found out as they are counted.
   */
  #holderAmongMany(possible: PossibleRepetition, everybody: Everybody): CustomerId | null {
    const { interaction, customerId, isNameless } = possible;
    const found = isNameless ? undefined : this.#holderUnderEverybody(possible, everybody);
    if (found !== undefined) return found;
    const own = customerId === null ? [] : this.#ofCustomer.all(interaction.id, customerId);
    const alike = this.#alike.all(interaction.id, interaction.occurredAt.getTime(), interaction.type);
    return firstHolder(possible, everybody, [...own, ...alike] as unknown as StoredRow[]);
  }

  /** @returns undefined as soon as more ids were looked under than there are rows of the interaction's id. */
  #holderUnderEverybody(possible: PossibleRepetition, everybody: Everybody): CustomerId | null | undefined {
    const { id } = possible.interaction;
    let bound = 4 * FEW_ROWS;
    let probes = 0;
    for (const { root, row } of this.#rowsUnder(id, everybody)) {
      if (row !== undefined && isSame(possible, root, row)) return root;
      if (++probes < bound) continue;
      bound *= 2;
      if ((this.#count.get(id, bound) as { count: number }).count < bound) return undefined;
    }
    return null;
  }

  *#rowsUnder(id: string, everybody: Everybody) {
    for (const root of everybody.roots) {
      for (const other of this.#ids.iterate(root) as Iterable<unknown> as Iterable<{ id: CustomerId }>) {
        yield { root, row: this.#under.get(id, other.id) as Pick<StoredRow, 'occurred_at' | 'type'> | undefined };
      }
    }
  }
}

/** Present and former owners of an interaction's identifiers, read only when they are asked for. */
class Everybody {
  readonly #possible: PossibleRepetition;
  readonly #formerOwners: FormerOwners;
  #roots: Set<CustomerId> | null = null;

  constructor(possible: PossibleRepetition, formerOwners: FormerOwners) {
    this.#possible = possible;
    this.#formerOwners = formerOwners;
  }

  /** Of each identifier in turn, who has it now and who had it before. */
  get roots(): ReadonlySet<CustomerId> {
    const { interaction, owners } = this.#possible;
    this.#roots ??= new Set(
      interaction.identifiers.flatMap((identifier, index) => [
        ...(owners[index] == null ? [] : [owners[index]]),
        ...this.#formerOwners.rootsOf(identifierKey(identifier)),
      ]),
    );
    return this.#roots;
  }

  /** Usually a probe: the id under which an interaction lies is mostly an owner's as it is. */
  has({ customer_id, root_id }: StoredRow): boolean {
    const { interaction, owners } = this.#possible;
    if (owners.includes(root_id)) return true;
    if (interaction.identifiers.some((identifier) => this.#formerOwners.wasOwner(identifierKey(identifier), customer_id))) return true;
    return this.roots.has(root_id);
  }
}

/** Of several, in the order of `everybody`. */
function firstHolder(possible: PossibleRepetition, everybody: Everybody, rows: readonly StoredRow[]): CustomerId | null {
  const { customerId, isNameless, deciding } = possible;
  const isTheirs = (row: StoredRow) =>
    row.root_id === customerId ||
    everybody.has(row) ||
    // Who had the identifier then is no longer known, but the row says which one it was stored by.
    (isNameless && row.identifier_type === deciding.type && row.identifier_value === deciding.value);
  const holders = new Set(rows.filter((row) => isSame(possible, row.root_id, row) && isTheirs(row)).map(({ root_id }) => root_id));
  if (holders.size <= 1) return [...holders][0] ?? null;
  return [...everybody.roots].find((root) => holders.has(root)) ?? ([...holders][0] as CustomerId);
}

function isSame({ interaction, customerId }: PossibleRepetition, root: CustomerId, row: Pick<StoredRow, 'occurred_at' | 'type'>): boolean {
  return root === customerId || (row.occurred_at === interaction.occurredAt.getTime() && row.type === interaction.type);
}
