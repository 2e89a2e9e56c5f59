-- In which part somebody caused an event: a role does not tell one side from the other, and parts change later.
-- Absent for the clock, and for what happened before this was kept.
alter table dispute_events add column part text;
