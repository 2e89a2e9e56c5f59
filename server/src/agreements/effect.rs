//! What follows from an agreement that takes effect: obligations, visits and reminders, in the same transaction.

use crate::db::Tx;
use crate::error::ApiError;
use crate::jobs::{self, Job};
use crate::{follow_ups, obligations};
use domain::agreement::{Agreement, Ground};
use domain::calendar::local_day;
use domain::dispute::Dispute;
use domain::follow_up::{self, Reminder};
use domain::rules::Rules;
use protocol::{ObligationId, PartyId};

pub async fn follow(
    tx: &mut Tx,
    rules: &Rules,
    dispute: Dispute,
    agreement: &Agreement,
    ground: &Ground,
) -> Result<Dispute, ApiError> {
    let now = tx.now;
    let promised = obligations::store::create(tx, dispute.id, agreement).await?;
    follow_ups::plan::at_effect(tx, rules, &dispute, &promised).await?;
    for obligation in &promised {
        let reminders = follow_up::reminders(obligation, rules, now);
        remind(tx, &dispute, Some(obligation.id), reminders).await?;
    }
    if agreement.confirmable(ground) {
        let parties: Vec<PartyId> = dispute.parties.iter().map(|party| party.id).collect();
        let reminders = follow_up::confirmation_reminders(now, &parties, rules, now);
        remind(tx, &dispute, None, reminders).await?;
    }
    obligations::service::settle(tx, rules, dispute).await
}

async fn remind(
    tx: &mut Tx,
    dispute: &Dispute,
    obligation: Option<ObligationId>,
    reminders: Vec<Reminder>,
) -> sqlx::Result<()> {
    for Reminder { at, to, kind } in reminders {
        let (dispute, on) = (dispute.id, local_day(at));
        let job = Job::Remind { dispute, party: to, obligation, about: kind, on };
        jobs::enqueue(tx, &[job], at).await?;
    }
    Ok(())
}
