-- What people were told. Addressed to the person, not the account: a respondent is told before ever signing in.

create table notices (
    id uuid primary key,
    person_id uuid not null references people,
    kind text not null,
    dispute_id uuid references disputes,
    -- The event it tells of; work that is done twice tells once.
    event_seq bigint,
    created_at timestamptz not null,
    read_at timestamptz,
    -- When a neutral text message was queued beside it.
    texted_at timestamptz,
    constraint notices_tell_once unique (person_id, dispute_id, event_seq)
);
create index notices_by_person on notices (person_id, created_at desc, id desc);
create index notices_texted on notices (person_id, texted_at) where texted_at is not null;
create index notices_unread on notices (person_id) where read_at is null;
revoke update, delete on notices from ala_app;
grant update (read_at, texted_at) on notices to ala_app;
