-- By its id an interaction is found in one probe, whoever's it is.
drop index interaction_id;
create unique index interaction_id on interaction (id, customer_id);

-- `is_nameless` is 1 for the row that stands for all owners of an identifier beyond the newest 1,000: its customer is
-- nobody in particular (store/plan/former-owners.ts).
alter table former_owner add column is_nameless integer not null default 0;
-- Whether a customer was a former owner of an identifier is one probe.
create index former_owner_customer on former_owner (customer_id, id_key);

-- When a person last merged customers into this one: evidence that is not newer evicts none of their identifiers.
alter table customer add column person_merged_at integer;
update customer set person_merged_at = merges.at
from (
  select c.root_id as root_id, max(e.occurred_at) as at
  from identity_event e join customer c on c.id = e.customer_id where e.rule = 'MERGE' group by c.root_id
) as merges
where customer.id = merges.root_id;

-- When the event was recorded, in milliseconds: it is forgotten some time later (store/plan/identity-history.ts).
alter table heard_event add column heard_at integer not null default 0;
update heard_event set heard_at = cast(unixepoch('subsec') * 1000 as integer);
create index heard_event_time on heard_event (heard_at);
