-- Why identifiers are one customer. A row for each event that changed something, and for each that can be told again:
-- `event_key`, a keyed hash, recognises it then. `customer_id` is null for a refused event, `changes` (JSON) where
-- nothing changed.
create table identity_event (
  event_key text primary key,
  customer_id text,
  rule text not null,
  source text not null,
  actor text,
  reason text,
  occurred_at integer not null,
  recorded_at integer not null,
  changes text
) without rowid, strict;

-- Whom an event changed.
create table identity_event_customer (
  customer_id text not null,
  recorded_at integer not null,
  event_key text not null,
  primary key (customer_id, recorded_at, event_key)
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
