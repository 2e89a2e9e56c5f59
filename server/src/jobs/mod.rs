//! Work after the commit: rows written inside the commit that causes it.

pub mod clocks;
pub mod effects;
pub mod queue;
pub mod worker;

use crate::db::{Hint, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use domain::dispute::{Dispute, Event};
use domain::notice;
use protocol::follow_up::ReminderKind;
use protocol::{DisputeId, InvitationId, ObligationId, PartyId, TextMessageId};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;

/// What can be left to a worker. Stored as JSON: fields are added, never renamed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    /// Tell everybody concerned of what happened to a dispute.
    NotifyDispute { dispute: DisputeId, seq: i64 },
    /// Send a text message that was queued.
    SendText { message: TextMessageId },
    /// Tell the station that an invitation can no longer be answered, if anybody still waits for the answer.
    /// It lapsed by wrong codes, or else by time.
    InvitationLapsed { invitation: InvitationId, by_tries: bool },
    /// Remind a party of a day that comes, unless nothing is open any more.
    Remind {
        dispute: DisputeId,
        party: PartyId,
        obligation: Option<ObligationId>,
        about: ReminderKind,
        /// The day of the reminder: of some there are several.
        on: NaiveDate,
    },
}

impl Job {
    const fn kind(&self) -> &'static str {
        match self {
            Self::NotifyDispute { .. } => "notify_dispute",
            Self::SendText { .. } => "send_text",
            Self::InvitationLapsed { .. } => "invitation_lapsed",
            Self::Remind { .. } => "remind",
        }
    }

    /// Under which the same work is not queued twice while it waits.
    fn dedupe_key(&self) -> String {
        match self {
            Self::NotifyDispute { dispute, seq } => {
                format!("{}:{dispute}:{seq}", self.kind())
            }
            Self::SendText { message } => format!("{}:{message}", self.kind()),
            Self::InvitationLapsed { invitation, by_tries } => {
                format!("{}:{invitation}:{by_tries}", self.kind())
            }
            Self::Remind { dispute, party, obligation, about, on } => {
                let of = obligation.map(|id| id.to_string()).unwrap_or_default();
                format!("{}:{dispute}:{party}:{of}:{about}:{on}", self.kind())
            }
        }
    }
}

/// What follows from `events`, the last ones of `dispute`. The one place that says so.
pub fn following(dispute: &Dispute, events: &[Event]) -> Vec<Job> {
    let before = dispute.version - i64::try_from(events.len()).unwrap_or_default();
    (before + 1..)
        .zip(events)
        .filter(|(_, event)| !notice::tellings(event).is_empty())
        .map(|(seq, _)| Job::NotifyDispute { dispute: dispute.id, seq })
        .collect()
}

pub async fn enqueue(tx: &mut Tx, jobs: &[Job], run_at: DateTime<Utc>) -> sqlx::Result<()> {
    for job in jobs {
        sqlx::query!(
            "insert into jobs (kind, payload, dedupe_key, run_at) values ($1, $2, $3, $4)
             on conflict (dedupe_key) where done_at is null and parked_at is null do nothing",
            job.kind(),
            Json(job) as _,
            job.dedupe_key(),
            run_at,
        )
        .execute(&mut **tx)
        .await?;
    }
    tx.hint(Hint::Jobs);
    Ok(())
}
