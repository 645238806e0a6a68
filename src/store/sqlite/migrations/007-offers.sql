-- Counts the transactions' changes of what identities are read from, so that decisions, which are written with many reads,
-- empty no memory of identities. No row until the first decision or audience is stored: until then every commit counts. The
-- triggers that count are made with the row (store/sqlite/identity-version.ts): other writes would pay for them for nothing.
create table identity_version (
  only_row integer primary key check (only_row = 1),
  version integer not null
) strict;

-- Everything with a `customer_id` is kept under the id the customer had when it was written, so that a merge rewrites
-- nothing. It may be the id of a customer who was only shown, and has no row in `customer` yet.

-- What was chosen for a customer. `record` is JSON: the rest of the decision.
create table offer_decision (
  customer_id text not null,
  placement text not null,
  decided_at integer not null,
  id text not null,
  sticky_until integer,
  record text not null,
  primary key (customer_id, placement, decided_at, id)
) without rowid, strict;
create index offer_decision_id on offer_decision (id);
create index offer_decision_time on offer_decision (decided_at);
create index offer_decision_sticky on offer_decision (customer_id, placement, sticky_until) where sticky_until is not null;

-- An offer of a decision that is reserved, or that was responded to. Open reservations have `reserved_until`, and `taken`:
-- JSON with the windows of the caps of everybody that they count for, leased by `holder`. `shown_at` is when it counts as
-- presented: the first response. `trial` is 1 where learning counts it as the customer's presentation of that day, and 2 once
-- they clicked or accepted what was presented on it. A row may be deleted after `kept_until`.
create table offer_exposure (
  customer_id text not null,
  offer text not null,
  decision_id text not null,
  placement text not null,
  reserved_until integer,
  holder text,
  taken text,
  shown_at integer,
  trial integer not null default 0,
  presented_at integer,
  clicked_at integer,
  accepted_at integer,
  declined_at integer,
  kept_until integer,
  primary key (customer_id, offer, decision_id)
) without rowid, strict;
create index offer_exposure_shown on offer_exposure (customer_id, offer, shown_at) where shown_at is not null;
create index offer_exposure_reserved on offer_exposure (customer_id, offer, reserved_until) where reserved_until is not null;
create index offer_exposure_expiry on offer_exposure (reserved_until) where reserved_until is not null;
create index offer_exposure_offer on offer_exposure (offer, reserved_until) where reserved_until is not null;
create index offer_exposure_kept on offer_exposure (kept_until) where kept_until is not null;

-- Presentations whose rows were deleted, for caps without a window.
create table offer_former_exposure (
  customer_id text not null,
  offer text not null,
  shown integer not null,
  primary key (customer_id, offer)
) without rowid, strict;

-- Presentations to everybody, for caps that everybody shares. `per` is the cap's window in milliseconds, 0 for none; `span` is
-- the number of a part of it (store/plan/shared-caps.ts).
create table offer_cap_span (
  offer text not null,
  per integer not null,
  span integer not null,
  shown integer not null,
  primary key (offer, per, span)
) without rowid, strict;

-- What of a cap of everybody was given to a process (`holder`): presentations that it may still reserve, granted out of
-- `count`, and its open reservations.
create table offer_cap_lease (
  offer text not null,
  per integer not null,
  holder text not null,
  count integer not null,
  unspent integer not null,
  reserved integer not null,
  used_at integer not null,
  primary key (offer, per, holder)
) without rowid, strict;

-- What was learned, with the weights that it has at `at`. It names no customer.
create table offer_evidence (
  placement text not null,
  offer text not null,
  presented real not null,
  responded real not null,
  at integer not null,
  primary key (placement, offer)
) without rowid, strict;

-- Responses by day (UTC, days since 1970). It names no customer.
create table offer_total (
  day integer not null,
  placement text not null,
  offer text not null,
  is_control integer not null,
  presented integer not null,
  clicked integer not null,
  accepted integer not null,
  declined integer not null,
  primary key (day, placement, offer, is_control)
) without rowid, strict;

-- Which audiences a customer is part of.
create table audience_member (
  customer_id text not null,
  audience text not null,
  entered_at integer not null,
  primary key (customer_id, audience)
) without rowid, strict;

create table audience_event (
  customer_id text not null,
  at integer not null,
  audience text not null,
  kind text not null,
  primary key (customer_id, at, audience, kind)
) without rowid, strict;
create index audience_event_time on audience_event (at);
