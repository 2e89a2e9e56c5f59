-- After the agreement: what was promised, the visits that look at it, and how dangerous the dispute is thought to be.

create table obligations (
    id uuid primary key,
    dispute_id uuid not null references disputes,
    agreement_id uuid not null references agreements,
    -- Which clause of the agreement, counted from 0.
    clause smallint not null,
    obligor uuid not null references parties,
    beneficiary uuid not null references parties,
    amount_fen bigint constraint obligations_amount_is_positive check (amount_fen > 0),
    act text not null,
    due_on date not null,
    version bigint not null default 0,
    status text not null default 'pending' constraint obligations_status_is_known
        check (status in ('pending', 'reported', 'performed', 'contested', 'overdue', 'waived')),
    reported_on date,
    performed_on date,
    late boolean not null default false,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint obligations_one_a_clause unique (agreement_id, clause),
    constraint obligations_are_owed_to_somebody_else check (obligor <> beneficiary),
    constraint obligations_performed_on_a_day check ((status = 'performed') = (performed_on is not null))
);
create index obligations_by_dispute on obligations (dispute_id);
create index obligations_running on obligations (due_on) where status = 'pending';
revoke delete on obligations from ala_app;

create table obligation_events (
    obligation_id uuid not null references obligations,
    seq bigint not null,
    event jsonb not null,
    -- absent: the clock
    caused_by uuid references accounts,
    happened_at timestamptz not null,
    primary key (obligation_id, seq)
);
revoke update, delete on obligation_events from ala_app;

-- After a default: that the parties were told of suit, confirmation and enforcement, and in which words (人民调解法
-- Art 32-33).
create table advice (
    dispute_id uuid not null references disputes,
    seq bigint not null,
    text text not null,
    told_by uuid not null references accounts,
    told_at timestamptz not null,
    primary key (dispute_id, seq)
);
revoke update, delete on advice from ala_app;

-- 回访
create table visits (
    id uuid primary key,
    dispute_id uuid not null references disputes,
    due_on date not null,
    reason text not null constraint visits_reason_is_known check (reason in ('risk', 'performance')),
    obligation_id uuid references obligations,
    status text not null default 'due' constraint visits_status_is_known check (status in ('due', 'done', 'cancelled')),
    -- 回访记录
    record jsonb,
    recorded_by uuid references accounts,
    recorded_at timestamptz,
    created_at timestamptz not null,
    constraint visits_look_at_a_performance_if_that_is_why check ((reason = 'performance') = (obligation_id is not null)),
    constraint visits_done_have_a_record check
        ((status = 'done') = (record is not null) and (status = 'done') = (recorded_by is not null)
            and (status = 'done') = (recorded_at is not null))
);
create unique index visits_planned_once on visits (dispute_id, due_on, reason, obligation_id) nulls not distinct
    where status <> 'cancelled';
create index visits_by_dispute on visits (dispute_id);
create index visits_due on visits (due_on) where status = 'due';
revoke delete on visits from ala_app;

-- What was done is not rewritten.
create function visits_keep_their_record() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
    if old.status <> 'due' then
        raise exception 'a visit that was made or cancelled stays as it is'
            using errcode = 'check_violation', constraint = 'visits_end_once';
    end if;
    return new;
end
$$;
create trigger visits_keep_their_record before update on visits
    for each row execute function visits_keep_their_record();

-- Every level somebody confirmed, with the signs behind it (PIPL Art 24).
create table risk_assessments (
    id uuid primary key,
    dispute_id uuid not null references disputes,
    findings jsonb not null,
    score smallint not null,
    proposed text not null constraint risk_assessments_proposed_is_known
        check (proposed in ('green', 'yellow', 'orange', 'red')),
    level text not null constraint risk_assessments_level_is_known
        check (level in ('green', 'yellow', 'orange', 'red')),
    note text,
    -- The visit that raised it, where one did.
    visit_id uuid references visits,
    confirmed_by uuid not null references accounts,
    confirmed_at timestamptz not null
);
create index risk_assessments_by_dispute on risk_assessments (dispute_id, confirmed_at);
revoke update, delete on risk_assessments from ala_app;
