//! The durable log: what is said in any room while one commit is under way goes into the next.
//!
//! A room is never in two commits at once, so its entries keep the order in which they were handed over. While little is
//! said, commits overlap and nobody waits for somebody else's. Under load few and large ones cost least: the rooms are
//! shared out, and each share has one commit at a time, so that the database works for one while the server tells what
//! has become of the other.
//!
//! Where this server knows a room as of its last entry, it adds the next without asking (`known`); where that turns out
//! to be wrong, and for everything unusual, the database judges each entry (`judge`).

use crate::app::App;
use crate::error::ApiError;
use crate::live::open::Live;
use crate::live::pace::Pace;
use crate::live::warm::{Db, Warm};
use crate::live::{commit, handle, held};
use crate::rooms::store::Entry;
use protocol::RoomId;
use protocol::room::Said;
use std::collections::{BTreeSet, HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tokio::task::yield_now;

/// Entries in one commit: a row costs the database the same among a few hundred or more, but the more of one room come
/// together, the fewer times each of its members is written to.
const BATCH: usize = 4_096;
/// What they say, in bytes; one more is taken than fits.
const BATCH_BYTES: usize = 4 * 1024 * 1024;
/// Of the rooms. With one, the database and the server wait for each other.
const SHARES: u32 = 3;
/// Entries of a share that may wait; beyond, a sender is told to come back rather than kept waiting for long.
const WAITING: usize = 16_384 / SHARES as usize;
/// Commits at once while little is said.
const LANES: u32 = 16;

/// How many of so many connections are for what is said: it does not starve everything else, nor is it starved. Each lane
/// has one, and each share of the rooms as many lanes.
pub fn lanes(connections: u32) -> u32 {
    (connections * 2 / 5).clamp(SHARES, LANES) / SHARES * SHARES
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
    shares: [Mutex<State>; SHARES as usize],
    warm: Warm,
}

impl Log {
    fn share(&self, share: usize) -> MutexGuard<'_, State> {
        held(&self.shares[share])
    }

    /// Whether a commit with something for this room is under way, or has just ended and is not told yet.
    pub fn is_adding_to(&self, room: RoomId) -> bool {
        self.share(share_of(room)).busy.contains(&room)
    }
}

fn share_of(room: RoomId) -> usize {
    // A room's own bits would do as long as they are random, which nobody promises here.
    let mut hasher = DefaultHasher::new();
    room.hash(&mut hasher);
    usize::try_from(hasher.finish() % u64::from(SHARES)).unwrap_or_default()
}

#[derive(Default)]
struct State {
    queue: VecDeque<Waiting>,
    /// In a commit at this moment.
    busy: HashSet<RoomId>,
    lanes: usize,
    pace: Pace,
}

impl State {
    /// What can be committed now; its rooms are busy from here on.
    fn take(&mut self) -> Vec<Waiting> {
        let (mut batch, mut behind, mut bytes) = (Vec::new(), Vec::new(), 0);
        while batch.len() < BATCH && bytes < BATCH_BYTES {
            let Some(waiting) = self.queue.pop_front() else { break };
            if self.busy.contains(&waiting.entry.room) {
                behind.push(waiting);
            } else {
                bytes += waiting.entry.body.len();
                batch.push(waiting);
            }
        }
        behind.into_iter().rev().for_each(|waiting| self.queue.push_front(waiting));
        self.busy.extend(batch.iter().map(|waiting| waiting.entry.room));
        batch
    }

    /// Leave to open one more lane.
    fn opens(&mut self, most: usize) -> bool {
        let opens = !self.queue.is_empty() && self.lanes < self.allowed(most);
        self.lanes += usize::from(opens);
        opens
    }

    fn allowed(&self, most: usize) -> usize {
        if self.pace.is_light() { most } else { 1 }
    }
}

/// Rooms in a commit; free again when this is dropped, whatever became of it.
struct Rooms {
    app: App,
    share: usize,
    ids: BTreeSet<RoomId>,
}

impl Drop for Rooms {
    fn drop(&mut self) {
        let mut state = self.app.log.share(self.share);
        for id in &self.ids {
            state.busy.remove(id);
        }
    }
}

/// Commit after commit, on one connection.
struct Lane {
    app: App,
    share: usize,
    most: usize,
    is_open: bool,
    db: Db,
}

impl Lane {
    /// The next commit, unless there is nothing to do or others suffice. That it ends is noted in the same moment: what
    /// is handed over from then on opens another.
    fn next(&mut self) -> Option<Vec<Waiting>> {
        let mut state = self.app.log.share(self.share);
        let is_needed = state.lanes <= state.allowed(self.most);
        let batch = if is_needed { state.take() } else { Vec::new() };
        if batch.is_empty() {
            // Before another lane may open and need it.
            self.app.log.warm.give_back(self.db.take());
            state.lanes -= 1;
            self.is_open = false;
            return None;
        }
        Some(batch)
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        if self.is_open {
            self.app.log.share(self.share).lanes -= 1;
        }
    }
}

impl App {
    /// Behind what was handed over before. The answer comes once it is on disk, or is not going to be.
    pub fn append(&self, entry: Entry, asker: Asker) -> Result<(), ApiError> {
        let share = share_of(entry.room);
        {
            let mut state = self.log.share(share);
            if state.queue.len() >= WAITING {
                return Err(ApiError::unavailable());
            }
            state.pace.arrived(Instant::now());
            state.queue.push_back(Waiting { entry, asker });
        }
        self.open_lane(share);
        Ok(())
    }

    /// Notes how long a commit has taken.
    fn is_crowded_after(&self, share: usize, took: Duration) -> bool {
        let mut state = self.log.share(share);
        state.pace.committed(took);
        !state.pace.is_light()
    }

    fn open_lane(&self, share: usize) {
        let most = (lanes(self.config.database_connections) / SHARES) as usize;
        if self.log.share(share).opens(most) {
            let db = self.log.warm.take();
            self.tasks.spawn(run(Lane { app: self.clone(), share, most, is_open: true, db }));
        }
    }
}

async fn run(mut lane: Lane) {
    while let Some(batch) = lane.next() {
        let (app, share) = (&lane.app, lane.share);
        let mut rooms = Rooms { app: app.clone(), share, ids: rooms_of(&batch) };
        let begun = Instant::now();
        let busy = commit::all(app, &mut lane.db, batch).await;
        for (room, batch) in busy {
            rooms.ids.remove(&room);
            let room = Rooms { app: app.clone(), share, ids: [room].into() };
            app.tasks.spawn(wait_for(room, batch));
        }
        drop(rooms);
        let took = begun.elapsed();
        if app.is_crowded_after(share, took) {
            gather(app, share, took).await;
        }
    }
}

/// The more come together, the less each costs: whatever has arrived meanwhile is heard first, and what arrives because
/// of that, for no longer than a commit takes.
async fn gather(app: &App, share: usize, most: Duration) {
    let begun = Instant::now();
    let mut waiting = None;
    while begun.elapsed() < most {
        let now = app.log.share(share).queue.len();
        if waiting.replace(now) == Some(now) {
            return;
        }
        yield_now().await;
    }
}

/// A command or another server writes in this room: only those who talk there wait for it.
async fn wait_for(room: Rooms, batch: Vec<Waiting>) {
    let (app, share) = (room.app.clone(), room.share);
    commit::judged(&app, batch, true).await;
    drop(room);
    app.open_lane(share);
}

fn rooms_of(batch: &[Waiting]) -> BTreeSet<RoomId> {
    batch.iter().map(|waiting| waiting.entry.room).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::LEAST_CONNECTIONS;
    use protocol::PersonId;
    use protocol::room::{EntryBody, QuickPhrase, Say};
    use uuid::Uuid;

    fn hand(state: &mut State, room: u128) {
        hand_over(state, room, EntryBody::QuickPhrase { phrase: QuickPhrase::Agree });
    }

    fn hand_over(state: &mut State, room: u128, body: EntryBody) {
        let id = format!("{room}-{}", state.queue.len());
        let say = Say { client_msg_id: id.parse().unwrap(), body };
        let (person, room) = (PersonId(Uuid::nil()), RoomId(Uuid::from_u128(room)));
        let entry = Entry::new(person, room, say).unwrap();
        let (answer, _) = oneshot::channel();
        state.queue.push_back(Waiting { entry, asker: Asker::Request(answer) });
    }

    fn taken(state: &mut State) -> Vec<u128> {
        state.take().iter().map(|waiting| waiting.entry.room.0.as_u128()).collect()
    }

    #[test]
    fn what_is_said_leaves_connections_for_everything_else() {
        for connections in u32::try_from(LEAST_CONNECTIONS).unwrap()..=100 {
            let lanes = lanes(connections);
            assert!(lanes >= SHARES && lanes.is_multiple_of(SHARES));
            // One of the others listens to other servers for as long as this one runs.
            assert!(connections - lanes >= 3, "{lanes} of {connections}");
        }
    }

    #[test]
    fn a_room_is_in_one_commit_at_a_time_and_keeps_its_order() {
        let mut state = State::default();
        for room in [1, 2, 1] {
            hand(&mut state, room);
        }
        assert_eq!(taken(&mut state), [1, 2, 1]);
        for room in [2, 3, 2] {
            hand(&mut state, room);
        }
        assert_eq!(taken(&mut state), [3], "2 is still being committed");
        state.busy.clear();
        assert_eq!(taken(&mut state), [2, 2]);
        assert!(state.queue.is_empty());
    }

    #[test]
    fn a_commit_takes_so_many_and_the_rest_stays_in_order() {
        let mut state = State::default();
        for room in 0..BATCH + 2 {
            hand(&mut state, room as u128);
        }
        assert_eq!(taken(&mut state).len(), BATCH);
        assert_eq!(taken(&mut state), [BATCH as u128, BATCH as u128 + 1]);
    }

    #[test]
    fn a_commit_takes_so_many_bytes_and_one_more() {
        let mut state = State::default();
        let long = EntryBody::Text { text: "长".repeat(4_000).parse().unwrap() };
        hand_over(&mut state, 0, long.clone());
        let most = BATCH_BYTES.div_ceil(state.queue[0].entry.body.len());
        for room in 1..most + 2 {
            hand_over(&mut state, room as u128, long.clone());
        }
        assert_eq!(taken(&mut state).len(), most);
        assert_eq!(taken(&mut state), [most as u128, most as u128 + 1]);
    }
}
