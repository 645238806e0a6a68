import type { DatabaseSync } from 'node:sqlite';
import type { InteractionWrite, TraitWrite } from '../plan/writes.ts';
import { INTERACTION_COLUMNS } from '../rows.ts';
import { LIMIT } from './read-bounds.ts';
import { TraitRows } from './trait-rows.ts';

type Writers = {
  readonly [Kind in (InteractionWrite | TraitWrite)['kind']]: (write: Extract<InteractionWrite | TraitWrite, { kind: Kind }>) => void;
};

/** @returns what each kind of write about interactions does (apply-writes.ts). */
export function interactionWriters(database: DatabaseSync): Writers {
  // Columns are named, so that a process of this version goes on writing when a newer one has added a column.
  const insert = database.prepare(
    `insert into interaction (${INTERACTION_COLUMNS.join(', ')}) values (${INTERACTION_COLUMNS.map(() => '?').join(', ')}) on conflict do nothing`,
  );
  const mention = database.prepare(
    'insert or ignore into interaction_mention (identifier_value, identifier_type, customer_id) values (?, ?, ?)',
  );
  const forget = database.prepare(
    `delete from erased_interaction where interaction_key in
       (select interaction_key from erased_interaction where deleted_at < ? order by deleted_at ${LIMIT})`,
  );
  const traits = new TraitRows(database);
  return {
    'insert-interaction': ({ customerId, interaction, attributedBy, source, recordedAt }) => {
      const { id, type, occurredAt, touchpoint, pageUrl, properties } = interaction;
      const about = [type, touchpoint, pageUrl, JSON.stringify(properties), recordedAt];
      const cause = [attributedBy?.type ?? null, attributedBy?.value ?? null, source, interaction.actor ?? null];
      insert.run(customerId, occurredAt.getTime(), id, ...about, ...cause);
    },
    'insert-interaction-mention': ({ identifier, customerId }) => mention.run(identifier.value, identifier.type, customerId),
    'forget-erased-interactions': ({ before, limit }) => forget.run(before, limit),
    'save-totals': (write) => traits.write(write),
    'see-trait-value': (write) => traits.write(write),
  };
}
