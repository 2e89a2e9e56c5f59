-- Work that follows from a commit, written inside that commit.
create table jobs (
    id bigint generated always as identity primary key,
    kind text not null,
    payload jsonb not null,
    -- The same work is not queued twice while it waits.
    dedupe_key text not null,
    run_at timestamptz not null,
    attempts smallint not null default 0,
    -- Whose turn it is. A worker that dies lets go by falling silent; one that comes back late finds another lease.
    lease uuid,
    leased_until timestamptz,
    -- The code of the last failure: never its text, which may hold what people wrote.
    last_error text,
    -- Given up after too many attempts; a person has to look.
    parked_at timestamptz,
    done_at timestamptz,
    constraint jobs_lease_has_an_end check ((lease is null) = (leased_until is null)),
    constraint jobs_end_once check (done_at is null or parked_at is null)
);
create index jobs_due on jobs (run_at, id) where done_at is null and parked_at is null;
create unique index jobs_dedupe on jobs (dedupe_key) where done_at is null and parked_at is null;
create index jobs_done on jobs (done_at) where done_at is not null;
create index jobs_parked on jobs (parked_at) where parked_at is not null;
