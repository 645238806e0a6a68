-- Every id that was ever a customer's. `root_id` is the customer that it is now, in one hop: itself, or the one it was merged into.
create table customer (
  id text primary key,
  root_id text not null,
  created_at integer not null,
  first_seen_at integer not null,
  last_seen_at integer not null
) without rowid, strict;
create index customer_root on customer (root_id);

-- `id_key` is `type:value`; `customer_id` is always a root.
create table identifier (
  id_key text primary key,
  type text not null,
  value text not null,
  customer_id text not null,
  linked_at integer not null,
  last_seen_at integer not null,
  source text not null
) without rowid, strict;
create index identifier_customer on identifier (customer_id, last_seen_at desc);

-- Kept under the id the customer had when it was written, so that a merge rewrites nothing.
create table attribute (
  customer_id text not null,
  name text not null,
  value text not null,
  touchpoint text,
  captured_at integer not null,
  primary key (customer_id, name)
) without rowid, strict;

create table single_use (
  id text primary key,
  expires_at integer not null
) without rowid, strict;
create index single_use_expiry on single_use (expires_at);

create table setting (
  name text primary key,
  value text not null
) without rowid, strict;
