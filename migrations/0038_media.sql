-- Sound and picture of sessions: who is in which media room, what they tell each other to connect, and who agreed to
-- being recorded. No sound and no picture is kept.

create table media_rooms (
    -- Random, and new for every caucus: nothing of an earlier one leads into it.
    id uuid primary key,
    session_id uuid not null references sessions,
    kind text not null constraint media_rooms_kind_is_known check (kind in ('joint', 'caucus')),
    side text constraint media_rooms_side_is_known check (side in ('applicant', 'respondent')),
    -- Grows when somebody is moved out or put out: what was given before leads in no more.
    epoch bigint not null default 1,
    opened_at timestamptz not null,
    closed_at timestamptz,
    -- The server on which those meet who send sound over a WebSocket; another may take over when it has lapsed.
    home text,
    home_until timestamptz,
    constraint media_rooms_caucus_has_a_side check ((kind = 'caucus') = (side is not null))
);
create unique index media_rooms_are_one_of_each on media_rooms (session_id, kind, side) nulls not distinct
    where closed_at is null;

-- Where somebody is. The key is the promise: a person has one place, wherever the sessions are and however many
-- servers there are. The row stays while they are out, because `turn` must never repeat.
create table media_places (
    person_id uuid not null references people,
    turn bigint not null,
    standing text not null constraint media_places_standing_is_known check (standing in ('out', 'in', 'leaving')),
    -- Of which it is, or was last.
    session_id uuid references sessions,
    room_id uuid references media_rooms,
    epoch bigint,
    until timestamptz,
    -- Of the newest join token; there is none while somebody leaves.
    token_hash bytea,
    -- With which they came; when it ends, so does the place.
    login_id uuid references logins,
    constraint media_places_one_a_person primary key (person_id),
    constraint media_places_are_somewhere_or_out
        check ((standing = 'out') = (room_id is null) and (room_id is null) = (until is null)),
    constraint media_places_in_an_epoch check ((standing = 'in') = (epoch is not null)),
    constraint media_places_token_of_who_is_in check (token_hash is null or standing = 'in')
);
create index media_places_by_room on media_places (room_id);
create unique index media_places_by_token on media_places (token_hash);

-- What devices tell each other to connect, until the other one's server has handed it on: it is read by whichever
-- server that is, and forgotten after seconds.
create table media_signals (
    id bigint generated always as identity primary key,
    room_id uuid not null references media_rooms,
    epoch bigint not null,
    from_person uuid not null references people,
    to_person uuid not null references people,
    data text not null,
    at timestamptz not null
);
create index media_signals_by_receiver on media_signals (to_person, id);
create index media_signals_by_age on media_signals (at);

-- What was asked and answered about recording, in order; never changed.
create table media_recording_log (
    room_id uuid not null references media_rooms,
    seq bigint not null,
    person_id uuid not null references people,
    deed text not null constraint media_recording_log_deed_is_known
        check (deed in ('announced', 'consented', 'refused', 'stopped')),
    at timestamptz not null,
    primary key (room_id, seq)
);
revoke update, delete on media_recording_log from ala_app;
