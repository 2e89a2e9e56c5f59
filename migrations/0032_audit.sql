-- Who did what, when: written in the transaction of the act, and never changed. No content, no names, no numbers.

create table audit_entries (
    id uuid primary key,
    happened_at timestamptz not null,
    -- absent: the system
    account_id uuid references accounts,
    role text,
    operation text not null,
    -- The id that the request named, and the one that its answer did.
    object text constraint audit_entries_object_is_an_id check (object ~ '^[a-z]{3}_[0-9a-f]{32}$'),
    outcome text constraint audit_entries_outcome_is_an_id check (outcome ~ '^[a-z]{3}_[0-9a-f]{32}$'),
    -- Under which the log has the request.
    request text not null
);
create index audit_entries_by_time on audit_entries (happened_at desc, id desc);
create index audit_entries_by_object on audit_entries (object, happened_at desc) where object is not null;
create index audit_entries_by_account on audit_entries (account_id, happened_at desc);

revoke update, delete on audit_entries from ala_app;

-- Not even the owner changes it by accident.
create function audit_is_append_only() returns trigger
language plpgsql set search_path = public, pg_temp
as $$
begin
    raise exception 'audit entries are never changed' using errcode = 'insufficient_privilege';
end
$$;
create trigger audit_entries_are_never_changed before update or delete on audit_entries
    for each row execute function audit_is_append_only();
create trigger audit_entries_are_never_emptied before truncate on audit_entries
    for each statement execute function audit_is_append_only();

-- Readiness asks whether the schema is as new as the program; where another tool migrates there is no such table.
do $$
begin
    if to_regclass('public._sqlx_migrations') is not null then
        grant select on _sqlx_migrations to ala_app;
    end if;
end
$$;
