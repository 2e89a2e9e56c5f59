//! Who is where on the other servers, as they tell it: who listens to a room, who has how many sockets.
//!
//! Each server says again every few seconds who is with it, and is forgotten when it does not. What is known of others
//! stays in memory; whoever listens to a room is told of that room only.

use crate::live::bus::{Bus, ServerId, Word};
use crate::live::held;
use crate::live::hub::Hub;
use crate::live::limits::SOCKETS_A_PERSON;
use crate::live::outbox::Close;
use crate::live::turns::Turns;
use protocol::live::close;
use protocol::{PersonId, RoomId};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, OnceLock};
use std::time::Instant;

/// By age: the wall clock of its server, and what tells two of one moment apart.
pub type Age = (i64, ServerId, u64);

#[derive(Default)]
pub struct Presence {
    pub turns: Turns,
    elsewhere: Mutex<Elsewhere>,
    bus: OnceLock<Bus>,
}

#[derive(Default)]
struct Elsewhere {
    /// When it was last said.
    rooms: HashMap<RoomId, HashMap<(PersonId, ServerId), Instant>>,
    sockets: HashMap<PersonId, HashMap<Age, Instant>>,
}

impl Presence {
    /// From now on others are told.
    pub fn join(&self, bus: Bus) {
        let _ = self.bus.set(bus);
    }

    fn say(&self, word: Word) {
        if let Some(bus) = self.bus.get() {
            bus.say(word);
        }
    }

    pub fn me(&self) -> ServerId {
        self.bus.get().map(Bus::me).unwrap_or_default()
    }

    /// Somebody listens to a room here and did not before. Whether they already do elsewhere.
    pub fn came(&self, room: RoomId, person: PersonId) -> bool {
        self.say(Word::Here { room, person });
        self.is_elsewhere(room, person)
    }

    /// Somebody does not listen to a room here any more. Whether they still do elsewhere.
    pub fn went(&self, room: RoomId, person: PersonId) -> bool {
        self.say(Word::Gone { room, person });
        self.is_elsewhere(room, person)
    }

    /// Who listens to it on other servers.
    pub fn here(&self, room: RoomId) -> BTreeSet<PersonId> {
        let elsewhere = held(&self.elsewhere);
        let there = elsewhere.rooms.get(&room).into_iter().flatten();
        there.map(|((person, _), _)| *person).collect()
    }

    pub fn is_elsewhere(&self, room: RoomId, person: PersonId) -> bool {
        held(&self.elsewhere).has(room, person)
    }

    pub fn opened(&self, socket: u64, person: PersonId, since: i64) {
        self.say(Word::Open { socket, person, since });
    }

    pub fn shut(&self, socket: u64, person: PersonId) {
        self.say(Word::Shut { socket, person });
    }

    /// The sockets that somebody has on other servers.
    fn sockets_of(&self, person: PersonId) -> Vec<Age> {
        let elsewhere = held(&self.elsewhere);
        elsewhere.sockets.get(&person).into_iter().flatten().map(|(age, _)| *age).collect()
    }
}

impl Elsewhere {
    fn has(&self, room: RoomId, person: PersonId) -> bool {
        self.rooms.get(&room).is_some_and(|there| there.keys().any(|(one, _)| *one == person))
    }

    /// Whoever is not said to be there any more by anybody.
    fn keep(&mut self, stays: impl Fn(&ServerId, Instant) -> bool) -> Vec<(RoomId, PersonId)> {
        let mut left = BTreeSet::new();
        for (room, there) in &mut self.rooms {
            there.retain(|(person, server), seen| {
                let stays = stays(server, *seen);
                if !stays {
                    left.insert((*room, *person));
                }
                stays
            });
        }
        self.rooms.retain(|_, there| !there.is_empty());
        for sockets in self.sockets.values_mut() {
            sockets.retain(|(_, server, _), seen| stays(server, *seen));
        }
        self.sockets.retain(|_, sockets| !sockets.is_empty());
        left.into_iter().filter(|(room, person)| !self.has(*room, *person)).collect()
    }
}

impl Hub {
    /// What another server says of whom it has.
    pub fn hear(&self, from: ServerId, word: Word, now: Instant) {
        let mut elsewhere = held(&self.presence.elsewhere);
        match word {
            Word::Here { room, person } => {
                let known = elsewhere.has(room, person);
                elsewhere.rooms.entry(room).or_default().insert((person, from), now);
                drop(elsewhere);
                if !known {
                    self.turned(room, person, true);
                }
            }
            Word::Gone { room, person } => {
                let was =
                    elsewhere.rooms.get_mut(&room).and_then(|there| there.remove(&(person, from)));
                if elsewhere.rooms.get(&room).is_some_and(HashMap::is_empty) {
                    elsewhere.rooms.remove(&room);
                }
                let gone = was.is_some() && !elsewhere.has(room, person);
                drop(elsewhere);
                if gone {
                    self.turned(room, person, false);
                }
            }
            Word::Open { socket, person, since } => {
                let sockets = elsewhere.sockets.entry(person).or_default();
                let new = sockets.insert((since, from, socket), now).is_none();
                drop(elsewhere);
                if new {
                    self.make_way(person);
                }
            }
            Word::Shut { socket, person } => {
                if let Some(sockets) = elsewhere.sockets.get_mut(&person) {
                    sockets.retain(|(_, server, id), _| (*server, *id) != (from, socket));
                }
                if elsewhere.sockets.get(&person).is_some_and(HashMap::is_empty) {
                    elsewhere.sockets.remove(&person);
                }
            }
            Word::Bye => {
                let left = elsewhere.keep(|server, _| *server != from);
                drop(elsewhere);
                self.left(left);
            }
            Word::Hint(_) | Word::Ask => {}
        }
    }

    /// Forgets whoever was not spoken of for two beats and a half.
    pub fn forget(&self, now: Instant) {
        let longest = self.bounds.beat * 5 / 2;
        let left = held(&self.presence.elsewhere)
            .keep(|_, seen| now.saturating_duration_since(seen) < longest);
        self.left(left);
    }

    fn left(&self, left: Vec<(RoomId, PersonId)>) {
        for (room, person) in left {
            self.turned(room, person, false);
        }
    }

    fn turned(&self, room: RoomId, person: PersonId, online: bool) {
        if let Some(room) = self.room(room) {
            room.turned(person, online);
        }
    }

    /// The oldest of somebody who has too many sockets on all servers make way; each server closes its own.
    pub fn make_way(&self, person: PersonId) {
        let me = self.presence.me();
        let mine = self.sockets_of(person);
        let mut all = self.presence.sockets_of(person);
        all.extend(mine.iter().map(|live| (live.since, me, live.id)));
        all.sort_unstable();
        let too_many = all.len().saturating_sub(SOCKETS_A_PERSON);
        for live in mine {
            if all[..too_many].contains(&(live.since, me, live.id)) {
                live.outbox.close(Close::new(close::REPLACED, "replaced by a newer socket"));
            }
        }
    }

    /// Whether what is to be announced is still so. What happened is always to be said.
    pub fn holds(&self, word: Word) -> bool {
        match word {
            Word::Here { room, person } => {
                self.sockets_of(person).iter().any(|live| live.room(room).is_some())
            }
            Word::Open { socket, person, .. } => {
                self.sockets_of(person).iter().any(|live| live.id == socket)
            }
            _ => true,
        }
    }

    /// Everything that other servers are to know of whom this one has.
    pub fn words(&self) -> Vec<Word> {
        let mut words = Vec::new();
        for live in self.sockets() {
            let person = live.actor.person;
            words.push(Word::Open { socket: live.id, person, since: live.since });
            words.extend(live.rooms().iter().map(|room| Word::Here { room: room.id, person }));
        }
        words
    }
}
