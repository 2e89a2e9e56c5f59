//! A look-round: what no hint may have told, some of it at a time, so that whoever talks meanwhile does not wait for all of it.

use crate::app::App;
use crate::error::ApiError;
use crate::live::logins::{self, key};
use crate::live::open::Live;
use crate::live::outbox::Close;
use crate::live::reading;
use crate::live::room::Room;
use crate::live::watch::touch_all;
use protocol::live::close;
use protocol::{DisputeId, LoginId, RoomId};
use std::collections::HashMap;
use std::slice::Chunks;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::sleep;
use uuid::Uuid;

pub const ENDED: Close = Close::new(close::NOT_AUTHENTICATED, "the login has ended");

/// Asked for in one statement, which takes the database two milliseconds or three.
const SLICE: usize = 1_024;
const PAUSE: Duration = Duration::from_millis(20);
/// Of a round is paused for each kind of what is looked at, at most: the round itself keeps its time.
const PAUSED: u32 = 4;

/// Rooms that went on while this server was adding to them itself, and up to which number.
pub type Suspects = HashMap<RoomId, i64>;

pub async fn round(app: &App, suspects: &mut Suspects) -> Result<(), ApiError> {
    app.live.forget_rooms();
    look_at_logins(app).await?;
    look_at_rooms(app, suspects).await?;
    look_at_disputes(app).await
}

struct Slices<'a, T> {
    slices: Chunks<'a, T>,
    pause: Duration,
    is_first: bool,
}

impl<'a, T> Slices<'a, T> {
    fn of(app: &App, all: &'a [T]) -> Self {
        let slices = all.chunks(SLICE);
        let many = u32::try_from(slices.len()).unwrap_or(u32::MAX).max(1);
        let pause = PAUSE.min(app.live.bounds.look_round / PAUSED / many);
        Self { slices, pause, is_first: true }
    }

    async fn next(&mut self) -> Option<&'a [T]> {
        let next = self.slices.next()?;
        if !std::mem::take(&mut self.is_first) {
            sleep(self.pause).await;
        }
        Some(next)
    }
}

async fn look_at_logins(app: &App) -> Result<(), ApiError> {
    let sockets = app.live.sockets();
    let mut active: Vec<LoginId> = Vec::new();
    for live in &sockets {
        app.live.logins.used(key(&live.claims()));
        if live.was_active() {
            active.push(live.actor.login);
        }
    }
    let mut slices = Slices::of(app, &active);
    while let Some(some) = slices.next().await {
        logins::seen(app, some).await?;
    }
    let all = app.live.logins.standing();
    let mut slices = Slices::of(app, &all);
    while let Some(some) = slices.next().await {
        app.live.logins.look(app, some).await?;
    }
    for live in &sockets {
        end_if_over(app, live);
    }
    Ok(())
}

/// Closes what has no valid login behind it any more, or whose token has run out (SEC-WS-11).
fn end_if_over(app: &App, live: &Live) {
    if !app.live.logins.is_known(key(&live.claims())) {
        live.outbox.close(ENDED);
    } else if app.clock.now() >= live.expires_at() {
        live.outbox.close(Close::new(close::NOT_AUTHENTICATED, "the token has expired"));
    }
}

async fn look_at_rooms(app: &App, suspects: &mut Suspects) -> Result<(), ApiError> {
    let before = std::mem::take(suspects);
    let all = app.live.rooms();
    let mut slices = Slices::of(app, &all);
    while let Some(some) = slices.next().await {
        for room in moved(app, some, &before, suspects).await? {
            reading::changed(app, &room);
        }
    }
    Ok(())
}

/// Rooms to which others have added something that this server has not heard of. What it is adding itself at this moment
/// may be all there is: that is known by the next round.
async fn moved(
    app: &App,
    rooms: &[Arc<Room>],
    before: &Suspects,
    suspects: &mut Suspects,
) -> Result<Vec<Arc<Room>>, ApiError> {
    let ids: Vec<Uuid> = rooms.iter().map(|room| room.id.0).collect();
    let heads: Vec<i64> = rooms.iter().map(|room| room.head()).collect();
    let moved = sqlx::query!(
        r#"select room as "room!: RoomId", head as "head!" from rooms_moved($1, $2)"#,
        &ids,
        &heads,
    )
    .fetch_all(&app.db)
    .await?;
    let rooms: HashMap<RoomId, &Arc<Room>> = rooms.iter().map(|room| (room.id, room)).collect();
    let mut others = Vec::new();
    for now in moved {
        let Some(room) = rooms.get(&now.room) else { continue };
        let is_adding = app.log.is_adding_to(room.id);
        let known = room.head();
        if before.get(&room.id).is_some_and(|head| known < *head) || !is_adding && known < now.head
        {
            others.push(Arc::clone(room));
        } else if known < now.head {
            suspects.insert(room.id, now.head);
        }
    }
    Ok(others)
}

async fn look_at_disputes(app: &App) -> Result<(), ApiError> {
    let begun = Instant::now();
    let all: Vec<DisputeId> = app.live.disputes().into_iter().collect();
    let mut slices = Slices::of(app, &all);
    while let Some(some) = slices.next().await {
        for dispute in app.live.versions.look(app, some).await? {
            touch_all(app, dispute);
        }
    }
    app.live.versions.looked(&all, begun);
    Ok(())
}
