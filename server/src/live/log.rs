//! The durable log: what is said in any room while one commit is under way goes into the next.
//!
//! A room is never in two commits at once, so its entries keep the order in which they were handed over. While little is
//! said, commits overlap and nobody waits for somebody else's; under load one commit at a time takes everything, which
//! costs the database least.

use crate::app::App;
use crate::db::Hint;
use crate::error::ApiError;
use crate::live::held;
use crate::live::pace::Pace;
use crate::rooms::say;
use crate::rooms::store::{self, Entry, Outcome};
use protocol::room::Said;
use protocol::{ErrorCode, RoomId};
use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};
use std::sync::Mutex;
use std::time::Instant;
use tokio::sync::oneshot;

/// Entries in one commit.
const BATCH: usize = 512;
/// Entries that may wait; beyond, a sender is told to come back rather than kept waiting for long.
const WAITING: usize = 16_384;
/// Commits at once while little is said.
const LANES: usize = 16;

type Answer = Result<Said, ApiError>;

struct Waiting {
    entry: Entry,
    answer: oneshot::Sender<Answer>,
}

/// One for a server.
#[derive(Default)]
pub struct Log(Mutex<State>);

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
        let (mut batch, mut behind) = (Vec::new(), VecDeque::new());
        while let Some(waiting) = self.queue.pop_front() {
            if self.busy.contains(&waiting.entry.room) {
                behind.push_back(waiting);
            } else {
                batch.push(waiting);
            }
            if batch.len() == BATCH {
                break;
            }
        }
        behind.append(&mut self.queue);
        self.queue = behind;
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
    ids: BTreeSet<RoomId>,
}

impl Drop for Rooms {
    fn drop(&mut self) {
        let mut state = held(&self.app.log.0);
        for id in &self.ids {
            state.busy.remove(id);
        }
    }
}

/// Commit after commit.
struct Lane {
    app: App,
    most: usize,
    is_open: bool,
}

impl Lane {
    /// The next commit, unless there is nothing to do or others suffice. That it ends is noted in the same moment: what
    /// is handed over from then on opens another.
    fn next(&mut self) -> Option<Vec<Waiting>> {
        let mut state = held(&self.app.log.0);
        let is_needed = state.lanes <= state.allowed(self.most);
        let batch = if is_needed { state.take() } else { Vec::new() };
        if batch.is_empty() {
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
            held(&self.app.log.0).lanes -= 1;
        }
    }
}

impl App {
    /// Behind what was handed over before. The answer comes once it is on disk, or is not going to be.
    pub fn append(&self, entry: Entry) -> Result<oneshot::Receiver<Answer>, ApiError> {
        let (answer, answered) = oneshot::channel();
        {
            let mut state = held(&self.log.0);
            if state.queue.len() >= WAITING {
                return Err(ApiError::unavailable());
            }
            state.pace.arrived(Instant::now());
            state.queue.push_back(Waiting { entry, answer });
        }
        self.open_lane();
        Ok(answered)
    }

    fn open_lane(&self) {
        // Half of the connections: what is said does not starve everything else.
        let most = (self.config.database_connections as usize / 2).clamp(1, LANES);
        if held(&self.log.0).opens(most) {
            self.tasks.spawn(run(Lane { app: self.clone(), most, is_open: true }));
        }
    }
}

async fn run(mut lane: Lane) {
    while let Some(batch) = lane.next() {
        let app = &lane.app;
        let mut rooms = Rooms { app: app.clone(), ids: rooms_of(&batch) };
        let begun = Instant::now();
        let busy = commit(app, batch, false).await;
        held(&app.log.0).pace.committed(begun.elapsed());
        for (room, batch) in busy {
            rooms.ids.remove(&room);
            let room = Rooms { app: app.clone(), ids: [room].into() };
            app.tasks.spawn(wait_for(room, batch));
        }
    }
}

/// A command or another server writes in this room: only those who talk there wait for it.
async fn wait_for(room: Rooms, batch: Vec<Waiting>) {
    let app = room.app.clone();
    commit(&app, batch, true).await;
    drop(room);
    app.open_lane();
}

fn rooms_of(batch: &[Waiting]) -> BTreeSet<RoomId> {
    batch.iter().map(|waiting| waiting.entry.room).collect()
}

type Busy = BTreeMap<RoomId, Vec<Waiting>>;

/// Stores them and answers. What was not waited for comes back.
async fn commit(app: &App, batch: Vec<Waiting>, wait: bool) -> Busy {
    match store(app, &batch, wait).await {
        Ok(outcomes) => settle(app, batch, outcomes),
        // One of them is wrong in a way nobody knew of: the others do not suffer for it. Each waits for its room, or a later
        // one could come before an earlier.
        Err(error) if batch.len() > 1 && error.code() == ErrorCode::Internal => {
            for alone in batch {
                Box::pin(commit(app, vec![alone], true)).await;
            }
            Busy::new()
        }
        Err(error) => {
            for waiting in batch {
                let _ = waiting.answer.send(Err(error.again()));
            }
            Busy::new()
        }
    }
}

async fn store(app: &App, batch: &[Waiting], wait: bool) -> Result<Vec<Outcome>, ApiError> {
    let entries: Vec<&Entry> = batch.iter().map(|waiting| &waiting.entry).collect();
    let mut db = app.db.acquire().await?;
    store::append(&mut db, &entries, app.clock.now(), wait).await
}

fn settle(app: &App, batch: Vec<Waiting>, outcomes: Vec<Outcome>) -> Busy {
    let (mut busy, mut moved) = (Busy::new(), BTreeSet::new());
    for (waiting, outcome) in batch.into_iter().zip(outcomes) {
        let room = waiting.entry.room;
        match outcome {
            Outcome::Busy => {
                busy.entry(room).or_default().push(waiting);
                continue;
            }
            Outcome::Stored { new: true, .. } => {
                moved.insert(room);
            }
            _ => {}
        }
        let _ = waiting.answer.send(say::answer(waiting.entry, outcome));
    }
    app.tell(moved.into_iter().map(Hint::Room).collect());
    busy
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::AccountId;
    use protocol::room::{EntryBody, QuickPhrase, Say};
    use uuid::Uuid;

    fn hand(state: &mut State, room: u128) {
        let body = EntryBody::QuickPhrase { phrase: QuickPhrase::Agree };
        let id = format!("{room}-{}", state.queue.len());
        let say = Say { client_msg_id: id.parse().unwrap(), body };
        let (account, room) = (AccountId(Uuid::nil()), RoomId(Uuid::from_u128(room)));
        let (answer, _) = oneshot::channel();
        state.queue.push_back(Waiting { entry: Entry { account, room, say }, answer });
    }

    fn taken(state: &mut State) -> Vec<u128> {
        state.take().iter().map(|waiting| waiting.entry.room.0.as_u128()).collect()
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
}
