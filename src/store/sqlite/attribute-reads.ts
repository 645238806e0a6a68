import type { DatabaseSync } from 'node:sqlite';
import type { CustomerId } from '../../model/customer.ts';
import type { Attribute } from '../../model/ports.ts';
import { type AttributeRow, toAttributes } from '../rows.ts';
import type { ReadBounds } from './read-bounds.ts';

/** Reads of attributes, over all the ids that a customer ever had. */
export class AttributeReads {
  readonly #bounds: ReadBounds;
  readonly #attributes;

  constructor(database: DatabaseSync, bounds: ReadBounds) {
    this.#bounds = bounds;
    // An id without attributes counts as a row, with null for a name, so the limit bounds the ids too.
    this.#attributes = database.prepare(
      `select given.root_id, a.name, a.value, a.touchpoint, a.captured_at
       from json_each(?) asked join customer given on given.root_id = asked.value and given.erased_at is null
       left join attribute a on a.customer_id = given.id limit ${bounds.rows + 1}`,
    );
  }

  /** Attributes of current customers. @returns null beyond the bounds. */
  find(ids: readonly CustomerId[]): Attribute[][] | null {
    const rows = this.#attributes.all(JSON.stringify([...new Set(ids)])) as unknown as (AttributeRow | { name: null })[];
    if (rows.length > this.#bounds.rows) return null;
    return toAttributes(
      ids,
      rows.filter((row) => row.name !== null),
    );
  }
}
