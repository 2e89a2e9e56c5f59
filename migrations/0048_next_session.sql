-- The hour of the session that is still to be held: none of its talks has begun.
create function next_session_at(d disputes)
returns timestamptz
language sql stable security invoker set search_path = public, pg_temp
as $$
    select min(s.starts_at) from sessions s
    where s.dispute_id = d.id and s.status in ('planned', 'notified', 'lobby', 'identity_verified', 'rights_read')
$$;

-- As before, and in a mediation that goes on with another session ahead it is the hour of that session too.
create or replace function next_due_at(d disputes)
returns timestamptz
language sql stable security invoker set search_path = public, pg_temp
as $$
    select case
        when d.status = 'scheduled' then next_session_at(d)
        when d.status = 'in_mediation' then coalesce(next_session_at(d), d.step_due_at, d.limit_at)
        when d.status in ('performing', 'defaulted') then (
            select (min(o.due_on) + 1)::timestamp at time zone 'Asia/Shanghai' from obligations o
            where o.dispute_id = d.id and o.status in ('pending', 'reported', 'contested', 'overdue'))
        when d.status in ('submitted', 'emergency_held', 'awaiting_consent', 'matching', 'assigned',
                          'suspended', 'pending_signature') then coalesce(d.step_due_at, d.limit_at)
        else d.step_due_at
    end
$$;
