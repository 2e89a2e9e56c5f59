//! Somebody's open socket.

use crate::accounts::tokens::Claims;
use crate::clock::Clock;
use crate::http::Actor;
use crate::live::held;
use crate::live::outbox::Outbox;
use crate::live::room::Room;
use chrono::{DateTime, Utc};
use protocol::{DisputeId, RoomId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

pub struct Live {
    pub id: u64,
    /// By the wall clock, which orders sockets of different servers.
    pub since: i64,
    pub actor: Actor,
    pub outbox: Outbox,
    claims: Mutex<Claims>,
    pub listening: Mutex<Listening>,
    /// Has sent something since its login was last looked at.
    pub is_active: AtomicBool,
}

/// What a socket listens to.
#[derive(Default)]
pub struct Listening {
    pub rooms: BTreeMap<RoomId, Subscription>,
    /// Versions of states that the other side has from before, until it listens to a room of that dispute.
    pub known: BTreeMap<DisputeId, i64>,
    /// Disputes whose state is to be sent.
    pub states: BTreeSet<DisputeId>,
    /// Somebody is sending them.
    pub is_fed: bool,
    subscriptions: u64,
}

#[derive(Clone)]
pub struct Subscription {
    pub room: Arc<Room>,
    /// Tells one subscription to a room from the next.
    pub number: u64,
}

impl Live {
    pub fn new(id: u64, actor: Actor, outbox: Outbox, claims: Claims) -> Self {
        Self {
            id,
            since: Clock::System.now().timestamp_micros(),
            actor,
            outbox,
            claims: Mutex::new(claims),
            listening: Mutex::default(),
            is_active: AtomicBool::new(true),
        }
    }

    pub fn expires_at(&self) -> DateTime<Utc> {
        held(&self.claims).expires_at()
    }

    /// What the token says that this socket goes by now.
    pub fn claims(&self) -> Claims {
        *held(&self.claims)
    }

    pub fn renew(&self, claims: Claims) {
        *held(&self.claims) = claims;
    }

    pub fn was_active(&self) -> bool {
        self.is_active.swap(false, Ordering::Relaxed)
    }

    pub fn listens_to(&self, dispute: DisputeId) -> bool {
        held(&self.listening).rooms.values().any(|s| s.room.dispute == dispute)
    }

    pub fn room(&self, room: RoomId) -> Option<Arc<Room>> {
        held(&self.listening).rooms.get(&room).map(|subscription| subscription.room.clone())
    }

    pub fn rooms(&self) -> Vec<Arc<Room>> {
        held(&self.listening).rooms.values().map(|s| s.room.clone()).collect()
    }

    /// Begins a subscription, in place of an earlier one to the same room.
    pub fn subscribe(&self, room: &Arc<Room>) -> u64 {
        let mut listening = held(&self.listening);
        listening.subscriptions += 1;
        let number = listening.subscriptions;
        listening.rooms.insert(room.id, Subscription { room: room.clone(), number });
        number
    }

    /// Whether the subscription is still the one with this number.
    pub fn still_wants(&self, room: RoomId, number: u64) -> bool {
        !self.outbox.is_closed()
            && held(&self.listening).rooms.get(&room).is_some_and(|s| s.number == number)
    }
}
