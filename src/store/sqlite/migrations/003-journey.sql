-- The identifier that said whose an interaction is, and what it was read from. The value goes when it is erased.
alter table interaction add column identifier_type text;
alter table interaction add column identifier_value text;
alter table interaction add column source text;

-- What is counted of interactions as they are stored. `definition` is JSON (journey/trait-counter.ts).
create table trait_counter (
  id integer primary key,
  definition text not null unique
) strict;

-- Kept under the id the customer had when it was written, so that a merge rewrites nothing. `bucket` is a stretch of time.
create table trait_bucket (
  customer_id text not null,
  counter_id integer not null,
  bucket integer not null,
  tally text not null,
  primary key (customer_id, counter_id, bucket)
) without rowid, strict;

-- When each value of a property was seen last.
create table trait_value (
  customer_id text not null,
  counter_id integer not null,
  value text not null,
  last_at integer not null,
  primary key (customer_id, counter_id, value)
) without rowid, strict;
