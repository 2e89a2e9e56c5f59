//! How a dispute with an agreement comes to rest, or goes where the law sends it.

use crate::db::Tx;
use crate::disputes::{self, lifecycle, view};
use crate::error::ApiError;
use crate::follow_ups::{plan, store};
use crate::http::Actor;
use crate::obligations;
use domain::dispute::Command;
use domain::follow_up::{self, Standing};
use domain::rules::Rules;
use protocol::DisputeId;
use protocol::dispute::{DisputeView, Status};
use protocol::follow_up::VisitStatus;
use protocol::obligation::AdviseSuit;

/// 人民调解法 Art 31; 程序规定 Art 258: what was promised is done or answered for, and every visit made.
pub async fn close(
    tx: &mut Tx,
    rules: &Rules,
    actor: &Actor,
    id: DisputeId,
) -> Result<DisputeView, ApiError> {
    let (dispute, standing) = disputes::store::lock(tx, id, actor).await?;
    let promised = obligations::store::of_dispute(tx, id).await?;
    let statuses: Vec<_> = promised.iter().map(|(obligation, _)| obligation.status).collect();
    let visits: Vec<VisitStatus> =
        store::of_dispute(tx, id).await?.iter().map(|visit| visit.status).collect();
    if let (Some(track), Status::Performed | Status::Defaulted) = (dispute.track, dispute.status) {
        let advice_given = dispute.advice_given;
        let found = Standing { track, obligations: &statuses, advice_given, visits: &visits };
        follow_up::may_close(found)?;
    }
    let open = visits.iter().filter(|status| **status == VisitStatus::Due).count();
    let visits_open = u32::try_from(open).unwrap_or(u32::MAX);
    lifecycle::apply(tx, rules, dispute, &standing, Command::Close { visits_open }).await?;
    view::show(tx, id, actor).await
}

/// 人民调解法 Art 32, 33: after a default the parties are told how they can go on, and the words are kept.
pub async fn advise_suit(
    tx: &mut Tx,
    rules: &Rules,
    actor: &Actor,
    id: DisputeId,
    AdviseSuit { text }: AdviseSuit,
) -> Result<DisputeView, ApiError> {
    let (dispute, standing) = disputes::store::lock(tx, id, actor).await?;
    let after = lifecycle::apply(tx, rules, dispute, &standing, Command::AdviseSuit).await?;
    obligations::store::keep_advice(tx, id, after.version, text.as_str(), standing.account).await?;
    view::show(tx, id, actor).await
}

/// 程序规定 Art 185: not performed, so the penalty follows; there is nothing left to visit.
pub async fn refer_for_penalty(
    tx: &mut Tx,
    rules: &Rules,
    actor: &Actor,
    id: DisputeId,
) -> Result<DisputeView, ApiError> {
    let (dispute, standing) = disputes::store::lock(tx, id, actor).await?;
    let after = lifecycle::apply(tx, rules, dispute, &standing, Command::ReferForPenalty).await?;
    plan::call_off(tx, &after).await?;
    view::show(tx, id, actor).await
}
