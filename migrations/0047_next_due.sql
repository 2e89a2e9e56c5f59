-- By when what comes next in a dispute is to be done. Before there is an agreement that is the limit of the step, or of the
-- whole mediation; then it is the hour of the session, or the first day on which something promised is due.
create function next_due_at(d disputes)
returns timestamptz
language sql stable security invoker set search_path = public, pg_temp
as $$
    select case
        when d.status = 'scheduled' then (
            select min(s.starts_at) from sessions s
            where s.dispute_id = d.id and s.status not in ('ended', 'cancelled'))
        when d.status in ('performing', 'defaulted') then (
            select (min(o.due_on) + 1)::timestamp at time zone 'Asia/Shanghai' from obligations o
            where o.dispute_id = d.id and o.status in ('pending', 'reported', 'contested', 'overdue'))
        when d.status in ('submitted', 'emergency_held', 'awaiting_consent', 'matching', 'assigned', 'in_mediation',
                          'suspended', 'pending_signature') then coalesce(d.step_due_at, d.limit_at)
        else d.step_due_at
    end
$$;
