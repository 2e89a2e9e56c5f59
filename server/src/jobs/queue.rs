//! The queue in the database: who works on what until when, and what becomes of it.

use crate::app::App;
use crate::db::Tx;
use crate::error::ApiError;
use crate::jobs::Job;
use chrono::{DateTime, Duration, Utc};
use protocol::ErrorCode;
use serde_json::Value;
use uuid::Uuid;

/// How long a worker may be silent before its work goes to another.
pub const LEASE: Duration = Duration::seconds(30);

/// Seconds to wait after each failed attempt; after the last of them the job is parked.
const BACKOFF: [i64; 6] = [5, 30, 120, 600, 1_800, 7_200];

/// A job that is this worker's until its lease ends.
pub struct Held {
    pub id: i64,
    pub kind: String,
    payload: Value,
    attempts: i16,
    lease: Uuid,
}

/// Takes the job that has been due longest, if any.
pub async fn claim(app: &App) -> Result<Option<Held>, ApiError> {
    let (now, lease) = (app.clock.now(), app.ids.next());
    let row = sqlx::query!(
        "update jobs set attempts = attempts + 1, lease = $2, leased_until = $3
         where id = (
             select id from jobs
             where done_at is null and parked_at is null and run_at <= $1
                 and (leased_until is null or leased_until <= $1)
             order by run_at, id limit 1 for update skip locked)
         returning id, kind, payload, attempts",
        now,
        lease,
        now + LEASE,
    )
    .fetch_optional(&app.db)
    .await?;
    Ok(row.map(|row| Held {
        id: row.id,
        kind: row.kind,
        payload: row.payload,
        attempts: row.attempts,
        lease,
    }))
}

impl Held {
    pub fn job(&self) -> Result<Job, ApiError> {
        serde_json::from_value(self.payload.clone()).map_err(|error| {
            ApiError::Internal(anyhow::Error::new(error).context("a job that cannot be read"))
        })
    }

    /// It was begun more often than it may fail: whoever begins it dies.
    pub fn is_hopeless(&self) -> bool {
        usize::try_from(self.attempts).unwrap_or(usize::MAX) > BACKOFF.len() + 1
    }

    /// Says that the worker is alive.
    pub async fn renew(&self, app: &App) -> Result<(), ApiError> {
        sqlx::query!(
            "update jobs set leased_until = $3 where id = $1 and lease = $2",
            self.id,
            self.lease,
            app.clock.now() + LEASE,
        )
        .execute(&app.db)
        .await?;
        Ok(())
    }

    /// Commits the effect together with "done". A worker whose lease went to another commits nothing.
    pub async fn finish(&self, app: &App, mut tx: Tx) -> Result<(), ApiError> {
        let now = tx.now;
        let still_ours = sqlx::query!(
            "update jobs set done_at = $3, lease = null, leased_until = null where id = $1 and lease = $2",
            self.id,
            self.lease,
            now,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected()
            == 1;
        if still_ours {
            let hints = tx.commit().await?;
            app.tell(hints);
        }
        Ok(())
    }

    /// Puts it back for later, or parks it after the last attempt.
    pub async fn give_back(&self, app: &App, error: ErrorCode) -> Result<(), ApiError> {
        let now = app.clock.now();
        let again = self.next_attempt(now);
        sqlx::query!(
            "update jobs set lease = null, leased_until = null, last_error = $3,
                 run_at = coalesce($4, run_at), parked_at = $5
             where id = $1 and lease = $2",
            self.id,
            self.lease,
            error.as_str(),
            again,
            again.is_none().then_some(now),
        )
        .execute(&app.db)
        .await?;
        Ok(())
    }

    fn next_attempt(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let failed = usize::try_from(self.attempts).ok()?.checked_sub(1)?;
        BACKOFF.get(failed).map(|seconds| now + Duration::seconds(*seconds))
    }
}
