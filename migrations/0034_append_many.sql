-- Many entries in one commit: what arrives while one commit is under way goes into the next.

drop function append_room_entry(uuid, uuid, text, text, timestamptz);

-- Says several things, each as somebody; the arrays are parallel. Entries of one room get their numbers in the order
-- given. The outcome of each is one of: stored; repeated (the same was said before, as the seq tells); reused (the id
-- was used for something else); unseen (not everybody in the room may see the evidence shown); closed; left; foreign;
-- busy (somebody else writes in this room and this call does not wait: ask again with p_wait).
create function append_room_entries(
    p_accounts uuid[], p_rooms uuid[], p_client_msg_ids text[], p_bodies text[], p_evidence uuid[], p_at timestamptz,
    p_wait boolean)
returns table (n bigint, outcome text, seq bigint, at timestamptz)
language plpgsql volatile security definer set search_path = public, pg_temp set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    v_held uuid[];
begin
    -- Only rooms in which one of these people ever was: an outsider must not find out that there is a lock to wait
    -- for. In the order of their ids, so that two calls never wait for each other.
    if p_wait then
        v_held := array(
            select r.id from rooms r
            where r.id in (
                select s.room from unnest(p_accounts, p_rooms) as s (account, room)
                join accounts a on a.id = s.account
                join room_members m on m.room_id = s.room and m.person_id = a.person_id)
            order by r.id for update);
    else
        v_held := array(
            select r.id from rooms r
            where r.id in (
                select s.room from unnest(p_accounts, p_rooms) as s (account, room)
                join accounts a on a.id = s.account
                join room_members m on m.room_id = s.room and m.person_id = a.person_id)
            order by r.id for update skip locked);
    end if;
    -- A statement of its own: it sees what whoever held the locks before has committed.
    return query
    with said as materialized (
        select s.n, s.room, a.person_id as person, s.msg, s.body,
               s.room = any (v_held) as is_held,
               exists (select from room_members m where m.room_id = s.room and m.person_id = a.person_id) as was_in,
               exists (
                   select from room_members m
                   where m.room_id = s.room and m.person_id = a.person_id and m.left_seq is null) as is_in,
               s.evidence is null or exists (
                   select from evidence e join rooms r on r.id = s.room
                   where e.id = s.evidence and e.dispute_id = r.dispute_id
                       and (e.visibility = 'all' or r.kind = 'neutrals' or e.side = r.side)) as is_seen
        from unnest(p_accounts, p_rooms, p_client_msg_ids, p_bodies, p_evidence) with ordinality
            as s (account, room, msg, body, evidence, n)
        left join accounts a on a.id = s.account
    ),
    judged as materialized (
        select s.*, e.seq as known_seq, e.at as known_at, e.body as known_body,
               case when not s.was_in then 'foreign'
                    when not s.is_held then 'busy'
                    when e.seq is not null then case when e.body = s.body then 'repeated' else 'reused' end
                    when not s.is_in then 'left'
                    when not r.is_open then 'closed'
                    when not s.is_seen then 'unseen'
                    else 'new' end as verdict
        from said s
        left join rooms r on r.id = s.room
        left join room_entries e
            on e.room_id = s.room and e.sender_id = s.person and e.client_msg_id = s.msg
    ),
    -- The same id twice in one call: the first of them counts.
    firsts as materialized (
        select f.n, f.room, f.person, f.msg, f.body,
               f.head + row_number() over (partition by f.room order by f.n) as seq
        from (
            select j.n, j.room, j.person, j.msg, j.body, r.head,
                   row_number() over (partition by j.room, j.person, j.msg order by j.n) as again
            from judged j join rooms r on r.id = j.room
            where j.verdict = 'new') f
        where f.again = 1
    ),
    stored as (
        insert into room_entries (room_id, seq, sender_id, client_msg_id, body, at)
        select f.room, f.seq, f.person, f.msg, f.body, p_at from firsts f
    ),
    counted as (
        update rooms r set head = r.head + f.many, version = r.version + f.many
        from (select room, count(*) as many from firsts group by room) f where r.id = f.room
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
