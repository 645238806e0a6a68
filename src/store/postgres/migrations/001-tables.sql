-- Every table has one column by which it can be distributed: the first of its primary key. What is read together lies by the
-- same column. There are no sequences, triggers and foreign keys. Texts are compared by their bytes. Times are milliseconds.

-- Every id that was ever a customer's. `root_id` is the customer that it is now, in one hop: itself, or the one it was merged into.
create table customer (
  id text collate "C" primary key,
  root_id text collate "C" not null,
  created_at bigint not null,
  first_seen_at bigint not null,
  last_seen_at bigint not null,
  erased_at bigint,
  person_merged_at bigint
);

-- The other ids that lead to a customer. `erased_at` is that of the id, so that a read of a customer's ids asks here only.
create table alias (
  root_id text collate "C" not null,
  id text collate "C" not null,
  created_at bigint not null,
  erased_at bigint,
  primary key (root_id, id)
);

-- `id_key` is `type:value`; `customer_id` is always a root.
create table identifier (
  customer_id text collate "C" not null,
  id_key text collate "C" not null,
  type text not null,
  value text not null,
  linked_at bigint not null,
  last_seen_at bigint not null,
  source text not null,
  primary key (customer_id, id_key)
);

-- A row for each row of `identifier`, found by the identifier.
create table identifier_owner (
  id_key text collate "C" primary key,
  customer_id text collate "C" not null
);

-- What is kept under `customer_id` lies under the id that the customer had when it was written, so that a merge rewrites nothing.
create table attribute (
  customer_id text collate "C" not null,
  name text collate "C" not null,
  value text not null,
  touchpoint text,
  captured_at bigint not null,
  primary key (customer_id, name)
);

-- Why identifiers are one customer: a row for each event and each customer whom it changed. `changes` is JSON.
create table identity_event (
  customer_id text collate "C" not null,
  recorded_at bigint not null,
  id text collate "C" not null,
  event_customer_id text not null,
  rule text not null,
  source text not null,
  actor text,
  reason text,
  occurred_at bigint not null,
  changes text not null,
  primary key (customer_id, recorded_at, id)
);

-- Which rows of `identity_event` name which identifier, so that erasing one rewrites those rows only.
create table identity_mention (
  id_key text collate "C" not null,
  customer_id text collate "C" not null,
  recorded_at bigint not null,
  event_id text collate "C" not null,
  primary key (id_key, customer_id, recorded_at, event_id)
);

-- Identity events that can be sent again. `event_key` is a keyed hash.
create table heard_event (
  event_key bytea primary key,
  customer_id text collate "C",
  refused_type text,
  heard_at bigint not null
);
create index heard_event_time on heard_event (heard_at);

-- Whose an identifier was, up to and without `until`. `ordinal` counts rows with the same `until`.
create table former_owner (
  id_key text collate "C" not null,
  until bigint not null,
  ordinal integer not null,
  customer_id text collate "C" not null,
  is_nameless boolean not null default false,
  primary key (id_key, until, ordinal)
);

-- The identifiers of `former_owner`, found by the customer.
create table former_identifier (
  customer_id text collate "C" not null,
  id_key text collate "C" not null,
  primary key (customer_id, id_key)
);

-- Customers for whom the nameless row of an identifier stands.
create table nameless_owner (
  customer_id text collate "C" not null,
  id_key text collate "C" not null,
  primary key (customer_id, id_key)
);

-- What a person took from a customer: evidence that is not newer does not bring it back.
create table separation (
  id_key text collate "C" not null,
  customer_id text collate "C" not null,
  separated_at bigint not null,
  primary key (id_key, customer_id)
);
create index separation_time on separation (separated_at);

-- Keyed hashes of identifiers that were erased: evidence that is not newer does not bring them back.
create table suppression (
  value_hash bytea primary key,
  erased_at bigint not null
);
create index suppression_time on suppression (erased_at);

-- Issued cookies that were replaced. The two tables after it find its rows by the customer and by the successor.
create table retired_cookie (
  id_key text collate "C" primary key,
  successor_key text collate "C",
  proof text,
  retired_at bigint not null,
  customer_id text collate "C" not null
);
create index retired_cookie_time on retired_cookie (retired_at);
create table retired_cookie_of (
  customer_id text collate "C" not null,
  id_key text collate "C" not null,
  primary key (customer_id, id_key)
);
create table retired_cookie_before (
  successor_key text collate "C" not null,
  id_key text collate "C" not null,
  primary key (successor_key, id_key)
);

-- Which agents confirmed who a customer is. `agent` is a keyed hash. `customer_id` is a root.
create table confirmation (
  customer_id text collate "C" not null,
  agent bytea not null,
  method text not null,
  confirmed_at bigint not null,
  expires_at bigint not null,
  primary key (customer_id, agent)
);
create index confirmation_expiry on confirmation (expires_at);

-- `claimed_by` names the call: a claim whose answer was lost recognises itself when it is repeated.
create table single_use (
  id text collate "C" primary key,
  expires_at bigint not null,
  claimed_by text not null default ''
);
create index single_use_expiry on single_use (expires_at);

create table setting (
  name text collate "C" primary key,
  value text not null
);

-- Locks of what has no row of its own in `customer`: an identifier that nobody owns, a cap, an offer's evidence. Each is a row
-- that a transaction inserts first and deletes last, so that others wait for it. `name` is a keyed hash. The table is always empty.
create unlogged table mutex (
  name text collate "C" primary key
);

-- The last transaction that was committed under a name, so that one whose answer was lost can be recognised (settlements.ts).
create table settled (
  writer text collate "C" primary key,
  token text not null,
  settled_at bigint not null
);

-- Under which ids interactions lie that an identifier decided: erasing it looks through those.
create table interaction_mention (
  id_key text collate "C" not null,
  customer_id text collate "C" not null,
  primary key (id_key, customer_id)
);

-- Interactions that an erasure deleted, as keyed hashes: sent again, each is recognised and refused.
create table erased_interaction (
  interaction_key bytea primary key,
  deleted_at bigint not null
);
create index erased_interaction_time on erased_interaction (deleted_at);

-- What is counted of interactions as they are stored. `definition` is JSON. `wanted_at` is when a gateway last said that it needs
-- the counter. The next three tables are small.
create table trait_counter (
  id integer primary key,
  definition text not null unique,
  wanted_at bigint not null
);
-- Counters that do not count everything yet: they include the stored interactions up to this one, in the order of the primary key.
create table trait_recount (
  counter_id integer primary key,
  customer_id text collate "C" not null,
  occurred_at bigint not null,
  id text collate "C" not null
);
-- Former counters whose rows are still to be deleted.
create table trait_dropped (
  counter_id integer primary key,
  kind text not null
);
create table trait_bucket (
  customer_id text collate "C" not null,
  counter_id integer not null,
  bucket bigint not null,
  tally text not null,
  primary key (customer_id, counter_id, bucket)
);
create table trait_value (
  customer_id text collate "C" not null,
  counter_id integer not null,
  value text collate "C" not null,
  last_at bigint not null,
  primary key (customer_id, counter_id, value)
);

-- What erasures have still to delete: everything under `customer_id`, or, where `id_key` is not empty, only that identifier's value
-- in what lies there. `erasure` names the erasure. `after_occurred_at` and `after_id` say how far the interactions were looked through.
create table purge (
  erasure text collate "C" not null,
  customer_id text collate "C" not null,
  id_key text collate "C" not null default '',
  after_occurred_at bigint,
  after_id text collate "C",
  primary key (erasure, customer_id, id_key)
);
create index purge_key on purge (id_key, customer_id);
create index purge_customer on purge (customer_id, id_key);

-- What was chosen for a customer. `record` is JSON: the rest of the decision.
create table offer_decision (
  customer_id text collate "C" not null,
  placement text collate "C" not null,
  decided_at bigint not null,
  id text collate "C" not null,
  sticky_until bigint,
  record text not null,
  primary key (customer_id, placement, decided_at, id)
);
create index offer_decision_id on offer_decision (customer_id, id);
create index offer_decision_newest on offer_decision (customer_id, decided_at, id);
create index offer_decision_sticky on offer_decision (customer_id, placement, sticky_until) where sticky_until is not null;
create index offer_decision_time on offer_decision (decided_at);

-- An offer of a decision that is reserved, or that was responded to. The columns are those of `Exposure` (plan/offer-facts.ts).
create table offer_exposure (
  customer_id text collate "C" not null,
  offer text collate "C" not null,
  decision_id text collate "C" not null,
  placement text collate "C" not null,
  reserved_until bigint,
  holder text,
  taken text,
  shown_at bigint,
  trial integer not null default 0,
  presented_at bigint,
  clicked_at bigint,
  accepted_at bigint,
  declined_at bigint,
  kept_until bigint,
  primary key (customer_id, offer, decision_id)
);
create index offer_exposure_shown on offer_exposure (customer_id, offer, shown_at) where shown_at is not null;
create index offer_exposure_reserved on offer_exposure (customer_id, offer, reserved_until) where reserved_until is not null;
create index offer_exposure_kept on offer_exposure (kept_until) where kept_until is not null;

-- The open reservations of `offer_exposure`, found by the offer.
create table offer_reservation (
  offer text collate "C" not null,
  reserved_until bigint not null,
  customer_id text collate "C" not null,
  decision_id text collate "C" not null,
  placement text collate "C" not null,
  holder text not null,
  taken text not null,
  primary key (offer, customer_id, decision_id)
);
create index offer_reservation_expiry on offer_reservation (offer, reserved_until);

-- Presentations whose rows were deleted, for caps without a window.
create table offer_former_exposure (
  customer_id text collate "C" not null,
  offer text collate "C" not null,
  shown bigint not null,
  primary key (customer_id, offer)
);

-- Presentations to everybody, for caps that everybody shares. `per` is the cap's window in milliseconds, 0 for none.
create table offer_cap_span (
  offer text collate "C" not null,
  per bigint not null,
  span bigint not null,
  shown bigint not null,
  primary key (offer, per, span)
);
-- What of a cap of everybody was given to a process (`holder`).
create table offer_cap_lease (
  offer text collate "C" not null,
  per bigint not null,
  holder text collate "C" not null,
  count bigint not null,
  unspent bigint not null,
  reserved bigint not null,
  used_at bigint not null,
  primary key (offer, per, holder)
);

-- What was learned, with the weights that it has at `at`. It names no customer.
create table offer_evidence (
  placement text collate "C" not null,
  offer text collate "C" not null,
  presented double precision not null,
  responded double precision not null,
  at bigint not null,
  primary key (placement, offer)
);
-- Responses by day (UTC, days since 1970). It names no customer.
create table offer_total (
  day integer not null,
  placement text collate "C" not null,
  offer text collate "C" not null,
  is_control boolean not null,
  presented bigint not null,
  clicked bigint not null,
  accepted bigint not null,
  declined bigint not null,
  primary key (day, placement, offer, is_control)
);

create table audience_member (
  customer_id text collate "C" not null,
  audience text collate "C" not null,
  entered_at bigint not null,
  primary key (customer_id, audience)
);
create table audience_event (
  customer_id text collate "C" not null,
  at bigint not null,
  audience text collate "C" not null,
  kind text collate "C" not null,
  primary key (customer_id, at, audience, kind)
);
create index audience_event_time on audience_event (at);
