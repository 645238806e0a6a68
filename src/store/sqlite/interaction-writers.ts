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
  const insert = database.prepare(
    `insert into interaction (${INTERACTION_COLUMNS.join(', ')}) values (${INTERACTION_COLUMNS.map(() => '?').join(', ')}) on conflict do nothing`,
  );
  const insertActor = database.prepare('insert into interaction_actor (customer_id, occurred_at, id, actor) values (?, ?, ?, ?)');
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
      const cause = [attributedBy?.type ?? null, attributedBy?.value ?? null, source];
      const key = [customerId, occurredAt.getTime(), id] as const;
      const { changes } = insert.run(...key, ...about, ...cause);
      // Of an interaction that is there already, the one who sent it first stays.
      if (changes !== 0 && typeof interaction.actor === 'string') insertActor.run(...key, interaction.actor);
    },
    'insert-interaction-mention': ({ identifier, customerId }) => mention.run(identifier.value, identifier.type, customerId),
    'forget-erased-interactions': ({ before, limit }) => forget.run(before, limit),
    'save-totals': (write) => traits.write(write),
    'see-trait-value': (write) => traits.write(write),
  };
}
