-- Of Citus: shards take the place of partitions. Tables that are read together by customer are colocated.
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
);
-- By an interaction's id alone, too: where a customer has many ids, there are fewer rows of it than ids to look under.
create unique index interaction_id on interaction (id, customer_id);

select create_distributed_table('customer', 'id');
select create_distributed_table('alias', 'root_id', colocate_with => 'customer');
select create_distributed_table('identifier', 'customer_id', colocate_with => 'customer');
select create_distributed_table('attribute', 'customer_id', colocate_with => 'customer');
select create_distributed_table('interaction', 'customer_id', colocate_with => 'customer');
select create_distributed_table('identity_event', 'customer_id', colocate_with => 'customer');
select create_distributed_table('former_identifier', 'customer_id', colocate_with => 'customer');
select create_distributed_table('nameless_owner', 'customer_id', colocate_with => 'customer');
select create_distributed_table('retired_cookie_of', 'customer_id', colocate_with => 'customer');
select create_distributed_table('confirmation', 'customer_id', colocate_with => 'customer');
select create_distributed_table('trait_bucket', 'customer_id', colocate_with => 'customer');
select create_distributed_table('trait_value', 'customer_id', colocate_with => 'customer');
select create_distributed_table('offer_decision', 'customer_id', colocate_with => 'customer');
select create_distributed_table('offer_exposure', 'customer_id', colocate_with => 'customer');
select create_distributed_table('offer_former_exposure', 'customer_id', colocate_with => 'customer');
select create_distributed_table('audience_member', 'customer_id', colocate_with => 'customer');
select create_distributed_table('audience_event', 'customer_id', colocate_with => 'customer');
select create_distributed_table('identifier_owner', 'id_key');
select create_distributed_table('former_owner', 'id_key', colocate_with => 'identifier_owner');
select create_distributed_table('separation', 'id_key', colocate_with => 'identifier_owner');
select create_distributed_table('identity_mention', 'id_key', colocate_with => 'identifier_owner');
select create_distributed_table('interaction_mention', 'id_key', colocate_with => 'identifier_owner');
select create_distributed_table('retired_cookie', 'id_key', colocate_with => 'identifier_owner');
select create_distributed_table('retired_cookie_before', 'successor_key', colocate_with => 'identifier_owner');
select create_distributed_table('heard_event', 'event_key');
select create_distributed_table('suppression', 'value_hash', colocate_with => 'heard_event');
select create_distributed_table('erased_interaction', 'interaction_key', colocate_with => 'heard_event');
select create_distributed_table('mutex', 'name');
select create_distributed_table('single_use', 'id', colocate_with => 'mutex');
select create_distributed_table('settled', 'writer', colocate_with => 'mutex');
select create_distributed_table('offer_reservation', 'offer');
select create_distributed_table('offer_cap_span', 'offer', colocate_with => 'offer_reservation');
select create_distributed_table('offer_cap_lease', 'offer', colocate_with => 'offer_reservation');
