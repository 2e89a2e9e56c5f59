//! What the database says of an audio socket: whose token it is, whether it still holds, and which server has the room.

use crate::app::App;
use crate::error::ApiError;
use crate::media::audio::ear::Ear;
use chrono::{DateTime, TimeDelta, Utc};
use domain::media::{At, MediaRoom, Place, Token};
use protocol::media::MediaStanding;
use protocol::{MediaRoomId, PersonId};
use sqlx::PgConnection;
use std::sync::Arc;
use uuid::Uuid;

/// A room whose server has not been heard of for so long may be taken over.
const HOME: TimeDelta = TimeDelta::seconds(30);

/// The room is this server's, or whose it is: those in one room have to meet on one server.
pub async fn claim(
    db: &mut PgConnection,
    room: MediaRoomId,
    here: &str,
    now: DateTime<Utc>,
) -> Result<String, ApiError> {
    sqlx::query!(
        "update media_rooms set home = $2, home_until = $4
         where id = $1 and (home is null or home = $2 or home_until <= $3)",
        room as MediaRoomId,
        here,
        now,
        now + HOME,
    )
    .execute(&mut *db)
    .await?;
    let home = sqlx::query_scalar!(
        r#"select home as "home!" from media_rooms where id = $1"#,
        room as MediaRoomId,
    )
    .fetch_one(db)
    .await?;
    Ok(home)
}

/// Who holds this token, and the room that it opens at this moment.
pub async fn admitted(
    app: &App,
    token_hash: [u8; 32],
) -> Result<Option<(PersonId, MediaRoom)>, ApiError> {
    let row = sqlx::query!(
        r#"select p.person_id as "person: PersonId", p.turn, p.standing as "standing: MediaStanding",
                  r.id as "room: MediaRoomId", p.epoch as "given!", p.until as "until!", r.epoch
           from media_places p join media_rooms r on r.id = p.room_id
           where p.token_hash = $1 and r.closed_at is null"#,
        token_hash.as_slice(),
    )
    .fetch_optional(&app.db)
    .await?;
    let Some(row) = row.filter(|row| row.standing == MediaStanding::In) else { return Ok(None) };
    let given = MediaRoom { id: row.room, epoch: row.given };
    let now_is = MediaRoom { id: row.room, epoch: row.epoch };
    let token = Token { person: row.person, room: given, until: row.until };
    let at = At::In { room: given, until: row.until };
    let place = Place { person: row.person, turn: row.turn, at };
    Ok(token.admits(&place, now_is, app.clock.now()).then_some((row.person, now_is)))
}

/// Those whose place is no longer the one they came to, or whose login has ended.
pub async fn gone(app: &App, ears: &[Arc<Ear>]) -> Result<Vec<Arc<Ear>>, ApiError> {
    if ears.is_empty() {
        return Ok(vec![]);
    }
    let people: Vec<Uuid> = ears.iter().map(|ear| ear.person.0).collect();
    let there = sqlx::query!(
        r#"select p.person_id as "person: PersonId", r.id as "room: MediaRoomId", r.epoch
           from media_places p
           join media_rooms r on r.id = p.room_id and r.epoch = p.epoch and r.closed_at is null
           join logins l on l.id = p.login_id and l.ended_at is null
           join accounts a on a.id = l.account_id and a.disabled_at is null
           where p.person_id = any ($1) and p.standing = 'in' and p.until > $2"#,
        &people,
        app.clock.now(),
    )
    .fetch_all(&app.db)
    .await?;
    let holds = |ear: &&Arc<Ear>| {
        there.iter().any(|row| {
            row.person == ear.person && ear.room == MediaRoom { id: row.room, epoch: row.epoch }
        })
    };
    Ok(ears.iter().filter(|ear| !holds(ear)).cloned().collect())
}
