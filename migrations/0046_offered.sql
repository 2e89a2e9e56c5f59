-- Lawyers and mediators look for disputes of every station that want them.
create index disputes_offered on disputes (updated_at desc, id desc)
    where track = 'people_mediation' and status in ('matching', 'assigned', 'scheduled', 'in_mediation');
