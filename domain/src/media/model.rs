//! Every interleaving of moves, drops, rejoins, late and repeated messages and stale tokens, to a bounded depth.
//!
//! Devices are honest but unlucky: they stop sending before they confirm and when their lease runs out by their own
//! clock, they vanish at any moment, answers get lost, and what they once sent may arrive again much later.

use super::*;
use protocol::party::Side;
use std::collections::{BTreeMap, HashSet};
use uuid::Uuid;

const TICK: TimeDelta = TimeDelta::minutes(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Sent {
    ConfirmLeft(i64),
    Leave(i64),
}

/// One person: the place that the server keeps, and what their device does.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Somebody {
    who: Viewpoint,
    place: Place,
    /// The rooms to which the device really sends, each until its lease as the device knows it.
    sending: BTreeMap<MediaRoomId, DateTime<Utc>>,
    /// What passes through the server by a token; the server cuts it when the place is no longer that one.
    relayed: Vec<Token>,
    /// On its way, perhaps for a second time.
    sent: Vec<Sent>,
    tokens: Vec<Token>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct World {
    now: DateTime<Utc>,
    joint: MediaRoom,
    /// The applicant's.
    caucus: Option<MediaRoom>,
    made: u128,
    people: Vec<Somebody>,
}

#[derive(Clone, Copy, Debug)]
enum Action {
    Tick,
    ToCaucus,
    ToJoint,
    Join { answer_arrives: bool },
    StopAndConfirm,
    StopAndLeave,
    Vanish,
    Deliver(usize),
    Present(usize),
}

impl World {
    fn of(people: &[Viewpoint]) -> Self {
        let person = |n: usize| PersonId(Uuid::from_u128(n as u128));
        let people = people.iter().enumerate().map(|(n, who)| Somebody {
            who: *who,
            place: Place::out(person(n)),
            sending: BTreeMap::new(),
            relayed: vec![],
            sent: vec![],
            tokens: vec![],
        });
        let joint = MediaRoom { id: MediaRoomId(Uuid::from_u128(0)), epoch: 1 };
        Self { now: DateTime::default(), joint, caucus: None, made: 0, people: people.collect() }
    }

    fn room_for(&self, who: Viewpoint) -> MediaRoom {
        let (status, side) = match self.caucus {
            Some(_) => (SessionStatus::Caucus, Some(Side::Applicant)),
            None => (SessionStatus::Joint, None),
        };
        match (room_of(SessionManner::Video, status, side, who), self.caucus) {
            (Ok(RoomAddress::Caucus { .. }), Some(caucus)) => caucus,
            _ => self.joint,
        }
    }

    fn room(&self, id: MediaRoomId) -> Option<MediaRoom> {
        [Some(self.joint), self.caucus].into_iter().flatten().find(|room| room.id == id)
    }

    /// The session's step: who belongs elsewhere now is told to leave, who stays goes with the epoch.
    fn step(&mut self, caucus: Option<MediaRoom>) {
        self.caucus = caucus;
        self.joint.epoch += 1;
        let targets: Vec<MediaRoom> = self.people.iter().map(|p| self.room_for(p.who)).collect();
        for (somebody, target) in self.people.iter_mut().zip(targets) {
            let place = somebody.place;
            let elsewhere = matches!(place.at, At::In { room, .. } if room.id != target.id);
            somebody.place = if elsewhere { place.told_to_leave() } else { place.carried(target) };
        }
    }

    fn actions(&self, n: usize) -> Vec<Action> {
        let somebody = &self.people[n];
        let mut all =
            vec![Action::Join { answer_arrives: true }, Action::Join { answer_arrives: false }];
        match somebody.place.at {
            At::Leaving { .. } => all.extend([Action::StopAndConfirm, Action::StopAndLeave]),
            At::In { .. } => all.push(Action::StopAndLeave),
            At::Out => {}
        }
        if !(somebody.sending.is_empty() && somebody.relayed.is_empty()) {
            all.push(Action::Vanish);
        }
        all.extend((0..somebody.sent.len()).map(Action::Deliver));
        all.extend((0..somebody.tokens.len()).map(Action::Present));
        all
    }

    fn after(&self, n: usize, action: Action) -> Self {
        let mut next = self.clone();
        next.act(n, action);
        let now = next.now;
        for (before, somebody) in self.people.iter().zip(&mut next.people) {
            let place = somebody.place;
            let kept = |token: &Token| place == before.place || place.is_in(token.room, now);
            somebody.relayed.retain(|token| now < token.until && kept(token));
        }
        next
    }

    fn act(&mut self, n: usize, action: Action) {
        let next = self;
        match action {
            Action::Tick => {
                next.now += TICK;
                let now = next.now;
                next.people.iter_mut().for_each(|p| p.sending.retain(|_, until| now < *until));
            }
            Action::ToCaucus => {
                next.made += 1;
                let id = MediaRoomId(Uuid::from_u128(next.made));
                next.step(Some(MediaRoom { id, epoch: 1 }));
            }
            Action::ToJoint => next.step(None),
            Action::Join { answer_arrives } => next.join(n, answer_arrives),
            Action::StopAndConfirm => {
                let turn = next.people[n].place.turn;
                next.stop_and_send(n, Sent::ConfirmLeft(turn));
            }
            Action::StopAndLeave => {
                let turn = next.people[n].place.turn;
                next.stop_and_send(n, Sent::Leave(turn));
            }
            Action::Vanish => {
                next.people[n].sending.clear();
                next.people[n].relayed.clear();
            }
            Action::Deliver(which) => {
                let somebody = &mut next.people[n];
                let outcome = match somebody.sent[which] {
                    Sent::ConfirmLeft(turn) => somebody.place.confirm_left(turn),
                    Sent::Leave(turn) => somebody.place.leave(turn),
                };
                somebody.place = outcome.unwrap_or(somebody.place);
            }
            Action::Present(which) => next.present(n, which),
        }
    }

    fn join(&mut self, n: usize, answer_arrives: bool) {
        let (room, now) = (self.room_for(self.people[n].who), self.now);
        let others = (0..self.people.len())
            .filter(|other| *other != n && self.people[*other].place.is_in(room, now));
        let others = others.count();
        let somebody = &mut self.people[n];
        let Ok(place) = somebody.place.join(room, others, now) else { return };
        somebody.place = place;
        if answer_arrives {
            let token = Token { person: place.person, room, until: now + LEASE };
            if !somebody.tokens.contains(&token) {
                somebody.tokens.push(token);
            }
            somebody.sending.insert(room.id, token.until);
        }
    }

    fn stop_and_send(&mut self, n: usize, sent: Sent) {
        let somebody = &mut self.people[n];
        somebody.sending.clear();
        somebody.relayed.clear();
        if !somebody.sent.contains(&sent) {
            somebody.sent.push(sent);
        }
    }

    /// A token of whatever age is shown to the server; where it opens a room, sound flows.
    fn present(&mut self, n: usize, which: usize) {
        let token = self.people[n].tokens[which];
        let Some(room) = self.room(token.room.id) else { return };
        let somebody = &mut self.people[n];
        if token.admits(&somebody.place, room, self.now) && !somebody.relayed.contains(&token) {
            somebody.relayed.push(token);
        }
    }

    fn check(&self, way: &[(usize, Action)]) {
        for somebody in &self.people {
            let mut rooms: HashSet<MediaRoomId> = somebody.sending.keys().copied().collect();
            rooms.extend(somebody.relayed.iter().map(|token| token.room.id));
            assert!(rooms.len() <= 1, "in two media rooms after {way:?}: {self:#?}");
            let room = self.room_for(somebody.who);
            let later = somebody.place.join(room, 0, self.now + LEASE);
            assert!(later.is_ok(), "locked out after {way:?}: {self:#?}");
        }
    }
}

/// Breadth first, each world once; answers how many worlds there are.
fn explore(people: &[Viewpoint], depth: usize) -> usize {
    let start = World::of(people);
    let mut seen = HashSet::from([start.clone()]);
    let mut edge = vec![(start, vec![])];
    for _ in 0..depth {
        let mut next_edge = Vec::new();
        for (world, way) in edge {
            let turn = if world.caucus.is_some() { Action::ToJoint } else { Action::ToCaucus };
            let mut all = vec![(0, Action::Tick), (0, turn)];
            for n in 0..people.len() {
                all.extend(world.actions(n).into_iter().map(|action| (n, action)));
            }
            for (n, action) in all {
                let next = world.after(n, action);
                if seen.insert(next.clone()) {
                    let mut way = way.clone();
                    way.push((n, action));
                    next.check(&way);
                    next_edge.push((next, way));
                }
            }
        }
        edge = next_edge;
    }
    seen.len()
}

const A: Viewpoint = Viewpoint::Side(Side::Applicant);
const B: Viewpoint = Viewpoint::Side(Side::Respondent);

#[test]
fn one_person_is_never_in_two_media_rooms_nor_locked_out() {
    assert!(explore(&[A], 10) > 20_000);
}

#[test]
fn two_people_are_never_in_two_media_rooms_nor_locked_out() {
    assert!(explore(&[Viewpoint::Neutral, B], 7) > 20_000);
}

#[test]
fn three_people_are_never_in_two_media_rooms_nor_locked_out() {
    assert!(explore(&[Viewpoint::Neutral, A, B], 5) > 10_000);
}
