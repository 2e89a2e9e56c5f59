//! What clients did and what they were shown, written down as it happens.

use serde::{Deserialize, Serialize};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::watch;

/// Where something stands in its log.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Place {
    /// Of a numbered log: a room, or what happened to a dispute.
    Seq(i64),
    /// Of a collection: the disputes somebody filed.
    Id(String),
}

/// Which of the two doors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    Http,
    Socket,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The server has said that it is on disk, and perhaps where.
    Acked { place: Option<Place> },
    /// The server has said that it is definitely not stored.
    Refused { code: String },
    /// The answer was lost, or says nothing definite: stored once, or not at all.
    Unknown,
}

/// One request. A retry is another attempt at the same item.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Attempt {
    pub log: String,
    /// What is to be stored, by a name that occurs nowhere else in the log.
    pub item: String,
    pub client: u32,
    pub via: Via,
    /// Microseconds since the beginning of the run.
    pub began: u64,
    pub ended: u64,
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// One line of a log, as somebody was shown it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub place: Place,
    /// Absent for what the service itself notes.
    pub item: Option<String>,
    /// Everything that every reader has to see alike.
    pub content: String,
}

/// What one reader was shown of one log, in the order in which it came.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reading {
    pub log: String,
    pub reader: String,
    pub via: Via,
    /// The reader had everything up to here.
    pub after: i64,
    /// Read to the end, when nothing was being written any more.
    pub last: bool,
    /// What the server said the last number was, where all of a numbered log is to be there.
    pub head: Option<i64>,
    pub entries: Vec<Seen>,
    /// When each of them came, over a live socket.
    pub times: Vec<u64>,
}

/// Who belongs in a log, and from which entry to which; told by those who brought it about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub log: String,
    pub reader: String,
    pub first: i64,
    /// The first entry that is not for them any more.
    pub left: Option<i64>,
}

/// How long somebody was away from all they listen to: from the first try to come back until the backlog was there.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Resume {
    pub began: u64,
    pub ended: u64,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct History {
    pub attempts: Vec<Attempt>,
    pub readings: Vec<Reading>,
    pub members: Vec<Member>,
    pub resumes: Vec<Resume>,
}

/// Collects the history of one run and counts what was acknowledged.
pub struct Recorder {
    start: Instant,
    history: Mutex<History>,
    acks: watch::Sender<u64>,
}

impl Recorder {
    pub fn new() -> Self {
        Self { start: Instant::now(), history: Mutex::default(), acks: watch::Sender::new(0) }
    }

    /// Microseconds since the beginning.
    pub fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    pub fn attempt(&self, attempt: Attempt) {
        let acked = matches!(attempt.outcome, Outcome::Acked { .. });
        self.history().attempts.push(attempt);
        if acked {
            self.acks.send_modify(|acks| *acks += 1);
        }
    }

    pub fn reading(&self, reading: Reading) {
        self.history().readings.push(reading);
    }

    pub fn member(&self, log: String, reader: &str, first: i64, left: Option<i64>) {
        self.history().members.push(Member { log, reader: reader.to_owned(), first, left });
    }

    pub fn resumed(&self, began: u64) {
        let ended = self.now();
        self.history().resumes.push(Resume { began, ended });
    }

    /// Grows with every acknowledgement.
    pub fn acks(&self) -> watch::Receiver<u64> {
        self.acks.subscribe()
    }

    pub fn take(&self) -> History {
        std::mem::take(&mut self.history())
    }

    fn history(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
