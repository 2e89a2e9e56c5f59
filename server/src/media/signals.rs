//! What devices tell each other to connect: handed on only between two who are in the same media room and epoch, when
//! it is sent and again when it is delivered, on whatever servers the two are.

use crate::app::App;
use crate::db::Hint;
use crate::error::ApiError;
use chrono::{DateTime, TimeDelta, Utc};
use protocol::live::ServerFrame;
use protocol::{ErrorCode, MediaRoomId, PersonId};
use serde_json::Value;
use sqlx::PgConnection;
use std::collections::BTreeSet;

/// What was not handed on by then is of no use.
pub const LIFE: TimeDelta = TimeDelta::seconds(15);
pub const BYTES: usize = 16 * 1024;

/// That the other one is not there and that there is no such person or room are the same answer.
pub async fn send(
    app: &App,
    from: PersonId,
    room: MediaRoomId,
    to: PersonId,
    data: &Value,
) -> Result<(), ApiError> {
    let data = data.to_string();
    if data.len() > BYTES {
        return Err(ApiError::new(ErrorCode::TooLarge, "a signal has at most 16 KiB"));
    }
    let sent = sqlx::query!(
        "insert into media_signals (room_id, epoch, from_person, to_person, data, at)
         select r.id, r.epoch, me.person_id, other.person_id, $4, $5
         from media_rooms r
         join media_places me on me.room_id = r.id and me.epoch = r.epoch
         join media_places other on other.room_id = r.id and other.epoch = r.epoch
         where r.id = $2 and r.closed_at is null and me.person_id = $1 and other.person_id = $3
             and me.person_id <> other.person_id and me.standing = 'in' and me.until > $5
             and other.standing = 'in' and other.until > $5",
        from as PersonId,
        room as MediaRoomId,
        to as PersonId,
        data,
        app.clock.now(),
    )
    .execute(&app.db)
    .await?;
    if sent.rows_affected() == 0 {
        return Err(ApiError::not_found());
    }
    app.tell(vec![Hint::Media(to)]);
    Ok(())
}

/// What is there for somebody and was not handed to this socket before, in the order in which it was sent.
pub async fn waiting(
    db: &mut PgConnection,
    person: PersonId,
    handed: &mut BTreeSet<i64>,
    now: DateTime<Utc>,
) -> Result<Vec<ServerFrame>, ApiError> {
    let rows = sqlx::query!(
        r#"select s.id, s.room_id as "room: MediaRoomId", s.from_person as "from: PersonId", s.data
           from media_signals s
           join media_rooms r on r.id = s.room_id and r.epoch = s.epoch and r.closed_at is null
           join media_places me on me.person_id = s.to_person and me.room_id = r.id and me.epoch = r.epoch
           join media_places other on other.person_id = s.from_person and other.room_id = r.id
               and other.epoch = r.epoch
           where s.to_person = $1 and s.at > $2 and me.standing = 'in' and other.standing = 'in'
           order by s.id"#,
        person as PersonId,
        now - LIFE,
    )
    .fetch_all(db)
    .await?;
    let mut frames = Vec::new();
    let there: BTreeSet<i64> = rows.iter().map(|row| row.id).collect();
    for row in rows.into_iter().filter(|row| !handed.contains(&row.id)) {
        let data = serde_json::from_str(&row.data).map_err(anyhow::Error::from)?;
        frames.push(ServerFrame::Signal { media_room: row.room, from: row.from, data });
    }
    *handed = there;
    Ok(frames)
}
