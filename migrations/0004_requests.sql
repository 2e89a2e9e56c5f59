-- What makes repeating a request safe.
create table idempotency_keys (
    account_id uuid not null references accounts,
    key text not null,
    operation text not null,
    request_hash bytea not null,
    status smallint,
    body bytea,
    created_at timestamptz not null,
    primary key (account_id, key)
);
create index idempotency_keys_by_age on idempotency_keys (created_at);
