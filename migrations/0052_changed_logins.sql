-- A server that knows who its sockets belong to has to hear of it when a login ends or an account changes, also when nobody
-- tells it. It asks for what has changed since it last asked: by transaction and not by time, because transactions do not
-- commit in the order in which they began. What was not visible in the earlier snapshot is new, and nothing else is. Both,
-- snapshots and what `pg_current_xact_id` answers, are about whole transactions and not about parts of them.
alter table accounts add column changed_in xid8 not null default pg_current_xact_id();
alter table logins add column changed_in xid8 not null default pg_current_xact_id();
create index accounts_by_change on accounts (changed_in);
create index logins_by_change on logins (changed_in);

create function note_change()
returns trigger language plpgsql set search_path = public, pg_temp
as $$
begin
    new.changed_in := pg_current_xact_id();
    return new;
end
$$;

create trigger accounts_change before update on accounts for each row
    when ((old.role, old.station_id, old.committee_id, old.disabled_at)
        is distinct from (new.role, new.station_id, new.committee_id, new.disabled_at))
    execute function note_change();

-- Not when it was last seen: that changes every minute and makes nobody somebody else.
create trigger logins_change before update on logins for each row
    when ((old.ended_at, old.expires_at, old.generation, old.parent, old.account_id)
        is distinct from (new.ended_at, new.expires_at, new.generation, new.parent, new.account_id))
    execute function note_change();

-- Which logins have changed since a snapshot, and the snapshot to ask with next time. Without one nothing is known: null.
-- Never by reading whole tables: what is asked for is little, and the planner cannot know that. Numbers from the future
-- come with data from another cluster.
create function logins_changed(p_since pg_snapshot, out as_of pg_snapshot, out changed uuid[])
language plpgsql stable set search_path = public, pg_temp set enable_seqscan = off
as $$
declare
    v_first xid8 := pg_snapshot_xmin(p_since);
    v_next xid8 := pg_snapshot_xmax(pg_current_snapshot());
begin
    as_of := pg_current_snapshot();
    if p_since is not null then
        changed := array(
            select l.id from logins l
            where l.changed_in >= v_first and l.changed_in < v_next
                and not pg_visible_in_snapshot(l.changed_in, p_since)
            union all
            select l.id from accounts a join logins l on l.account_id = a.id and l.ended_at is null
            where a.changed_in >= v_first and a.changed_in < v_next
                and not pg_visible_in_snapshot(a.changed_in, p_since));
    end if;
end
$$;
