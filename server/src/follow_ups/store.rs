//! Visits and risk levels in the database: reached through their dispute.

use crate::db::Tx;
use crate::error::ApiError;
use chrono::{DateTime, Utc};
use domain::follow_up::PlannedVisit;
use protocol::follow_up::{VisitReason, VisitRecord, VisitStatus, VisitView};
use protocol::risk::{RiskAssessment, RiskFindings, RiskLevel};
use protocol::{AccountId, DisputeId, ObligationId, VisitId};
use sqlx::PgConnection;
use sqlx::types::Json;

/// The dispute of a visit; whether one may know of it is asked there.
pub async fn dispute_of(db: &mut PgConnection, id: VisitId) -> Result<DisputeId, ApiError> {
    sqlx::query_scalar!(
        r#"select dispute_id as "id: DisputeId" from visits where id = $1"#,
        id as VisitId
    )
    .fetch_optional(db)
    .await?
    .ok_or_else(ApiError::not_found)
}

/// The visits of a dispute. To change one, the dispute is locked first.
pub async fn of_dispute(db: &mut PgConnection, dispute: DisputeId) -> sqlx::Result<Vec<VisitView>> {
    let rows = sqlx::query!(
        r#"select id as "id: VisitId", due_on, reason as "reason: VisitReason",
                  obligation_id as "obligation: ObligationId", status as "status: VisitStatus",
                  record as "record: Json<VisitRecord>", recorded_at
           from visits where dispute_id = $1 order by due_on, reason, id"#,
        dispute as DisputeId,
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| VisitView {
            id: row.id,
            dispute,
            due_on: row.due_on,
            reason: row.reason,
            obligation: row.obligation,
            status: row.status,
            record: row.record.map(|Json(record)| record),
            recorded_at: row.recorded_at,
        })
        .collect())
}

pub async fn add(tx: &mut Tx, dispute: DisputeId, visits: &[PlannedVisit]) -> sqlx::Result<()> {
    let now = tx.now;
    for visit in visits {
        let id = VisitId(tx.ids.next());
        sqlx::query!(
            "insert into visits (id, dispute_id, due_on, reason, obligation_id, created_at)
             values ($1, $2, $3, $4, $5, $6)",
            id as VisitId,
            dispute as DisputeId,
            visit.due_on,
            visit.reason as VisitReason,
            visit.obligation as Option<ObligationId>,
            now,
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

pub async fn cancel(tx: &mut Tx, visits: &[VisitId]) -> sqlx::Result<()> {
    for visit in visits {
        sqlx::query!("update visits set status = 'cancelled' where id = $1", *visit as VisitId)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

pub async fn record(
    tx: &mut Tx,
    id: VisitId,
    record: &VisitRecord,
    by: AccountId,
) -> sqlx::Result<()> {
    let now = tx.now;
    sqlx::query!(
        "update visits set status = 'done', record = $2, recorded_by = $3, recorded_at = $4 where id = $1",
        id as VisitId,
        Json(record) as _,
        by as AccountId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The level that holds, and since when the agreement is in effect.
pub async fn level(
    db: &mut PgConnection,
    dispute: DisputeId,
) -> sqlx::Result<(RiskLevel, Option<DateTime<Utc>>)> {
    let row = sqlx::query!(
        r#"select risk_level as "level: RiskLevel", effective_at from disputes where id = $1"#,
        dispute as DisputeId,
    )
    .fetch_one(db)
    .await?;
    Ok((row.level, row.effective_at))
}

/// A level that somebody confirmed, with what it rests on.
pub struct Confirmed<'a> {
    pub findings: &'a RiskFindings,
    pub assessment: &'a RiskAssessment,
    pub level: RiskLevel,
    pub note: Option<&'a str>,
    pub visit: Option<VisitId>,
    pub by: AccountId,
}

pub async fn set_level(
    tx: &mut Tx,
    dispute: DisputeId,
    confirmed: &Confirmed<'_>,
) -> Result<(), ApiError> {
    let (now, id) = (tx.now, tx.ids.next());
    sqlx::query!(
        "insert into risk_assessments (id, dispute_id, findings, score, proposed, level, note, visit_id,
             confirmed_by, confirmed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id,
        dispute as DisputeId,
        Json(confirmed.findings) as _,
        i16::try_from(confirmed.assessment.score).unwrap_or(i16::MAX),
        confirmed.assessment.level as RiskLevel,
        confirmed.level as RiskLevel,
        confirmed.note,
        confirmed.visit as Option<VisitId>,
        confirmed.by as AccountId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "update disputes set risk_level = $2, updated_at = $3 where id = $1",
        dispute as DisputeId,
        confirmed.level as RiskLevel,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
