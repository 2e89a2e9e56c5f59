//! Who listens in which media room on this server.

use crate::live::Close;
use crate::media::audio::ear::Ear;
use bytes::Bytes;
use domain::media::MediaRoom;
use protocol::live::close;
use protocol::media::{AudioPeople, AudioPerson};
use protocol::{MediaRoomId, PersonId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[derive(Default)]
pub struct Hub(Mutex<HashMap<MediaRoomId, Vec<Arc<Ear>>>>);

impl Hub {
    /// A place like every other of these locks: each change under it is one step.
    fn rooms(&self) -> MutexGuard<'_, HashMap<MediaRoomId, Vec<Arc<Ear>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a socket in. An older one of the same person makes way, in whatever room: nobody is heard twice.
    pub fn enter(&self, person: PersonId, room: MediaRoom) -> Option<Arc<Ear>> {
        let mut rooms = self.rooms();
        for older in rooms.values().flatten().filter(|ear| ear.person == person) {
            older.close(Close::new(close::REPLACED, "replaced by a newer socket"));
        }
        let ears = rooms.entry(room.id).or_default();
        ears.retain(|ear| ear.person != person);
        let number = (1..=u8::MAX).find(|n| ears.iter().all(|ear| ear.number != *n))?;
        let ear = Arc::new(Ear::new(number, person, room));
        ears.push(ear.clone());
        tell(ears);
        Some(ear)
    }

    pub fn leave(&self, gone: &Arc<Ear>) {
        let mut rooms = self.rooms();
        let Some(ears) = rooms.get_mut(&gone.room.id) else { return };
        let before = ears.len();
        ears.retain(|ear| !Arc::ptr_eq(ear, gone));
        if ears.len() < before {
            tell(ears);
        }
        if ears.is_empty() {
            rooms.remove(&gone.room.id);
        }
    }

    /// Hands a packet on to the others of the same room and epoch, with the number of who speaks before it.
    pub fn relay(&self, from: &Ear, packet: &Bytes) {
        let mut numbered = Vec::with_capacity(1 + packet.len());
        numbered.push(from.number);
        numbered.extend_from_slice(packet);
        let numbered = Bytes::from(numbered);
        let rooms = self.rooms();
        for ear in rooms.get(&from.room.id).into_iter().flatten() {
            if ear.room == from.room && ear.number != from.number {
                ear.hear(numbered.clone());
            }
        }
    }

    pub fn all(&self) -> Vec<Arc<Ear>> {
        self.rooms().values().flatten().cloned().collect()
    }
}

/// Everybody in a room learns who else is heard there.
fn tell(ears: &[Arc<Ear>]) {
    for ear in ears {
        let heard = |other: &&Arc<Ear>| other.room == ear.room && other.number != ear.number;
        let others = ears
            .iter()
            .filter(heard)
            .map(|other| AudioPerson { number: other.number, person: other.person })
            .collect();
        if let Ok(text) = serde_json::to_string(&AudioPeople { others }) {
            ear.tell(text);
        }
    }
}
