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

-- Under which customers' ids interactions lie that an identifier decided: erasing it looks through those. A row for each
-- pair; an index of all interactions by identifier costs a fifth of the processor time of storing them.
create table interaction_mention (
  identifier_value text not null,
  identifier_type text not null,
  customer_id text not null,
  primary key (identifier_value, identifier_type, customer_id)
) without rowid, strict;
create index interaction_mention_customer on interaction_mention (customer_id);
insert or ignore into interaction_mention
  select identifier_value, identifier_type, customer_id from interaction
  where identifier_value is not null and identifier_type is not null;

-- Every read asks for the ids of a customer that are not erased: the index alone tells.
drop index customer_root;
create index customer_root on customer (root_id, erased_at);

-- The events that stay readable under an id that was erased.
create index identity_event_erasure on identity_event (customer_id, recorded_at, id) where rule = 'ERASE';

-- What erasures have still to delete, in this order: everything under `customer_id`, or, where `id_key` is set, only that
-- identifier's value in what lies there. `erasure` names the erasure that ordered it. `after_occurred_at` and `after_id`
-- say how far the interactions under `customer_id` have been looked through for `id_key`.
create table purge (
  seq integer primary key,
  erasure text not null,
  customer_id text not null,
  id_key text,
  after_occurred_at integer,
  after_id text
) strict;
-- What is still to be deleted as a whole, by customer.
create index purge_customer on purge (customer_id) where id_key is null;
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

-- Several customers may lose an identifier in the same millisecond, when events come late or carry whole seconds:
-- `ordinal` counts them. The first had it until then; the others are kept because their interactions and their erasure
-- are found by it.
create table former_owner_ordered (
  id_key text not null,
  until integer not null,
  ordinal integer not null default 0,
  customer_id text not null,
  is_nameless integer not null default 0,
  primary key (id_key, until, ordinal)
) without rowid, strict;
insert into former_owner_ordered (id_key, until, customer_id, is_nameless)
  select id_key, until, customer_id, is_nameless from former_owner;
drop table former_owner;
alter table former_owner_ordered rename to former_owner;
create index former_owner_customer on former_owner (customer_id, id_key);

-- Customers for whom the nameless row of an identifier stands, so that the erasure of one of them is known to it.
create table nameless_owner (
  customer_id text not null,
  id_key text not null,
  primary key (customer_id, id_key)
) without rowid, strict;
create index nameless_owner_key on nameless_owner (id_key);

-- Interactions that were deleted by an erasure, as a keyed hash of the interaction's id and the identifier that decided
-- whose it was: sent again, each is recognised and refused. Forgotten some time later (store/plan/interaction-draft.ts).
create table erased_interaction (
  interaction_key blob primary key,
  deleted_at integer not null
) without rowid, strict;
create index erased_interaction_time on erased_interaction (deleted_at);
