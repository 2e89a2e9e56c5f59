//! One commit: stores what has collected, tells those who asked, then those who listen.

use crate::app::App;
use crate::db::Hint;
use crate::error::ApiError;
use crate::live::bus::Word;
use crate::live::line::{Line, Moment, ack};
use crate::live::log::{Answer, Asker, Waiting};
use crate::live::open::Live;
use crate::live::reading;
use crate::live::room::Room;
use crate::live::warm::{self, Db};
use crate::rooms::say;
use crate::rooms::store::{self, Entry, Outcome};
use chrono::{DateTime, Utc};
use protocol::room::ClientMsgId;
use protocol::{ErrorCode, PersonId, RoomId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Another server may take the same number, and again.
const TRIES: usize = 8;

/// Entries that were not waited for, by the room in which somebody else writes.
pub type Busy = BTreeMap<RoomId, Vec<Waiting>>;

/// An entry with the number that it is going to have.
type Numbered = (Waiting, i64);

/// Stores them, those of one room in this order, and answers. What was not waited for comes back.
pub async fn all(app: &App, db: &mut Db, mut batch: Vec<Waiting>) -> Busy {
    // Keeps the order within a room; of the rooms it is the same on every server, so that two rarely wait for each other.
    batch.sort_by_key(|waiting| waiting.entry.room);
    let (known, mut rest) = number(app, batch);
    if !known.is_empty() {
        let mut failed = store_known(app, db, known).await;
        // Those of a room that were known come before those that were not.
        failed.append(&mut rest);
        rest = failed;
    }
    if rest.is_empty() { Busy::new() } else { judged(app, rest, false).await }
}

/// Gives numbers to what can be stored without asking. After one that cannot, no other of its room can.
fn number(app: &App, batch: Vec<Waiting>) -> (Vec<Numbered>, Vec<Waiting>) {
    let (mut known, mut rest) = (Vec::with_capacity(batch.len()), Vec::new());
    let mut place: Option<(RoomId, Option<Next>)> = None;
    for waiting in batch {
        let entry = &waiting.entry;
        let next = match &mut place {
            Some((room, next)) if *room == entry.room => next,
            _ => &mut place.insert((entry.room, Next::of(app, entry.room))).1,
        };
        if let Some(seq) = next.as_mut().and_then(|next| next.take(entry)) {
            known.push((waiting, seq));
        } else {
            *next = None;
            rest.push(waiting);
        }
    }
    (known, rest)
}

/// The end of a room of which this server knows the last entry.
struct Next {
    room: Arc<Room>,
    last: i64,
}

impl Next {
    fn of(app: &App, room: RoomId) -> Option<Self> {
        let room = app.live.room(room)?;
        room.last().map(|last| Self { room, last })
    }

    /// The number for an entry, if there is nothing unusual about it.
    fn take(&mut self, entry: &Entry) -> Option<i64> {
        let is_usual =
            entry.evidence.is_none() && self.room.takes(entry.person, &entry.client_msg_id);
        self.last += i64::from(is_usual);
        is_usual.then_some(self.last)
    }
}

/// All of them, or those that have to be judged come back.
async fn store_known(app: &App, db: &mut Db, known: Vec<Numbered>) -> Vec<Waiting> {
    let now = app.clock.now();
    let entries: Vec<(&Entry, i64)> = known.iter().map(|(w, seq)| (&w.entry, *seq)).collect();
    let stored = async {
        let db = warm::ready(&app.log_db, db).await?;
        store::append_known(db, &entries, now).await
    };
    match stored.await {
        Ok(()) => {
            let outcome = |seq| Outcome::Stored { seq, at: now, new: true };
            tell(app, known.into_iter().map(|(waiting, seq)| (waiting, outcome(seq))).collect());
            Vec::new()
        }
        Err(sqlx::Error::Database(error)) => {
            tracing::debug!(code = ?error.code(), "entries have to be judged one by one");
            // Anything else may be the end of the connection too.
            if error.constraint().is_none() {
                warm::discard(db);
            }
            known.into_iter().map(|(waiting, _)| waiting).collect()
        }
        Err(error) => {
            warm::discard(db);
            refuse(app, known.into_iter().map(|(waiting, _)| waiting).collect(), &error.into());
            Vec::new()
        }
    }
}

/// The database judges each of them.
pub async fn judged(app: &App, batch: Vec<Waiting>, wait: bool) -> Busy {
    match store_judged(app, &batch, wait).await {
        Ok(outcomes) => tell(app, batch.into_iter().zip(outcomes).collect()),
        // One of them is wrong in a way nobody knew of: the others do not suffer for it. Each waits for its room, or a later
        // one could come before an earlier.
        Err(error) if batch.len() > 1 && error.code() == ErrorCode::Internal => {
            for alone in batch {
                Box::pin(judged(app, vec![alone], true)).await;
            }
            Busy::new()
        }
        Err(error) => {
            refuse(app, batch, &error);
            Busy::new()
        }
    }
}

async fn store_judged(app: &App, batch: &[Waiting], wait: bool) -> Result<Vec<Outcome>, ApiError> {
    let entries: Vec<&Entry> = batch.iter().map(|waiting| &waiting.entry).collect();
    let mut db = app.db.acquire().await?;
    for _ in 0..TRIES {
        if let Some(outcomes) = store::append(&mut db, &entries, app.clock.now(), wait).await? {
            return Ok(outcomes);
        }
    }
    Err(ApiError::unavailable())
}

/// Whether they are stored is not known, or they are not.
fn refuse(app: &App, batch: Vec<Waiting>, error: &ApiError) {
    for waiting in batch {
        if let Some(room) = app.live.room(waiting.entry.room) {
            reading::changed(app, &room);
        }
        flush_after(waiting, Err(error.again()));
    }
}

fn flush_after(waiting: Waiting, answer: Answer) {
    let live = socket(&waiting);
    waiting.answer(answer);
    if let Some(live) = live {
        live.outbox.flush();
    }
}

fn socket(waiting: &Waiting) -> Option<Arc<Live>> {
    match &waiting.asker {
        Asker::Socket(live) => Some(live.clone()),
        Asker::Request(_) => None,
    }
}

/// Acknowledges first, and then tells the room: who has said it over a socket gets both at once. A request is answered
/// when the room knows: whoever has the answer finds the entry wherever they look.
fn tell(app: &App, outcomes: Vec<(Waiting, Outcome)>) -> Busy {
    let (mut busy, mut asked, mut answers) = (Busy::new(), Vec::new(), Vec::new());
    let mut rooms: BTreeMap<RoomId, New> = BTreeMap::new();
    let mut last: Option<(DateTime<Utc>, Moment)> = None;
    for (waiting, outcome) in outcomes {
        let room = waiting.entry.room;
        if let Outcome::Busy = outcome {
            busy.entry(room).or_default().push(waiting);
            continue;
        }
        let live = socket(&waiting);
        if let Outcome::Stored { seq, at, new } = outcome {
            let moment = match &last {
                Some((known, moment)) if *known == at => moment,
                _ => &last.insert((at, at.into())).1,
            };
            if new {
                rooms.entry(room).or_default().add(&waiting.entry, seq, moment);
            }
            if let Some(live) = live {
                live.outbox.queue_frame(ack(room, &waiting.entry.client_msg_id, seq, moment));
                asked.push(live);
                continue;
            }
        }
        let answer = say::answer(&waiting.entry, outcome);
        match live {
            Some(live) => {
                asked.push(live);
                waiting.answer(answer);
            }
            None => answers.push((waiting, answer)),
        }
    }
    for (room, new) in rooms {
        app.bus.say(Word::Hint(Hint::Room(room)));
        if let Some(room) = app.live.room(room)
            && !room.extend(new.said, new.lines)
        {
            reading::changed(app, &room);
        }
    }
    for live in asked {
        live.outbox.flush();
    }
    for (waiting, answer) in answers {
        waiting.answer(answer);
    }
    busy
}

/// What one commit adds to one room.
#[derive(Default)]
struct New {
    said: Vec<(PersonId, ClientMsgId)>,
    lines: Vec<Line>,
}

impl New {
    fn add(&mut self, entry: &Entry, seq: i64, at: &Moment) {
        self.said.push((entry.person, entry.client_msg_id.clone()));
        self.lines.push(Line::new(seq, Some(entry.person), at, &entry.body));
    }
}
