-- Why identifiers are one customer: a row for each event that changed something. `event_key` is a keyed hash of
-- the event, by which a replay is recognised; `changes` is JSON.
create table identity_event (
  event_key text primary key,
  customer_id text not null,
  rule text not null,
  source text not null,
  occurred_at integer not null,
  recorded_at integer not null,
  changes text not null
) without rowid, strict;
create index identity_event_customer on identity_event (customer_id, recorded_at desc);
