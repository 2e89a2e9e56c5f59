//! Who is connected to this server and which rooms it knows, and how many there may be.

use crate::accounts::tokens::Claims;
use crate::http::Actor;
use crate::live::held;
use crate::live::hungry::Hungry;
use crate::live::limits::{Bounds, KEEP_ROOMS};
use crate::live::logins::Logins;
use crate::live::open::Live;
use crate::live::outbox::Outbox;
use crate::live::pings::Pings;
use crate::live::presence::Presence;
use crate::live::room::Room;
use crate::live::versions::Versions;
use protocol::{DisputeId, LoginId, PersonId, RoomId};
use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;

#[derive(Default)]
struct Registry {
    sockets: HashMap<u64, Arc<Live>>,
    /// The sockets of each, the oldest first.
    people: HashMap<PersonId, Vec<Arc<Live>>>,
    disputes: HashMap<DisputeId, HashMap<u64, Arc<Live>>>,
    rooms: HashMap<RoomId, Arc<Room>>,
    addresses: HashMap<IpAddr, usize>,
    connections: usize,
    unauthenticated: usize,
}

pub struct Hub {
    pub bounds: Bounds,
    pub hungry: Hungry,
    pub logins: Logins,
    pub pings: Pings,
    pub versions: Versions,
    pub presence: Arc<Presence>,
    /// Everything is to be looked at again, before the time comes.
    pub look: Notify,
    registry: Mutex<Registry>,
    next: AtomicU64,
}

impl Default for Hub {
    fn default() -> Self {
        Self::with(Bounds::default())
    }
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
        Self {
            bounds,
            hungry: Hungry::default(),
            logins: Logins::default(),
            pings: Pings::new(bounds.ping_every),
            versions: Versions::default(),
            presence: Arc::default(),
            look: Notify::new(),
            registry: Mutex::default(),
            next: AtomicU64::new(0),
        }
    }

    pub fn admit(self: &Arc<Self>, address: IpAddr, most: usize) -> Result<Place, Full> {
        let mut registry = held(&self.registry);
        let is_full =
            registry.connections >= most || registry.unauthenticated >= self.bounds.unauthenticated;
        if is_full {
            return Err(Full::Server);
        }
        let here = registry.addresses.entry(address).or_default();
        if *here >= self.bounds.sockets_an_address {
            return Err(Full::Address);
        }
        *here += 1;
        registry.connections += 1;
        registry.unauthenticated += 1;
        Ok(Place { hub: self.clone(), address, waiting: true })
    }

    /// Takes a socket in; the oldest of somebody who has too many makes way.
    pub fn enter(&self, actor: Actor, outbox: Outbox, claims: Claims) -> Arc<Live> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let live = Arc::new(Live::new(id, actor, outbox, claims));
        let mut registry = held(&self.registry);
        let person = live.actor.person;
        registry.people.entry(person).or_default().push(live.clone());
        registry.sockets.insert(id, live.clone());
        drop(registry);
        self.presence.opened(id, person, live.since);
        self.make_way(person);
        live
    }

    pub fn leave(&self, live: &Live) {
        for room in live.rooms() {
            self.unsubscribe(live, room.id);
        }
        let mut registry = held(&self.registry);
        registry.sockets.remove(&live.id);
        let person = live.actor.person;
        if let Some(theirs) = registry.people.get_mut(&person) {
            theirs.retain(|other| other.id != live.id);
            if theirs.is_empty() {
                registry.people.remove(&person);
            }
        }
        drop(registry);
        self.presence.shut(live.id, person);
    }

    /// Is told from now on what becomes of the dispute.
    pub fn follow(&self, live: &Arc<Live>, dispute: DisputeId) {
        let mut registry = held(&self.registry);
        registry.disputes.entry(dispute).or_default().insert(live.id, live.clone());
    }

    pub fn unsubscribe(&self, live: &Live, room: RoomId) {
        let Some(gone) = held(&live.listening).rooms.remove(&room) else { return };
        gone.room.leave(live);
        let dispute = gone.room.dispute;
        if live.listens_to(dispute) {
            return;
        }
        let mut registry = held(&self.registry);
        if let Some(there) = registry.disputes.get_mut(&dispute) {
            there.remove(&live.id);
            if there.is_empty() {
                registry.disputes.remove(&dispute);
            }
        }
    }

    pub fn room(&self, room: RoomId) -> Option<Arc<Room>> {
        held(&self.registry).rooms.get(&room).cloned()
    }

    /// Keeps a room, unless there is one already; answers with the one that is kept and whether it is this.
    pub fn keep(&self, room: Room) -> (Arc<Room>, bool) {
        let mut registry = held(&self.registry);
        if let Some(known) = registry.rooms.get(&room.id) {
            return (known.clone(), false);
        }
        let room = Arc::new(room);
        registry.rooms.insert(room.id, room.clone());
        (room, true)
    }

    pub fn rooms(&self) -> Vec<Arc<Room>> {
        held(&self.registry).rooms.values().cloned().collect()
    }

    /// Lets go of rooms to which nobody has listened for a while.
    pub fn forget_rooms(&self) {
        held(&self.registry).rooms.retain(|_, room| !room.forget_after(KEEP_ROOMS));
    }

    pub fn followers(&self, dispute: DisputeId) -> Vec<Arc<Live>> {
        let registry = held(&self.registry);
        registry
            .disputes
            .get(&dispute)
            .map(|all| all.values().cloned().collect())
            .unwrap_or_default()
    }

    /// Those that are followed, and those of rooms at hand.
    pub fn disputes(&self) -> HashSet<DisputeId> {
        let registry = held(&self.registry);
        let at_hand = registry.rooms.values().map(|room| room.dispute);
        registry.disputes.keys().copied().chain(at_hand).collect()
    }

    pub fn sockets(&self) -> Vec<Arc<Live>> {
        held(&self.registry).sockets.values().cloned().collect()
    }

    /// Somebody's sockets that are not being closed.
    pub fn sockets_of(&self, person: PersonId) -> Vec<Arc<Live>> {
        let registry = held(&self.registry);
        let theirs = registry.people.get(&person).into_iter().flatten();
        theirs.filter(|live| !live.outbox.is_closed()).cloned().collect()
    }

    pub fn of_login(&self, login: LoginId) -> Vec<Arc<Live>> {
        self.sockets().into_iter().filter(|live| live.actor.login == login).collect()
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
        registry.connections -= 1;
        if let Some(count) = registry.addresses.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                registry.addresses.remove(&self.address);
            }
        }
    }
}
