-- What somebody could see at an earlier moment: the same log and the same memberships, cut where they ended then.

-- What the dispute was after this event, as the rules know it. Absent for what happened before this was kept.
alter table dispute_events add column state jsonb;

-- The last number that a room had given at a moment: the one before its first entry of a later time. The cut is by
-- number, so it never goes backwards. Times alone would not do: a command takes its time when it begins and its number
-- when it writes, and a clock may be set back. Numbers are given in the order of commits, so what stands behind a later
-- entry was not there yet, whatever time it bears.
create function room_head_as_of(p_room uuid, p_at timestamptz)
returns bigint
language sql stable set search_path = public, pg_temp
as $$
    select coalesce(
        (select e.seq - 1 from room_entries e where e.room_id = p_room and e.at > p_at order by e.seq limit 1),
        room_head(p_room))
$$;

-- A step of the functions below: nobody calls it for themselves.
revoke execute on function room_head_as_of(uuid, timestamptz) from public, ala_app;

-- The rooms somebody was or had been in at that moment, by dispute or by room. The head of a room they had left by then
-- is the last entry before they left. Only rooms of theirs are counted, before anything of a room is looked at. Before
-- they had an account, nobody could see anything with it.
create function rooms_of_as_of(p_account uuid, p_dispute uuid, p_room uuid, p_at timestamptz)
returns table (room uuid, kind text, side text, is_member boolean, first bigint, head bigint)
language sql stable security definer set search_path = public, pg_temp
as $$
    with stays as materialized (
        select r.id, r.kind, r.side, m.joined_seq, m.left_seq
        from accounts a join room_members m on m.person_id = a.person_id join rooms r on r.id = m.room_id
        where a.id = p_account and a.created_at <= p_at and (r.dispute_id = p_dispute or p_dispute is null)
            and (r.id = p_room or p_room is null) and (p_dispute is not null or p_room is not null)
    ),
    heads as materialized (
        select s.id, room_head_as_of(s.id, p_at) as head from (select distinct id from stays) s
    )
    select s.id, s.kind, s.side, bool_or(s.left_seq is null or s.left_seq > h.head), min(s.joined_seq),
           case when bool_or(s.left_seq is null or s.left_seq > h.head) then h.head else max(s.left_seq) - 1 end
    from stays s join heads h on h.id = s.id
    where s.joined_seq <= h.head
    group by s.id, s.kind, s.side, h.head
    order by array_position(array['joint', 'caucus', 'neutrals'], s.kind), s.side
$$;

-- Who was in a room at that moment, for somebody who was in it too.
create function members_of_room_as_of(p_account uuid, p_room uuid, p_at timestamptz)
returns table (person uuid, part text, name text)
language sql stable security definer set search_path = public, pg_temp
as $$
    select m.person_id, m.part, m.name
    from rooms_of_as_of(p_account, null, p_room, p_at) mine
    join room_members m on m.room_id = mine.room
        and m.joined_seq <= mine.head and (m.left_seq is null or m.left_seq > mine.head)
    where mine.is_member
    order by m.joined_seq, m.part, m.person_id
$$;

-- What somebody could read of a room at that moment, past `p_after`. What one may read is decided by `room_log` alone,
-- as for everything that is read now.
create function read_room_entries_as_of(
    p_account uuid, p_room uuid, p_after bigint, p_limit integer, p_at timestamptz)
returns table (seq bigint, sender uuid, body text, at timestamptz)
language sql stable security definer set search_path = public, pg_temp
as $$
    select l.seq, l.sender, l.body, l.at
    from accounts a, lateral room_log(array[a.person_id], p_room, p_after, p_limit) l
    where a.id = p_account and a.created_at <= p_at and l.seq <= (select room_head_as_of(p_room, p_at))
$$;

-- How a dispute stood at that moment, and what somebody was in it then: a party, who acted for one, or a neutral.
-- What somebody of station or committee was to it is not kept for every moment and is not answered.
create function dispute_as_of(p_dispute uuid, p_account uuid, p_at timestamptz)
returns table (version bigint, is_current boolean, state jsonb, parts text[], acts_for jsonb)
language sql stable security invoker set search_path = public, pg_temp
as $$
    with me as (select a.id, a.person_id from accounts a where a.id = p_account and a.created_at <= p_at),
    -- By number, as in rooms.
    cut as (
        select d.id, d.filed_by, d.status, d.version as newest, coalesce(
            (select e.seq - 1 from dispute_events e
             where e.dispute_id = d.id and e.happened_at > p_at order by e.seq limit 1), d.version) as version
        from disputes d where d.id = p_dispute and d.created_at <= p_at
    ),
    was as (
        select c.id, c.filed_by, c.version, c.version = c.newest as is_current, e.state,
            case when c.version = c.newest then c.status = 'draft'
                 when e.state is not null then e.state ->> 'status' = 'draft'
                 else coalesce((
                     select l.event ->> 'type' <> 'submitted' from dispute_events l
                     where l.dispute_id = c.id and l.seq <= c.version
                         and l.event ->> 'type' in ('submitted', 'returned')
                     order by l.seq desc limit 1), true) end as is_draft
        from cut c left join dispute_events e on e.dispute_id = c.id and e.seq = c.version
    ),
    -- A draft is its filer's alone, whoever is named in it.
    theirs as (select from was w, me where not w.is_draft or w.filed_by = me.id),
    acting as (
        select p.id as party_id, p.side, p.side as part, '{}'::text[] as powers
        from parties p, me, theirs
        where p.dispute_id = p_dispute and p.person_id = me.person_id and p.added_at <= p_at
        union all
        select p.id, p.side, r.kind, r.powers
        from representatives r join parties p on p.id = r.party_id, me, theirs
        where r.dispute_id = p_dispute and r.person_id = me.person_id
            and r.added_at <= p_at and (r.ended_at is null or r.ended_at > p_at)
    ),
    parts as (
        select part from acting
        union
        select ap.part from appointments ap, me, theirs
        where ap.dispute_id = p_dispute and ap.account_id = me.id
            and ap.appointed_at <= p_at and (ap.ended_at is null or ap.ended_at > p_at)
    )
    select w.version, w.is_current, w.state,
           coalesce((select array_agg(part order by part) from parts), '{}'),
           coalesce((select jsonb_agg(jsonb_build_object(
               'party', 'pty_' || replace(party_id::text, '-', ''), 'side', side, 'part', part, 'powers', powers)
               order by party_id, part) from acting), '[]')
    from was w
$$;
