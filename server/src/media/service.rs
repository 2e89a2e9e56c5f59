//! Coming into a media room, confirming that one has left it, and going: the same for doors and socket.

use crate::accounts::secrets;
use crate::app::App;
use crate::db::Tx;
use crate::disputes;
use crate::error::{ApiError, Refused};
use crate::http::{Actor, IdempotencyKey, Written, write};
use crate::media::store::Grant;
use crate::media::{audio, store, view};
use crate::sessions;
use domain::media::{self, LEASE, Place, Refusal};
use protocol::media::{Admission, MediaView};
use protocol::{DisputeId, MediaRoomId, SessionId};

/// What ends a place, with the turn that it is about.
#[derive(Clone, Copy, Debug)]
pub enum End {
    ConfirmLeft(i64),
    Leave(i64),
}

/// Lets the actor into the media room where they belong at this moment; nobody chooses one.
pub async fn join(app: &App, actor: Actor, id: SessionId) -> Result<Written<Admission>, ApiError> {
    let ice = app.ice.clone();
    let here = app.config.audio_url();
    // No key: a kept answer would keep the token. Asking again renews it.
    let request = write::Request::command(actor, IdempotencyKey::default(), [0; 32]);
    app.write(request, move |tx, actor| {
        Box::pin(async move {
            let now = tx.now;
            let (room, token) = admit(tx, actor, id).await?;
            Ok(Admission {
                audio_url: audio::claim(tx, room, &here, now).await?,
                media: view::of(tx, actor.person, id).await?,
                token,
                lives_seconds: LEASE.num_seconds(),
                ice_servers: ice.servers(now)?,
            })
        })
    })
    .await
}

async fn admit(
    tx: &mut Tx,
    actor: &Actor,
    id: SessionId,
) -> Result<(MediaRoomId, String), ApiError> {
    let (dispute, session) = locked(tx, actor, id).await?;
    let rooms = store::rooms_of(tx, dispute, actor.person).await?;
    let address = media::belongs(&session, actor.person, &rooms)?;
    let place = store::lock_place(tx, actor.person).await?;
    let room = store::enter_room(tx, id, address).await?;
    let now = tx.now;
    let before = place.room(now);
    let mut others = store::present(tx, room.id, now).await?;
    others.retain(|person| *person != actor.person);
    let place = place.join(room, others.len(), now).map_err(|refusal| held(refusal, &place, tx))?;
    let token = secrets::opaque()?;
    let grant = Grant { token_hash: secrets::hash(&token), login: actor.login };
    store::save(tx, &place, id, Some(grant)).await?;
    if before != Some(room.id) {
        store::tell(tx, room.id).await?;
    }
    Ok((room.id, token))
}

/// Says when a place that is held lapses by itself.
fn held(refusal: Refusal, place: &Place, tx: &Tx) -> ApiError {
    let refused = Refused::new(refusal.code(), refusal.to_string());
    let wait = place.until().map(|until| (until - tx.now).num_seconds().max(1));
    match wait.and_then(|seconds| u64::try_from(seconds).ok()) {
        Some(seconds) if refusal == Refusal::PlaceHeld => refused.retry_after(seconds).into(),
        _ => refused.into(),
    }
}

/// Ends the actor's place, or confirms its end.
pub async fn end(
    app: &App,
    actor: Actor,
    key: IdempotencyKey,
    id: SessionId,
    end: End,
) -> Result<Written<MediaView>, ApiError> {
    let hash = write::bare(format_args!("{id} {end:?}"));
    app.write(write::Request::command(actor, key, hash), move |tx, actor| {
        Box::pin(async move {
            locked(tx, actor, id).await?;
            let place = store::lock_place(tx, actor.person).await?;
            let after = match end {
                End::ConfirmLeft(turn) => place.confirm_left(turn)?,
                End::Leave(turn) => place.leave(turn)?,
            };
            if after != place {
                store::save(tx, &after, id, None).await?;
                if let Some(room) = place.room(tx.now) {
                    store::tell(tx, room).await?;
                }
            }
            view::of(tx, actor.person, id).await
        })
    })
    .await
}

/// The session, with its dispute locked, for somebody who has a part in it.
pub async fn locked(
    tx: &mut Tx,
    actor: &Actor,
    id: SessionId,
) -> Result<(DisputeId, domain::session::Session), ApiError> {
    let of = sessions::store::dispute_of(tx, id).await?;
    disputes::store::lock(tx, of, actor).await?;
    Ok((of, sessions::store::one(tx, of, id).await?.session))
}
