//! What each frame of somebody signed in does.

use crate::app::App;
use crate::db::Hint;
use crate::error::ApiError;
use crate::live::limits::ROOMS;
use crate::live::line::ack;
use crate::live::log::Asker;
use crate::live::logins::{authenticate, is_same};
use crate::live::open::Live;
use crate::live::outbox::Close;
use crate::live::room::Room;
use crate::live::{feed, held, reading};
use crate::media;
use crate::rooms::{say, store};
use futures_util::future::{BoxFuture, ready};
use protocol::live::{ClientFrame, ServerFrame, close};
use protocol::room::{ClientMsgId, Said, Say};
use protocol::{ErrorCode, RoomId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Each keeps a place to wait in only if it has to wait, and no larger than it needs.
pub async fn frame(app: &App, live: &Arc<Live>, frame: ClientFrame) {
    let (room, work): (Option<RoomId>, BoxFuture<'_, Result<(), ApiError>>) = match frame {
        ClientFrame::Say { room, client_msg_id, body } => {
            return speak(app, live, room, Say { client_msg_id, body });
        }
        ClientFrame::Ping { t } => return pong(live, t),
        ClientFrame::Unsubscribe { room } => return app.live.unsubscribe(live, room),
        ClientFrame::Hello { .. } => (None, Box::pin(ready(Err(already_signed_in())))),
        ClientFrame::Reauth { token } => {
            (None, Box::pin(async move { reauth(app, live, &token).await }))
        }
        ClientFrame::Subscribe { room, after } => {
            if has_place(live, room) && feed::listen_at_hand(app, live, room, after) {
                return;
            }
            (Some(room), Box::pin(subscribe(app, live, room, after)))
        }
        ClientFrame::Read { room, seq } => (Some(room), Box::pin(read(app, live, room, seq))),
        ClientFrame::Typing { room } => (Some(room), Box::pin(typing(app, live, room))),
        ClientFrame::Media { session, step, turn } => {
            (None, Box::pin(media::frame::step(app, live, session, step, turn)))
        }
        ClientFrame::Signal { media_room, to, data } => (
            None,
            Box::pin(async move { media::frame::signal(app, live, media_room, to, &data).await }),
        ),
    };
    if let Err(error) = work.await {
        refuse(live, &error, room, None);
        live.outbox.flush();
    }
}

async fn read(app: &App, live: &Live, room: RoomId, seq: i64) -> Result<(), ApiError> {
    app.mark_read(live.actor.account, room, seq).await.map(|_| ())
}

fn already_signed_in() -> ApiError {
    ApiError::invalid("type", "this socket has said hello; to renew the token send reauth")
}

fn refuse(live: &Live, error: &ApiError, room: Option<RoomId>, client_msg_id: Option<ClientMsgId>) {
    if let ApiError::Internal(error) = error {
        tracing::error!(error = ?error, "internal error");
    }
    let problem = error.to_problem();
    live.outbox.queue(&ServerFrame::Error { problem, room, client_msg_id });
}

/// A fresh token of the same account keeps the socket; anything else ends it.
async fn reauth(app: &App, live: &Live, token: &str) -> Result<(), ApiError> {
    match authenticate(app, token).await {
        Ok(Some((actor, claims)))
            if actor.login == live.actor.login && is_same(&actor, &live.actor) =>
        {
            live.outbox.push(&ServerFrame::Reauthenticated { expires_at: claims.expires_at() });
            live.renew(claims);
            Ok(())
        }
        Err(error) if error.code() == ErrorCode::Unavailable => Err(error),
        _ => {
            live.outbox.close(Close::new(close::NOT_AUTHENTICATED, "not a token for this socket"));
            Ok(())
        }
    }
}

async fn subscribe(app: &App, live: &Arc<Live>, room: RoomId, after: i64) -> Result<(), ApiError> {
    if !has_place(live, room) {
        return Err(ApiError::new(
            ErrorCode::TooManyRequests,
            "this socket listens to as many rooms as it can; unsubscribe from some",
        ));
    }
    if feed::listen(app, live, room, after).await? {
        Ok(())
    } else {
        Err(kept_out(app, live, room).await?)
    }
}

/// For this room among those that it listens to.
fn has_place(live: &Live, room: RoomId) -> bool {
    let listening = held(&live.listening);
    listening.rooms.len() < ROOMS || listening.rooms.contains_key(&room)
}

/// Foreign and unknown are the same; who has left may know that there is a room.
async fn kept_out(app: &App, live: &Live, room: RoomId) -> Result<ApiError, ApiError> {
    let mut db = app.db.acquire().await?;
    let was_in = store::find(&mut db, live.actor.account, room).await?.is_some();
    Ok(if was_in { ApiError::not_permitted() } else { ApiError::not_found() })
}

/// The room, for somebody who is in it.
async fn room_of(app: &App, live: &Live, room: RoomId) -> Result<Arc<Room>, ApiError> {
    let known = match live.room(room) {
        Some(room) => Some(room),
        None => reading::open(app, live.actor.person, room).await?,
    };
    match known.filter(|known| known.is_member(live.actor.person)) {
        Some(known) => Ok(known),
        None => Err(kept_out(app, live, room).await?),
    }
}

/// Acknowledged after the commit and only then. Refused means not stored; where that is not certain, the sender is
/// told to ask again with the same id.
///
/// The next frame does not wait for it: in one room the log keeps the order.
fn speak(app: &App, live: &Arc<Live>, room: RoomId, say: Say) {
    let client_msg_id = say.client_msg_id.clone();
    let queued = say::entry(live.actor.person, room, say)
        .and_then(|entry| app.append(entry, Asker::Socket(live.clone())));
    if let Err(error) = queued {
        answer(live, room, client_msg_id, Err(error));
        live.outbox.flush();
    }
}

/// Goes out with the next flush.
pub fn answer(live: &Live, room: RoomId, client_msg_id: ClientMsgId, said: Result<Said, ApiError>) {
    match said {
        Ok(Said { client_msg_id, room, seq, at }) => {
            live.outbox.queue_frame(ack(room, &client_msg_id, seq, &at.into()));
        }
        Err(error)
            if matches!(
                error.code(),
                ErrorCode::Unavailable | ErrorCode::StorageFull | ErrorCode::Internal
            ) =>
        {
            refuse(live, &error, Some(room), Some(client_msg_id));
        }
        Err(error) => {
            live.outbox.queue(&ServerFrame::Refused { client_msg_id, problem: error.to_problem() });
        }
    }
}

async fn typing(app: &App, live: &Live, room: RoomId) -> Result<(), ApiError> {
    let person = live.actor.person;
    room_of(app, live, room).await?;
    app.tell(vec![Hint::Typing { room, person }]);
    Ok(())
}

fn pong(live: &Live, t: i64) {
    let heads: BTreeMap<RoomId, i64> =
        live.rooms().iter().map(|room| (room.id, room.head())).collect();
    live.outbox.push(&ServerFrame::Pong { t, heads });
}
