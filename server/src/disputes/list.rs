//! The disputes one has a part in, newest change first.

use crate::disputes::view::next_step;
use crate::error::ApiError;
use crate::http::Actor;
use crate::http::cursor::{self, Cursor};
use protocol::DisputeId;
use protocol::dispute::{Category, DisputePage, DisputeSummary, Part, Status, Track};
use sqlx::PgPool;

pub async fn list(
    db: &PgPool,
    actor: &Actor,
    status: Option<Status>,
    after: Option<Cursor>,
    limit: i64,
) -> Result<DisputePage, ApiError> {
    let rows = sqlx::query!(
        r#"with mine as (
               select p.dispute_id as id from parties p where p.person_id = $2
               union select r.dispute_id from representatives r where r.person_id = $2 and r.ended_at is null
               union select ap.dispute_id from appointments ap where ap.account_id = $1 and ap.ended_at is null
               union select d.id from disputes d where d.filed_by = $1 or d.owner_id = $1
               union select d.id from disputes d where d.station_id = $3 and d.status <> 'draft'
               union select d.id from disputes d where d.committee_id = $4 and d.status <> 'draft'
               union select d.id from disputes d where d.status = 'matching' and d.track = 'people_mediation'
           )
           select d.id as "id: DisputeId", d.status as "status: Status", d.track as "track: Track",
                  d.category as "category: Category", d.title, d.step_due_at, d.limit_at, d.updated_at,
                  s.parts as "parts!: Vec<Part>"
           from mine join disputes d on d.id = mine.id cross join lateral dispute_standing(d.id, $1) s
           where s.parts <> '{}' and ($5::text is null or d.status = $5)
               and ($6::timestamptz is null or (d.updated_at, d.id) < ($6, $7))
           order by d.updated_at desc, d.id desc limit $8"#,
        actor.account.0,
        actor.person.0,
        actor.station.map(|station| station.0),
        actor.committee.map(|committee| committee.0),
        status.map(Status::as_str),
        after.map(|after| after.at),
        after.map(|after| after.id),
        limit + 1,
    )
    .fetch_all(db)
    .await?;
    let mut disputes: Vec<DisputeSummary> = rows
        .into_iter()
        .map(|row| DisputeSummary {
            id: row.id,
            status: row.status,
            track: row.track,
            category: row.category,
            title: row.title,
            your_parts: row.parts,
            next: next_step(row.status, row.step_due_at.or(row.limit_at)),
            updated_at: row.updated_at,
        })
        .collect();
    let next = cursor::cut(&mut disputes, limit, |d| Cursor { at: d.updated_at, id: d.id.0 });
    Ok(DisputePage { disputes, next })
}
