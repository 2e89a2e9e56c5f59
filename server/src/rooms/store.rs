//! The database's functions on rooms, each for somebody: there is no other way to an entry.

use crate::db::{Hint, Tx};
use crate::error::ApiError;
use chrono::{DateTime, Utc};
use domain::dispute::Dispute;
use protocol::dispute::Part;
use protocol::party::Side;
use protocol::room::{
    ClientMsgId, EntryBody, EntryView, MemberView, RoomAddress, RoomKind, RoomView, Say,
};
use protocol::{AccountId, DisputeId, EvidenceId, PersonId, RoomId};
use sqlx::PgConnection;
use std::collections::HashMap;
use uuid::Uuid;

/// Somebody's place in one room.
pub struct Wanted {
    pub room: RoomAddress,
    pub person: PersonId,
    pub part: Part,
    pub name: String,
}

/// Whether the rooms are new.
pub async fn open(
    db: &mut PgConnection,
    dispute: DisputeId,
    ids: &[Uuid; 4],
) -> Result<bool, ApiError> {
    let made = sqlx::query_scalar!(
        r#"select open_rooms($1, $2) as "made!""#,
        dispute as DisputeId,
        ids.as_slice()
    )
    .fetch_one(db)
    .await?;
    Ok(made > 0)
}

/// Answers with the rooms that changed.
pub async fn sync(
    tx: &mut Tx,
    dispute: &Dispute,
    wanted: &[Wanted],
) -> Result<Vec<RoomId>, ApiError> {
    let now = tx.now;
    let kinds: Vec<String> = wanted.iter().map(|w| w.room.kind().to_string()).collect();
    let sides: Vec<Option<String>> =
        wanted.iter().map(|w| w.room.side().map(|side| side.to_string())).collect();
    let people: Vec<Uuid> = wanted.iter().map(|w| w.person.0).collect();
    let parts: Vec<String> = wanted.iter().map(|w| w.part.to_string()).collect();
    let names: Vec<String> = wanted.iter().map(|w| w.name.clone()).collect();
    Ok(sqlx::query_scalar!(
        r#"select room as "room!: RoomId" from sync_rooms($1, $2, $3, $4, $5, $6, $7, $8) as s (room)"#,
        dispute.id as DisputeId,
        dispute.rooms_are_open(),
        &kinds,
        &sides as &[Option<String>],
        &people,
        &parts,
        &names,
        now,
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Writes as the service itself; where there is no such room, nothing.
pub async fn note(
    tx: &mut Tx,
    dispute: DisputeId,
    room: RoomAddress,
    body: &EntryBody,
) -> Result<(), ApiError> {
    let now = tx.now;
    let noted = sqlx::query_scalar!(
        r#"select note_in_room($1, $2, $3, $4, $5) as "room: RoomId""#,
        dispute as DisputeId,
        room.kind().as_str(),
        room.side().map(Side::as_str),
        encode(body)?,
        now,
    )
    .fetch_one(&mut **tx)
    .await?;
    if let Some(room) = noted {
        tx.hint(Hint::Room(room));
    }
    Ok(())
}

/// Something to be stored as somebody.
pub struct Entry {
    pub person: PersonId,
    pub room: RoomId,
    pub client_msg_id: ClientMsgId,
    pub evidence: Option<EvidenceId>,
    /// The body in the one form in which it is stored and sent, so that the same message is the same text.
    pub body: String,
}

impl Entry {
    pub fn new(person: PersonId, room: RoomId, say: Say) -> Result<Self, ApiError> {
        let (evidence, body) = (say.body.evidence(), encode(&say.body)?);
        Ok(Self { person, room, client_msg_id: say.client_msg_id, evidence, body })
    }
}

/// What came of saying something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// New, or the same as was stored before.
    Stored {
        seq: i64,
        at: DateTime<Utc>,
        new: bool,
    },
    /// The id stands for something else.
    Reused,
    /// Not everybody in the room may see the evidence that it shows.
    Unseen,
    Closed,
    Left,
    Foreign,
    /// Somebody else writes in this room; it was not waited for.
    Busy,
}

/// Stores entries at numbers that are known to be next: all of them, or none and an error of the database.
pub async fn append_known(
    db: &mut PgConnection,
    entries: &[(&Entry, i64)],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let mut speakers = Speakers::default();
    let places: Vec<i32> = entries.iter().map(|(entry, _)| speakers.place(entry)).collect();
    let seqs: Vec<i64> = entries.iter().map(|(_, seq)| *seq).collect();
    let ids: Vec<&str> = entries.iter().map(|(entry, _)| entry.client_msg_id.as_str()).collect();
    let bodies: Vec<&str> = entries.iter().map(|(entry, _)| entry.body.as_str()).collect();
    sqlx::query!(
        "select append_known_entries($1, $2, $3, $4, $5, $6, $7)",
        &speakers.rooms,
        &speakers.people,
        &places,
        &seqs,
        &ids as &[&str],
        &bodies as &[&str],
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Who says something in which room, each once.
#[derive(Default)]
struct Speakers {
    rooms: Vec<Uuid>,
    people: Vec<Uuid>,
    places: HashMap<(Uuid, Uuid), i32>,
}

impl Speakers {
    /// Counted from 1, as the database does.
    fn place(&mut self, entry: &Entry) -> i32 {
        let (room, person) = (entry.room.0, entry.person.0);
        *self.places.entry((room, person)).or_insert_with(|| {
            self.rooms.push(room);
            self.people.push(person);
            i32::try_from(self.rooms.len()).unwrap_or(i32::MAX)
        })
    }
}

/// Stores entries of any rooms, those of one room in this order, and answers for each. Alone in its transaction: what is
/// answered is on disk. Whether to wait for whoever writes in one of the rooms is for the caller to say. Nothing is
/// stored and nothing answered if another server was adding to one of the rooms: then try again.
pub async fn append(
    db: &mut PgConnection,
    entries: &[&Entry],
    now: DateTime<Utc>,
    wait: bool,
) -> Result<Option<Vec<Outcome>>, ApiError> {
    let people: Vec<Uuid> = entries.iter().map(|entry| entry.person.0).collect();
    let rooms: Vec<Uuid> = entries.iter().map(|entry| entry.room.0).collect();
    let ids: Vec<&str> = entries.iter().map(|entry| entry.client_msg_id.as_str()).collect();
    let bodies: Vec<&str> = entries.iter().map(|entry| entry.body.as_str()).collect();
    let evidence: Vec<Option<Uuid>> =
        entries.iter().map(|entry| entry.evidence.map(|id| id.0)).collect();
    // To its end, which is after the commit: the rows alone come before.
    let rows = sqlx::query!(
        r#"select outcome as "outcome!", seq, at from append_room_entries($1, $2, $3, $4, $5, $6, $7)"#,
        &people,
        &rooms,
        &ids as &[&str],
        &bodies as &[&str],
        &evidence as &[Option<Uuid>],
        now,
        wait,
    )
    .fetch_all(db)
    .await;
    let rows = match rows {
        Err(sqlx::Error::Database(error)) if error.constraint() == Some("room_entries_pkey") => {
            return Ok(None);
        }
        rows => rows?,
    };
    if rows.len() != entries.len() {
        return Err(ApiError::Internal(anyhow::anyhow!("entries and outcomes do not match")));
    }
    Ok(Some(rows.into_iter().map(|row| outcome(&row.outcome, row.seq, row.at)).collect()))
}

fn outcome(word: &str, seq: Option<i64>, at: Option<DateTime<Utc>>) -> Outcome {
    match (word, seq, at) {
        ("stored" | "repeated", Some(seq), Some(at)) => {
            Outcome::Stored { seq, at, new: word == "stored" }
        }
        ("reused", ..) => Outcome::Reused,
        ("unseen", ..) => Outcome::Unseen,
        ("closed", ..) => Outcome::Closed,
        ("left", ..) => Outcome::Left,
        ("busy", ..) => Outcome::Busy,
        _ => Outcome::Foreign,
    }
}

/// One form of a body, so that the same message is the same text.
fn encode(body: &EntryBody) -> Result<String, ApiError> {
    serde_json::to_string(body).map_err(|error| ApiError::Internal(error.into()))
}

/// An entry as it is stored, and who of those asked for may read it.
pub struct Stored {
    pub seq: i64,
    pub sender: Option<PersonId>,
    pub at: DateTime<Utc>,
    pub body: String,
    pub readers: Vec<Uuid>,
}

/// The entries past `after` that any of these people may read, at most `limit`.
pub async fn log(
    db: &mut PgConnection,
    people: &[PersonId],
    room: RoomId,
    after: i64,
    limit: i32,
) -> Result<Vec<Stored>, ApiError> {
    let people: Vec<Uuid> = people.iter().map(|person| person.0).collect();
    Ok(sqlx::query_as!(
        Stored,
        r#"select seq as "seq!", sender as "sender: PersonId", at as "at!", body as "body!", readers as "readers!"
           from room_log($1, $2, $3, $4)"#,
        &people,
        room as RoomId,
        after,
        limit,
    )
    .fetch_all(db)
    .await?)
}

/// A room at this moment: one line for each who is in it, or one without a person.
pub struct Place {
    pub dispute: DisputeId,
    pub head: i64,
    pub person: Option<PersonId>,
    pub joined: Option<i64>,
    pub first: Option<i64>,
    pub may_say: Option<bool>,
}

/// Nothing, unless one of these people is or was in it.
pub async fn now(
    db: &mut PgConnection,
    people: &[PersonId],
    room: RoomId,
) -> Result<Vec<Place>, ApiError> {
    let people: Vec<Uuid> = people.iter().map(|person| person.0).collect();
    Ok(sqlx::query_as!(
        Place,
        r#"select dispute as "dispute!: DisputeId", head as "head!", person as "person: PersonId", joined, first, may_say
           from room_now($1, $2)"#,
        &people,
        room as RoomId,
    )
    .fetch_all(db)
    .await?)
}

/// The entries past `after` that the account may read, at most `limit`.
pub async fn read(
    db: &mut PgConnection,
    account: AccountId,
    room: RoomId,
    after: i64,
    limit: i32,
) -> Result<Vec<EntryView>, ApiError> {
    let rows = sqlx::query!(
        r#"select seq as "seq!", sender as "sender: PersonId", body as "body!", at as "at!"
           from read_room_entries($1, $2, $3, $4)"#,
        account as AccountId,
        room as RoomId,
        after,
        limit,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            let body = serde_json::from_str(&row.body).map_err(anyhow::Error::from)?;
            Ok(EntryView { seq: row.seq, sender: row.sender, at: row.at, body })
        })
        .collect()
}

/// A room as somebody knows it who is, or was, in it.
pub struct Known {
    pub id: RoomId,
    pub dispute: DisputeId,
    pub is_member: bool,
    pub first: i64,
    pub head: i64,
    kind: RoomKind,
    side: Option<Side>,
    is_open: bool,
    read: i64,
    unread: i64,
}

async fn known(
    db: &mut PgConnection,
    account: AccountId,
    dispute: Option<DisputeId>,
    room: Option<RoomId>,
) -> Result<Vec<Known>, ApiError> {
    Ok(sqlx::query_as!(
        Known,
        r#"select room as "id!: RoomId", dispute as "dispute!: DisputeId", kind as "kind!: RoomKind",
                  side as "side: Side", is_open as "is_open!", is_member as "is_member!", first as "first!",
                  head as "head!", read as "read!", unread as "unread!"
           from rooms_of($1, $2, $3)"#,
        account as AccountId,
        dispute as Option<DisputeId>,
        room as Option<RoomId>,
    )
    .fetch_all(db)
    .await?)
}

/// The room, if the account is or was in it.
pub async fn find(
    db: &mut PgConnection,
    account: AccountId,
    room: RoomId,
) -> Result<Option<Known>, ApiError> {
    Ok(known(db, account, None, Some(room)).await?.pop())
}

/// The rooms of a dispute that the account is in.
pub async fn list(
    db: &mut PgConnection,
    account: AccountId,
    dispute: DisputeId,
) -> Result<Vec<RoomView>, ApiError> {
    let mut rooms = Vec::new();
    for room in known(db, account, Some(dispute), None).await? {
        if room.is_member {
            let members = members(db, account, room.id).await?;
            rooms.push(room.view(members));
        }
    }
    Ok(rooms)
}

impl Known {
    fn view(self, members: Vec<MemberView>) -> RoomView {
        RoomView {
            id: self.id,
            dispute: self.dispute,
            address: RoomAddress::of(self.kind, self.side),
            open: self.is_open,
            first: self.first,
            head: self.head,
            read: self.read,
            unread: self.unread,
            members,
        }
    }
}

pub async fn members(
    db: &mut PgConnection,
    account: AccountId,
    room: RoomId,
) -> Result<Vec<MemberView>, ApiError> {
    Ok(sqlx::query_as!(
        MemberView,
        r#"select person as "person!: PersonId", part as "part!: Part", name as "name!", read as "read!"
           from members_of_room($1, $2)"#,
        account as AccountId,
        room as RoomId,
    )
    .fetch_all(db)
    .await?)
}

/// How far the account has read now, and who that is; nothing for those who are not in the room.
pub async fn mark_read(
    db: &mut PgConnection,
    account: AccountId,
    room: RoomId,
    seq: i64,
) -> Result<Option<(PersonId, i64)>, ApiError> {
    let row = sqlx::query!(
        r#"select person as "person!: PersonId", seq as "seq!" from mark_room_read($1, $2, $3)"#,
        account as AccountId,
        room as RoomId,
        seq,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| (row.person, row.seq)))
}
