//! The durable log: what is said in any room while one commit is under way goes into the next.
//!
//! A room is never in two commits at once, so its entries keep the order in which they were handed over (`queue`). How many
//! commits there are at once depends on how much is said (`pace`).
//!
//! Where this server knows a room as of its last entry, it adds the next without asking (`known`); where that turns out
//! to be wrong, and for everything unusual, the database judges each entry (`judge`).

use crate::app::App;
use crate::error::ApiError;
use crate::live::open::Live;
use crate::live::queue::Queue;
use crate::live::warm::{Db, Warm};
use crate::live::{commit, handle, held};
use crate::rooms::store::Entry;
use protocol::RoomId;
use protocol::room::Said;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tokio::task::yield_now;

/// Commits at once while little is said.
const LANES: u32 = 16;
/// One for each share of the rooms.
const FEWEST: u32 = 3;

/// How many of so many connections are for what is said: it does not starve everything else, nor is it starved.
pub fn lanes(connections: u32) -> u32 {
    (connections * 2 / 5).clamp(FEWEST, LANES)
}

pub type Answer = Result<Said, ApiError>;

/// Who is told what became of an entry.
pub enum Asker {
    Request(oneshot::Sender<Answer>),
    Socket(Arc<Live>),
}

pub struct Waiting {
    pub entry: Entry,
    pub asker: Asker,
}

impl Waiting {
    /// A socket is told with its next flush.
    pub fn answer(self, answer: Answer) {
        match self.asker {
            Asker::Request(request) => {
                let _ = request.send(answer);
            }
            Asker::Socket(live) => {
                handle::answer(&live, self.entry.room, self.entry.client_msg_id, answer);
            }
        }
    }
}

/// One for a server.
#[derive(Default)]
pub struct Log {
    queue: Mutex<Queue>,
    warm: Warm,
}

impl Log {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        held(&self.queue)
    }

    /// Whether a commit with something for this room is under way, or has just ended and is not told yet.
    pub fn is_adding_to(&self, room: RoomId) -> bool {
        self.queue().is_busy(room)
    }
}

/// Rooms in a commit; free again when this is dropped, whatever became of it.
struct Rooms {
    app: App,
    ids: BTreeSet<RoomId>,
}

impl Drop for Rooms {
    fn drop(&mut self) {
        self.app.log.queue().free(std::mem::take(&mut self.ids));
    }
}

/// Commit after commit, on one connection.
struct Lane {
    app: App,
    most: usize,
    is_open: bool,
    /// Of which nobody else takes anything, until the next commit.
    share: Option<usize>,
    db: Db,
}

impl Lane {
    fn next(&mut self) -> Option<Vec<Waiting>> {
        let mut queue = self.app.log.queue();
        let Some(batch) = queue.next(self.most, self.share.take()) else {
            // Before another lane may open and need it.
            self.app.log.warm.give_back(self.db.take());
            self.is_open = false;
            return None;
        };
        self.share = batch.share;
        Some(batch.entries)
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        if self.is_open {
            self.app.log.queue().closed(self.share);
        }
    }
}

impl App {
    /// Behind what was handed over before. The answer comes once it is on disk, or is not going to be.
    pub fn append(&self, entry: Entry, asker: Asker) -> Result<(), ApiError> {
        let pushed = self.log.queue().push(Waiting { entry, asker }, Instant::now());
        // Even if there was no place: should a commit have broken off, nothing else opens one.
        self.open_lane();
        pushed
    }

    fn open_lane(&self) {
        let most = lanes(self.config.database_connections) as usize;
        if self.log.queue().opens(most) {
            let db = self.log.warm.take();
            self.tasks.spawn(run(Lane { app: self.clone(), most, is_open: true, share: None, db }));
        }
    }
}

async fn run(mut lane: Lane) {
    while let Some(batch) = lane.next() {
        let (app, share) = (&lane.app, lane.share);
        let mut rooms = Rooms { app: app.clone(), ids: rooms_of(&batch) };
        let begun = Instant::now();
        let busy = commit::all(app, &mut lane.db, batch).await;
        for (room, batch) in busy {
            rooms.ids.remove(&room);
            let room = Rooms { app: app.clone(), ids: [room].into() };
            app.tasks.spawn(wait_for(room, batch));
        }
        drop(rooms);
        let took = begun.elapsed();
        let is_crowded = app.log.queue().is_crowded_after(took);
        if is_crowded {
            gather(app, share, took).await;
        }
    }
}

/// The more come together, the less each costs: whatever has arrived meanwhile is heard first, and what arrives because
/// of that, for no longer than a commit takes.
async fn gather(app: &App, share: Option<usize>, most: Duration) {
    let begun = Instant::now();
    let mut waiting = None;
    while begun.elapsed() < most {
        let now = app.log.queue().waiting(share);
        if waiting.replace(now) == Some(now) {
            return;
        }
        yield_now().await;
    }
}

/// A command or another server writes in this room: only those who talk there wait for it.
async fn wait_for(room: Rooms, batch: Vec<Waiting>) {
    let app = room.app.clone();
    commit::judged(&app, batch, true).await;
    drop(room);
    app.open_lane();
}

fn rooms_of(batch: &[Waiting]) -> BTreeSet<RoomId> {
    batch.iter().map(|waiting| waiting.entry.room).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::LEAST_CONNECTIONS;
    use crate::live::queue::SHARES;

    #[test]
    fn what_is_said_leaves_connections_for_everything_else() {
        for connections in u32::try_from(LEAST_CONNECTIONS).unwrap()..=100 {
            let lanes = lanes(connections);
            assert!(lanes as usize >= SHARES);
            // One of the others listens to other servers for as long as this one runs.
            assert!(connections - lanes >= 3, "{lanes} of {connections}");
        }
    }
}
