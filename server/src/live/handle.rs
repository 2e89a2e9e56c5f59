//! What each frame of somebody signed in does.

use crate::app::App;
use crate::db::Hint;
use crate::error::ApiError;
use crate::live::held;
use crate::live::hub::Live;
use crate::live::limits::{ROOMS, SIGNAL_BYTES};
use crate::live::outbox::Close;
use crate::live::signals;
use crate::live::socket::authenticate;
use crate::rooms::store::{self, Known};
use protocol::live::{ClientFrame, ServerFrame, close};
use protocol::room::{ClientMsgId, Said, Say};
use protocol::{ErrorCode, PersonId, RoomId};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

pub async fn frame(app: &App, live: &Arc<Live>, frame: ClientFrame) {
    let (room, done) = match frame {
        ClientFrame::Hello { .. } => (None, Err(already_signed_in())),
        ClientFrame::Reauth { token } => (None, reauth(app, live, &token).await),
        ClientFrame::Subscribe { room, after } => {
            (Some(room), subscribe(app, live, room, after).await)
        }
        ClientFrame::Unsubscribe { room } => {
            app.live.unsubscribe(live, room);
            (Some(room), Ok(()))
        }
        ClientFrame::Say { room, client_msg_id, body } => {
            say(app, live, room, Say { client_msg_id, body });
            return;
        }
        ClientFrame::Read { room, seq } => {
            let done = app.mark_read(live.actor.account, room, seq).await;
            (Some(room), done.map(|_| ()))
        }
        ClientFrame::Typing { room } => (Some(room), typing(app, live, room).await),
        ClientFrame::Signal { media_room, to, data } => {
            (Some(media_room), signal(app, live, media_room, to, data).await)
        }
        ClientFrame::Ping { t } => (None, pong(app, live, t).await),
    };
    if let Err(error) = done {
        refuse(live, &error, room, None);
    }
}

fn already_signed_in() -> ApiError {
    ApiError::invalid("type", "this socket has said hello; to renew the token send reauth")
}

fn refuse(live: &Live, error: &ApiError, room: Option<RoomId>, client_msg_id: Option<ClientMsgId>) {
    if let ApiError::Internal(error) = error {
        tracing::error!(error = ?error, "internal error");
    }
    let problem = error.to_problem();
    live.outbox.push(&ServerFrame::Error { problem, room, client_msg_id });
}

/// A fresh token of the same account keeps the socket; anything else ends it.
async fn reauth(app: &App, live: &Live, token: &str) -> Result<(), ApiError> {
    match authenticate(app, token).await {
        Ok(Some((actor, claims)))
            if actor.account == live.actor.account && actor.login == live.actor.login =>
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

/// The room, for somebody who is in it at this moment. Foreign and unknown are the same.
pub async fn membership(app: &App, live: &Live, room: RoomId) -> Result<Known, ApiError> {
    let mut db = app.db.acquire().await?;
    let known = store::find(&mut db, live.actor.account, room).await?;
    let known = known.ok_or_else(ApiError::not_found)?;
    if known.is_member { Ok(known) } else { Err(ApiError::not_permitted()) }
}

async fn subscribe(app: &App, live: &Arc<Live>, room: RoomId, after: i64) -> Result<(), ApiError> {
    let known = membership(app, live, room).await?;
    let full = {
        let listening = held(&live.listening);
        listening.rooms.len() >= ROOMS && !listening.rooms.contains_key(&room)
    };
    if full {
        return Err(ApiError::new(
            ErrorCode::TooManyRequests,
            "this socket listens to as many rooms as it can; unsubscribe from some",
        ));
    }
    // Neither before the first entry one may read nor past the last: what comes next has to be the next.
    let cursor = after.min(known.head).max(known.first - 1);
    app.live.subscribe(live, room, known.dispute, cursor);
    Ok(())
}

/// Acknowledged after the commit and only then. Refused means not stored; where that is not certain, the sender is
/// told to ask again with the same id.
///
/// The next frame does not wait for it: in one room the log keeps the order.
fn say(app: &App, live: &Arc<Live>, room: RoomId, say: Say) {
    let (live, client_msg_id) = (live.clone(), say.client_msg_id.clone());
    let saying = app.say(live.actor.account, room, say);
    app.tasks.spawn(async move { answer(&live, room, client_msg_id, saying.await) });
}

fn answer(live: &Live, room: RoomId, client_msg_id: ClientMsgId, said: Result<Said, ApiError>) {
    match said {
        Ok(said) => live.outbox.push(&ServerFrame::Ack {
            client_msg_id: said.client_msg_id,
            room: said.room,
            seq: said.seq,
            at: said.at,
        }),
        Err(error)
            if matches!(
                error.code(),
                ErrorCode::Unavailable | ErrorCode::StorageFull | ErrorCode::Internal
            ) =>
        {
            refuse(live, &error, Some(room), Some(client_msg_id));
        }
        Err(error) => {
            live.outbox.push(&ServerFrame::Refused { client_msg_id, problem: error.to_problem() });
        }
    }
}

async fn typing(app: &App, live: &Live, room: RoomId) -> Result<(), ApiError> {
    membership(app, live, room).await?;
    let person = live.actor.person;
    app.tell(vec![Hint::Typing { room, person }]);
    Ok(())
}

/// Only between two who are both in the room and both here. That the other is not here and that there is no such
/// person are the same answer.
async fn signal(
    app: &App,
    live: &Live,
    room: RoomId,
    to: PersonId,
    data: Value,
) -> Result<(), ApiError> {
    membership(app, live, room).await?;
    if data.to_string().len() > SIGNAL_BYTES {
        return Err(ApiError::new(ErrorCode::TooLarge, "a signal has at most 16 KiB"));
    }
    let from = live.actor.person;
    let elsewhere = app.live.presence.is_elsewhere(room, to);
    if elsewhere {
        signals::post(app, room, from, to, &data).await?;
    }
    let here = signals::hand_over(app, room, from, to, data).await;
    if here || elsewhere { Ok(()) } else { Err(ApiError::not_found()) }
}

async fn pong(app: &App, live: &Live, t: i64) -> Result<(), ApiError> {
    let rooms: Vec<RoomId> = held(&live.listening).rooms.keys().copied().collect();
    let mut heads = BTreeMap::new();
    let mut db = app.db.acquire().await?;
    for room in rooms {
        if let Some(known) = store::find(&mut db, live.actor.account, room).await? {
            heads.insert(room, known.head);
        }
    }
    live.outbox.push(&ServerFrame::Pong { t, heads });
    Ok(())
}
