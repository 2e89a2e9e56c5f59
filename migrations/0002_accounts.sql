-- Who may sign in, with what, and on which devices they are signed in.

create table accounts (
    id uuid primary key,
    person_id uuid not null constraint accounts_one_per_person unique references people,
    role text not null constraint accounts_role_is_known check (role in (
        'resident', 'lawyer', 'peoples_mediator', 'officer', 'grid_worker', 'station_leader',
        'legal_reviewer', 'committee_director', 'operator', 'auditor')),
    -- Residents sign in by phone.
    phone text constraint accounts_phone_is_unique unique,
    -- Staff sign in by name.
    username text constraint accounts_username_is_unique unique,
    station_id uuid references stations,
    committee_id uuid references committees,
    disabled_at timestamptz,
    created_at timestamptz not null,
    constraint accounts_can_sign_in check ((role = 'resident') = (username is null)),
    constraint accounts_officers_have_a_station check (
        role not in ('officer', 'grid_worker', 'station_leader', 'legal_reviewer') or station_id is not null),
    constraint accounts_directors_have_a_committee check (role <> 'committee_director' or committee_id is not null)
);

-- A committee's appointment of a people's mediator (人民调解法 Art 13-14): who holds one may host 人民调解.
create table mediator_appointments (
    account_id uuid not null references accounts,
    committee_id uuid not null references committees,
    appointed_on date not null,
    -- Three years (人民调解法 Art 8).
    ends_on date not null,
    primary key (account_id, committee_id, appointed_on),
    constraint mediator_appointments_end_after_begin check (ends_on > appointed_on)
);

create table workroom_members (
    workroom_id uuid not null references workrooms,
    account_id uuid not null references accounts,
    primary key (workroom_id, account_id)
);

create table lawyers (
    account_id uuid primary key references accounts,
    firm_id uuid not null references firms,
    licence_no text not null constraint lawyers_licence_is_unique unique,
    licence_expires_on date not null
);

-- What somebody is good at and speaks, for lawyers and mediators alike.
create table skills (
    account_id uuid primary key references accounts,
    specialities text[] not null default '{}',
    languages text[] not null default '{zh}',
    dialects text[] not null default '{}'
);

-- An authenticated device. Revoked means: no request and no socket any more.
create table logins (
    id uuid primary key,
    account_id uuid not null references accounts,
    device text not null,
    created_at timestamptz not null,
    last_seen_at timestamptz not null,
    -- However busy: 30 days for residents, 12 hours for staff.
    expires_at timestamptz not null,
    ended_at timestamptz,
    ended_because text constraint logins_end_is_known check (ended_because in (
        'owner', 'limit', 'replay', 'disabled', 'enrolled')),
    -- Counts the refreshes. Tokens of the current generation and of the one it came from are good, all others dead.
    generation integer not null default 1,
    parent integer,
    -- The device has shown that it got the current generation; until then the parent may be refreshed again.
    confirmed boolean not null default true,
    constraint logins_end_has_a_reason check (ended_because is null or ended_at is not null)
);
create index logins_by_account on logins (account_id) where ended_at is null;
