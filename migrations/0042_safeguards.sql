-- Safeguards of a session are said of one room and hold in that room. While they held for the whole session, what was
-- said of one side's caucus showed in the other rooms: a recording that had begun there was announced nowhere else.

alter table sessions add column safeguards jsonb not null default '[]';
update sessions s set safeguards = (
    select jsonb_agg(r.room || jsonb_build_object(
        'full_recording', s.full_recording, 'officer_present', s.officer_present))
    from unnest(array[
        '{"room": {"kind": "joint"}}', '{"room": {"kind": "caucus", "side": "applicant"}}',
        '{"room": {"kind": "caucus", "side": "respondent"}}']::jsonb[]) as r (room))
where s.full_recording or s.officer_present;
alter table sessions drop column full_recording, drop column officer_present;
