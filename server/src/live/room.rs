//! A room as this server knows it: up to which entry, who is in it, the last of what was said, and who listens.
//!
//! What stands here is true as of entry `head`. Every change of who is in a room is an entry of its own, so whoever
//! adds the next entry and succeeds knows that nobody came or went meanwhile. What others add is read again.

use crate::live::held;
use crate::live::line::{Line, frames};
use crate::live::open::Live;
use crate::live::presence::Presence;
use crate::live::reading::{Logged, Now};
use protocol::live::ServerFrame;
use protocol::room::ClientMsgId;
use protocol::{DisputeId, PersonId, RoomId};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// Entries kept at hand for those who come back.
pub const TAIL: usize = 64;

pub struct Room {
    pub id: RoomId,
    pub dispute: DisputeId,
    presence: Arc<Presence>,
    state: Mutex<State>,
    read: Notify,
}

#[derive(Clone, Copy)]
pub struct Member {
    pub joined: i64,
    pub first: i64,
    pub may_say: bool,
}

struct State {
    head: i64,
    members: HashMap<PersonId, Member>,
    /// Without a hole up to `head`.
    tail: VecDeque<Line>,
    /// What was said here lately, so that what is said again is not taken for new.
    said: VecDeque<(PersonId, ClientMsgId)>,
    listeners: Vec<Arc<Live>>,
    /// Who has come or gone, to be told together: whether they are here.
    turns: BTreeMap<PersonId, bool>,
    /// Somebody else has changed something, so many times; read again as of so many.
    changes: u64,
    read: u64,
    is_reading: bool,
    empty_since: Instant,
    /// Nobody comes in any more: ask for the room anew.
    is_forgotten: bool,
}

/// What becomes of somebody who wants to listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joined {
    /// Is told everything from here on.
    Live,
    /// Has to read from the database what comes after this first.
    Behind(i64),
    /// The room is about to be read again: wait for that.
    Stale,
    /// Not in the room, as far as is known.
    Stranger,
    Forgotten,
}

impl State {
    fn is_stale(&self) -> bool {
        self.changes != self.read
    }

    fn others(&self, person: PersonId) -> impl Iterator<Item = &Arc<Live>> {
        self.listeners.iter().filter(move |live| live.actor.person != person)
    }

    fn is_here(&self, person: PersonId) -> bool {
        self.listeners.iter().any(|live| live.actor.person == person)
    }

    fn remember(&mut self, said: Vec<(PersonId, ClientMsgId)>) {
        self.said.extend(said);
        let too_many = self.said.len().saturating_sub(TAIL);
        self.said.drain(..too_many);
    }

    fn keep(&mut self, line: Line) {
        self.head = line.seq;
        self.tail.push_back(line);
        if self.tail.len() > TAIL {
            self.tail.pop_front();
        }
    }

    /// The entry before the first that is at hand.
    fn tail_after(&self) -> i64 {
        self.tail.front().map_or(self.head, |line| line.seq - 1)
    }
}

impl Room {
    pub fn new(id: RoomId, now: Now, lines: Vec<Logged>, presence: Arc<Presence>) -> Self {
        let mut state = State {
            head: now.head,
            members: now.members,
            tail: VecDeque::new(),
            said: VecDeque::new(),
            listeners: Vec::new(),
            turns: BTreeMap::new(),
            changes: 0,
            read: 0,
            is_reading: false,
            empty_since: Instant::now(),
            is_forgotten: false,
        };
        let last = lines.last().map(|logged| logged.line.seq);
        if last == Some(now.head) {
            state.tail = contiguous(lines.into_iter().map(|logged| logged.line).collect());
        }
        let state = Mutex::new(state);
        Self { id, dispute: now.dispute, presence, state, read: Notify::new() }
    }

    pub fn head(&self) -> i64 {
        held(&self.state).head
    }

    /// The last entry, if the next can be added without asking.
    pub fn last(&self) -> Option<i64> {
        let state = held(&self.state);
        (!state.is_stale()).then_some(state.head)
    }

    /// Whether somebody may say something under this id, as far as is known.
    pub fn takes(&self, person: PersonId, id: &ClientMsgId) -> bool {
        let state = held(&self.state);
        let may_say = state.members.get(&person).is_some_and(|member| member.may_say);
        may_say && !state.said.iter().any(|said| said.0 == person && said.1 == *id)
    }

    pub fn is_member(&self, person: PersonId) -> bool {
        held(&self.state).members.contains_key(&person)
    }

    /// Listens from now on and is sent what comes after `after`, if that is at hand: in one step, so that nothing falls
    /// between.
    pub fn join(&self, live: &Arc<Live>, after: i64) -> Joined {
        let mut state = held(&self.state);
        if state.is_forgotten {
            return Joined::Forgotten;
        }
        if state.is_stale() {
            return Joined::Stale;
        }
        let person = live.actor.person;
        let Some(member) = state.members.get(&person).copied() else { return Joined::Stranger };
        // Neither before the first entry one may read nor past the last: what comes next has to be the next.
        let after = after.min(state.head).max(member.first - 1);
        if after < state.tail_after().max(member.joined - 1) {
            return Joined::Behind(after);
        }
        let outbox = &live.outbox;
        for frame in frames(self.id, state.tail.iter().filter(|line| line.seq > after)) {
            outbox.queue_frame(frame);
        }
        let room = self.id;
        outbox.queue(&ServerFrame::CaughtUp { room, head: state.head });
        let is_new = !state.is_here(person);
        let mut others = self.presence.here(room);
        others.extend(state.others(person).map(|other| other.actor.person));
        others.remove(&person);
        for person in others {
            outbox.queue(&ServerFrame::Presence { room, person, online: true });
        }
        outbox.flush();
        if is_new && !self.presence.came(room, person) {
            self.turn(&mut state, person, true);
        }
        state.listeners.retain(|other| !Arc::ptr_eq(other, live));
        state.listeners.push(live.clone());
        Joined::Live
    }

    /// The entry before the first that somebody who is behind can be told from memory.
    pub fn at_hand_after(&self, person: PersonId) -> i64 {
        let state = held(&self.state);
        let joined = state.members.get(&person).map_or(0, |member| member.joined - 1);
        state.tail_after().max(joined).min(state.head)
    }

    pub fn leave(&self, live: &Live) {
        let mut state = held(&self.state);
        let before = state.listeners.len();
        state.listeners.retain(|other| Arc::as_ptr(other) != std::ptr::from_ref(live));
        let person = live.actor.person;
        let has_gone = state.listeners.len() < before && !state.is_here(person);
        if has_gone && !self.presence.went(self.id, person) {
            self.turn(&mut state, person, false);
        }
        if state.listeners.is_empty() {
            state.empty_since = Instant::now();
        }
    }

    /// Somebody has come or gone: those who listen are told, soon.
    fn turn(&self, state: &mut State, person: PersonId, online: bool) {
        if state.turns.is_empty() {
            self.presence.turns.add(self.id);
        }
        state.turns.insert(person, online);
    }

    /// Tells who has come and gone, as it has turned out: in one write for each who listens.
    pub fn tell_turns(&self) {
        let mut state = held(&self.state);
        let room = self.id;
        for (person, online) in std::mem::take(&mut state.turns) {
            for live in state.others(person) {
                live.outbox.queue(&ServerFrame::Presence { room, person, online });
            }
        }
        for live in &state.listeners {
            live.outbox.flush();
        }
    }

    /// Whether those who listen have been told who came and went.
    pub fn is_told(&self) -> bool {
        held(&self.state).turns.is_empty()
    }

    /// Hands an ephemeral frame to everybody else who listens.
    pub fn tell_others(&self, person: PersonId, frame: &ServerFrame) {
        for live in held(&self.state).others(person) {
            live.outbox.push(frame);
        }
    }

    /// Somebody came or went on another server. Whoever is here too has done neither.
    pub fn turned(&self, person: PersonId, online: bool) {
        let mut state = held(&self.state);
        if !state.is_here(person) {
            self.turn(&mut state, person, online);
        }
    }

    /// Tells what this server has just added. False if others have added something before it: then the room has to be
    /// read.
    pub fn extend(&self, said: Vec<(PersonId, ClientMsgId)>, lines: Vec<Line>) -> bool {
        let mut state = held(&self.state);
        state.remember(said);
        let mut new = lines.into_iter().filter(|line| line.seq > state.head).collect::<Vec<_>>();
        new.sort_by_key(|line| line.seq);
        let next = state.head + 1;
        if new.iter().zip(next..).any(|(line, seq)| line.seq != seq) {
            return false;
        }
        for frame in frames(self.id, &new) {
            for live in &state.listeners {
                live.outbox.send(frame.clone());
            }
        }
        for line in new {
            state.keep(line);
        }
        true
    }

    /// Somebody else has changed something. True for the one who is to read it.
    pub fn changed(&self) -> bool {
        let mut state = held(&self.state);
        state.changes += 1;
        !std::mem::replace(&mut state.is_reading, true)
    }

    /// Until the room has been read again.
    pub async fn reread(&self) {
        loop {
            let read = self.read.notified();
            if !held(&self.state).is_stale() {
                return;
            }
            read.await;
        }
    }

    /// What a reader begins with: how often the room has changed, what is known, and for whom to read.
    pub fn known(&self) -> (u64, i64, Vec<PersonId>) {
        let state = held(&self.state);
        let people: BTreeSet<PersonId> = state
            .members
            .keys()
            .copied()
            .chain(state.listeners.iter().map(|live| live.actor.person))
            .collect();
        (state.changes, state.head, people.into_iter().collect())
    }

    /// Tells everybody what they may read of it, and takes `now` for what is known. Answers with those who are not in the
    /// room any more.
    pub fn catch_up(&self, now: Now, lines: Vec<Logged>) -> Vec<Arc<Live>> {
        let mut state = held(&self.state);
        let new: Vec<Logged> =
            lines.into_iter().filter(|logged| logged.line.seq > state.head).collect();
        for run in new.chunk_by(|a, b| a.readers == b.readers && a.line.seq + 1 == b.line.seq) {
            let readers = run.first().map(|logged| logged.readers.as_slice()).unwrap_or_default();
            for frame in frames(self.id, run.iter().map(|logged| &logged.line)) {
                for live in state.listeners.iter().filter(|l| readers.contains(&l.actor.person)) {
                    live.outbox.send(frame.clone());
                }
            }
        }
        for logged in new {
            if logged.line.seq != state.head + 1 {
                state.tail.clear();
            }
            state.keep(logged.line);
        }
        if state.head < now.head {
            // Nobody whom this server knows was there to read it.
            state.tail.clear();
            state.head = now.head;
        }
        state.members = now.members;
        let (stay, go): (Vec<_>, Vec<_>) = std::mem::take(&mut state.listeners)
            .into_iter()
            .partition(|live| state.members.contains_key(&live.actor.person));
        state.listeners = stay;
        for live in &go {
            live.outbox.push(&ServerFrame::Left { room: self.id });
        }
        for person in go.iter().map(|live| live.actor.person).collect::<BTreeSet<_>>() {
            self.presence.went(self.id, person);
            self.turn(&mut state, person, false);
        }
        if state.listeners.is_empty() {
            state.empty_since = Instant::now();
        }
        go
    }

    /// The room is known as of its `changes`-th change. False if there are more to read.
    pub fn is_known_as_of(&self, changes: u64) -> bool {
        let mut state = held(&self.state);
        state.read = changes;
        let done = !state.is_stale();
        if done {
            state.is_reading = false;
            self.read.notify_waiters();
        }
        done
    }

    /// Whether nobody has listened for so long; if so, nobody comes in any more.
    pub fn forget_after(&self, idle: Duration) -> bool {
        let mut state = held(&self.state);
        state.is_forgotten = state.listeners.is_empty() && state.empty_since.elapsed() > idle;
        state.is_forgotten
    }
}

/// The last entries that have no hole between them.
fn contiguous(lines: Vec<Line>) -> VecDeque<Line> {
    let mut tail: VecDeque<Line> = VecDeque::new();
    for line in lines {
        if tail.back().is_some_and(|last| last.seq + 1 != line.seq) {
            tail.clear();
        }
        tail.push_back(line);
    }
    tail
}
