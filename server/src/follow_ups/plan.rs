//! When a dispute is visited: planned at effect, planned anew with every level, called off when it went elsewhere.

use crate::db::Tx;
use crate::error::ApiError;
use crate::follow_ups::store;
use crate::obligations;
use domain::calendar::local_day;
use domain::dispute::Dispute;
use domain::follow_up::{self, PlannedVisit};
use domain::obligation::Obligation;
use domain::rules::Rules;
use protocol::VisitId;
use protocol::follow_up::{VisitStatus, VisitView};
use protocol::risk::RiskLevel;

pub async fn at_effect(
    tx: &mut Tx,
    rules: &Rules,
    dispute: &Dispute,
    promised: &[Obligation],
) -> Result<(), ApiError> {
    let Some(track) = dispute.track else { return Ok(()) };
    let (level, _) = store::level(tx, dispute.id).await?;
    let visits = follow_up::schedule(track, level, tx.now, promised, rules);
    store::add(tx, dispute.id, &visits).await?;
    Ok(())
}

/// Adds what the new level asks for and calls off what it no longer does.
pub async fn at_level(
    tx: &mut Tx,
    rules: &Rules,
    dispute: &Dispute,
    to: RiskLevel,
) -> Result<(), ApiError> {
    let (_, effective_at) = store::level(tx, dispute.id).await?;
    let (Some(track), Some(base)) = (dispute.track, effective_at) else { return Ok(()) };
    let promised: Vec<Obligation> = obligations::store::of_dispute(tx, dispute.id)
        .await?
        .into_iter()
        .map(|(obligation, _)| obligation)
        .collect();
    let wanted = follow_up::schedule(track, to, base, &promised, rules);
    let all = store::of_dispute(tx, dispute.id).await?;
    let known: Vec<_> = all.iter().map(|visit| (planned(visit), visit.status)).collect();
    let (add, cancel) = follow_up::reschedule(&known, &wanted, local_day(tx.now));
    let fallen: Vec<VisitId> = all
        .iter()
        .filter(|visit| visit.status == VisitStatus::Due && cancel.contains(&planned(visit)))
        .map(|visit| visit.id)
        .collect();
    store::cancel(tx, &fallen).await?;
    store::add(tx, dispute.id, &add).await?;
    Ok(())
}

/// Nothing is left to visit: the dispute went to the penalty procedure.
pub async fn call_off(tx: &mut Tx, dispute: &Dispute) -> Result<(), ApiError> {
    let all = store::of_dispute(tx, dispute.id).await?;
    let due = all.iter().filter(|visit| visit.status == VisitStatus::Due);
    let ids: Vec<VisitId> = due.map(|visit| visit.id).collect();
    store::cancel(tx, &ids).await?;
    Ok(())
}

fn planned(visit: &VisitView) -> PlannedVisit {
    PlannedVisit { due_on: visit.due_on, reason: visit.reason, obligation: visit.obligation }
}
