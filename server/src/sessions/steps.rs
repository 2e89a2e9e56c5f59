//! The path of every step of a session: lock its dispute, decide, record, tell those who may know.

use crate::app::App;
use crate::db::Tx;
use crate::disputes::{self, lifecycle};
use crate::error::ApiError;
use crate::http::{Actor, IdempotencyKey, Written, write};
use crate::media;
use crate::sessions::safeguards::{self, ByRoom, Safeguards};
use crate::sessions::store::{self, Stored};
use crate::sessions::{follow, setting, view};
use chrono::TimeDelta;
use domain::dispute;
use domain::rules::Rules;
use domain::session::{self, Command, Event, Session};
use protocol::session::{PlanSession, SessionStatus, SessionView};
use protocol::{DisputeId, SessionId};

const LONGEST: TimeDelta = TimeDelta::hours(12);

/// Plans a session: the dispute has to be ready for one, and the mediator free.
pub async fn schedule(
    tx: &mut Tx,
    rules: &Rules,
    actor: &Actor,
    id: DisputeId,
    plan: PlanSession,
) -> Result<SessionView, ApiError> {
    let (before, standing) = disputes::store::lock(tx, id, actor).await?;
    if plan.ends_at - plan.starts_at > LONGEST {
        return Err(ApiError::invalid("ends_at", "a session takes at most twelve hours"));
    }
    let now = tx.now;
    let dispute =
        lifecycle::apply(tx, rules, before, &standing, dispute::Command::Schedule).await?;
    let setting = setting::of(tx, &dispute, Safeguards::default(), now).await?;
    let all = store::load(tx, id, None).await?;
    let earlier: Vec<_> = all
        .iter()
        .filter(|stored| stored.session.status != SessionStatus::Cancelled)
        .map(|stored| stored.session.plan.starts_at)
        .collect();
    session::plan(&setting, &earlier, plan.clone(), rules, now)?;
    // One that was called off keeps its number: people have spoken of it by that.
    let last = all.iter().map(|stored| stored.session.number).max().unwrap_or(0);
    let number = last.checked_add(1).ok_or(session::Refusal::SessionLimit)?;
    let event = Event::Planned { number, plan: plan.clone() };
    let host = dispute.mediator().map(|mediator| mediator.account);
    let host = host.ok_or_else(|| ApiError::from(dispute::Refusal::DisclosurePending))?;
    let session = Session::new(SessionId(tx.ids.next()), number, plan);
    store::insert(tx, id, &session, host).await?;
    let new = Stored { session, host, safeguards: ByRoom::default() };
    let stored = store::record(tx, id, new, &[event], Some(actor.account)).await?;
    Ok(view::of(&dispute, &standing, &stored.session))
}

/// One step as one whole write.
pub async fn take(
    app: &App,
    actor: Actor,
    key: IdempotencyKey,
    id: SessionId,
    command: Command,
) -> Result<Written<SessionView>, ApiError> {
    take_guarded(app, actor, key, id, command, Safeguards::default()).await
}

/// The same, for a step with which a talk begins.
pub async fn take_guarded(
    app: &App,
    actor: Actor,
    key: IdempotencyKey,
    id: SessionId,
    command: Command,
    safeguards: Safeguards,
) -> Result<Written<SessionView>, ApiError> {
    let rules = app.rules.clone();
    let hash = write::bare(format_args!("{id} {command:?} {safeguards:?}"));
    app.write(write::Request::command(actor, key, hash), move |tx, actor| {
        Box::pin(async move { step(tx, &rules, actor, id, command, safeguards).await })
    })
    .await
}

async fn step(
    tx: &mut Tx,
    rules: &Rules,
    actor: &Actor,
    id: SessionId,
    command: Command,
    said: Safeguards,
) -> Result<SessionView, ApiError> {
    let of = store::dispute_of(tx, id).await?;
    let (dispute, standing) = disputes::store::lock(tx, of, actor).await?;
    if !dispute.rooms_are_open() && !winds_up(&command) {
        return Err(dispute::Refusal::WrongStatus(dispute.status).into());
    }
    let mut stored = store::one(tx, of, id).await?;
    let before = stored.session.clone();
    let (mut known, mut held) = (Safeguards::default(), Safeguards::default());
    if let Some(room) = safeguards::room_of(&command) {
        known = stored.safeguards.of(room);
        stored.safeguards.add(room, said);
        held = stored.safeguards.of(room);
    }
    let now = tx.now;
    let setting = setting::of(tx, &dispute, held, now).await?;
    let events = session::decide(&stored.session, &setting, actor.person, command)?;
    let stored = store::record(tx, of, stored, &events, Some(actor.account)).await?;
    media::settle(tx, of).await?;
    let news = follow::News { before: &before, after: &stored.session, events: &events };
    follow::tell(tx, of, &news, held.full_recording && !known.full_recording).await?;
    let first_talk = news.is_first_talk();
    let dispute = if first_talk && dispute.status == protocol::dispute::Status::Scheduled {
        lifecycle::apply(tx, rules, dispute, &standing, dispute::Command::Begin).await?
    } else {
        dispute
    };
    Ok(view::of(&dispute, &standing, &stored.session))
}

/// What was said has to be recorded even when the dispute has ended or pauses meanwhile (人民调解法 Art 27).
const fn winds_up(command: &Command) -> bool {
    matches!(
        command,
        Command::Depart { .. }
            | Command::PresentRecord { .. }
            | Command::ConfirmRecord { .. }
            | Command::NoteRecordRefusal { .. }
            | Command::CloseRecord
            | Command::End
            | Command::Cancel { .. }
    )
}
