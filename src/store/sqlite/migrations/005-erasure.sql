-- Which identity events name which identifier, so that erasing one rewrites those events only. A row for each row of
-- `identity_event` and each identifier in its `changes` that is not erased.
create table identity_mention (
  id_key text not null,
  customer_id text not null,
  recorded_at integer not null,
  event_id text not null,
  primary key (id_key, customer_id, recorded_at, event_id)
) without rowid, strict;
insert or ignore into identity_mention
  select (t.value ->> '$.type') || ':' || (t.value ->> '$.value'), e.customer_id, e.recorded_at, e.id
  from identity_event e, json_tree(e.changes) t
  where t.type = 'object' and json_type(t.value, '$.type') = 'text' and json_type(t.value, '$.value') = 'text'
    and t.value ->> '$.value' <> '(erased)';

-- Interactions by the identifier that decided whose they are.
create index interaction_identifier on interaction (identifier_value, identifier_type) where identifier_value is not null;

-- Every read asks for the ids of a customer that are not erased: the index alone tells.
drop index customer_root;
create index customer_root on customer (root_id, erased_at);

-- The events that stay readable under an id that was erased.
create index identity_event_erasure on identity_event (customer_id, recorded_at, id) where rule = 'ERASE';

-- What erasures have still to delete, in this order: everything under `customer_id`, or, where `id_key` is set, only that
-- identifier's value in what lies there. `erasure` names the erasure that ordered it.
create table purge (
  seq integer primary key,
  erasure text not null,
  customer_id text not null,
  id_key text
) strict;
create index purge_erasure on purge (erasure);
create index purge_key on purge (id_key, customer_id) where id_key is not null;

-- Counters that do not count everything yet: they include the stored interactions up to this one, in the order of the
-- primary key of `interaction`. No row for a counter that includes all.
create table trait_recount (
  counter_id integer primary key,
  customer_id text not null,
  occurred_at integer not null,
  id text not null
) strict;

-- Former counters whose tallies (`trait_bucket`) or values (`trait_value`) are still to be deleted: those of customers
-- after `customer_id`.
create table trait_dropped (
  counter_id integer primary key,
  kind text not null,
  customer_id text not null
) strict;
