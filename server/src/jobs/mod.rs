//! Work after the commit: rows written inside the commit that causes it.

use crate::db::{Hint, Tx};
use chrono::{DateTime, Utc};
use domain::dispute::{Dispute, Event};
use protocol::DisputeId;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;

/// What can be left to a worker. Stored as JSON: fields are added, never renamed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    /// Tell everybody concerned that the dispute has news.
    NotifyDispute { dispute: DisputeId, event: String },
}

impl Job {
    fn kind(&self) -> &'static str {
        match self {
            Self::NotifyDispute { .. } => "notify_dispute",
        }
    }
}

/// What follows from `events`. The one place that says so.
pub fn following(dispute: &Dispute, events: &[Event]) -> Vec<Job> {
    events
        .iter()
        .map(|event| Job::NotifyDispute { dispute: dispute.id, event: event.name().to_owned() })
        .collect()
}

pub async fn enqueue(tx: &mut Tx, jobs: &[Job], run_at: DateTime<Utc>) -> sqlx::Result<()> {
    for job in jobs {
        sqlx::query!(
            "insert into jobs (kind, payload, run_at) values ($1, $2, $3)",
            job.kind(),
            Json(job) as _,
            run_at,
        )
        .execute(&mut **tx)
        .await?;
    }
    tx.hint(Hint::Jobs);
    Ok(())
}
