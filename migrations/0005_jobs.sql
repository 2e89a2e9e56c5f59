-- Work that follows from a commit, written inside that commit.
create table jobs (
    id bigint generated always as identity primary key,
    kind text not null,
    payload jsonb not null,
    -- The same work is not queued twice while it waits.
    dedupe_key text,
    run_at timestamptz not null,
    attempts smallint not null default 0,
    locked_until timestamptz,
    last_error text,
    done_at timestamptz
);
create index jobs_due on jobs (run_at) where done_at is null;
create unique index jobs_dedupe on jobs (dedupe_key) where done_at is null;
