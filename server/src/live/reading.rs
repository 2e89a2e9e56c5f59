//! Reads rooms for this server: when somebody first listens, and again when others have changed them.

use crate::app::App;
use crate::error::ApiError;
use crate::live::line::Line;
use crate::live::room::{Member, Room, TAIL};
use crate::rooms::store::{self, Stored};
use protocol::{DisputeId, PersonId, RoomId};
use sqlx::PgConnection;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

const PAGE: i32 = 500;
const AFTER_FAILURE: Duration = Duration::from_millis(500);

/// A room at one moment.
pub struct Now {
    pub dispute: DisputeId,
    pub head: i64,
    pub members: HashMap<PersonId, Member>,
}

/// An entry, and who may read it.
pub struct Logged {
    pub line: Line,
    pub readers: Vec<PersonId>,
}

impl From<Stored> for Logged {
    fn from(stored: Stored) -> Self {
        let mut readers: Vec<PersonId> = stored.readers.into_iter().map(PersonId).collect();
        readers.sort_unstable();
        let line = Line::new(stored.seq, stored.sender, &stored.at.into(), &stored.body);
        Self { line, readers }
    }
}

async fn now(
    db: &mut PgConnection,
    people: &[PersonId],
    room: RoomId,
) -> Result<Option<Now>, ApiError> {
    let places = store::now(db, people, room).await?;
    let Some(any) = places.first() else { return Ok(None) };
    let (dispute, head) = (any.dispute, any.head);
    let members = places
        .into_iter()
        .filter_map(|place| {
            let member =
                Member { joined: place.joined?, first: place.first?, may_say: place.may_say? };
            Some((place.person?, member))
        })
        .collect();
    Ok(Some(Now { dispute, head, members }))
}

/// What comes after `after`, no further than `head`.
async fn lines(
    db: &mut PgConnection,
    people: &[PersonId],
    room: RoomId,
    mut after: i64,
    head: i64,
) -> Result<Vec<Logged>, ApiError> {
    let mut lines = Vec::new();
    while after < head {
        let page = store::log(db, people, room, after, PAGE).await?;
        let is_last = page.len() < usize::try_from(PAGE).unwrap_or_default();
        after = page.last().map_or(head, |last| last.seq);
        lines.extend(page.into_iter().map(Logged::from).take_while(|l| l.line.seq <= head));
        if is_last {
            break;
        }
    }
    Ok(lines)
}

/// The room as somebody knows it who is or was in it; it is kept as long as somebody listens, and for a while after.
pub async fn open(
    app: &App,
    person: PersonId,
    room: RoomId,
) -> Result<Option<Arc<Room>>, ApiError> {
    if let Some(known) = app.live.room(room) {
        return Ok(Some(known));
    }
    let mut db = app.db.acquire().await?;
    let Some(now) = now(&mut db, &[person], room).await? else { return Ok(None) };
    let tail = i64::try_from(TAIL).unwrap_or_default();
    let after = (now.head - tail).max(0);
    let lines = lines(&mut db, &[person], room, after, now.head).await?;
    drop(db);
    let (room, is_new) = app.live.keep(Room::new(room, now, lines, app.live.presence.clone()));
    if is_new {
        // Whoever changed it between the reading and this was told before anybody here was to be told.
        changed(app, &room);
    }
    Ok(Some(room))
}

/// Somebody else has added something to the room, or may have.
pub fn changed(app: &App, room: &Arc<Room>) {
    if room.changed() {
        let (app, room) = (app.clone(), room.clone());
        let tasks = app.tasks.clone();
        tasks.spawn(async move { read(&app, &room).await });
    }
}

/// One at a time for a room; until nothing more has changed.
async fn read(app: &App, room: &Arc<Room>) {
    loop {
        let (changes, head, people) = room.known();
        match read_once(app, room, head, &people).await {
            Ok(()) if room.is_known_as_of(changes) => return,
            Ok(()) => {}
            Err(error) => {
                tracing::warn!(%error, "a room could not be read; trying again");
                tokio::select! {
                    () = app.stop.cancelled() => return,
                    () = tokio::time::sleep(AFTER_FAILURE) => {}
                }
            }
        }
    }
}

async fn read_once(
    app: &App,
    room: &Arc<Room>,
    head: i64,
    people: &[PersonId],
) -> Result<(), ApiError> {
    let mut db = app.db.acquire().await?;
    let now = now(&mut db, people, room.id).await?;
    let now = now.unwrap_or(Now { dispute: room.dispute, head, members: HashMap::new() });
    let lines = lines(&mut db, people, room.id, head, now.head).await?;
    drop(db);
    for live in room.catch_up(now, lines) {
        app.live.unsubscribe(&live, room.id);
    }
    Ok(())
}
