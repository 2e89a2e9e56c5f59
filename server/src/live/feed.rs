//! Sends a socket what it listens to: rows past its cursor, read as the viewer, in order.

use crate::app::App;
use crate::disputes::{self, view};
use crate::error::ApiError;
use crate::live::held;
use crate::live::hub::{Live, Subscription};
use crate::rooms::store;
use protocol::live::ServerFrame;
use protocol::room::EntryView;
use protocol::{DisputeId, RoomId};
use std::sync::Arc;
use std::time::Duration;

const PAGE: i32 = 100;
/// Well under what the socket's write buffer takes at once.
const FRAME: usize = 64 * 1024;
const AFTER_FAILURE: Duration = Duration::from_secs(1);

enum Work {
    Room(RoomId),
    State(DisputeId),
}

/// Until the socket closes. Only this task sends entries, so their order is the order in which they are read.
pub async fn run(app: &App, live: &Arc<Live>) {
    while !live.outbox.is_closed() {
        let Some(work) = next(live) else {
            tokio::select! {
                () = live.wake.notified() => {}
                () = live.outbox.closed() => {}
            }
            continue;
        };
        let done = match work {
            Work::Room(id) => room(app, live, id).await,
            Work::State(id) => state(app, live, id).await,
        };
        if let Err(error) = done {
            tracing::warn!(%error, "a socket could not be fed; trying again");
            put_back(live, &work);
            tokio::select! {
                () = tokio::time::sleep(AFTER_FAILURE) => {}
                () = live.outbox.closed() => {}
            }
        }
    }
}

/// Rooms before states: a state completes the entries that were sent before it.
fn next(live: &Live) -> Option<Work> {
    let mut listening = held(&live.listening);
    let dirty = listening.rooms.iter_mut().find(|(_, subscription)| subscription.dirty);
    if let Some((room, subscription)) = dirty {
        subscription.dirty = false;
        return Some(Work::Room(*room));
    }
    listening.states.pop_first().map(Work::State)
}

fn put_back(live: &Live, work: &Work) {
    let mut listening = held(&live.listening);
    match work {
        Work::Room(room) => {
            if let Some(subscription) = listening.rooms.get_mut(room) {
                subscription.dirty = true;
            }
        }
        Work::State(dispute) => {
            listening.states.insert(*dispute);
        }
    }
}

fn subscription(live: &Live, room: RoomId) -> Option<Subscription> {
    held(&live.listening).rooms.get(&room).copied()
}

async fn room(app: &App, live: &Arc<Live>, room: RoomId) -> Result<(), ApiError> {
    while let Some(now) = subscription(live, room) {
        let mut db = app.db.acquire().await?;
        let entries = store::read(&mut db, live.actor.account, room, now.cursor, PAGE).await?;
        let more = entries.len() == usize::try_from(PAGE).unwrap_or_default();
        if entries.is_empty() && now.caught_up {
            let known = store::find(&mut db, live.actor.account, room).await?;
            drop(db);
            if !known.is_some_and(|known| known.is_member) {
                app.live.unsubscribe(live, room);
                live.outbox.push(&ServerFrame::Left { room });
            }
            return Ok(());
        }
        drop(db);
        let cursor = entries.last().map_or(now.cursor, |entry| entry.seq);
        for (from, to, entries) in runs(entries) {
            let frame = ServerFrame::Entries { room, from, to, entries };
            if now.caught_up && !more {
                live.outbox.push(&frame);
            } else {
                live.outbox.push_paced(&frame).await;
            }
        }
        if !advance(live, room, now.cursor, cursor, !more) {
            continue;
        }
        if !more && !now.caught_up {
            live.outbox.push(&ServerFrame::CaughtUp { room, head: cursor });
            held(&live.listening).states.insert(now.dispute);
        }
        if !more || live.outbox.is_closed() {
            return Ok(());
        }
    }
    Ok(())
}

/// Whether the subscription is still the one that was read for; a new one begins at its own cursor.
fn advance(live: &Live, room: RoomId, from: i64, to: i64, caught_up: bool) -> bool {
    let mut listening = held(&live.listening);
    match listening.rooms.get_mut(&room) {
        Some(subscription) if subscription.cursor == from => {
            subscription.cursor = to;
            subscription.caught_up |= caught_up;
            true
        }
        _ => false,
    }
}

/// Stretches without a hole, none larger than a frame should be. A hole is where one was not in the room.
fn runs(entries: Vec<EntryView>) -> Vec<(i64, i64, Vec<EntryView>)> {
    let mut runs: Vec<(i64, i64, Vec<EntryView>)> = Vec::new();
    let mut size = 0;
    for entry in entries {
        let this = serde_json::to_string(&entry).map_or(FRAME, |text| text.len());
        match runs.last_mut() {
            Some((_, to, run)) if *to + 1 == entry.seq && size + this <= FRAME => {
                size += this;
                *to = entry.seq;
                run.push(entry);
            }
            _ => {
                size = this;
                runs.push((entry.seq, entry.seq, vec![entry]));
            }
        }
    }
    runs
}

/// The dispute and its rooms as of one moment. Whoever has no part in it any more is told nothing.
async fn state(app: &App, live: &Live, id: DisputeId) -> Result<(), ApiError> {
    let mut tx = app.begin().await?;
    sqlx::query!("set transaction isolation level repeatable read, read only")
        .execute(&mut *tx)
        .await?;
    let found = disputes::store::look(&mut tx, id, &live.actor).await;
    if found.as_ref().is_err_and(|error| error.code() == protocol::ErrorCode::NotFound) {
        return Ok(());
    }
    let (dispute, standing) = found?;
    let view = view::of(&mut tx, &dispute, &standing).await?;
    let rooms = store::list(&mut tx, live.actor.account, id).await?;
    tx.commit().await?;
    live.outbox.push(&ServerFrame::State { version: view.version, dispute: Box::new(view), rooms });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::room::{EntryBody, SystemNotice};

    fn entry(seq: i64, detail: usize) -> EntryView {
        let detail = "长".repeat(detail).parse().ok();
        let body = EntryBody::System { notice: SystemNotice::Opened, detail };
        EntryView { seq, sender: None, at: chrono::DateTime::default(), body }
    }

    #[test]
    fn a_frame_has_no_hole_and_is_not_too_large() {
        let runs_of = |entries| {
            let runs = runs(entries);
            runs.iter().map(|(from, to, run)| (*from, *to, run.len())).collect::<Vec<_>>()
        };
        assert_eq!(
            runs_of([3, 4, 9, 10].map(|seq| entry(seq, 1)).to_vec()),
            [(3, 4, 2), (9, 10, 2)]
        );
        let many: Vec<EntryView> = (1..=200).map(|seq| entry(seq, 200)).collect();
        let frames = runs_of(many);
        assert!(frames.len() > 1 && frames.iter().map(|run| run.2).sum::<usize>() == 200);
        assert_eq!(runs_of(vec![]), []);
    }
}
