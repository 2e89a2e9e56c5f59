-- As before, but whether somebody is in a room is looked up once for all they say there in one commit, and by its key. With
-- a row for each entry to be joined, the database reckoned with few and read through everybody who is in any room.
drop function append_known_entries(uuid[], bigint[], uuid[], text[], text[], timestamptz);

-- Adds entries at numbers that are known to be next, each as somebody who is in the room and may say something there.
-- Rooms and people are parallel, one place for each who speaks; p_speakers has the place, from 1, for each entry. All or
-- none: a number that is taken, an id that was used and a speaker who is not in the room each end it.
--
-- Between the look at who is in the room and the entry somebody may leave. Leaving takes a number, and at this moment no
-- other than the one that the entry is to have: either the entry is not stored, or it comes before the leaving.
create function append_known_entries(
    p_rooms uuid[], p_people uuid[], p_speakers integer[], p_seqs bigint[], p_client_msg_ids text[], p_bodies text[],
    p_at timestamptz)
returns void
language plpgsql volatile security definer set search_path = public, pg_temp set plan_cache_mode = force_generic_plan
    set enable_seqscan = off
as $$
declare
    v_people uuid[] := array(
        select (select m.person_id from room_members m
                where m.room_id = s.room and m.person_id = s.person and m.left_seq is null and m.may_say)
        from unnest(p_rooms, p_people) with ordinality as s (room, person, n) order by s.n);
begin
    insert into room_entries (room_id, seq, sender_id, client_msg_id, body, at)
    select p_rooms[s.speaker], s.seq, v_people[s.speaker], s.msg, s.body, p_at
    from unnest(p_speakers, p_seqs, p_client_msg_ids, p_bodies) as s (speaker, seq, msg, body);
end
$$;
