//! The disputes one has a part in, or those that one may take on; newest change first.

use crate::disputes::view::next_step;
use crate::error::ApiError;
use crate::http::Actor;
use crate::http::cursor::{self, Cursor};
use chrono::{DateTime, Utc};
use domain::dispute::{looks_inside, next};
use protocol::DisputeId;
use protocol::account::Role;
use protocol::dispute::{
    Category, DeskLine, DisputePage, DisputeSummary, Part, Scope, Status, Track,
};
use protocol::risk::RiskLevel;
use sqlx::PgPool;

/// Which of them; whatever is not told does not matter.
pub struct Wanted {
    pub scope: Scope,
    pub status: Option<Status>,
    pub track: Option<Track>,
    /// In which an ending waits for a second person.
    pub waits_for_approval: bool,
    /// What is next should have been done by now.
    pub late: bool,
}

pub async fn list(
    db: &PgPool,
    actor: &Actor,
    wanted: Wanted,
    now: DateTime<Utc>,
    after: Option<Cursor>,
    limit: i64,
) -> Result<DisputePage, ApiError> {
    // Whether an ending waits for somebody is not for parties to find out, by asking for those in which one does either.
    let staff: Vec<&str> =
        Part::ALL.iter().filter(|part| looks_inside(**part)).map(|part| part.as_str()).collect();
    let rows = sqlx::query_as!(
        Row,
        r#"with mine as (
               select p.dispute_id as id from parties p where p.person_id = $2
               union select r.dispute_id from representatives r where r.person_id = $2 and r.ended_at is null
               union select ap.dispute_id from appointments ap where ap.account_id = $1 and ap.ended_at is null
               union select d.id from disputes d where d.filed_by = $1 or d.owner_id = $1
               union select d.id from disputes d where d.station_id = $3 and d.status <> 'draft'
               union select d.id from disputes d where d.committee_id = $4 and d.status <> 'draft'
           ),
           wanting as (
               select d.id from disputes d
               where d.track = 'people_mediation' and (d.status = 'matching'
                   or $16 and d.status in ('assigned', 'scheduled', 'in_mediation') and not exists (
                       select from appointments ap
                       where ap.dispute_id = d.id and ap.part = 'invited_lawyer' and ap.ended_at is null))
           ),
           which as (select id from mine where not $15 union select id from wanting where $15)
           select d.id as "id: DisputeId", d.status as "status: Status", d.track as "track: Track",
                  d.category as "category: Category", d.title, next_due_at(d) as due_at, d.created_at, d.updated_at,
                  next_session_at(d) is not null as "session_is_ahead!", s.parts as "parts!: Vec<Part>", d.risk_level as "risk_level: RiskLevel",
                  d.approval is not null as "waits_for_approval!", o.name as "owner?",
                  (select coalesce(sum(r.unread), 0)::bigint from rooms_of($1, d.id, null) r where r.is_member) as "unread!"
           from which join disputes d on d.id = which.id cross join lateral dispute_standing(d.id, $1) s
                left join (select a.id, pe.name from accounts a join people pe on pe.id = a.person_id) o on o.id = d.owner_id
           where s.parts <> '{}' and (s.parts = '{candidate}') = $15 and ($5::text is null or d.status = $5)
               and ($6::timestamptz is null or (d.updated_at, d.id) < ($6, $7))
               and ($9::text is null or d.track = $9)
               and (not $10 or d.owner_id = $1)
               and (not $11 or (d.approval is not null and s.parts && $14))
               and (not $12 or next_due_at(d) < $13)
           order by d.updated_at desc, d.id desc limit $8"#,
        actor.account.0,
        actor.person.0,
        actor.station.map(|station| station.0),
        actor.committee.map(|committee| committee.0),
        wanted.status.map(Status::as_str),
        after.map(|after| after.at),
        after.map(|after| after.id),
        limit + 1,
        wanted.track.map(Track::as_str),
        wanted.scope == Scope::Owned,
        wanted.waits_for_approval,
        wanted.late,
        now,
        &staff as &[&str],
        wanted.scope == Scope::Offered,
        actor.role == Role::Lawyer,
    )
    .fetch_all(db)
    .await?;
    let mut disputes: Vec<DisputeSummary> = rows.into_iter().map(Row::told).collect();
    let next_page = cursor::cut(&mut disputes, limit, |d| Cursor { at: d.updated_at, id: d.id.0 });
    Ok(DisputePage { disputes, next: next_page })
}

struct Row {
    id: DisputeId,
    status: Status,
    track: Option<Track>,
    category: Category,
    title: String,
    due_at: Option<DateTime<Utc>>,
    session_is_ahead: bool,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    parts: Vec<Part>,
    risk_level: RiskLevel,
    waits_for_approval: bool,
    owner: Option<String>,
    unread: i64,
}

impl Row {
    fn told(self) -> DisputeSummary {
        let desk = self.parts.iter().copied().any(looks_inside).then_some(DeskLine {
            risk_level: self.risk_level,
            owner: self.owner,
            waits_for_approval: self.waits_for_approval,
        });
        DisputeSummary {
            id: self.id,
            status: self.status,
            track: self.track,
            category: self.category,
            title: self.title,
            your_parts: self.parts,
            next: next_step(next(self.status, self.session_is_ahead), self.due_at),
            unread: self.unread,
            created_at: self.created_at,
            updated_at: self.updated_at,
            desk,
        }
    }
}
