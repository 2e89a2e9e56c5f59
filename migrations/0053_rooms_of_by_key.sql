-- As before, but found by its key, be it the dispute or the room: a condition with either let all rooms be read.
create or replace function rooms_of(p_account uuid, p_dispute uuid, p_room uuid)
returns table (
    room uuid, dispute uuid, kind text, side text, is_open boolean, is_member boolean, first bigint, head bigint,
    read bigint, unread bigint)
language sql stable security definer set search_path = public, pg_temp
as $$
    select r.id, r.dispute_id, r.kind, r.side, s.is_open, s.is_member, s.first,
           case when s.is_member then room_head(r.id) else s.left_seq - 1 end, s.read_seq,
           (select count(*) from (
                select from room_members m
                join room_entries e on e.room_id = m.room_id and e.seq >= m.joined_seq
                    and (m.left_seq is null or e.seq < m.left_seq)
                where m.room_id = r.id and m.person_id = s.person_id and e.seq > s.read_seq
                    and e.sender_id <> s.person_id
                limit 1000) e)
    from (
        select o.* from rooms o where o.dispute_id = p_dispute and (o.id = p_room or p_room is null)
        union all
        select o.* from rooms o where o.id = p_room and p_dispute is null
    ) r
    join lateral (
        select m.person_id, min(m.joined_seq) as first, bool_or(m.left_seq is null) as is_member,
               bool_or(m.left_seq is null and m.may_say) as is_open,
               max(m.left_seq) as left_seq, max(m.read_seq) as read_seq
        from accounts a join room_members m on m.person_id = a.person_id and m.room_id = r.id
        where a.id = p_account group by m.person_id
    ) s on true
    order by array_position(array['joint', 'caucus', 'neutrals'], r.kind), r.side
$$;
