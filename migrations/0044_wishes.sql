-- What people who are invited wish besides a yes or a no: to be called, and when it would suit them.

alter table invitations
    add column call_asked_at timestamptz,
    add column times jsonb not null default '[]',
    add column wishes smallint not null default 0,
    add constraint invitations_times_are_a_list check (jsonb_typeof(times) = 'array'),
    -- Each is told to somebody.
    add constraint invitations_wishes_are_few check (wishes <= 10);
