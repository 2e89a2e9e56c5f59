-- What people hand in to prove what they say. The file lies in the object store, what is known of it here.

create table evidence (
    id uuid primary key,
    dispute_id uuid not null references disputes,
    uploaded_by uuid not null references accounts,
    -- The side that handed it in; absent where a neutral or the station did.
    side text constraint evidence_side_is_known check (side in ('applicant', 'respondent')),
    -- A random name: it tells nothing, and is nobody's choice.
    object text not null constraint evidence_object_is_unique unique,
    file_name text not null,
    media_type text not null,
    size_bytes bigint not null constraint evidence_is_not_empty check (size_bytes > 0),
    sha256 text not null constraint evidence_sha256_is_hex check (sha256 ~ '^[0-9a-f]{64}$'),
    visibility text not null default 'mine_and_neutrals'
        constraint evidence_visibility_is_known check (visibility in ('mine_and_neutrals', 'all')),
    created_at timestamptz not null,
    shared_at timestamptz,
    -- When what lies in the store was first found to differ from what was handed in.
    damaged_at timestamptz,
    constraint evidence_is_shared_by_an_act check ((visibility = 'all') = (shared_at is not null))
);
create index evidence_by_dispute on evidence (dispute_id, created_at, id);
create index evidence_by_account on evidence (uploaded_by);
revoke update, delete on evidence from ala_app;
grant update (visibility, shared_at, damaged_at) on evidence to ala_app;

-- An upload on its way, known before its first byte is stored: whatever fails, nothing lies in the store that nobody
-- knows of. The row goes in the transaction that records the evidence.
create table uploads (
    object text primary key,
    dispute_id uuid not null references disputes,
    account_id uuid not null references accounts,
    side text,
    reserved_bytes bigint not null,
    started_at timestamptz not null
);
create index uploads_by_age on uploads (started_at);
create index uploads_by_account on uploads (account_id);
