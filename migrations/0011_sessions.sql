-- Appointed times to talk: their steps, who came, and what was confirmed.

create extension if not exists btree_gist;

create table sessions (
    id uuid primary key,
    dispute_id uuid not null references disputes,
    number smallint not null,
    status text not null constraint sessions_status_is_known check (status in (
        'planned', 'notified', 'lobby', 'identity_verified', 'rights_read', 'joint', 'caucus',
        'record_confirmed', 'ended', 'cancelled')),
    -- Whose caucus, while it is in one. Told to that side and the neutrals only.
    side text constraint sessions_side_is_known check (side in ('applicant', 'respondent')),
    -- The mediator whose time it takes.
    host_id uuid not null references accounts,
    plan jsonb not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    -- Parts may be recorded, but one officer alone needs it from beginning to end (程序规定 Art 52).
    full_recording boolean not null default false,
    officer_present boolean not null default false,
    record jsonb,
    version bigint not null default 0,
    constraint sessions_are_counted unique (dispute_id, number),
    constraint sessions_caucus_has_a_side check ((status = 'caucus') = (side is not null)),
    constraint sessions_end_after_they_begin check (ends_at > starts_at),
    constraint sessions_hosts_do_not_overlap exclude using gist (host_id with =, tstzrange(starts_at, ends_at) with &&)
        where (status not in ('ended', 'cancelled'))
);
create index sessions_by_dispute on sessions (dispute_id, starts_at);

create table session_attendance (
    session_id uuid not null references sessions,
    person_id uuid not null references people,
    party_id uuid not null references parties,
    acting text not null constraint session_attendance_acting_is_known check (acting in ('party', 'agent', 'guardian')),
    identity text,
    rights boolean not null,
    record text not null constraint session_attendance_record_is_known
        check (record in ('none', 'confirmed', 'refused')),
    is_gone boolean not null,
    -- In which order they came.
    place smallint not null,
    primary key (session_id, person_id)
);

create table session_events (
    session_id uuid not null references sessions,
    seq bigint not null,
    event jsonb not null,
    caused_by uuid references accounts,
    happened_at timestamptz not null,
    primary key (session_id, seq)
);
revoke update, delete on session_events from ala_app;
