-- Why identifiers are one customer: a row for each event and each customer whom it changed. `event_customer_id` is
-- whose event it was, `changes` is JSON.
create table identity_event (
  customer_id text not null,
  recorded_at integer not null,
  id text not null,
  event_customer_id text not null,
  rule text not null,
  source text not null,
  actor text,
  reason text,
  occurred_at integer not null,
  changes text not null,
  primary key (customer_id, recorded_at, id)
) without rowid, strict;

-- Events that can be told again. `event_key`, a keyed hash, recognises them then; `refused_type` is set for one that
-- was refused for a limit, `customer_id` for any that was not refused.
create table heard_event (
  event_key blob primary key,
  customer_id text,
  refused_type text
) without rowid, strict;

-- Whose an identifier was, up to and without `until`.
create table former_owner (
  id_key text not null,
  until integer not null,
  customer_id text not null,
  primary key (id_key, until)
) without rowid, strict;

-- What a person took from a customer: evidence that is not newer does not bring it back.
create table separation (
  id_key text not null,
  customer_id text not null,
  separated_at integer not null,
  primary key (id_key, customer_id)
) without rowid, strict;
create index separation_time on separation (separated_at);

-- Kept under the id the customer had when it was written, so that a merge rewrites nothing.
create table interaction (
  customer_id text not null,
  occurred_at integer not null,
  id text not null,
  type text not null,
  touchpoint text,
  page_url text,
  properties text not null,
  recorded_at integer not null,
  primary key (customer_id, occurred_at, id)
) without rowid, strict;
create unique index interaction_id on interaction (customer_id, id);

-- Keyed hashes of identifiers that were erased: evidence that is not newer does not bring them back.
create table suppression (
  value_hash blob primary key,
  erased_at integer not null
) without rowid, strict;
create index suppression_time on suppression (erased_at);

-- Nothing is known any more of a customer who was erased; interactions that are not newer are not kept.
alter table customer add column erased_at integer;
