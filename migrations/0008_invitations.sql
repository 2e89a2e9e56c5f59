-- Bringing parties in, and what exactly they agreed to.

create table invitations (
    id uuid primary key,
    dispute_id uuid not null references disputes,
    party_id uuid not null references parties,
    -- The party, or whoever answers for the party.
    person_id uuid not null references people,
    -- Link and code are kept as digests; the code's digest needs the link's secret too.
    token_hash bytea not null constraint invitations_token_is_unique unique,
    code_hash bytea not null,
    tries smallint not null default 0,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    opened_at timestamptz,
    answered_at timestamptz,
    voided_at timestamptz
);
create unique index invitations_one_open on invitations (party_id, person_id)
    where answered_at is null and voided_at is null;
create index invitations_by_dispute on invitations (dispute_id);

-- Answers to "will you mediate", with the text that was shown. Never changed.
create table consents (
    dispute_id uuid not null references disputes,
    party_id uuid not null references parties,
    given boolean not null,
    -- absent for a refusal: nothing needs to be shown to say no
    text_hash text,
    text_version smallint,
    language text,
    account_id uuid references accounts,
    invitation_id uuid references invitations,
    answered_at timestamptz not null,
    constraint consents_name_their_text check (not given or (text_hash is not null
        and text_version is not null and language is not null)),
    constraint consents_come_from_somebody check ((account_id is null) <> (invitation_id is null))
);
create index consents_by_party on consents (party_id);
revoke update, delete on consents from ala_app;

-- What staff write down beside an event, for staff.
create table dispute_notes (
    dispute_id uuid not null references disputes,
    version bigint not null,
    topic text not null,
    text text not null,
    written_by uuid not null references accounts,
    written_at timestamptz not null,
    primary key (dispute_id, version, topic)
);
revoke update, delete on dispute_notes from ala_app;
