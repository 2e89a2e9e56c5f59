//! What two devices tell each other to find a way for sound and picture, when they hang on different servers.
//!
//! It holds addresses of people's networks, so it goes through the database and not over the bus. It is fetched when
//! the hint comes; what nobody fetches is gone within a minute or two.

use crate::app::App;
use crate::db::Hint;
use crate::error::ApiError;
use crate::live::bus::Word;
use crate::live::room::Room;
use chrono::Duration;
use protocol::live::ServerFrame;
use protocol::{PersonId, RoomId};
use serde_json::Value;

/// Longer than anybody waits for an answer.
const KEPT: Duration = Duration::minutes(1);

/// To somebody who is in the room and here. Whether they are.
pub fn hand_over(room: &Room, from: PersonId, to: PersonId, data: &Value) -> bool {
    let there = if room.is_member(to) { room.listeners_of(to) } else { Vec::new() };
    for other in &there {
        let (media_room, data) = (room.id, data.clone());
        other.outbox.push(&ServerFrame::Signal { media_room, from, data });
    }
    !there.is_empty()
}

/// Leaves it for the other servers.
pub async fn post(
    app: &App,
    room: RoomId,
    from: PersonId,
    to: PersonId,
    data: &Value,
) -> Result<(), ApiError> {
    let id = sqlx::query_scalar!(
        "insert into live_signals (room_id, from_id, to_id, data, at) values ($1, $2, $3, $4, $5)
         returning id",
        room as RoomId,
        from as PersonId,
        to as PersonId,
        data.to_string(),
        app.clock.now(),
    )
    .fetch_one(&app.db)
    .await?;
    app.bus.say(Word::Hint(Hint::Signal { room, to, id }));
    Ok(())
}

/// Hands over what was left for somebody who is here.
pub async fn fetch(app: &App, room: RoomId, to: PersonId, id: i64) {
    let Some(room) = app.live.room(room).filter(|room| !room.listeners_of(to).is_empty()) else {
        return;
    };
    if let Err(error) = take(app, &room, to, id).await {
        tracing::warn!(code = error.code().as_str(), "a signal could not be handed over");
    }
}

async fn take(app: &App, room: &Room, to: PersonId, id: i64) -> Result<(), ApiError> {
    let row = sqlx::query!(
        r#"select from_id as "from: PersonId", data from live_signals
           where id = $1 and room_id = $2 and to_id = $3"#,
        id,
        room.id as RoomId,
        to as PersonId,
    )
    .fetch_optional(&app.db)
    .await?;
    let Some(row) = row else { return Ok(()) };
    let data = serde_json::from_str(&row.data).map_err(anyhow::Error::from)?;
    hand_over(room, row.from, to, &data);
    Ok(())
}

/// Takes away what is too old to be of use.
pub async fn tidy(app: &App) -> Result<(), ApiError> {
    sqlx::query!(
        "delete from live_signals where id in
             (select id from live_signals where at < $1 limit 500 for update skip locked)",
        app.clock.now() - KEPT,
    )
    .execute(&app.db)
    .await?;
    Ok(())
}
