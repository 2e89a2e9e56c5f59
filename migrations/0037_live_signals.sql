-- What two devices tell each other to find a way for sound and picture, while they hang on different servers.
-- It is worth nothing after a minute: neither a crash nor a standby need have it, so it is not logged.
create unlogged table live_signals (
    id bigint generated always as identity primary key,
    room_id uuid not null,
    from_id uuid not null,
    to_id uuid not null,
    data text not null,
    at timestamptz not null
);
create index live_signals_by_age on live_signals (at);
