-- Changes of what identities are read from are counted from the start, so that each process can tell its own changes from those of
-- others (store/sqlite/identity-version.ts). Before, the row and its triggers were made with the first decision or audience. The
-- first number is greater than every `data_version` of SQLite: the version before reads that while there is no row.
insert into identity_version (only_row, version) values (1, 1099511627776) on conflict do nothing;

-- A new customer changes no answer until an identifier is theirs.
drop trigger if exists customer_inserted;
create trigger if not exists customer_updated after update on customer
begin update identity_version set version = version + 1; end;
create trigger if not exists customer_deleted after delete on customer
begin update identity_version set version = version + 1; end;

create trigger if not exists identifier_inserted after insert on identifier
begin update identity_version set version = version + 1; end;
create trigger if not exists identifier_deleted after delete on identifier
begin update identity_version set version = version + 1; end;
-- Not for `last_seen_at` alone: whoever sees an identifier updates its customer, too, and most writes do only that.
drop trigger if exists identifier_updated;
create trigger identifier_updated after update of id_key, type, value, customer_id, linked_at, source on identifier
begin update identity_version set version = version + 1; end;

create trigger if not exists retired_cookie_inserted after insert on retired_cookie
begin update identity_version set version = version + 1; end;
create trigger if not exists retired_cookie_updated after update on retired_cookie
begin update identity_version set version = version + 1; end;
create trigger if not exists retired_cookie_deleted after delete on retired_cookie
begin update identity_version set version = version + 1; end;
