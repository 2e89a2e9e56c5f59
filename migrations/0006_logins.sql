-- How people prove who they are: codes by text message, and tokens that are renewed.

-- What a text message says lies here only until it is sent or of no use any more; jobs carry its id alone.
create table text_messages (
    id uuid primary key,
    kind text not null constraint text_messages_kind_is_known check (kind in (
        'login_code', 'invitation', 'notice', 'security')),
    phone text,
    body text,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    -- Sent, refused for good, or too late.
    settled_at timestamptz,
    outcome text constraint text_messages_outcome_is_known check (outcome in ('sent', 'refused', 'expired')),
    constraint text_messages_are_cleared_once_settled check (
        (settled_at is null) = (outcome is null) and (settled_at is null) = (phone is not null and body is not null))
);
create index text_messages_unsettled on text_messages (expires_at) where settled_at is null;

-- One code, bound to the request that asked for it. Kept for a day: the limits per number are counted here.
create table login_codes (
    id uuid primary key,
    phone text not null,
    code_hmac bytea not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    tries smallint not null default 0 constraint login_codes_are_void_after_five_tries check (tries <= 5),
    used_at timestamptz
);
create index login_codes_by_phone on login_codes (phone, created_at);
create index login_codes_by_age on login_codes (created_at);

-- Failed attempts by whom one claims to be, whether or not there is such an account.
create table sign_in_guards (
    -- 'phone:…' or 'user:…'
    subject text primary key,
    failures smallint not null default 0,
    -- How many times it was locked without a success in between: each lock is longer than the one before.
    locks smallint not null default 0,
    locked_until timestamptz,
    updated_at timestamptz not null
);

-- Every refresh token ever given out for a login that may still live: a dead one that comes back means theft.
create table refresh_tokens (
    token_hash bytea primary key constraint refresh_tokens_are_hashed check (length(token_hash) = 32),
    login_id uuid not null references logins on delete cascade,
    generation integer not null,
    constraint refresh_tokens_one_a_generation unique (login_id, generation)
);

-- Other people written down with the same number who have no account of their own.
create function namesakes(number text, person uuid) returns setof uuid
language sql stable security invoker set search_path = public, pg_temp
as $$
    select p.id from people p
    where p.phone = number and p.id <> person and not exists (select from accounts a where a.person_id = p.id)
$$;

-- With what staff sign in: both factors, replaced together by a new enrolment.
create table credentials (
    account_id uuid primary key references accounts,
    -- Argon2id
    password_hash text not null,
    -- AES-256-GCM, bound to the account.
    totp_secret bytea not null,
    -- The time step of the last code used: no code is good twice.
    totp_step bigint not null,
    confirmed_at timestamptz not null
);

-- An invitation by the operator to choose both factors; what was chosen waits here until a code confirms it.
create table enrolments (
    account_id uuid primary key references accounts,
    code_hash bytea not null constraint enrolments_code_is_unique unique,
    expires_at timestamptz not null,
    password_hash text,
    totp_secret bytea,
    constraint enrolments_choose_both_factors check ((password_hash is null) = (totp_secret is null))
);
