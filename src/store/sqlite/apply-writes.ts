import type { DatabaseSync } from 'node:sqlite';
import { MAX_ATTRIBUTE_NAMES } from '../../model/attribute-bounds.ts';
import { identifierKey, identifierOf } from '../../model/identifier.ts';
import type { StoreWrite } from '../plan/writes.ts';
import { confirmationWriters } from './confirmation-rows.ts';
import { interactionWriters } from './interaction-writers.ts';
import { offerWriters } from './offer-writers.ts';
import { LIMIT } from './read-bounds.ts';

/** What each kind of write does. */
type Writers = { readonly [Kind in StoreWrite['kind']]: (write: Extract<StoreWrite, { kind: Kind }>) => void };

/** @returns what applies the writes of a plan in their order, to be called inside the plan's transaction. */
export function writesApplier(database: DatabaseSync): (writes: readonly StoreWrite[]) => void {
  const writers: Writers = {
    ...customerWriters(database),
    ...identifierWriters(database),
    ...formerOwnerWriters(database),
    ...retiredCookieWriters(database),
    ...historyWriters(database),
    ...confirmationWriters(database),
    ...erasureWriters(database),
    ...interactionWriters(database),
    ...offerWriters(database),
  };
  return (writes) => {
    for (const write of writes) (writers[write.kind] as (write: StoreWrite) => void)(write);
  };
}

function customerWriters(database: DatabaseSync) {
  const insert = database.prepare(
    `insert into customer (id, root_id, created_at, first_seen_at, last_seen_at, erased_at) values (?1, ?2, ?3, ?4, ?4, ?5)
     on conflict do nothing`,
  );
  const moveAliases = database.prepare('update customer set root_id = ?2 where root_id = ?1');
  const setRoot = database.prepare('update customer set root_id = ?2 where id = ?1');
  const see = database.prepare(
    'update customer set first_seen_at = min(first_seen_at, ?2), last_seen_at = max(last_seen_at, ?3) where id = ?1',
  );
  const mergedByPerson = database.prepare('update customer set person_merged_at = max(coalesce(person_merged_at, 0), ?2) where id = ?1');
  const saveAttribute = database.prepare(
    `insert into attribute (customer_id, name, value, touchpoint, captured_at)
     select ?1, ?2, ?3, ?4, ?5
     where exists (select 1 from attribute where customer_id = ?1 and name = ?2)
       or (select count(*) from attribute where customer_id = ?1) < ${MAX_ATTRIBUTE_NAMES}
     on conflict do update set value = excluded.value, touchpoint = excluded.touchpoint, captured_at = excluded.captured_at
     where excluded.captured_at >= captured_at`,
  );
  return {
    'insert-customer': ({ id, root, createdAt, seenAt, erasedAt }) => insert.run(id, root, createdAt, seenAt, erasedAt),
    'move-aliases': ({ from, to }) => moveAliases.run(from, to),
    'set-root': ({ id, root }) => setRoot.run(id, root),
    'see-customer': ({ id, first, last, mergedByPersonAt }) => {
      see.run(id, first, last);
      if (mergedByPersonAt !== null) mergedByPerson.run(id, mergedByPersonAt);
    },
    'save-attribute': ({ customerId, name, value, touchpoint, capturedAt }) =>
      saveAttribute.run(customerId, name, JSON.stringify(value), touchpoint, capturedAt),
  } satisfies Partial<Writers>;
}

function identifierWriters(database: DatabaseSync) {
  const insert = database.prepare(
    'insert into identifier (id_key, type, value, customer_id, linked_at, last_seen_at, source) values (?, ?, ?, ?, ?, ?, ?)',
  );
  const moveAll = database.prepare('update identifier set customer_id = ?2 where customer_id = ?1');
  const move = database.prepare('update identifier set customer_id = ?2, linked_at = ?3, source = ?4 where id_key = ?1');
  const rename = database.prepare('update identifier set id_key = ?2, value = ?3, linked_at = ?4, source = ?5 where id_key = ?1');
  const see = database.prepare('update identifier set last_seen_at = max(last_seen_at, ?2) where id_key = ?1');
  const remove = database.prepare('delete from identifier where id_key = ?');
  const separate = database.prepare(
    `insert into separation (id_key, customer_id, separated_at) values (?, ?, ?)
     on conflict do update set separated_at = max(separated_at, excluded.separated_at)`,
  );
  return {
    'insert-identifier': ({ identifier, customerId, linkedAt, seenAt, source }) =>
      insert.run(identifierKey(identifier), identifier.type, identifier.value, customerId, linkedAt, seenAt, source),
    'move-identifiers': ({ from, to }) => moveAll.run(from, to),
    'move-identifier': ({ key, customerId, linkedAt, source }) => move.run(key, customerId, linkedAt, source),
    'rename-identifier': ({ key, identifier, linkedAt, source }) =>
      rename.run(key, identifierKey(identifier), identifier.value, linkedAt, source),
    'see-identifier': ({ key, at }) => see.run(key, at),
    'delete-identifier': ({ key }) => remove.run(key),
    'insert-separation': ({ key, customerId, at }) => separate.run(key, customerId, at),
  } satisfies Partial<Writers>;
}

function formerOwnerWriters(database: DatabaseSync) {
  const insert = database.prepare(
    `insert into former_owner (id_key, until, ordinal, customer_id)
     select ?1, ?2, (select coalesce(max(ordinal) + 1, 0) from former_owner where id_key = ?1 and until = ?2), ?3
     where not exists (select 1 from former_owner where customer_id = ?3 and id_key = ?1 and until = ?2)`,
  );
  const deleteUpTo = database.prepare('delete from former_owner where id_key = ? and (until, ordinal) <= (?, ?)');
  const insertNameless = database.prepare(
    'insert into former_owner (id_key, until, ordinal, customer_id, is_nameless) values (?, ?, ?, ?, 1)',
  );
  const insertMember = database.prepare('insert or ignore into nameless_owner (customer_id, id_key) values (?, ?)');
  const rename = database.prepare('update former_owner set customer_id = ?4 where id_key = ?1 and until = ?2 and ordinal = ?3');
  const deleteMember = database.prepare('delete from nameless_owner where customer_id = ? and id_key = ?');
  return {
    'insert-former-owner': ({ key, until, customerId }) => insert.run(key, until, customerId),
    'collapse-former-owners': ({ key, until, ordinal, nameless, members }) => {
      deleteUpTo.run(key, until, ordinal);
      insertNameless.run(key, until, ordinal, nameless);
      for (const member of members) insertMember.run(member, key);
    },
    'rename-former-owner': ({ key, until, ordinal, customerId }) => rename.run(key, until, ordinal, customerId),
    'delete-nameless-member': ({ key, customerId }) => deleteMember.run(customerId, key),
  } satisfies Partial<Writers>;
}

function retiredCookieWriters(database: DatabaseSync) {
  const insert = database.prepare(
    'insert into retired_cookie (id_key, successor_key, proof, retired_at, customer_id) values (?, ?, ?, ?, ?)',
  );
  const remove = database.prepare('delete from retired_cookie where id_key = ?');
  // The value may have come back after an erasure, and be erased again: its row then replaces the earlier one.
  const anonymise = database.prepare('update or replace retired_cookie set id_key = ?2, proof = null where id_key = ?1');
  const forgetSuccessor = database.prepare('update retired_cookie set successor_key = null where successor_key = ?');
  return {
    'insert-retired-cookie': ({ key, successorKey, proof, retiredAt, customerId }) =>
      insert.run(key, successorKey, proof, retiredAt, customerId),
    'delete-retired-cookie': ({ key }) => remove.run(key),
    'erase-retired-cookie': ({ key, hash }) => {
      anonymise.run(key, `erased:${hash.toString('base64url')}`);
      forgetSuccessor.run(key);
    },
  } satisfies Partial<Writers>;
}

function historyWriters(database: DatabaseSync) {
  const insert = database.prepare(
    `insert into identity_event
       (customer_id, recorded_at, id, event_customer_id, rule, source, actor, reason, occurred_at, changes)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertMention = database.prepare(
    'insert or ignore into identity_mention (id_key, customer_id, recorded_at, event_id) values (?, ?, ?, ?)',
  );
  const remember = database.prepare('insert into heard_event (event_key, customer_id, refused_type, heard_at) values (?, ?, ?, ?)');
  const forget = database.prepare(
    `delete from heard_event where event_key in (select event_key from heard_event where heard_at < ? order by heard_at ${LIMIT})`,
  );
  return {
    'insert-identity-event': ({ id, changed, recordedAt, customerId, rule, source, actor, reason, occurredAt, changes, mentions }) => {
      insert.run(changed, recordedAt, id, customerId, rule, source, actor, reason, occurredAt, changes);
      for (const key of mentions) insertMention.run(key, changed, recordedAt, id);
    },
    'insert-remembered-event': ({ hash, customerId, refusedType, at }) => remember.run(hash, customerId, refusedType, at),
    'forget-remembered-events': ({ before, limit }) => forget.run(before, limit),
  } satisfies Partial<Writers>;
}

function erasureWriters(database: DatabaseSync) {
  const suppress = database.prepare(
    `insert into suppression (value_hash, erased_at) values (?, ?)
     on conflict do update set erased_at = max(erased_at, excluded.erased_at)`,
  );
  const eraseIdentifier = ['identifier', 'former_owner', 'nameless_owner', 'separation'].map((table) =>
    database.prepare(`delete from ${table} where id_key = ?`),
  );
  const eraseCustomer = database.prepare(
    'update customer set erased_at = ?2, first_seen_at = created_at, last_seen_at = created_at where root_id = ?1',
  );
  const purgeCustomer = database.prepare('insert into purge (erasure, customer_id) select ?1, id from customer where root_id = ?2');
  // Each customer once, by index probes: a history with many mentions costs no more than one with a few. Who gets the
  // identifier after the erasure is not among them, so what is new keeps its value.
  const customersIn = (name: string, from: string) =>
    `${name} (id) as (select min(customer_id) from ${from}
       union all select (select min(customer_id) from ${from} and customer_id > ${name}.id) from ${name} where ${name}.id is not null)`;
  const purgeIdentifier = database.prepare(
    `with recursive ${customersIn('mentioning', 'identity_mention where id_key = ?2')},
       interacting (id) as (select customer_id from interaction_mention where identifier_value = ?4 and identifier_type = ?3)
     insert into purge (erasure, customer_id, id_key)
     select ?1, named.id, ?2 from (select id from mentioning union select id from interacting) named
     left join customer c on c.id = named.id where named.id is not null and c.root_id is not ?5`,
  );
  return {
    suppress: ({ hash, at }) => suppress.run(hash, at),
    'erase-identifier': ({ key }) => {
      for (const statement of eraseIdentifier) statement.run(key);
    },
    'erase-customer': ({ root, at }) => eraseCustomer.run(root, at),
    'purge-customer': ({ erasure, root }) => purgeCustomer.run(erasure, root),
    'purge-identifier': ({ erasure, key, except }) => {
      const { type, value } = identifierOf(key);
      purgeIdentifier.run(erasure, key, type, value, except);
    },
  } satisfies Partial<Writers>;
}
