//! Deadlines: whatever is due by the clock is done with the same commands that people give.

use crate::accounts;
use crate::app::App;
use crate::db::Tx;
use crate::disputes::{lifecycle, store};
use crate::error::ApiError;
use crate::evidence;
use crate::live;
use crate::obligations;
use chrono::{DateTime, Duration, Utc};
use domain::dispute::{Command, is_before_effect};
use protocol::DisputeId;
use protocol::dispute::Status;

/// How many rows one statement looks at or removes.
const BATCH: i64 = 200;
/// Longer than the 24 hours within which repeating a request is promised to be safe.
const KEYS_KEPT: Duration = Duration::hours(48);
/// So that what was done can still be looked at.
const JOBS_KEPT: Duration = Duration::days(7);

/// Looks at every deadline once. One that fails does not hold up the others; the next round tries it again.
pub async fn round(app: &App) {
    note("disputes", disputes(app).await);
    note("obligations", obligations(app).await);
    note("tidying", tidy(app).await);
    note("signals", live::forget_signals(app).await);
    note("uploads", evidence::tidy::left_behind(app).await);
}

fn note(what: &'static str, outcome: Result<(), ApiError>) {
    if let Err(error) = outcome {
        tracing::warn!(what, code = error.code().as_str(), "a round of the clock was cut short");
    }
}

/// Disputes in which nobody acted in time.
async fn disputes(app: &App) -> Result<(), ApiError> {
    // The limit of a mediation stays on record after its end; deadlines only bite before the agreement binds.
    let open: Vec<String> = Status::ALL
        .iter()
        .filter(|status| is_before_effect(**status))
        .map(ToString::to_string)
        .collect();
    let mut after = (DateTime::<Utc>::UNIX_EPOCH, DisputeId(uuid::Uuid::nil()));
    loop {
        let due = sqlx::query!(
            r#"select id as "id: DisputeId", least(step_due_at, limit_at) as "due_at!" from disputes
               where least(step_due_at, limit_at) <= $1 and status = any ($2)
                   and (least(step_due_at, limit_at), id) > ($3, $4)
               order by 2, 1 limit $5"#,
            app.clock.now(),
            &open,
            after.0,
            after.1.0,
            BATCH,
        )
        .fetch_all(&app.db)
        .await?;
        let Some(last) = due.last() else { return Ok(()) };
        after = (last.due_at, last.id);
        for dispute in due {
            expire(app, dispute.id).await?;
        }
    }
}

/// What was promised for a day that is over.
async fn obligations(app: &App) -> Result<(), ApiError> {
    let mut db = app.db.acquire().await?;
    let due = obligations::due(&mut db, app.clock.now()).await?;
    drop(db);
    for id in due {
        let mut tx = app.begin().await?;
        let outcome = obligations::expire(&mut tx, &app.rules, id).await;
        finish(app, tx, outcome).await?;
    }
    Ok(())
}

/// Under the dispute's lock, because somebody may have acted a moment before.
async fn expire(app: &App, id: DisputeId) -> Result<(), ApiError> {
    let mut tx = app.begin().await?;
    let outcome = carry_out(app, &mut tx, id).await;
    finish(app, tx, outcome).await
}

async fn finish(app: &App, tx: Tx, outcome: Result<(), ApiError>) -> Result<(), ApiError> {
    match outcome {
        Ok(()) => {
            let hints = tx.commit().await?;
            app.tell(hints);
            Ok(())
        }
        // Somebody was faster, or still holds the lock: the next round looks again.
        Err(ApiError::Refused(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

async fn carry_out(app: &App, tx: &mut Tx, id: DisputeId) -> Result<(), ApiError> {
    if let Some((before, standing)) = store::lock_for_clock(tx, id).await? {
        lifecycle::apply(tx, &app.rules, before, &standing, Command::Expire).await?;
    }
    Ok(())
}

/// What has served its purpose.
async fn tidy(app: &App) -> Result<(), ApiError> {
    accounts::tidy::round(app).await?;
    while forget_keys(app).await? == BATCH.unsigned_abs() {}
    while forget_jobs(app).await? == BATCH.unsigned_abs() {}
    Ok(())
}

async fn forget_keys(app: &App) -> Result<u64, ApiError> {
    let removed = sqlx::query!(
        "delete from idempotency_keys where (account_id, key) in
             (select account_id, key from idempotency_keys where created_at < $1 order by created_at limit $2)",
        app.clock.now() - KEYS_KEPT,
        BATCH,
    );
    Ok(removed.execute(&app.db).await?.rows_affected())
}

async fn forget_jobs(app: &App) -> Result<u64, ApiError> {
    let removed = sqlx::query!(
        "delete from jobs where id in (select id from jobs where done_at < $1 order by done_at limit $2)",
        app.clock.now() - JOBS_KEPT,
        BATCH,
    );
    Ok(removed.execute(&app.db).await?.rows_affected())
}
