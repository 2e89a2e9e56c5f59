-- What these functions look for has a key, always. Their statements are planned once for a connection, which may be when there
-- is next to nothing in a table, or nothing is known of it yet: reading all of it is then the best plan, and stays it.
alter function room_log(uuid[], uuid, bigint, integer) set enable_seqscan = off;
alter function append_room_entries(uuid[], uuid[], text[], text[], uuid[], timestamptz, boolean) set enable_seqscan = off;

-- Planned once, too.
create or replace function room_head(p_room uuid)
returns bigint
language plpgsql stable set search_path = public, pg_temp set enable_seqscan = off
as $$
begin
    return coalesce((select max(e.seq) from room_entries e where e.room_id = p_room), 0);
end
$$;

-- As before, but the last number is looked up once and not for each member.
create or replace function room_now(p_people uuid[], p_room uuid)
returns table (dispute uuid, head bigint, person uuid, joined bigint, first bigint, may_say boolean)
language plpgsql stable security definer set search_path = public, pg_temp set enable_seqscan = off
as $$
#variable_conflict use_column
declare
    v_head bigint := room_head(p_room);
begin
    return query
    select r.dispute_id, v_head, m.person_id, m.joined_seq,
           (select min(h.joined_seq) from room_members h where h.room_id = r.id and h.person_id = m.person_id), m.may_say
    from rooms r
    left join room_members m on m.room_id = r.id and m.left_seq is null
    where r.id = p_room
        and exists (select from room_members h where h.room_id = r.id and h.person_id = any (p_people));
end
$$;

-- Which of these rooms go on past the number known, and up to which. For the server's own look-round: no viewer sees it.
drop function rooms_moved(uuid[], bigint[]);
create function rooms_moved(p_rooms uuid[], p_heads bigint[])
returns table (room uuid, head bigint)
language plpgsql stable security definer set search_path = public, pg_temp set enable_seqscan = off
as $$
#variable_conflict use_column
begin
    return query
    select known.id, last.seq
    from unnest(p_rooms, p_heads) as known (id, head)
    cross join lateral (
        select e.seq from room_entries e where e.room_id = known.id order by e.seq desc limit 1) last
    where last.seq > known.head;
end
$$;
