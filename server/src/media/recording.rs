//! The consent log of recordings: announced by a host, answered by everybody who is there, ended by any refusal.

use crate::app::App;
use crate::db::Tx;
use crate::error::ApiError;
use crate::http::{Actor, IdempotencyKey, Written, write};
use crate::media::{service, store, view};
use crate::rooms::people::note;
use domain::media::{At, Recording, Refusal};
use protocol::media::{MediaView, RecordingDeed, RecordingState, RecordingView};
use protocol::room::SystemNotice;
use protocol::{MediaRoomId, PersonId, SessionId};
use sqlx::PgConnection;

/// One deed as one whole write, by somebody who is in the media room it is about.
pub async fn take(
    app: &App,
    actor: Actor,
    key: IdempotencyKey,
    id: SessionId,
    deed: RecordingDeed,
) -> Result<Written<MediaView>, ApiError> {
    let hash = write::bare(format_args!("{id} {deed}"));
    app.write(write::Request::command(actor, key, hash), move |tx, actor| {
        Box::pin(async move {
            step(tx, actor, id, deed).await?;
            view::of(tx, actor.person, id).await
        })
    })
    .await
}

async fn step(
    tx: &mut Tx,
    actor: &Actor,
    id: SessionId,
    deed: RecordingDeed,
) -> Result<(), ApiError> {
    let (dispute, _) = service::locked(tx, actor, id).await?;
    let place = store::lock_place(tx, actor.person).await?;
    let now = tx.now;
    let At::In { room, until } = place.at else { return Err(Refusal::NotNow.into()) };
    let open = store::open_rooms(tx, dispute).await?;
    let open = open.into_iter().find(|open| open.session == id && open.room.id == room.id);
    let Some(open) = open.filter(|_| now < until) else { return Err(Refusal::NotNow.into()) };
    let before = load(tx, room.id).await?;
    if deed != RecordingDeed::Announced {
        before.is_asked()?;
    }
    append(tx, room.id, actor.person, deed).await?;
    let present = store::present(tx, room.id, now).await?;
    let (was, is) = (before.state(&present), before.after(actor.person, deed).state(&present));
    let notice = match (was == RecordingState::On, is == RecordingState::On) {
        (false, true) => Some(SystemNotice::RecordingStarted),
        (true, false) => Some(SystemNotice::RecordingStopped),
        _ => None,
    };
    if let Some(notice) = notice {
        note(tx, dispute, open.address, notice, None).await?;
    }
    store::tell(tx, room.id).await
}

async fn append(
    tx: &mut Tx,
    room: MediaRoomId,
    person: PersonId,
    deed: RecordingDeed,
) -> sqlx::Result<()> {
    let now = tx.now;
    sqlx::query!(
        "insert into media_recording_log (room_id, seq, person_id, deed, at)
         select $1, coalesce(max(seq), 0) + 1, $2, $3, $4 from media_recording_log where room_id = $1",
        room as MediaRoomId,
        person as PersonId,
        deed as RecordingDeed,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn load(db: &mut PgConnection, room: MediaRoomId) -> sqlx::Result<Recording> {
    let log = sqlx::query!(
        r#"select person_id as "person: PersonId", deed as "deed: RecordingDeed"
           from media_recording_log where room_id = $1 order by seq"#,
        room as MediaRoomId,
    )
    .fetch_all(db)
    .await?;
    Ok(Recording::of(log.into_iter().map(|row| (row.person, row.deed))))
}

pub async fn view(
    db: &mut PgConnection,
    room: MediaRoomId,
    person: PersonId,
    present: &[PersonId],
) -> Result<RecordingView, ApiError> {
    let recording = load(db, room).await?;
    Ok(RecordingView {
        state: recording.state(present),
        your_answer_is_due: recording.is_asked().is_ok() && !recording.has_consented(person),
    })
}
