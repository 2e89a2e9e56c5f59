-- The dispute, its people, and what happened to it.

create table disputes (
    id uuid primary key,
    version bigint not null default 0,
    status text not null constraint disputes_status_is_known check (status in (
        'draft', 'submitted', 'emergency_held', 'redirected', 'rejected', 'awaiting_consent', 'matching',
        'assigned', 'scheduled', 'in_mediation', 'suspended', 'pending_signature', 'performing',
        'defaulted', 'performed', 'terminated', 'penalty_referral', 'closed', 'archived')),
    track text constraint disputes_track_is_known check (track in ('people_mediation', 'public_security')),
    category text not null,
    source text not null,
    title text not null,
    narrative text not null,
    claims text[] not null default '{}',
    happened_at timestamptz,
    place text,
    community_code text not null references communities,
    station_id uuid not null references stations,
    committee_id uuid references committees,
    filed_by uuid not null references accounts,
    owner_id uuid references accounts,
    risk_level text not null default 'green'
        constraint disputes_risk_level_is_known check (risk_level in ('green', 'yellow', 'orange', 'red')),
    findings jsonb,
    approval jsonb,
    facts_established boolean not null default false,
    barred text,
    dv_protection boolean not null default false,
    step_due_at timestamptz,
    limit_at timestamptz,
    extension_asked uuid[] not null default '{}',
    sessions_held smallint not null default 0,
    first_session_at timestamptz,
    advice_given boolean not null default false,
    ended_because text,
    effective_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint disputes_have_a_track_once_triaged check (
        track is not null or status in
            ('draft', 'submitted', 'emergency_held', 'redirected', 'rejected', 'terminated', 'archived')),
    -- 程序规定 Art 183
    constraint disputes_public_security_has_two_sessions check (track <> 'public_security' or sessions_held <= 2)
);
create index disputes_by_station on disputes (station_id, status);
create index disputes_due on disputes (least(step_due_at, limit_at))
    where step_due_at is not null or limit_at is not null;

create table parties (
    id uuid primary key,
    dispute_id uuid not null references disputes,
    person_id uuid not null references people,
    -- As the filer knows them; what an account calls itself is not told to others.
    name text not null,
    side text not null constraint parties_side_is_known check (side in ('applicant', 'respondent')),
    capacity text not null constraint parties_capacity_is_known check (capacity in ('full', 'limited', 'none')),
    consent text not null default 'pending'
        constraint parties_consent_is_known check (consent in ('pending', 'given', 'declined')),
    has_guardian boolean not null default false,
    role text constraint parties_role_is_known check (role in ('suspect', 'victim')),
    added_at timestamptz not null,
    constraint parties_stand_on_one_side unique (dispute_id, person_id)
);
create index parties_by_person on parties (person_id);

-- Those who act for a party: agents within powers (代理人), guardians (监护人).
create table representatives (
    id uuid primary key,
    dispute_id uuid not null references disputes,
    party_id uuid not null references parties,
    person_id uuid not null references people,
    name text not null,
    kind text not null constraint representatives_kind_is_known check (kind in ('agent', 'guardian')),
    agent_type text,
    powers text[] not null default '{}',
    scope text not null default '',
    firm_id uuid references firms,
    added_at timestamptz not null,
    ended_at timestamptz,
    constraint representatives_agents_have_a_type check ((kind = 'agent') = (agent_type is not null))
);
create unique index representatives_act_once on representatives (party_id, person_id) where ended_at is null;
create index representatives_by_person on representatives (person_id);

-- Mediator of record, co-mediators, invited lawyers.
create table appointments (
    id uuid primary key,
    dispute_id uuid not null references disputes,
    account_id uuid not null references accounts,
    part text not null constraint appointments_part_is_known
        check (part in ('mediator', 'co_mediator', 'invited_lawyer')),
    appointed_by uuid not null references accounts,
    appointed_at timestamptz not null,
    disclosure text,
    disclosed_at timestamptz,
    -- party id to whether that party accepts
    answers jsonb not null default '{}',
    ended_at timestamptz
);
create unique index appointments_one_mediator on appointments (dispute_id)
    where part = 'mediator' and ended_at is null;
create unique index appointments_one_part_a_person on appointments (dispute_id, account_id) where ended_at is null;
create index appointments_by_account on appointments (account_id) where ended_at is null;

-- What is left behind for ever: who helped both sides may not later stand on one (特邀调解规定 Art 16).
create table mediation_bars (
    dispute_id uuid not null references disputes,
    account_id uuid not null references accounts,
    person_id uuid not null references people,
    firm_id uuid references firms,
    created_at timestamptz not null,
    primary key (dispute_id, account_id)
);
create index mediation_bars_by_person on mediation_bars (person_id);

-- What happened, in order. Audit trail, live feed, notices and jobs all follow from this one list.
create table dispute_events (
    dispute_id uuid not null references disputes,
    seq bigint not null,
    event jsonb not null,
    -- absent: the clock
    caused_by uuid references accounts,
    happened_at timestamptz not null,
    primary key (dispute_id, seq)
);
revoke update, delete on dispute_events from ala_app;

-- How an account stands to a dispute: the one answer to "what is this to me", for every read and every write.
create function dispute_standing(dispute uuid, account uuid)
returns table (parts text[], acts_for jsonb)
language sql stable security invoker set search_path = public, pg_temp
as $$
    with me as (select a.id, a.person_id, a.role, a.station_id, a.committee_id from accounts a where a.id = account),
    -- A draft is its filer's alone, whoever is named in it.
    theirs as (
        select from disputes d where d.id = dispute and (d.status <> 'draft' or d.filed_by = account)
    ),
    acting as (
        select p.id as party_id, p.side, p.side as part, '{}'::text[] as powers
        from parties p, me, theirs where p.dispute_id = dispute and p.person_id = me.person_id
        union all
        select p.id, p.side, r.kind, r.powers
        from representatives r join parties p on p.id = r.party_id, me, theirs
        where r.dispute_id = dispute and r.person_id = me.person_id and r.ended_at is null
    ),
    parts as (
        select part from acting
        union
        select ap.part from appointments ap
        where ap.dispute_id = dispute and ap.account_id = account and ap.ended_at is null
        union
        select 'owner' from disputes d where d.id = dispute and d.owner_id = account
        union
        select 'filer' from disputes d where d.id = dispute and d.filed_by = account
            and not exists (select from acting)
        union
        select case me.role when 'officer' then 'station_officer' else me.role end
        from disputes d, me
        where d.id = dispute and d.status <> 'draft' and d.station_id = me.station_id
            and me.role in ('officer', 'station_leader', 'legal_reviewer', 'grid_worker')
            and d.owner_id is distinct from account
        union
        -- A leader who owns a dispute stays its leader.
        select 'station_leader' from disputes d, me
        where d.id = dispute and d.status <> 'draft' and d.station_id = me.station_id and me.role = 'station_leader'
        union
        select 'director' from disputes d, me
        where d.id = dispute and d.status <> 'draft' and d.committee_id = me.committee_id
            and me.role = 'committee_director'
        union
        -- Offered: wants a neutral, and this one is not part of it in any other way.
        select 'candidate' from disputes d, me
        where d.id = dispute and d.status in ('matching', 'assigned', 'scheduled', 'in_mediation')
            and d.track = 'people_mediation'
            and me.role in ('lawyer', 'peoples_mediator')
            and not exists (select from acting)
            and not exists (select from appointments ap where ap.dispute_id = dispute and ap.account_id = account
                and ap.ended_at is null)
    )
    select coalesce((select array_agg(part order by part) from parts), '{}'),
           coalesce((select jsonb_agg(jsonb_build_object(
               'party', 'pty_' || replace(party_id::text, '-', ''), 'side', side, 'part', part, 'powers', powers)
               order by party_id, part) from acting), '[]')
$$;
