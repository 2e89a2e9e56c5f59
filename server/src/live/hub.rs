//! Who listens to what on this server, and how many there may be.

use crate::accounts::tokens::Claims;
use crate::clock::Clock;
use crate::http::Actor;
use crate::live::held;
use crate::live::limits::{Bounds, SOCKETS_AN_ADDRESS};
use crate::live::outbox::Outbox;
use crate::live::presence::Presence;
use chrono::{DateTime, Utc};
use protocol::live::ServerFrame;
use protocol::{DisputeId, LoginId, PersonId, RoomId};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;
use tokio::sync::Notify;

/// Somebody's open socket.
pub struct Live {
    pub id: u64,
    /// By the wall clock, which orders sockets of different servers.
    pub since: i64,
    pub actor: Actor,
    pub outbox: Outbox,
    claims: Mutex<Claims>,
    /// When the login was last seen to be valid.
    pub checked_at: Mutex<Instant>,
    pub listening: Mutex<Listening>,
    /// Something is to be read.
    pub wake: Notify,
}

/// What a socket listens to, and what of it is to be read again.
#[derive(Default)]
pub struct Listening {
    pub rooms: BTreeMap<RoomId, Subscription>,
    pub states: BTreeSet<DisputeId>,
}

#[derive(Clone, Copy)]
pub struct Subscription {
    pub dispute: DisputeId,
    /// The last entry sent.
    pub cursor: i64,
    /// The backlog is sent.
    pub caught_up: bool,
    pub dirty: bool,
}

impl Live {
    pub fn expires_at(&self) -> DateTime<Utc> {
        held(&self.claims).expires_at()
    }

    /// What the token says that this socket goes by now.
    pub fn claims(&self) -> Claims {
        held(&self.claims).clone()
    }

    pub fn renew(&self, claims: Claims) {
        *held(&self.claims) = claims;
    }

    pub fn hears(&self, room: RoomId) -> bool {
        held(&self.listening).rooms.contains_key(&room)
    }

    /// To be read again. Told twice, it is read once.
    pub fn touch(&self, topic: Topic) {
        let mut listening = held(&self.listening);
        match topic {
            Topic::Room(room) => {
                if let Some(subscription) = listening.rooms.get_mut(&room) {
                    subscription.dirty = true;
                }
            }
            Topic::Dispute(dispute) => {
                if listening.rooms.values().any(|s| s.dispute == dispute) {
                    listening.states.insert(dispute);
                }
            }
        }
        drop(listening);
        self.wake.notify_one();
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Topic {
    Room(RoomId),
    Dispute(DisputeId),
}

#[derive(Default)]
struct Registry {
    sockets: BTreeMap<u64, Arc<Live>>,
    people: HashMap<PersonId, BTreeMap<u64, Arc<Live>>>,
    topics: HashMap<Topic, BTreeMap<u64, Arc<Live>>>,
    addresses: HashMap<IpAddr, usize>,
    unauthenticated: usize,
}

#[derive(Default)]
pub struct Hub {
    pub bounds: Bounds,
    pub presence: Presence,
    /// Everything is to be looked at again, before the time comes.
    pub look: Notify,
    registry: Mutex<Registry>,
    next: AtomicU64,
}

/// A place taken by one connection, given back when dropped.
pub struct Place {
    hub: Arc<Hub>,
    address: IpAddr,
    waiting: bool,
}

/// Why there is no place.
pub enum Full {
    Address,
    Server,
}

impl Hub {
    pub fn with(bounds: Bounds) -> Self {
        Self { bounds, ..Self::default() }
    }

    pub fn admit(self: &Arc<Self>, address: IpAddr, most: usize) -> Result<Place, Full> {
        let mut registry = held(&self.registry);
        let open: usize = registry.addresses.values().sum();
        if open >= most || registry.unauthenticated >= self.bounds.unauthenticated {
            return Err(Full::Server);
        }
        let here = registry.addresses.entry(address).or_default();
        if *here >= SOCKETS_AN_ADDRESS {
            return Err(Full::Address);
        }
        *here += 1;
        registry.unauthenticated += 1;
        Ok(Place { hub: self.clone(), address, waiting: true })
    }

    /// Takes a socket in; the oldest of somebody who has too many makes way.
    pub fn enter(&self, actor: Actor, outbox: Outbox, claims: Claims) -> Arc<Live> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let live = Arc::new(Live {
            id,
            since: Clock::System.now().timestamp_micros(),
            actor,
            outbox,
            claims: Mutex::new(claims),
            checked_at: Mutex::new(Instant::now()),
            listening: Mutex::default(),
            wake: Notify::new(),
        });
        let mut registry = held(&self.registry);
        let person = live.actor.person;
        registry.sockets.insert(id, live.clone());
        registry.people.entry(person).or_default().insert(id, live.clone());
        drop(registry);
        self.presence.opened(id, person, live.since);
        self.make_way(person);
        live
    }

    pub fn leave(&self, live: &Live) {
        let rooms: Vec<RoomId> = held(&live.listening).rooms.keys().copied().collect();
        for room in rooms {
            self.unsubscribe(live, room);
        }
        let mut registry = held(&self.registry);
        registry.sockets.remove(&live.id);
        if let Some(theirs) = registry.people.get_mut(&live.actor.person) {
            theirs.remove(&live.id);
            if theirs.is_empty() {
                registry.people.remove(&live.actor.person);
            }
        }
        drop(registry);
        self.presence.shut(live.id, live.actor.person);
    }

    /// Listens from now on. What is to be sent first is read afterwards, so nothing falls between.
    pub fn subscribe(&self, live: &Arc<Live>, room: RoomId, dispute: DisputeId, cursor: i64) {
        let subscription = Subscription { dispute, cursor, caught_up: false, dirty: true };
        held(&live.listening).rooms.insert(room, subscription);
        let mut registry = held(&self.registry);
        let there = registry.topics.entry(Topic::Room(room)).or_default();
        let new = !there.values().any(|other| other.actor.person == live.actor.person);
        there.insert(live.id, live.clone());
        let mut others: BTreeSet<PersonId> =
            there.values().map(|other| other.actor.person).collect();
        registry.topics.entry(Topic::Dispute(dispute)).or_default().insert(live.id, live.clone());
        drop(registry);
        others.extend(self.presence.here(room));
        others.remove(&live.actor.person);
        for person in others {
            live.outbox.push(&ServerFrame::Presence { room, person, online: true });
        }
        let person = live.actor.person;
        if new && !self.presence.came(room, person) {
            self.tell(room, person, &ServerFrame::Presence { room, person, online: true });
        }
        live.wake.notify_one();
    }

    pub fn unsubscribe(&self, live: &Live, room: RoomId) {
        let mut listening = held(&live.listening);
        let Some(gone) = listening.rooms.remove(&room) else { return };
        let still = listening.rooms.values().any(|s| s.dispute == gone.dispute);
        drop(listening);
        let mut registry = held(&self.registry);
        registry.drop_topic(Topic::Room(room), live.id);
        if !still {
            registry.drop_topic(Topic::Dispute(gone.dispute), live.id);
        }
        let person = live.actor.person;
        let last = !registry
            .topics
            .get(&Topic::Room(room))
            .is_some_and(|there| there.values().any(|other| other.actor.person == person));
        drop(registry);
        if last && !self.presence.went(room, person) {
            self.tell(room, person, &ServerFrame::Presence { room, person, online: false });
        }
    }

    /// Hands an ephemeral frame to everybody else who listens to the room.
    pub fn tell(&self, room: RoomId, except: PersonId, frame: &ServerFrame) {
        for live in self.listeners(Topic::Room(room)) {
            if live.actor.person != except {
                live.outbox.push(frame);
            }
        }
    }

    pub fn listeners(&self, topic: Topic) -> Vec<Arc<Live>> {
        let registry = held(&self.registry);
        registry
            .topics
            .get(&topic)
            .map(|there| there.values().cloned().collect())
            .unwrap_or_default()
    }

    pub fn topics(&self) -> Vec<Topic> {
        held(&self.registry).topics.keys().copied().collect()
    }

    pub fn sockets(&self) -> Vec<Arc<Live>> {
        held(&self.registry).sockets.values().cloned().collect()
    }

    /// Somebody's sockets that are not being closed.
    pub fn sockets_of(&self, person: PersonId) -> Vec<Arc<Live>> {
        let registry = held(&self.registry);
        let theirs = registry.people.get(&person).into_iter().flat_map(BTreeMap::values);
        theirs.filter(|live| !live.outbox.is_closed()).cloned().collect()
    }

    pub fn of_login(&self, login: LoginId) -> Vec<Arc<Live>> {
        self.sockets().into_iter().filter(|live| live.actor.login == login).collect()
    }
}

impl Registry {
    fn drop_topic(&mut self, topic: Topic, id: u64) {
        if let Some(there) = self.topics.get_mut(&topic) {
            there.remove(&id);
            if there.is_empty() {
                self.topics.remove(&topic);
            }
        }
    }
}

impl Place {
    /// Whoever holds it has said who they are.
    pub fn authenticated(&mut self) {
        if std::mem::take(&mut self.waiting) {
            held(&self.hub.registry).unauthenticated -= 1;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.authenticated();
        let mut registry = held(&self.hub.registry);
        if let Some(count) = registry.addresses.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                registry.addresses.remove(&self.address);
            }
        }
    }
}
