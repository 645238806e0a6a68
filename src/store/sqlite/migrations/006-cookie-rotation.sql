-- Issued cookies that were replaced. `customer_id` is whose it was, as an id that may be an alias by now; `proof` is a
-- keyed hash. After its owner's erasure `id_key` is a keyed hash, too, so that late records don't become the successor's
-- owner's. After the erasure of the successor's owner `successor_key` is null.
create table retired_cookie (
  id_key text primary key,
  successor_key text,
  proof text,
  retired_at integer not null,
  customer_id text not null
) without rowid, strict;
create index retired_cookie_successor on retired_cookie (successor_key);
create index retired_cookie_time on retired_cookie (retired_at);
create index retired_cookie_customer on retired_cookie (customer_id, retired_at);
