//! Media rooms and places in the database. Who changes them holds the lock of the dispute.

use crate::db::{Hint, Tx};
use crate::error::ApiError;
use chrono::{DateTime, Utc};
use domain::media::{At, MediaRoom, Place};
use protocol::media::MediaStanding;
use protocol::party::Side;
use protocol::room::{RoomAddress, RoomKind};
use protocol::{DisputeId, LoginId, MediaRoomId, PersonId, SessionId};
use sqlx::PgConnection;

pub struct OpenRoom {
    pub session: SessionId,
    pub address: RoomAddress,
    pub room: MediaRoom,
}

pub const fn address(kind: RoomKind, side: Option<Side>) -> RoomAddress {
    match (kind, side) {
        (RoomKind::Caucus, Some(side)) => RoomAddress::Caucus { side },
        (RoomKind::Neutrals, _) => RoomAddress::NEUTRALS,
        _ => RoomAddress::JOINT,
    }
}

pub async fn open_rooms(
    db: &mut PgConnection,
    dispute: DisputeId,
) -> Result<Vec<OpenRoom>, ApiError> {
    let rows = sqlx::query!(
        r#"select r.id as "id: MediaRoomId", r.session_id as "session: SessionId", r.kind as "kind: RoomKind",
                  r.side as "side: Side", r.epoch
           from media_rooms r join sessions s on s.id = r.session_id
           where s.dispute_id = $1 and r.closed_at is null order by r.id"#,
        dispute as DisputeId,
    )
    .fetch_all(db)
    .await?;
    let open = rows.into_iter().map(|row| OpenRoom {
        session: row.session,
        address: address(row.kind, row.side),
        room: MediaRoom { id: row.id, epoch: row.epoch },
    });
    Ok(open.collect())
}

/// The media room of this room of a session; the first who comes opens it.
pub async fn enter_room(
    tx: &mut Tx,
    session: SessionId,
    address: RoomAddress,
) -> Result<MediaRoom, ApiError> {
    let (now, id) = (tx.now, MediaRoomId(tx.ids.next()));
    sqlx::query!(
        "insert into media_rooms (id, session_id, kind, side, opened_at) values ($1, $2, $3, $4, $5)
         on conflict do nothing",
        id as MediaRoomId,
        session as SessionId,
        address.kind() as RoomKind,
        address.side() as Option<Side>,
        now,
    )
    .execute(&mut **tx)
    .await?;
    let row = sqlx::query!(
        r#"select id as "id: MediaRoomId", epoch from media_rooms
           where session_id = $1 and kind = $2 and side is not distinct from $3 and closed_at is null"#,
        session as SessionId,
        address.kind() as RoomKind,
        address.side() as Option<Side>,
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(MediaRoom { id: row.id, epoch: row.epoch })
}

/// The next epoch of a room: what was given before leads in no more.
pub async fn advance(tx: &mut Tx, room: MediaRoom) -> Result<MediaRoom, ApiError> {
    let epoch = sqlx::query_scalar!(
        "update media_rooms set epoch = epoch + 1 where id = $1 returning epoch",
        room.id as MediaRoomId,
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(MediaRoom { epoch, ..room })
}

pub async fn close(tx: &mut Tx, room: MediaRoomId) -> Result<(), ApiError> {
    let now = tx.now;
    sqlx::query!("update media_rooms set closed_at = $2 where id = $1", room as MediaRoomId, now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

struct Row {
    person: PersonId,
    turn: i64,
    standing: MediaStanding,
    room: Option<MediaRoomId>,
    epoch: Option<i64>,
    until: Option<DateTime<Utc>>,
}

impl From<Row> for Place {
    fn from(row: Row) -> Self {
        let at = match (row.standing, row.room, row.epoch, row.until) {
            (MediaStanding::In, Some(id), Some(epoch), Some(until)) => {
                At::In { room: MediaRoom { id, epoch }, until }
            }
            (MediaStanding::Leaving, Some(room), _, Some(until)) => At::Leaving { room, until },
            _ => At::Out,
        };
        Self { person: row.person, turn: row.turn, at }
    }
}

/// Somebody's one place, locked: whoever else asks for it, on whatever server and for whatever session, waits.
pub async fn lock_place(tx: &mut Tx, person: PersonId) -> Result<Place, ApiError> {
    sqlx::query!(
        "insert into media_places (person_id, turn, standing) values ($1, 0, 'out') on conflict do nothing",
        person as PersonId,
    )
    .execute(&mut **tx)
    .await?;
    let row = sqlx::query_as!(
        Row,
        r#"select person_id as "person: PersonId", turn, standing as "standing: MediaStanding",
                  room_id as "room: MediaRoomId", epoch, until
           from media_places where person_id = $1 for update"#,
        person as PersonId,
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(row.into())
}

/// Everybody who is in a room or leaves it, locked.
pub async fn lock_places_in(tx: &mut Tx, room: MediaRoomId) -> Result<Vec<Place>, ApiError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select person_id as "person: PersonId", turn, standing as "standing: MediaStanding",
                  room_id as "room: MediaRoomId", epoch, until
           from media_places where room_id = $1 order by person_id for update"#,
        room as MediaRoomId,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// What opens a place to whoever came into it, and by which login they came.
pub struct Grant {
    pub token_hash: [u8; 32],
    pub login: LoginId,
}

/// Keeps a place and what opens it; what was given before opens nothing. Its person is told.
pub async fn save(
    tx: &mut Tx,
    place: &Place,
    session: SessionId,
    grant: Option<Grant>,
) -> Result<(), ApiError> {
    let (standing, room, epoch, until) = match place.at {
        At::Out => (MediaStanding::Out, None, None, None),
        At::In { room, until } => (MediaStanding::In, Some(room.id), Some(room.epoch), Some(until)),
        At::Leaving { room, until } => (MediaStanding::Leaving, Some(room), None, Some(until)),
    };
    sqlx::query!(
        "update media_places set turn = $2, standing = $3, session_id = $4, room_id = $5, epoch = $6, until = $7,
             token_hash = $8, login_id = coalesce($9, login_id)
         where person_id = $1",
        place.person as PersonId,
        place.turn,
        standing as MediaStanding,
        session as SessionId,
        room as Option<MediaRoomId>,
        epoch,
        until,
        grant.as_ref().map(|grant| grant.token_hash.as_slice()),
        grant.as_ref().map(|grant| grant.login) as Option<LoginId>,
    )
    .execute(&mut **tx)
    .await?;
    tx.hint(Hint::Media(place.person));
    Ok(())
}

/// Who is admitted to a room at this moment.
pub async fn present(
    db: &mut PgConnection,
    room: MediaRoomId,
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<PersonId>> {
    sqlx::query_scalar!(
        r#"select person_id as "person: PersonId" from media_places
           where room_id = $1 and standing = 'in' and until > $2 order by person_id"#,
        room as MediaRoomId,
        now,
    )
    .fetch_all(db)
    .await
}

/// Those who are in a room are told that something has changed.
pub async fn tell(tx: &mut Tx, room: MediaRoomId) -> Result<(), ApiError> {
    let now = tx.now;
    for person in present(tx, room, now).await? {
        tx.hint(Hint::Media(person));
    }
    Ok(())
}

/// The rooms of a dispute that somebody is in and that are open.
pub async fn rooms_of(
    db: &mut PgConnection,
    dispute: DisputeId,
    person: PersonId,
) -> Result<Vec<RoomAddress>, ApiError> {
    let rows = sqlx::query!(
        r#"select r.kind as "kind!: RoomKind", r.side as "side: Side"
           from accounts a cross join lateral rooms_of(a.id, $1, null) r
           where a.person_id = $2 and r.is_member and r.is_open"#,
        dispute as DisputeId,
        person as PersonId,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| address(row.kind, row.side)).collect())
}
