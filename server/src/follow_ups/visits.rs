//! Visits: what is due on a day, and what was found.

use crate::db::{Hint, Tx};
use crate::disputes;
use crate::error::ApiError;
use crate::follow_ups::{risk, store};
use crate::http::Actor;
use chrono::NaiveDate;
use domain::dispute;
use domain::follow_up;
use domain::rules::Rules;
use protocol::dispute::{Status, Track};
use protocol::follow_up::{
    RouteList, RouteStop, VisitReason, VisitRecord, VisitStatus, VisitView, Visited,
};
use protocol::party::Side;
use protocol::risk::RiskLevel;
use protocol::{DisputeId, ErrorCode, StationId, VisitId};
use sqlx::PgConnection;
use std::collections::HashMap;

pub async fn record(
    tx: &mut Tx,
    rules: &Rules,
    actor: &Actor,
    id: VisitId,
    record: VisitRecord,
) -> Result<VisitView, ApiError> {
    let dispute = store::dispute_of(tx, id).await?;
    let (dispute, standing) = disputes::store::lock(tx, dispute, actor).await?;
    if !matches!(dispute.status, Status::Performing | Status::Defaulted | Status::Performed) {
        return Err(dispute::Refusal::WrongStatus(dispute.status).into());
    }
    if find(tx, dispute.id, id).await?.status != VisitStatus::Due {
        return Err(ApiError::new(
            ErrorCode::AlreadyAnswered,
            "this visit was made or called off; load the visits again to see what is due",
        ));
    }
    follow_up::check_record(&record, tx.now)?;
    store::record(tx, id, &record, standing.account).await?;
    risk::raise_to_what_was_seen(tx, rules, &dispute, (id, &record), standing.account).await?;
    tx.hint(Hint::Dispute(dispute.id));
    find(tx, dispute.id, id).await
}

async fn find(
    db: &mut PgConnection,
    dispute: DisputeId,
    id: VisitId,
) -> Result<VisitView, ApiError> {
    let all = store::of_dispute(db, dispute).await?;
    all.into_iter().find(|visit| visit.id == id).ok_or_else(ApiError::not_found)
}

/// Most stops of a round.
const MOST: i64 = 200;

/// Everything a station has to visit until the end of `on`: what is late first, then by community.
pub async fn route(
    db: &mut PgConnection,
    station: StationId,
    (on, today): (NaiveDate, NaiveDate),
) -> Result<RouteList, ApiError> {
    let rows = sqlx::query!(
        r#"select v.id as "visit: VisitId", v.due_on, v.reason as "reason: VisitReason",
                  d.id as "dispute: DisputeId", d.title, d.track as "track: Track",
                  d.risk_level as "risk_level: RiskLevel", d.community_code, d.place
           from visits v join disputes d on d.id = v.dispute_id
           where d.station_id = $1 and v.status = 'due' and v.due_on <= $2
           order by v.due_on >= $3, d.community_code, v.due_on, v.id limit $4"#,
        station as StationId,
        on,
        today,
        MOST,
    )
    .fetch_all(&mut *db)
    .await?;
    let disputes: Vec<uuid::Uuid> = rows.iter().map(|row| row.dispute.0).collect();
    let people = people(db, &disputes).await?;
    let stops = rows
        .into_iter()
        .map(|row| RouteStop {
            visit: row.visit,
            dispute: row.dispute,
            title: row.title,
            track: row.track,
            risk_level: row.risk_level,
            community_code: row.community_code,
            place: row.place,
            due_on: row.due_on,
            overdue: row.due_on < today,
            reason: row.reason,
            people: people.get(&row.dispute).cloned().unwrap_or_default(),
        })
        .collect();
    Ok(RouteList { on, stops })
}

async fn people(
    db: &mut PgConnection,
    disputes: &[uuid::Uuid],
) -> sqlx::Result<HashMap<DisputeId, Vec<Visited>>> {
    let rows = sqlx::query!(
        r#"select p.dispute_id as "dispute: DisputeId", p.side as "side: Side", p.name, pe.address
           from parties p join people pe on pe.id = p.person_id
           where p.dispute_id = any ($1) order by p.side, p.added_at, p.id"#,
        disputes,
    )
    .fetch_all(db)
    .await?;
    let mut found: HashMap<DisputeId, Vec<Visited>> = HashMap::new();
    for row in rows {
        let visited = Visited { side: row.side, name: row.name, address: row.address };
        found.entry(row.dispute).or_default().push(visited);
    }
    Ok(found)
}
