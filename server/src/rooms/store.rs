//! The database's functions on rooms, each for somebody: there is no other way to an entry.

use crate::db::{Hint, Tx};
use crate::error::ApiError;
use chrono::{DateTime, Utc};
use domain::dispute::Dispute;
use protocol::dispute::Part;
use protocol::party::Side;
use protocol::room::{EntryBody, EntryView, MemberView, RoomAddress, RoomKind, RoomView, Say};
use protocol::{AccountId, DisputeId, PersonId, RoomId};
use sqlx::PgConnection;
use uuid::Uuid;

/// Somebody's place in one room.
pub struct Wanted {
    pub room: RoomAddress,
    pub person: PersonId,
    pub part: Part,
    pub name: String,
}

/// What bringing the rooms up to date has changed.
pub struct Change {
    pub room: RoomId,
    pub kind: RoomKind,
    pub name: Option<String>,
    pub change: String,
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

pub async fn sync(
    db: &mut PgConnection,
    dispute: &Dispute,
    wanted: &[Wanted],
) -> Result<Vec<Change>, ApiError> {
    let kinds: Vec<String> = wanted.iter().map(|w| w.room.kind().to_string()).collect();
    let sides: Vec<Option<String>> =
        wanted.iter().map(|w| w.room.side().map(|side| side.to_string())).collect();
    let people: Vec<Uuid> = wanted.iter().map(|w| w.person.0).collect();
    let parts: Vec<String> = wanted.iter().map(|w| w.part.to_string()).collect();
    let names: Vec<String> = wanted.iter().map(|w| w.name.clone()).collect();
    Ok(sqlx::query_as!(
        Change,
        r#"select room as "room!: RoomId", kind as "kind!: RoomKind", name, change as "change!"
           from sync_rooms($1, $2, $3, $4, $5, $6, $7)"#,
        dispute.id as DisputeId,
        dispute.rooms_are_open(),
        &kinds,
        &sides as &[Option<String>],
        &people,
        &parts,
        &names,
    )
    .fetch_all(db)
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
    pub account: AccountId,
    pub room: RoomId,
    pub say: Say,
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

/// Stores entries of any rooms, those of one room in this order, and answers for each. Alone in its transaction: what is
/// answered is on disk. Whether to wait for whoever writes in one of the rooms is for the caller to say.
pub async fn append(
    db: &mut PgConnection,
    entries: &[&Entry],
    now: DateTime<Utc>,
    wait: bool,
) -> Result<Vec<Outcome>, ApiError> {
    let accounts: Vec<Uuid> = entries.iter().map(|entry| entry.account.0).collect();
    let rooms: Vec<Uuid> = entries.iter().map(|entry| entry.room.0).collect();
    let ids: Vec<String> =
        entries.iter().map(|entry| entry.say.client_msg_id.as_str().to_owned()).collect();
    let bodies =
        entries.iter().map(|entry| encode(&entry.say.body)).collect::<Result<Vec<_>, _>>()?;
    let evidence: Vec<Option<Uuid>> =
        entries.iter().map(|entry| entry.say.body.evidence().map(|id| id.0)).collect();
    // To its end, which is after the commit: the rows alone come before.
    let rows = sqlx::query!(
        r#"select outcome as "outcome!", seq, at from append_room_entries($1, $2, $3, $4, $5, $6, $7)"#,
        &accounts,
        &rooms,
        &ids,
        &bodies,
        &evidence as &[Option<Uuid>],
        now,
        wait,
    )
    .fetch_all(db)
    .await?;
    if rows.len() != entries.len() {
        return Err(ApiError::Internal(anyhow::anyhow!("entries and outcomes do not match")));
    }
    Ok(rows.into_iter().map(|row| outcome(&row.outcome, row.seq, row.at)).collect())
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
        let address = match (self.kind, self.side) {
            (RoomKind::Caucus, Some(side)) => RoomAddress::Caucus { side },
            (RoomKind::Neutrals, _) => RoomAddress::NEUTRALS,
            _ => RoomAddress::JOINT,
        };
        RoomView {
            id: self.id,
            dispute: self.dispute,
            address,
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
