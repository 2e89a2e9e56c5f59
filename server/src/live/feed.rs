//! What a socket is sent from the database: entries before those at hand, and what its disputes have become.

use crate::app::App;
use crate::disputes::{self, view};
use crate::error::ApiError;
use crate::live::line::{Line, frames};
use crate::live::open::Live;
use crate::live::room::{Joined, Room};
use crate::live::{held, reading};
use crate::rooms::store;
use protocol::live::ServerFrame;
use protocol::{DisputeId, RoomId};
use std::sync::Arc;
use std::time::Duration;

const PAGE: i32 = 100;
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// Listens to a room from `after` on, which may have to be read first. False if the socket's owner is not in it.
pub async fn listen(
    app: &App,
    live: &Arc<Live>,
    room: RoomId,
    after: i64,
) -> Result<bool, ApiError> {
    while !listen_at_hand(app, live, room, after) {
        let Some(room) = reading::open(app, live.actor.person, room).await? else {
            return Ok(false);
        };
        if room.is_member(live.actor.person) {
            continue;
        }
        // As far as this server knows. Who has come in just now is known to the database.
        let mut db = app.db.acquire().await?;
        let known = store::find(&mut db, live.actor.account, room.id).await?;
        drop(db);
        if !known.is_some_and(|known| known.is_member) {
            return Ok(false);
        }
        reading::changed(app, &room);
        room.reread().await;
    }
    Ok(true)
}

/// The same without waiting, where this server knows the room and that its owner is in it. Most who come back are done
/// with this, and need no place to wait in.
pub fn listen_at_hand(app: &App, live: &Arc<Live>, room: RoomId, after: i64) -> bool {
    let known = app.live.room(room).filter(|room| room.is_member(live.actor.person));
    let Some(room) = known else { return false };
    // Whoever comes from another server may know of more than this one.
    if after > room.head() {
        reading::changed(app, &room);
    }
    let number = live.subscribe(&room);
    app.live.follow(live, room.dispute);
    match room.join(live, after) {
        Joined::Live => complete(app, live, room.dispute),
        Joined::Stranger | Joined::Forgotten => {
            app.live.unsubscribe(live, room.id);
            return false;
        }
        Joined::Behind(_) | Joined::Stale => {
            let (app, live) = (app.clone(), live.clone());
            let tasks = app.tasks.clone();
            tasks.spawn(async move { follow(&app, &live, &room, after, number).await });
        }
    }
    true
}

/// Until everything that is missing has been sent, or the subscription is not wanted any more.
async fn follow(app: &App, live: &Arc<Live>, room: &Arc<Room>, mut after: i64, number: u64) {
    while live.still_wants(room.id, number) {
        match room.join(live, after) {
            Joined::Live => {
                // Given up while this joined: nobody else would take it out again.
                if !live.still_wants(room.id, number) && live.room(room.id).is_none() {
                    room.leave(live);
                }
                return complete(app, live, room.dispute);
            }
            Joined::Stale => room.reread().await,
            Joined::Behind(from) => match backlog(app, live, room, from).await {
                Ok(sent) => {
                    after = sent;
                    // The database may know of more than this server has heard of: what was sent from there would be
                    // sent again as soon as it is heard of.
                    if after > room.head() {
                        reading::changed(app, room);
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "a socket could not be sent its backlog; trying again");
                    tokio::time::sleep(AFTER_FAILURE).await;
                }
            },
            Joined::Stranger | Joined::Forgotten => {
                live.outbox.push(&ServerFrame::Left { room: room.id });
                return app.live.unsubscribe(live, room.id);
            }
        }
    }
}

/// Sends the next page and answers with where it ends.
async fn backlog(app: &App, live: &Live, room: &Room, after: i64) -> Result<i64, ApiError> {
    let at_hand = room.at_hand_after(live.actor.person);
    let mut db = app.db.acquire().await?;
    let page = store::log(&mut db, &[live.actor.person], room.id, after, PAGE).await?;
    drop(db);
    let lines: Vec<Line> =
        page.into_iter().map(|e| Line::new(e.seq, e.sender, &e.at.into(), &e.body)).collect();
    let end = lines.last().map(|line| line.seq);
    // A hole is where one was not in the room.
    for run in lines.chunk_by(|a, b| a.seq + 1 == b.seq) {
        for frame in frames(room.id, run) {
            live.outbox.has_room().await;
            live.outbox.send(frame);
        }
    }
    Ok(end.unwrap_or(at_hand))
}

/// The state that goes with the entries, unless the other side has it from before.
fn complete(app: &App, live: &Arc<Live>, dispute: DisputeId) {
    let has = held(&live.listening).known.remove(&dispute);
    match (has, app.live.versions.of(dispute)) {
        (Some(has), Some(is)) if has == is => {}
        (Some(has), None) => app.live.versions.compare(live.clone(), dispute, has),
        _ => touch(app, live, dispute),
    }
}

/// The state of a dispute is to be sent. Told twice, it is read once.
pub fn touch(app: &App, live: &Arc<Live>, dispute: DisputeId) {
    let mut listening = held(&live.listening);
    listening.states.insert(dispute);
    if !std::mem::replace(&mut listening.is_fed, true) {
        app.live.hungry.add(live.clone());
        drop(listening);
        if app.live.hungry.opens() {
            app.tasks.spawn(feed(Feeder { app: app.clone(), is_open: true }));
        }
    }
}

/// One of few that read states, so that thousands who come at once wait in a queue and not each in a task with all
/// that reading takes.
struct Feeder {
    app: App,
    is_open: bool,
}

impl Feeder {
    fn next(&mut self) -> Option<Arc<Live>> {
        let next = self.app.live.hungry.next();
        self.is_open = next.is_some();
        next
    }
}

impl Drop for Feeder {
    fn drop(&mut self) {
        if self.is_open {
            self.app.live.hungry.closes();
        }
    }
}

async fn feed(mut feeder: Feeder) {
    while let Some(live) = feeder.next() {
        let app = &feeder.app;
        let Some(dispute) = next(&live) else { continue };
        if let Err(error) = state(app, &live, dispute).await {
            tracing::warn!(%error, "a socket could not be told a state; trying again");
            held(&live.listening).states.insert(dispute);
            tokio::time::sleep(AFTER_FAILURE).await;
        }
        // Behind the others: whoever has many disputes lets those with one through.
        app.live.hungry.add(live);
    }
}

/// Nothing more to send ends the feeding in the same moment: what is touched from then on begins another.
fn next(live: &Live) -> Option<DisputeId> {
    let mut listening = held(&live.listening);
    let next = if live.outbox.is_closed() { None } else { listening.states.pop_first() };
    listening.is_fed = next.is_some();
    next
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
    let version = view.version;
    live.outbox.push(&ServerFrame::State { version, dispute: Box::new(view), rooms });
    if app.live.versions.told(id, version) {
        held(&live.listening).states.insert(id);
    }
    Ok(())
}
