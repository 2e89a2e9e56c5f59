//! What waits to be committed, and how much of it goes into one commit.

use crate::error::ApiError;
use crate::live::log::Waiting;
use crate::live::pace::{Pace, Traffic};
use protocol::RoomId;
use std::cmp::Reverse;
use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

/// Shares of the rooms; in heavy traffic each share has a commit of its own.
pub const SHARES: usize = 3;
/// Entries in one commit: a row costs the database the same among a few hundred or more, but the more of one room come
/// together, the fewer times each of its members is written to.
const BATCH: usize = 4_096;
/// What they say, in bytes; one more is taken than fits.
const BATCH_BYTES: usize = 4 * 1024 * 1024;
/// Entries of a share that may wait; beyond, a sender is told to come back rather than kept waiting for long.
const WAITING: usize = 16_384 / SHARES;

/// What one commit takes.
pub struct Batch {
    pub entries: Vec<Waiting>,
    /// Of these rooms alone, if not of all.
    pub share: Option<usize>,
}

/// A batch that is being put together.
#[derive(Default)]
struct Filling {
    entries: Vec<Waiting>,
    bytes: usize,
}

impl Filling {
    /// From a queue, without what is said in busy rooms.
    fn take(&mut self, queue: &mut VecDeque<Waiting>, busy: &HashSet<RoomId>) {
        let mut behind = Vec::new();
        while self.entries.len() < BATCH && self.bytes < BATCH_BYTES {
            let Some(waiting) = queue.pop_front() else { break };
            if busy.contains(&waiting.entry.room) {
                behind.push(waiting);
            } else {
                self.bytes += waiting.entry.body.len();
                self.entries.push(waiting);
            }
        }
        behind.into_iter().rev().for_each(|waiting| queue.push_front(waiting));
    }

    fn batch(self, share: Option<usize>) -> Option<Batch> {
        let is_empty = self.entries.is_empty();
        (!is_empty).then_some(Batch { entries: self.entries, share })
    }
}

fn share_of(room: RoomId) -> usize {
    // A room's own bits would do as long as they are random, which nobody promises here.
    let mut hasher = DefaultHasher::new();
    room.hash(&mut hasher);
    usize::try_from(hasher.finish() % SHARES as u64).unwrap_or_default()
}

#[derive(Default)]
pub struct Queue {
    shares: [VecDeque<Waiting>; SHARES],
    /// Shares of which each has a lane of its own at this moment.
    taken: [bool; SHARES],
    /// In a commit at this moment.
    busy: HashSet<RoomId>,
    lanes: usize,
    pace: Pace,
}

impl Queue {
    pub fn push(&mut self, waiting: Waiting, now: Instant) -> Result<(), ApiError> {
        let share = &mut self.shares[share_of(waiting.entry.room)];
        if share.len() >= WAITING {
            return Err(ApiError::unavailable());
        }
        self.pace.arrived(now);
        share.push_back(waiting);
        Ok(())
    }

    fn len(&self) -> usize {
        self.shares.iter().map(VecDeque::len).sum()
    }

    /// How many wait, of this share or of all.
    pub fn waiting(&self, share: Option<usize>) -> usize {
        share.map_or_else(|| self.len(), |share| self.shares[share].len())
    }

    pub fn is_busy(&self, room: RoomId) -> bool {
        self.busy.contains(&room)
    }

    /// What can be committed now; its rooms are busy from here on.
    fn take(&mut self) -> Option<Batch> {
        let batch = match self.pace.traffic() {
            Traffic::Light | Traffic::Steady => self.take_of_all(),
            Traffic::Heavy => self.take_of_one(),
        }?;
        self.busy.extend(batch.entries.iter().map(|waiting| waiting.entry.room));
        Some(batch)
    }

    fn take_of_all(&mut self) -> Option<Batch> {
        let mut filling = Filling::default();
        for share in &mut self.shares {
            filling.take(share, &self.busy);
        }
        filling.batch(None)
    }

    /// Of the share of which most waits, unless all of it is busy.
    fn take_of_one(&mut self) -> Option<Batch> {
        let mut idle: Vec<usize> = (0..SHARES).filter(|share| !self.taken[*share]).collect();
        idle.sort_by_key(|share| Reverse(self.shares[*share].len()));
        idle.into_iter().find_map(|share| {
            let mut filling = Filling::default();
            filling.take(&mut self.shares[share], &self.busy);
            self.taken[share] = !filling.entries.is_empty();
            filling.batch(Some(share))
        })
    }

    /// They are in no commit any more.
    pub fn free(&mut self, rooms: impl IntoIterator<Item = RoomId>) {
        for room in rooms {
            self.busy.remove(&room);
        }
    }

    fn leave(&mut self, share: Option<usize>) {
        if let Some(share) = share {
            self.taken[share] = false;
        }
    }

    /// Leave to open one more lane.
    pub fn opens(&mut self, most: usize) -> bool {
        let opens = self.has_work() && self.lanes < self.allowed(most);
        self.lanes += usize::from(opens);
        opens
    }

    /// For one more lane: what waits in a share that is taken goes with that share's next commit.
    fn has_work(&self) -> bool {
        match self.pace.traffic() {
            Traffic::Light | Traffic::Steady => self.len() > 0,
            Traffic::Heavy => (0..SHARES).any(|n| !self.taken[n] && !self.shares[n].is_empty()),
        }
    }

    /// What a lane commits next, after something of that share. If there is nothing, or others suffice, the lane is closed
    /// in this moment: what is handed over from then on opens another.
    pub fn next(&mut self, most: usize, last: Option<usize>) -> Option<Batch> {
        self.leave(last);
        let is_needed = self.lanes <= self.allowed(most);
        let batch = if is_needed { self.take() } else { None };
        self.lanes -= usize::from(batch.is_none());
        batch
    }

    /// A lane that ended in the middle of something.
    pub fn closed(&mut self, last: Option<usize>) {
        self.leave(last);
        self.lanes -= 1;
    }

    fn allowed(&self, most: usize) -> usize {
        match self.pace.traffic() {
            Traffic::Light => most,
            Traffic::Steady => 1,
            Traffic::Heavy => SHARES,
        }
    }

    /// Notes how long a commit has taken; whether it is worth while to gather before the next.
    pub fn is_crowded_after(&mut self, took: Duration) -> bool {
        self.pace.committed(took);
        self.pace.traffic() != Traffic::Light
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::log::Asker;
    use crate::rooms::store::Entry;
    use protocol::PersonId;
    use protocol::room::{ClientMsgId, EntryBody, QuickPhrase, Say};
    use tokio::sync::oneshot;
    use uuid::Uuid;

    const MOST: usize = 8;

    fn room(number: u128) -> RoomId {
        RoomId(Uuid::from_u128(number))
    }

    const AGREE: EntryBody = EntryBody::QuickPhrase { phrase: QuickPhrase::Agree };

    fn waiting(number: u128, id: usize, body: EntryBody) -> Waiting {
        let client_msg_id = format!("{number}-{id}").parse().unwrap();
        let say = Say { client_msg_id, body };
        let entry = Entry::new(PersonId(Uuid::nil()), room(number), say).unwrap();
        let (answer, _) = oneshot::channel();
        Waiting { entry, asker: Asker::Request(answer) }
    }

    fn hand(queue: &mut Queue, numbers: &[u128]) {
        for number in numbers {
            hand_over(queue, *number, AGREE);
        }
    }

    /// Without saying so to its pace.
    fn hand_over(queue: &mut Queue, number: u128, body: EntryBody) {
        let waiting = waiting(number, queue.len(), body);
        queue.shares[share_of(room(number))].push_back(waiting);
    }

    fn rooms_of(batch: &Batch) -> Vec<u128> {
        batch.entries.iter().map(|waiting| waiting.entry.room.0.as_u128()).collect()
    }

    fn taken(queue: &mut Queue) -> Vec<u128> {
        queue.take().as_ref().map(rooms_of).unwrap_or_default()
    }

    fn ids_of(batch: &Batch) -> Vec<ClientMsgId> {
        batch.entries.iter().map(|waiting| waiting.entry.client_msg_id.clone()).collect()
    }

    /// As if so many arrived during each commit.
    fn make(queue: &mut Queue, traffic: Traffic) {
        let took = match traffic {
            Traffic::Light => Duration::ZERO,
            Traffic::Steady => Duration::from_millis(10),
            Traffic::Heavy => Duration::from_millis(1_000),
        };
        let begun = Instant::now();
        (0..100).for_each(|n| queue.pace.arrived(begun + Duration::from_millis(n)));
        (0..100).for_each(|_| queue.pace.committed(took));
        assert_eq!(queue.pace.traffic(), traffic);
    }

    /// Rooms of one share, and one of another.
    fn rooms_of_two_shares() -> (Vec<u128>, u128) {
        let share = share_of(room(0));
        let of_share = |number: &u128| share_of(room(*number)) == share;
        let ours = (0..100).filter(of_share).take(3).collect();
        let other = (0..100).find(|number| !of_share(number));
        (ours, other.unwrap())
    }

    #[test]
    fn a_room_is_in_one_commit_at_a_time_and_keeps_its_order() {
        let mut queue = Queue::default();
        let (rooms, _) = rooms_of_two_shares();
        let [a, b, c] = rooms[..] else { panic!("three") };
        hand(&mut queue, &[a, b, a]);
        assert_eq!(taken(&mut queue), [a, b, a]);
        hand(&mut queue, &[b, c, b]);
        assert_eq!(taken(&mut queue), [c], "{b} is still being committed");
        queue.free([room(a), room(b)]);
        let batch = queue.take().unwrap();
        assert_eq!(rooms_of(&batch), [b, b]);
        assert_eq!(
            ids_of(&batch),
            [format!("{b}-0"), format!("{b}-2")].map(|id| id.parse().unwrap())
        );
        assert_eq!(queue.len(), 0);
    }

    #[test]
    fn a_commit_takes_so_many_and_the_rest_stays_in_order() {
        let mut queue = Queue::default();
        hand(&mut queue, &vec![0; BATCH + 2]);
        let first = queue.take().unwrap();
        assert_eq!(first.entries.len(), BATCH);
        queue.free([room(0)]);
        let ids = [ids_of(&first), ids_of(&queue.take().unwrap())].concat();
        assert!(ids.into_iter().eq((0..BATCH + 2).map(|n| format!("0-{n}").parse().unwrap())));
    }

    #[test]
    fn a_commit_takes_so_many_bytes_and_one_more() {
        let mut queue = Queue::default();
        let long = EntryBody::Text { text: "长".repeat(4_000).parse().unwrap() };
        hand_over(&mut queue, 0, long.clone());
        let bytes = queue.shares[share_of(room(0))][0].entry.body.len();
        let most = BATCH_BYTES.div_ceil(bytes);
        for number in 1..most + 2 {
            hand_over(&mut queue, number as u128, long.clone());
        }
        assert_eq!(taken(&mut queue).len(), most);
        assert_eq!(taken(&mut queue).len(), 2);
    }

    #[test]
    fn in_heavy_traffic_each_share_has_a_commit_of_its_own() {
        let mut queue = Queue::default();
        make(&mut queue, Traffic::Heavy);
        let (ours, other) = rooms_of_two_shares();
        hand(&mut queue, &ours[..2]);
        hand(&mut queue, &[other]);
        assert!(queue.opens(MOST) && queue.opens(MOST));
        let batch = queue.next(MOST, None).unwrap();
        assert_eq!(rooms_of(&batch), ours[..2], "most waits there");
        hand(&mut queue, &[ours[2]]);
        assert_eq!(taken(&mut queue), [other]);
        assert!(queue.take().is_none() && !queue.opens(MOST), "it is for the first lane");
        queue.free([room(ours[0]), room(ours[1])]);
        assert!(!queue.opens(MOST), "which gathers before it goes on");
        assert_eq!(rooms_of(&queue.next(MOST, batch.share).unwrap()), ours[2..]);
    }

    #[test]
    fn a_lane_that_broke_off_leaves_its_share_to_others() {
        let mut queue = Queue::default();
        make(&mut queue, Traffic::Heavy);
        hand(&mut queue, &[0]);
        assert!(queue.opens(MOST));
        let batch = queue.next(MOST, None).unwrap();
        queue.free([room(0)]);
        queue.closed(batch.share);
        hand(&mut queue, &[0]);
        assert!(queue.opens(MOST));
        assert!(queue.next(MOST, None).is_some());
    }

    #[test]
    fn so_many_may_wait_and_nobody_waits_because_of_another_share() {
        let mut queue = Queue::default();
        let (ours, other) = rooms_of_two_shares();
        hand(&mut queue, &vec![ours[0]; WAITING]);
        assert!(queue.push(waiting(ours[1], 0, AGREE), Instant::now()).is_err());
        assert!(queue.push(waiting(other, 0, AGREE), Instant::now()).is_ok());
    }

    #[test]
    fn a_share_of_which_all_is_busy_keeps_no_other_waiting() {
        let mut queue = Queue::default();
        let (ours, other) = rooms_of_two_shares();
        hand(&mut queue, &[ours[0]]);
        assert_eq!(taken(&mut queue), [ours[0]]);
        make(&mut queue, Traffic::Heavy);
        hand(&mut queue, &[ours[0], ours[0], other]);
        assert_eq!(taken(&mut queue), [other]);
        assert!(queue.take().is_none());
        queue.free([room(ours[0])]);
        assert_eq!(taken(&mut queue), [ours[0], ours[0]]);
    }

    #[test]
    fn as_many_commits_at_once_as_the_traffic_asks_for() {
        for (traffic, most) in [(Traffic::Light, MOST), (Traffic::Steady, 1), (Traffic::Heavy, 3)] {
            let mut queue = Queue::default();
            make(&mut queue, traffic);
            hand(&mut queue, &[0]);
            assert_eq!((0..100).filter(|_| queue.opens(MOST)).count(), most);
        }
    }

    #[test]
    fn a_lane_too_many_ends_and_the_last_one_goes_on_until_nothing_waits() {
        let mut queue = Queue::default();
        hand(&mut queue, &[0]);
        assert!(queue.opens(MOST) && queue.opens(MOST));
        make(&mut queue, Traffic::Steady);
        assert!(queue.next(MOST, None).is_none(), "one suffices");
        assert!(queue.next(MOST, None).is_some());
        assert!(queue.next(MOST, None).is_none());
        assert_eq!(queue.lanes, 0);
        assert!(!queue.opens(MOST), "nothing waits");
    }
}
