-- Rooms: each its own gap-free log, readable only through functions that know who asks.

create table rooms (
    id uuid primary key,
    dispute_id uuid not null references disputes,
    kind text not null constraint rooms_kind_is_known check (kind in ('joint', 'caucus', 'neutrals')),
    side text constraint rooms_side_is_known check (side in ('applicant', 'respondent')),
    -- The last seq given. It grows under the lock of this row, so commit order is seq order. A counter shared
    -- between rooms would tell one side that the other is talking.
    head bigint not null default 0,
    -- Takes entries; what was said stays readable when it no longer does.
    is_open boolean not null default true,
    -- Grows with every entry and every change of who is in it or whether it is open.
    version bigint not null default 0,
    constraint rooms_caucus_has_a_side check ((kind = 'caucus') = (side is not null)),
    constraint rooms_are_one_of_each unique nulls not distinct (dispute_id, kind, side)
);

-- From which entry on somebody is in a room, and the first entry after they left: [joined_seq, left_seq).
create table room_members (
    room_id uuid not null references rooms,
    person_id uuid not null references people,
    joined_seq bigint not null,
    left_seq bigint,
    part text not null,
    name text not null,
    read_seq bigint not null default 0,
    primary key (room_id, person_id, joined_seq),
    constraint room_members_leave_after_joining check (left_seq >= joined_seq)
);
create unique index room_members_are_in_once on room_members (room_id, person_id) where left_seq is null;
create index room_members_by_person on room_members (person_id);

create table room_entries (
    room_id uuid not null references rooms,
    seq bigint not null,
    -- absent: the service itself
    sender_id uuid references people,
    -- Chosen by the sender's device, so that sending again stores nothing twice. Others are never shown it:
    -- a device that counts would tell how often its owner spoke elsewhere.
    client_msg_id text,
    body text not null,
    at timestamptz not null,
    primary key (room_id, seq),
    constraint room_entries_are_stored_once unique (room_id, sender_id, client_msg_id)
);

-- The server's role touches none of the three but through the functions below; each acts for somebody.
revoke all on rooms, room_members, room_entries from ala_app;

-- Makes the rooms that a dispute does not have yet. Four ids are handed in; how many were used is answered.
create function open_rooms(p_dispute uuid, p_ids uuid[])
returns bigint
language sql volatile security definer set search_path = public, pg_temp
as $$
    with made as (
        insert into rooms (id, dispute_id, kind, side)
        values (p_ids[1], p_dispute, 'joint', null),
               (p_ids[2], p_dispute, 'caucus', 'applicant'),
               (p_ids[3], p_dispute, 'caucus', 'respondent'),
               (p_ids[4], p_dispute, 'neutrals', null)
        on conflict do nothing returning 1
    )
    select count(*) from made
$$;

-- Brings the rooms of a dispute to who belongs in them and to whether they are open. Idempotent. The arrays are
-- parallel, one place for each person in each room. Answers with what changed.
create function sync_rooms(
    p_dispute uuid, p_open boolean, p_kinds text[], p_sides text[], p_people uuid[], p_parts text[], p_names text[])
returns table (room uuid, kind text, person uuid, name text, change text)
language plpgsql volatile security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
begin
    perform from rooms r where r.dispute_id = p_dispute order by r.id for update;
    return query
    with before as (select r.id, r.is_open from rooms r where r.dispute_id = p_dispute),
    wanted as (
        select r.id, r.kind, r.head, w.person, w.part, w.name
        from unnest(p_kinds, p_sides, p_people, p_parts, p_names) as w (kind, side, person, part, name)
        join rooms r on r.dispute_id = p_dispute and r.kind = w.kind and r.side is not distinct from w.side
    ),
    gone as (
        update room_members m set left_seq = r.head + 1
        from rooms r
        where r.dispute_id = p_dispute and m.room_id = r.id and m.left_seq is null
            and not exists (select from wanted w where w.id = r.id and w.person = m.person_id)
        returning r.id, r.kind, m.person_id, m.name
    ),
    come as (
        insert into room_members as m (room_id, person_id, joined_seq, part, name, read_seq)
        select w.id, w.person, w.head + 1, w.part, w.name, w.head from wanted w
        where not exists (
            select from room_members h where h.room_id = w.id and h.person_id = w.person and h.left_seq is null)
        -- Gone and back with nothing said in between.
        on conflict (room_id, person_id, joined_seq)
            do update set left_seq = null, part = excluded.part, name = excluded.name
        returning m.room_id, m.person_id, m.name
    ),
    turned as (
        update rooms r
        set is_open = p_open, version = r.version + 1
        from before b
        where b.id = r.id
            and (r.is_open <> p_open or r.id in (select g.id from gone g union select c.room_id from come c))
        returning r.id, r.kind, b.is_open as was_open
    )
    select g.id, g.kind, g.person_id, g.name, 'left' from gone g
    union all
    select c.room_id, r.kind, c.person_id, c.name, 'joined' from come c join rooms r on r.id = c.room_id
    union all
    select t.id, t.kind, null::uuid, null::text,
           case when t.was_open = p_open then 'touched' when p_open then 'opened' else 'closed' end
    from turned t;
end
$$;

-- Says something as somebody. The outcome is one of: stored; repeated (the same was said before, as the seq
-- tells); reused (the id was used for something else); closed; left; foreign.
create function append_room_entry(
    p_account uuid, p_room uuid, p_client_msg_id text, p_body text, p_at timestamptz)
returns table (outcome text, seq bigint, at timestamptz)
language plpgsql volatile security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare
    v_person uuid := (select a.person_id from accounts a where a.id = p_account);
    v_room rooms;
    v_known room_entries;
begin
    -- Before the lock: an outsider must not even find out that there is a lock to wait for.
    if not exists (select from room_members m where m.room_id = p_room and m.person_id = v_person) then
        return query select 'foreign', null::bigint, null::timestamptz;
        return;
    end if;
    select * into v_room from rooms r where r.id = p_room for update;
    select * into v_known from room_entries e
    where e.room_id = p_room and e.sender_id = v_person and e.client_msg_id = p_client_msg_id;
    if found then
        return query select case when v_known.body = p_body then 'repeated' else 'reused' end, v_known.seq, v_known.at;
        return;
    end if;
    -- After the lock: who left while this waited has left.
    if not exists (
        select from room_members m where m.room_id = p_room and m.person_id = v_person and m.left_seq is null)
    then
        return query select 'left', null::bigint, null::timestamptz;
        return;
    end if;
    if not v_room.is_open then
        return query select 'closed', null::bigint, null::timestamptz;
        return;
    end if;
    update rooms r set head = r.head + 1, version = r.version + 1 where r.id = p_room;
    insert into room_entries (room_id, seq, sender_id, client_msg_id, body, at)
    values (p_room, v_room.head + 1, v_person, p_client_msg_id, p_body, p_at);
    return query select 'stored', v_room.head + 1, p_at;
end
$$;

-- Notes something in a room of a dispute as the service itself, open or not. Answers with the room.
create function note_in_room(p_dispute uuid, p_kind text, p_side text, p_body text, p_at timestamptz)
returns uuid
language sql volatile security definer set search_path = public, pg_temp
as $$
    with room as (
        update rooms r set head = r.head + 1, version = r.version + 1
        where r.dispute_id = p_dispute and r.kind = p_kind and r.side is not distinct from p_side
        returning r.id, r.head
    )
    insert into room_entries (room_id, seq, body, at) select id, head, p_body, p_at from room
    returning room_id
$$;

-- What somebody may read of a room, past `p_after`: only what was said while they were in it.
create function read_room_entries(p_account uuid, p_room uuid, p_after bigint, p_limit integer)
returns table (seq bigint, sender uuid, body text, at timestamptz)
language sql stable security definer set search_path = public, pg_temp
as $$
    select e.seq, e.sender_id, e.body, e.at
    from accounts a
    join room_members m on m.person_id = a.person_id and m.room_id = p_room
    join room_entries e on e.room_id = m.room_id and e.seq >= m.joined_seq
        and (m.left_seq is null or e.seq < m.left_seq) and e.seq > p_after
    where a.id = p_account
    order by e.seq limit p_limit
$$;

-- The rooms somebody is or was in, by dispute or by room, with what they may know of each. The head of a
-- room one has left is the last entry before one left.
create function rooms_of(p_account uuid, p_dispute uuid, p_room uuid)
returns table (
    room uuid, dispute uuid, kind text, side text, is_open boolean, is_member boolean, first bigint, head bigint,
    read bigint, unread bigint)
language sql stable security definer set search_path = public, pg_temp
as $$
    select r.id, r.dispute_id, r.kind, r.side, r.is_open and s.is_member, s.is_member, s.first,
           case when s.is_member then r.head else s.left_seq - 1 end, s.read_seq,
           (select count(*) from read_room_entries(p_account, r.id, s.read_seq, 1000) e
            where e.sender is distinct from s.person_id)
    from rooms r
    join lateral (
        select m.person_id, min(m.joined_seq) as first, bool_or(m.left_seq is null) as is_member,
               max(m.left_seq) as left_seq, max(m.read_seq) as read_seq
        from accounts a join room_members m on m.person_id = a.person_id and m.room_id = r.id
        where a.id = p_account group by m.person_id
    ) s on true
    where (r.dispute_id = p_dispute or p_dispute is null) and (r.id = p_room or p_room is null)
        and (p_dispute is not null or p_room is not null)
    order by array_position(array['joint', 'caucus', 'neutrals'], r.kind), r.side
$$;

-- Who is in a room, for somebody who is in it too.
create function members_of_room(p_account uuid, p_room uuid)
returns table (person uuid, part text, name text, read bigint)
language sql stable security definer set search_path = public, pg_temp
as $$
    select m.person_id, m.part, m.name, m.read_seq
    from room_members m
    where m.room_id = p_room and m.left_seq is null
        and exists (
            select from accounts a join room_members me on me.person_id = a.person_id
            where a.id = p_account and me.room_id = p_room and me.left_seq is null)
    order by m.joined_seq, m.part, m.person_id
$$;

-- Notes how far somebody has read; never backwards, never past the head. Nothing for those who are not in it.
create function mark_room_read(p_account uuid, p_room uuid, p_seq bigint)
returns table (person uuid, seq bigint)
language sql volatile security definer set search_path = public, pg_temp
as $$
    update room_members m set read_seq = greatest(m.read_seq, least(p_seq, r.head))
    from rooms r, accounts a
    where a.id = p_account and m.person_id = a.person_id and m.room_id = p_room and m.left_seq is null and r.id = p_room
    returning m.person_id, m.read_seq
$$;

-- Which of these rooms have moved past the version known. For the server's own look-round: no viewer sees it.
create function rooms_moved(p_rooms uuid[], p_versions bigint[])
returns table (room uuid, version bigint)
language sql stable security definer set search_path = public, pg_temp
as $$
    select r.id, r.version from unnest(p_rooms, p_versions) as known (id, version) join rooms r on r.id = known.id
    where r.version <> known.version
$$;

-- Where domestic violence is indicated, the parties meet only when each has agreed to it, asked alone and
-- without pressure.
alter table parties add column agrees_to_meet_at timestamptz;
