import type { CustomerId } from '../../../model/customer.ts';
import type { Attribute } from '../../../model/ports.ts';
import { type AttributeRow, toAttributes } from '../../rows.ts';
import { askable, type Connection, prepared } from '../statement.ts';
import { ownIdsOf } from './own-ids.ts';
import { readInParts } from './read-in-parts.ts';

const ATTRIBUTES = prepared('select customer_id, name, value, touchpoint, captured_at from attribute where customer_id = any($1) limit $2');

interface StoredRow extends Omit<AttributeRow, 'root_id'> {
  readonly customer_id: CustomerId;
}

/** Reads of attributes, over all the ids that a customer ever had. */
export class AttributeReads {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** One round trip where no customer has an alias. */
  async find(ids: readonly CustomerId[]): Promise<Attribute[][]> {
    const asked = [...new Set(ids)];
    const [own, first] = await Promise.all([ownIdsOf(this.#connection, asked), this.#under(asked)]);
    const others = new Set([...own.values()].flatMap((each) => each.own.filter(({ isErased }) => !isErased).map(({ id }) => id)));
    for (const id of asked) others.delete(id);
    const rows = Map.groupBy([...first, ...(await this.#under([...others]))], ({ customer_id }) => customer_id);
    const ofCustomers = asked.flatMap((id) =>
      (own.get(id)?.own ?? []).flatMap((each) =>
        each.isErased ? [] : (rows.get(each.id) ?? []).map((row): AttributeRow => ({ ...row, root_id: id })),
      ),
    );
    return toAttributes(ids, ofCustomers);
  }

  /** What one id has is bounded (`MAX_ATTRIBUTE_NAMES`). */
  #under(ids: readonly CustomerId[]): Promise<readonly StoredRow[]> {
    return readInParts(
      askable(ids),
      async (some, limit) => (await this.#connection.run({ prepared: ATTRIBUTES, values: [some, limit] })).rows as unknown as StoredRow[],
    );
  }
}
