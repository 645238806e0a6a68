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
drop index interaction_identifier;

-- How far the interactions under `customer_id` have been looked through for `id_key`.
alter table purge add column after_occurred_at integer;
alter table purge add column after_id text;
