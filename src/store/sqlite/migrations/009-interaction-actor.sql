-- Who sent an interaction, where that was a trusted viewer: the subject of their token. A table of its own, because the version
-- before, which may still run on this file, writes all columns of `interaction` without their names. It also deletes there:
-- the foreign key deletes here with it.
create table interaction_actor (
  customer_id text not null,
  occurred_at integer not null,
  id text not null,
  actor text not null,
  primary key (customer_id, occurred_at, id),
  foreign key (customer_id, occurred_at, id) references interaction (customer_id, occurred_at, id) on delete cascade
) without rowid, strict;
