//! One open audio socket as the others reach it: a short queue that forgets the oldest.

use crate::live::Close;
use crate::media::audio::limits::WAITING;
use bytes::Bytes;
use domain::media::MediaRoom;
use protocol::PersonId;
use std::collections::VecDeque;
use std::sync::{Mutex, OnceLock, PoisonError};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

pub struct Ear {
    pub number: u8,
    pub person: PersonId,
    pub room: MediaRoom,
    waiting: Mutex<Waiting>,
    wake: Notify,
    why: OnceLock<Close>,
    closed: CancellationToken,
}

#[derive(Default)]
struct Waiting {
    packets: VecDeque<Bytes>,
    /// Who is heard, as text; only the newest matters.
    people: Option<String>,
}

/// What goes out next.
pub enum Next {
    People(String),
    Packet(Bytes),
}

impl Ear {
    pub fn new(number: u8, person: PersonId, room: MediaRoom) -> Self {
        Self {
            number,
            person,
            room,
            waiting: Mutex::default(),
            wake: Notify::new(),
            why: OnceLock::new(),
            closed: CancellationToken::new(),
        }
    }

    /// The one thing that is dropped, and counted: sound that a receiver would hear too late.
    pub fn hear(&self, packet: Bytes) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.packets.len() >= WAITING {
            waiting.packets.pop_front();
            metrics::counter!("media_audio_dropped_total").increment(1);
        }
        waiting.packets.push_back(packet);
        drop(waiting);
        self.wake.notify_one();
    }

    pub fn tell(&self, people: String) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).people = Some(people);
        self.wake.notify_one();
    }

    /// Waits until there is something to send; what it gives is no longer queued.
    pub async fn next(&self) -> Next {
        loop {
            if let Some(next) = self.take() {
                return next;
            }
            self.wake.notified().await;
        }
    }

    fn take(&self) -> Option<Next> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let people = waiting.people.take().map(Next::People);
        people.or_else(|| waiting.packets.pop_front().map(Next::Packet))
    }

    /// The first reason counts.
    pub fn close(&self, why: Close) {
        let _ = self.why.set(why);
        self.closed.cancel();
    }

    pub async fn closed(&self) {
        self.closed.cancelled().await;
    }

    pub fn why(&self) -> Option<Close> {
        self.why.get().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::MediaRoomId;
    use uuid::Uuid;

    #[test]
    fn a_slow_receiver_hears_the_newest_half_second() {
        let room = MediaRoom { id: MediaRoomId(Uuid::nil()), epoch: 1 };
        let ear = Ear::new(1, PersonId(Uuid::nil()), room);
        for n in 0..40_u8 {
            ear.hear(Bytes::copy_from_slice(&[n]));
        }
        ear.tell("people".into());
        assert!(
            matches!(ear.take(), Some(Next::People(_))),
            "who it is comes before what they say"
        );
        let mut heard = Vec::new();
        while let Some(Next::Packet(packet)) = ear.take() {
            heard.push(packet[0]);
        }
        assert_eq!(heard, (15..40).collect::<Vec<u8>>());
    }
}
