-- Which agents confirmed who a customer is. `agent` is a keyed hash. `customer_id` is a root: a merge moves the rows.
create table confirmation (
  customer_id text not null,
  agent blob not null,
  method text not null,
  confirmed_at integer not null,
  expires_at integer not null,
  primary key (customer_id, agent)
) without rowid, strict;
create index confirmation_expiry on confirmation (expires_at);
