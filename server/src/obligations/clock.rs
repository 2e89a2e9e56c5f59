//! What the clock does to obligations: whose day is over is overdue.

use crate::db::Tx;
use crate::disputes;
use crate::error::ApiError;
use crate::obligations::{service, store};
use chrono::{DateTime, Utc};
use domain::calendar::local_day;
use domain::dispute::SYSTEM;
use domain::obligation::{By, Command};
use domain::rules::Rules;
use protocol::dispute::Status;
use protocol::obligation::ObligationStatus;
use protocol::{DisputeId, ObligationId};
use sqlx::PgConnection;

/// Most that one round takes.
const BATCH: i64 = 200;

/// The obligations whose day is over and about which nobody has said anything.
pub async fn due(db: &mut PgConnection, now: DateTime<Utc>) -> Result<Vec<ObligationId>, ApiError> {
    Ok(sqlx::query_scalar!(
        r#"select o.id as "id: ObligationId" from obligations o join disputes d on d.id = o.dispute_id
           where o.status = 'pending' and o.due_on < $1 and d.status in ('performing', 'defaulted')
           order by o.due_on, o.id limit $2"#,
        local_day(now),
        BATCH,
    )
    .fetch_all(db)
    .await?)
}

/// Makes one overdue. Somebody may have acted since it was found: then it is refused, like any other command.
pub async fn expire(tx: &mut Tx, rules: &Rules, id: ObligationId) -> Result<(), ApiError> {
    let dispute = store::dispute_of(tx, id).await?;
    let (dispute, _) =
        disputes::store::lock_for_clock(tx, dispute).await?.ok_or_else(ApiError::not_found)?;
    let obligation = service::load(tx, &dispute, id).await?;
    service::apply(tx, rules, dispute, obligation, (By::Clock, Command::Lapse), SYSTEM).await?;
    Ok(())
}

/// Whether there is still something to remind of: nobody is reminded of what is no longer open.
pub async fn reminder_is_due(
    db: &mut PgConnection,
    dispute: DisputeId,
    obligation: Option<ObligationId>,
) -> Result<bool, ApiError> {
    let row = sqlx::query!(
        r#"select d.status as "dispute: Status", o.status as "obligation?: ObligationStatus"
           from disputes d left join obligations o on o.id = $2 where d.id = $1"#,
        dispute as DisputeId,
        obligation as Option<ObligationId>,
    )
    .fetch_one(db)
    .await?;
    Ok(match row.obligation {
        Some(status) => status == ObligationStatus::Pending && is_running(row.dispute),
        None => is_running(row.dispute) || row.dispute == Status::Performed,
    })
}

const fn is_running(status: Status) -> bool {
    matches!(status, Status::Performing | Status::Defaulted)
}
