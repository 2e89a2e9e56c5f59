//! The path of every lifecycle command: lock, decide, record, enqueue what follows.

use crate::app::App;
use crate::db::Tx;
use crate::disputes::{store, view};
use crate::error::ApiError;
use crate::http::{Actor, IdempotencyKey, Written, write};
use crate::jobs;
use crate::{agreements, rooms, sessions};
use domain::dispute::{self, Command, Dispute, Standing};
use domain::rules::Rules;
use protocol::DisputeId;
use protocol::dispute::DisputeView;

/// A command that needs nothing but itself, as one whole write.
pub async fn command(
    app: &App,
    actor: Actor,
    key: IdempotencyKey,
    hash: [u8; 32],
    id: DisputeId,
    command: Command,
) -> Result<Written<DisputeView>, ApiError> {
    let rules = app.rules.clone();
    app.write(write::Request::command(actor, key, hash), move |tx, actor| {
        Box::pin(async move { carry_out(tx, &rules, actor, id, command).await })
    })
    .await
}

/// Locks, applies, and answers with what the actor now sees.
pub async fn carry_out(
    tx: &mut Tx,
    rules: &Rules,
    actor: &Actor,
    id: DisputeId,
    command: Command,
) -> Result<DisputeView, ApiError> {
    let (before, standing) = store::lock(tx, id, actor).await?;
    apply(tx, rules, before, &standing, command).await?;
    view::show(tx, id, actor).await
}

/// Decides and records on a dispute that is already locked.
pub async fn apply(
    tx: &mut Tx,
    rules: &Rules,
    before: Dispute,
    standing: &Standing,
    command: Command,
) -> Result<Dispute, ApiError> {
    let (now, status) = (tx.now, before.status);
    let part = dispute::acting_as(command.kind(), standing);
    let events = dispute::decide(&before, standing, command, rules, now)?;
    let after = store::record(tx, before, &events, standing.account, part).await?;
    rooms::open(tx, &after, &events).await?;
    rooms::sync_members(tx, &after).await?;
    sessions::store::cancel_idle(tx, &after).await?;
    agreements::service::follow_dispute(tx, status, &after).await?;
    jobs::enqueue(tx, &jobs::following(&after, &events), now).await?;
    Ok(after)
}
