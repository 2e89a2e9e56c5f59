-- When somebody may be reached: whoever lives with the one they dispute with decides when a phone may ring. Full hours
-- of the day in China; past midnight where the end is earlier than the beginning.

alter table people
    add column contact_from smallint not null default 0,
    add column contact_until smallint not null default 24,
    -- A message that may come is sent within a day: two hours are the least.
    add constraint people_can_be_reached check (
        contact_from between 0 and 23 and contact_until between 1 and 24
        and contact_from <> contact_until and mod(contact_until - contact_from + 23, 24) >= 1);
