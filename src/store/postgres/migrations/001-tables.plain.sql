-- Of plain PostgreSQL: partitions keep each index small and let vacuum work on several at once.
create table interaction (
  customer_id text collate "C" not null,
  occurred_at bigint not null,
  id text collate "C" not null,
  type text not null,
  touchpoint text,
  page_url text,
  properties text not null,
  recorded_at bigint not null,
  identifier_type text,
  identifier_value text,
  source text,
  actor text,
  primary key (customer_id, occurred_at, id)
) partition by hash (customer_id);
create table interaction_0 partition of interaction for values with (modulus 8, remainder 0);
create table interaction_1 partition of interaction for values with (modulus 8, remainder 1);
create table interaction_2 partition of interaction for values with (modulus 8, remainder 2);
create table interaction_3 partition of interaction for values with (modulus 8, remainder 3);
create table interaction_4 partition of interaction for values with (modulus 8, remainder 4);
create table interaction_5 partition of interaction for values with (modulus 8, remainder 5);
create table interaction_6 partition of interaction for values with (modulus 8, remainder 6);
create table interaction_7 partition of interaction for values with (modulus 8, remainder 7);
-- By an interaction's id alone, too: where a customer has many ids, there are fewer rows of it than ids to look under.
create unique index interaction_id on interaction (id, customer_id);
