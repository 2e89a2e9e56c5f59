//! What somebody sees of the media of a session: their own place, and who is in the same room. Nothing of any other
//! room is read here.

use crate::error::ApiError;
use crate::media::{recording, store};
use chrono::{DateTime, Utc};
use protocol::media::{MediaStanding, MediaView, RecordingState, RecordingView};
use protocol::party::Side;
use protocol::room::RoomKind;
use protocol::{MediaRoomId, PersonId, SessionId};
use sqlx::PgConnection;

use crate::db::Tx;

/// As part of a write.
pub async fn of(tx: &mut Tx, person: PersonId, session: SessionId) -> Result<MediaView, ApiError> {
    let now = tx.now;
    show(tx, person, session, now).await
}

pub async fn show(
    db: &mut PgConnection,
    person: PersonId,
    session: SessionId,
    now: DateTime<Utc>,
) -> Result<MediaView, ApiError> {
    let own = last(db, person, now).await?;
    Ok(own.filter(|view| view.session == session).unwrap_or_else(|| out(session, 0)))
}

fn out(session: SessionId, turn: i64) -> MediaView {
    MediaView {
        session,
        standing: MediaStanding::Out,
        turn,
        media_room: None,
        room: None,
        epoch: None,
        until: None,
        others: vec![],
        recording: RecordingView { state: RecordingState::Off, your_answer_is_due: false },
    }
}

/// Of the session that somebody's place belongs to, or belonged to last.
pub async fn last(
    db: &mut PgConnection,
    person: PersonId,
    now: DateTime<Utc>,
) -> Result<Option<MediaView>, ApiError> {
    let row = sqlx::query!(
        r#"select p.session_id as "session!: SessionId", p.turn, p.standing as "standing: MediaStanding",
                  p.room_id as "room?: MediaRoomId", p.epoch, p.until, r.kind as "kind?: RoomKind",
                  r.side as "side?: Side"
           from media_places p left join media_rooms r on r.id = p.room_id
           where p.person_id = $1 and p.session_id is not null"#,
        person as PersonId,
    )
    .fetch_optional(&mut *db)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let (Some(room), Some(kind), Some(until)) = (row.room, row.kind, row.until) else {
        return Ok(Some(out(row.session, row.turn)));
    };
    if until <= now {
        return Ok(Some(out(row.session, row.turn)));
    }
    let mut view = MediaView {
        standing: row.standing,
        media_room: Some(room),
        room: Some(store::address(kind, row.side)),
        epoch: row.epoch,
        until: Some(until),
        ..out(row.session, row.turn)
    };
    // Who leaves is told nothing more of what goes on there.
    if row.standing == MediaStanding::In {
        let present = store::present(db, room, now).await?;
        view.recording = recording::view(db, room, person, &present).await?;
        view.others = present.into_iter().filter(|other| *other != person).collect();
    }
    Ok(Some(view))
}
