//! A look-round: what no hint may have told, some of it at a time, so that whoever talks meanwhile does not wait for all of it.

use crate::app::App;
use crate::error::ApiError;
use crate::live::logins::{self, Key, key};
use crate::live::open::Live;
use crate::live::outbox::Close;
use crate::live::reading;
use crate::live::room::Room;
use crate::live::watch::touch_all;
use protocol::live::close;
use protocol::{DisputeId, RoomId};
use std::collections::HashMap;
use std::slice::Chunks;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::yield_now;
use tokio::time::sleep;
use uuid::Uuid;

pub const ENDED: Close = Close::new(close::NOT_AUTHENTICATED, "the login has ended");

/// Asked for in one statement, which takes the database half a millisecond.
const SLICE: usize = 256;
const PAUSE: Duration = Duration::from_millis(20);
/// A shorter pause is none: it would be made longer.
const SHORT: Duration = Duration::from_millis(5);
/// All pauses before slices of one kind together are about this part of a round at most: there are four kinds, and a round
/// has to leave time for the next.
const PAUSED: u32 = 8;
/// Slices of logins that have not changed, in one round.
const AGAIN: usize = 16;

/// Rooms that went on while this server was adding to them itself, and up to which number.
pub type Suspects = HashMap<RoomId, i64>;

pub async fn round(app: &App, suspects: &mut Suspects) -> Result<(), ApiError> {
    app.live.forget_rooms();
    let there = look_at_logins(app).await?;
    look_at_rooms(app, suspects).await?;
    look_at_disputes(app).await?;
    note(app, &there).await
}

struct Slices<'a, T> {
    left: Chunks<'a, T>,
    taken: usize,
    /// A pause comes before every so many.
    every: usize,
    pause: Duration,
}

impl<'a, T> Slices<'a, T> {
    fn of(all: &'a [T], look_round: Duration) -> Self {
        let left = all.chunks(SLICE);
        let time = look_round / PAUSED;
        let most = time.as_nanos() / SHORT.as_nanos();
        let pauses = left.len().clamp(1, usize::try_from(most).unwrap_or(usize::MAX).max(1));
        let pause = PAUSE.min(time / u32::try_from(pauses).unwrap_or(u32::MAX));
        Self { every: left.len().div_ceil(pauses).max(1), left, taken: 0, pause }
    }

    async fn next(&mut self) -> Option<&'a [T]> {
        let next = self.left.next()?;
        if self.taken.is_multiple_of(self.every) {
            sleep(self.pause).await;
        } else {
            yield_now().await;
        }
        self.taken += 1;
        Some(next)
    }
}

/// Answers with those of whom it is to be noted that they are there.
async fn look_at_logins(app: &App) -> Result<Vec<Key>, ApiError> {
    let (sockets, known) = (app.live.sockets(), &app.live.logins);
    let mut there = Vec::new();
    for some in sockets.chunks(SLICE) {
        there.extend(some.iter().filter_map(|live| {
            let key = key(&live.claims());
            known.used(key, live.was_active()).then_some(key)
        }));
        yield_now().await;
    }
    let asked = ask(app).await;
    // What is known to be over ends, whatever could not be asked for.
    for some in sockets.chunks(SLICE) {
        for live in some {
            end_if_over(app, live);
        }
        yield_now().await;
    }
    asked.map(|()| there)
}

async fn ask(app: &App) -> Result<(), ApiError> {
    let known = &app.live.logins;
    known.hear(app).await?;
    let doubtful = known.doubtful(AGAIN * SLICE);
    let mut slices = Slices::of(&doubtful, app.live.bounds.look_round);
    while let Some(some) = slices.next().await {
        known.ask_for(app, some).await?;
    }
    Ok(())
}

async fn note(app: &App, there: &[Key]) -> Result<(), ApiError> {
    let mut slices = Slices::of(there, app.live.bounds.look_round);
    while let Some(some) = slices.next().await {
        logins::seen(app, some).await?;
        app.live.logins.noted(some);
    }
    Ok(())
}

/// Closes what has no valid login behind it any more, or whose token has run out (SEC-WS-11).
fn end_if_over(app: &App, live: &Live) {
    if !app.live.logins.is_known(key(&live.claims()), &live.actor) {
        live.outbox.close(ENDED);
    } else if app.clock.now() >= live.expires_at() {
        live.outbox.close(Close::new(close::NOT_AUTHENTICATED, "the token has expired"));
    }
}

async fn look_at_rooms(app: &App, suspects: &mut Suspects) -> Result<(), ApiError> {
    let before = std::mem::take(suspects);
    let all = app.live.rooms();
    let mut slices = Slices::of(&all, app.live.bounds.look_round);
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
    let mut slices = Slices::of(&all, app.live.bounds.look_round);
    while let Some(some) = slices.next().await {
        for dispute in app.live.versions.look(app, some).await? {
            touch_all(app, dispute);
        }
    }
    app.live.versions.looked(app, begun);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn sliced(many: usize) -> Vec<usize> {
        let all: Vec<usize> = (0..many).collect();
        let mut slices = Slices::of(&all, Duration::from_millis(80));
        let (mut sizes, mut seen) = (Vec::new(), Vec::new());
        while let Some(some) = slices.next().await {
            sizes.push(some.len());
            seen.extend_from_slice(some);
        }
        assert_eq!(seen, all);
        sizes
    }

    #[tokio::test]
    async fn slices_leave_nothing_out() {
        assert_eq!(sliced(0).await, [0_usize; 0]);
        assert_eq!(sliced(1).await, [1]);
        assert_eq!(sliced(SLICE).await, [SLICE]);
        assert_eq!(sliced(2 * SLICE + 1).await, [SLICE, SLICE, 1]);
    }

    #[test]
    fn pauses_leave_most_of_a_round() {
        for (many, round) in [(0, 2_000), (1, 2_000), (10, 40), (10_000, 2_000), (1_000_000, 2_000)]
        {
            let all = vec![(); many];
            let round = Duration::from_millis(round);
            let slices = Slices::of(&all, round);
            let pauses = u32::try_from(slices.left.len().div_ceil(slices.every)).unwrap();
            assert!(slices.pause * pauses * 4 <= round / 2);
            assert!(slices.pause >= SHORT || many == 0, "{:?} of {round:?}", slices.pause);
        }
    }
}
