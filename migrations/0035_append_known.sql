-- The log decides. What is said in a room and who is in it take their numbers from one row of numbers, so the primary
-- key of its entries alone orders a member's last word and their leaving, on any number of servers. Whoever knows a
-- room as of its last entry may add the next without asking: if anything happened meanwhile, that number is taken.

-- An entry is only ever written for somebody who is in the room, as the functions below see to; asking two more tables
-- about each costs twice as much as storing it.
alter table room_entries
    drop constraint room_entries_room_id_fkey,
    drop constraint room_entries_sender_id_fkey,
    -- Where no member is found there is no sender, and this says so.
    add constraint room_entries_of_people_have_an_id check ((sender_id is null) = (client_msg_id is null));

-- Whether the room takes entries of theirs. It changes with a number of its own, like coming and going.
alter table room_members add column may_say boolean not null default true;
update room_members m set may_say = r.is_open from rooms r where r.id = m.room_id;

drop function append_room_entries(uuid[], uuid[], text[], text[], uuid[], timestamptz, boolean);
drop function rooms_moved(uuid[], bigint[]);
alter table rooms drop column head, drop column version, drop column is_open;

-- The last number given.
create function room_head(p_room uuid)
returns bigint
language sql stable set search_path = public, pg_temp
as $$
    select coalesce(max(e.seq), 0) from room_entries e where e.room_id = p_room
$$;

-- Writes as the service itself, at the next number, whoever else is adding to the room at this moment.
create function write_in_room(p_room uuid, p_body text, p_at timestamptz)
returns bigint
language plpgsql volatile set search_path = public, pg_temp
as $$
declare
    v_seq bigint;
begin
    loop
        -- Waits for whoever is about to take the number, and then sees that it is taken.
        insert into room_entries (room_id, seq, body, at)
        values (p_room, room_head(p_room) + 1, p_body, p_at)
        on conflict (room_id, seq) do nothing
        returning seq into v_seq;
        exit when found;
    end loop;
    return v_seq;
end
$$;

create function service_entry(p_notice text, p_detail text default null)
returns text
language sql immutable set search_path = public, pg_temp
as $$
    select json_strip_nulls(json_build_object('kind', 'system', 'notice', p_notice, 'detail', p_detail))::text
$$;

-- Steps of the functions below: nobody calls them for themselves.
revoke execute on function room_head(uuid), write_in_room(uuid, text, timestamptz), service_entry(text, text)
    from public, ala_app;

-- Adds entries at numbers that are known to be next, each as somebody who is in the room and may say something there.
-- All or none: a number that is taken, an id that was used and a sender who is not in the room each end it.
create function append_known_entries(
    p_rooms uuid[], p_seqs bigint[], p_people uuid[], p_client_msg_ids text[], p_bodies text[], p_at timestamptz)
returns void
language plpgsql volatile security definer set search_path = public, pg_temp set plan_cache_mode = force_generic_plan
as $$
begin
    insert into room_entries (room_id, seq, sender_id, client_msg_id, body, at)
    select s.room, s.seq, m.person_id, s.msg, s.body, p_at
    from unnest(p_rooms, p_seqs, p_people, p_client_msg_ids, p_bodies) as s (room, seq, person, msg, body)
    left join room_members m
        on m.room_id = s.room and m.person_id = s.person and m.left_seq is null and m.may_say;
end
$$;

-- Says several things, each as somebody; the arrays are parallel. Entries of one room get their numbers in the order
-- given. The outcome of each is one of: stored; repeated (the same was said before, as the seq tells); reused (the id
-- was used for something else); unseen (not everybody in the room may see the evidence shown); closed; left; foreign;
-- busy (somebody else writes in this room and this call does not wait: ask again with p_wait).
create function append_room_entries(
    p_people uuid[], p_rooms uuid[], p_client_msg_ids text[], p_bodies text[], p_evidence uuid[], p_at timestamptz,
    p_wait boolean)
returns table (n bigint, outcome text, seq bigint, at timestamptz)
language plpgsql volatile security definer set search_path = public, pg_temp set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    -- Only rooms in which one of these people ever was: an outsider must not find out that there is a lock to wait for.
    v_rooms uuid[] := array(
        select s.room from unnest(p_people, p_rooms) as s (person, room)
        join room_members m on m.room_id = s.room and m.person_id = s.person);
    v_held uuid[];
begin
    -- In the order of their ids, so that two calls never wait for each other.
    if p_wait then
        v_held := array(select r.id from rooms r where r.id = any (v_rooms) order by r.id for update);
    else
        v_held := array(select r.id from rooms r where r.id = any (v_rooms) order by r.id for update skip locked);
    end if;
    -- A statement of its own: it sees what whoever held the locks before has committed.
    return query
    with said as materialized (
        select s.n, s.room, s.person, s.msg, s.body,
               s.room = any (v_held) as is_held,
               exists (select from room_members m where m.room_id = s.room and m.person_id = s.person) as was_in,
               (select m.may_say from room_members m
                where m.room_id = s.room and m.person_id = s.person and m.left_seq is null) as may_say,
               s.evidence is null or exists (
                   select from evidence e join rooms r on r.id = s.room
                   where e.id = s.evidence and e.dispute_id = r.dispute_id
                       and (e.visibility = 'all' or r.kind = 'neutrals' or e.side = r.side)) as is_seen
        from unnest(p_people, p_rooms, p_client_msg_ids, p_bodies, p_evidence) with ordinality
            as s (person, room, msg, body, evidence, n)
    ),
    judged as materialized (
        select s.*, e.seq as known_seq, e.at as known_at, e.body as known_body,
               case when not s.was_in then 'foreign'
                    when not s.is_held then 'busy'
                    when e.seq is not null then case when e.body = s.body then 'repeated' else 'reused' end
                    when s.may_say is null then 'left'
                    when not s.may_say then 'closed'
                    when not s.is_seen then 'unseen'
                    else 'new' end as verdict
        from said s
        left join room_entries e
            on e.room_id = s.room and e.sender_id = s.person and e.client_msg_id = s.msg
    ),
    -- The same id twice in one call: the first of them counts.
    firsts as materialized (
        select f.n, f.room, f.person, f.msg, f.body,
               coalesce((select max(e.seq) from room_entries e where e.room_id = f.room), 0)
                   + row_number() over (partition by f.room order by f.n) as seq
        from (
            select j.n, j.room, j.person, j.msg, j.body,
                   row_number() over (partition by j.room, j.person, j.msg order by j.n) as again
            from judged j
            where j.verdict = 'new') f
        where f.again = 1
    ),
    stored as (
        insert into room_entries (room_id, seq, sender_id, client_msg_id, body, at)
        select f.room, f.seq, f.person, f.msg, f.body, p_at from firsts f
    )
    select j.n,
           case when j.verdict <> 'new' then j.verdict
                when f.n = j.n then 'stored'
                when f.body = j.body then 'repeated'
                else 'reused' end,
           coalesce(j.known_seq, f.seq),
           case when f.seq is null then j.known_at else p_at end
    from judged j
    left join firsts f
        on j.verdict = 'new' and f.room = j.room and f.person = j.person and f.msg = j.msg
    order by j.n;
end
$$;

-- Brings the rooms of a dispute to who belongs in them and to whether they take entries. Idempotent. The arrays are
-- parallel, one place for each person in each room. Every change is an entry of its own in its room, which is the
-- number at which it takes effect: who comes sees it, who goes does not. Answers with the rooms that changed.
drop function sync_rooms(uuid, boolean, text[], text[], uuid[], text[], text[]);
create function sync_rooms(
    p_dispute uuid, p_open boolean, p_kinds text[], p_sides text[], p_people uuid[], p_parts text[], p_names text[],
    p_at timestamptz)
returns setof uuid
language plpgsql volatile security definer set search_path = public, pg_temp
as $$
declare
    v_room record;
    v_one record;
    v_changed boolean;
    v_seq bigint;
begin
    for v_room in select r.id, r.kind, r.side from rooms r where r.dispute_id = p_dispute order by r.id for update loop
        v_changed := false;
        for v_one in
            select m.person_id, m.name from room_members m
            where m.room_id = v_room.id and m.left_seq is null and not exists (
                select from unnest(p_kinds, p_sides, p_people) as w (kind, side, person)
                where w.kind = v_room.kind and w.side is not distinct from v_room.side and w.person = m.person_id)
            order by m.joined_seq, m.person_id
        loop
            v_seq := write_in_room(v_room.id, service_entry('member_left', v_one.name), p_at);
            update room_members m set left_seq = v_seq
            where m.room_id = v_room.id and m.person_id = v_one.person_id and m.left_seq is null;
            v_changed := true;
        end loop;
        if exists (
            select from room_members m
            where m.room_id = v_room.id and m.left_seq is null and m.may_say <> p_open)
        then
            perform write_in_room(v_room.id, service_entry(case when p_open then 'opened' else 'closed' end), p_at);
            update room_members m set may_say = p_open where m.room_id = v_room.id and m.left_seq is null;
            v_changed := true;
        end if;
        -- Those who are there when a room begins do not come into it.
        v_seq := null;
        if room_head(v_room.id) = 0 and exists (
            select from unnest(p_kinds, p_sides) as w (kind, side)
            where w.kind = v_room.kind and w.side is not distinct from v_room.side)
        then
            v_seq := write_in_room(v_room.id, service_entry('opened'), p_at);
        end if;
        for v_one in
            select w.person, w.part, w.name
            from unnest(p_kinds, p_sides, p_people, p_parts, p_names) with ordinality
                as w (kind, side, person, part, name, n)
            where w.kind = v_room.kind and w.side is not distinct from v_room.side and not exists (
                select from room_members m
                where m.room_id = v_room.id and m.person_id = w.person and m.left_seq is null)
            order by w.n
        loop
            insert into room_members (room_id, person_id, joined_seq, part, name, read_seq, may_say)
            select v_room.id, v_one.person, s.seq, v_one.part, v_one.name, s.seq - 1, p_open
            from (select coalesce(v_seq, write_in_room(v_room.id, service_entry('member_joined', v_one.name), p_at))) as s (seq);
            v_changed := true;
        end loop;
        if v_changed then
            return next v_room.id;
        end if;
    end loop;
end
$$;

-- Notes something in a room of a dispute as the service itself, open or not. Answers with the room.
create or replace function note_in_room(p_dispute uuid, p_kind text, p_side text, p_body text, p_at timestamptz)
returns uuid
language plpgsql volatile security definer set search_path = public, pg_temp
as $$
declare
    v_room uuid;
begin
    select r.id into v_room from rooms r
    where r.dispute_id = p_dispute and r.kind = p_kind and r.side is not distinct from p_side for update;
    if found then
        perform write_in_room(v_room, p_body, p_at);
    end if;
    return v_room;
end
$$;

-- What of a room, past `p_after`, any of these people may read, and which of them: only what was said while they were
-- in it. There is no other way to what was said.
create function room_log(p_people uuid[], p_room uuid, p_after bigint, p_limit integer)
returns table (seq bigint, sender uuid, body text, at timestamptz, readers uuid[])
language plpgsql stable security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select e.seq, e.sender_id, e.body, e.at, r.readers
    from room_entries e
    cross join lateral (
        select array_agg(m.person_id) as readers from room_members m
        where m.room_id = e.room_id and m.person_id = any (p_people)
            and e.seq >= m.joined_seq and (m.left_seq is null or e.seq < m.left_seq)) r
    where e.room_id = p_room and e.seq > p_after and r.readers is not null
        -- Not all of a long room for somebody who was there for its beginning.
        and e.seq < (
            select max(coalesce(m.left_seq, 9223372036854775807)) from room_members m
            where m.room_id = p_room and m.person_id = any (p_people))
    order by e.seq limit p_limit;
end
$$;

create or replace function read_room_entries(p_account uuid, p_room uuid, p_after bigint, p_limit integer)
returns table (seq bigint, sender uuid, body text, at timestamptz)
language sql stable security definer set search_path = public, pg_temp
as $$
    select l.seq, l.sender, l.body, l.at
    from accounts a, lateral room_log(array[a.person_id], p_room, p_after, p_limit) l
    where a.id = p_account
$$;

-- A room as it is at this moment: its last number and who is in it, for servers that have somebody in it. `first` is
-- the first entry that the member may read at all.
create function room_now(p_people uuid[], p_room uuid)
returns table (dispute uuid, head bigint, person uuid, joined bigint, first bigint, may_say boolean)
language plpgsql stable security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select r.dispute_id, room_head(r.id), m.person_id, m.joined_seq,
           (select min(h.joined_seq) from room_members h where h.room_id = r.id and h.person_id = m.person_id), m.may_say
    from rooms r
    left join room_members m on m.room_id = r.id and m.left_seq is null
    where r.id = p_room
        and exists (select from room_members h where h.room_id = r.id and h.person_id = any (p_people));
end
$$;

-- The rooms somebody is or was in, by dispute or by room, with what they may know of each. The head of a
-- room one has left is the last entry before one left.
create or replace function rooms_of(p_account uuid, p_dispute uuid, p_room uuid)
returns table (
    room uuid, dispute uuid, kind text, side text, is_open boolean, is_member boolean, first bigint, head bigint,
    read bigint, unread bigint)
language sql stable security definer set search_path = public, pg_temp
as $$
    select r.id, r.dispute_id, r.kind, r.side, s.is_open, s.is_member, s.first,
           case when s.is_member then room_head(r.id) else s.left_seq - 1 end, s.read_seq,
           (select count(*) from read_room_entries(p_account, r.id, s.read_seq, 1000) e
            where e.sender is distinct from s.person_id)
    from rooms r
    join lateral (
        select m.person_id, min(m.joined_seq) as first, bool_or(m.left_seq is null) as is_member,
               bool_or(m.left_seq is null and m.may_say) as is_open,
               max(m.left_seq) as left_seq, max(m.read_seq) as read_seq
        from accounts a join room_members m on m.person_id = a.person_id and m.room_id = r.id
        where a.id = p_account group by m.person_id
    ) s on true
    where (r.dispute_id = p_dispute or p_dispute is null) and (r.id = p_room or p_room is null)
        and (p_dispute is not null or p_room is not null)
    order by array_position(array['joint', 'caucus', 'neutrals'], r.kind), r.side
$$;

-- Notes how far somebody has read; never backwards, never past the head. Nothing for those who are not in it.
create or replace function mark_room_read(p_account uuid, p_room uuid, p_seq bigint)
returns table (person uuid, seq bigint)
language sql volatile security definer set search_path = public, pg_temp
as $$
    update room_members m set read_seq = greatest(m.read_seq, least(p_seq, room_head(p_room)))
    from accounts a
    where a.id = p_account and m.person_id = a.person_id and m.room_id = p_room and m.left_seq is null
    returning m.person_id, m.read_seq
$$;

-- Which of these rooms go on past the number known. For the server's own look-round: no viewer sees it.
create function rooms_moved(p_rooms uuid[], p_heads bigint[])
returns setof uuid
language plpgsql stable security definer set search_path = public, pg_temp
as $$
begin
    return query
    select known.id from unnest(p_rooms, p_heads) as known (id, head)
    where exists (select from room_entries e where e.room_id = known.id and e.seq > known.head);
end
$$;
