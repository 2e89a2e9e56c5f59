//! One connection from its first frame to its close: reads, and lets others write and feed.

use crate::accounts::tokens::Claims;
use crate::app::App;
use crate::error::ApiError;
use crate::http::policy::{ANY_PART, Row, Rule};
use crate::http::{Actor, auth};
use crate::live::frame::{Decoded, decode};
use crate::live::hub::{Live, Place};
use crate::live::limits::{Bucket, HELLO_BYTES, LOGIN_CACHED, told, websocket};
use crate::live::outbox::{Close, Outbox};
use crate::live::{feed, handle, held};
use futures_util::stream::SplitStream;
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto::upgrade::downcast;
use protocol::RoomId;
use protocol::live::{ClientFrame, ServerFrame, close};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::tungstenite::{Error, Message};

pub type Stream = WebSocketStream<TcpStream>;

/// A socket asks for nothing that the policy's table does not know: this stands for reading what it is told.
static LIVE: Row = Row { operation: "live", rule: Rule::Parts(ANY_PART) };

const GOODBYE: Duration = Duration::from_secs(1);

/// Who a socket belongs to, and what it wants to resume.
struct Hello {
    actor: Actor,
    claims: Claims,
    cursors: BTreeMap<RoomId, i64>,
}

pub async fn serve(app: App, upgraded: Upgraded, mut place: Place) {
    let Ok(parts) = downcast::<TokioIo<TcpStream>>(upgraded) else { return };
    let (tcp, read) = (parts.io.into_inner(), parts.read_buf.to_vec());
    let config = Some(websocket());
    let mut socket = WebSocketStream::from_partially_read(tcp, read, Role::Server, config).await;
    match hello(&app, &mut socket).await {
        Ok(hello) => {
            place.authenticated();
            Box::pin(signed_in(app, socket, hello)).await;
        }
        Err(why) => {
            let _ = timeout(GOODBYE, socket.send(why.message())).await;
            linger(&mut socket).await;
        }
    }
}

/// The first frame, within time and size; nothing of any room exists for the socket before it.
async fn hello(app: &App, socket: &mut Stream) -> Result<Hello, Close> {
    let first = tokio::select! {
        () = app.stop.cancelled() => return Err(restarting(app)),
        first = timeout(app.live.bounds.hello_within, socket.next()) => first,
    };
    let unknown = Close::new(close::NOT_AUTHENTICATED, "say hello with a valid token first");
    let text = match first {
        Ok(Some(Ok(Message::Text(text)))) => text,
        Ok(Some(Ok(Message::Binary(_)))) => {
            return Err(Close::new(close::POLICY, "text frames only"));
        }
        Ok(Some(Err(error))) => return Err(broken(&error)),
        _ => return Err(unknown),
    };
    if text.len() > HELLO_BYTES {
        return Err(Close::new(close::TOO_BIG, "hello is too big"));
    }
    let frame = match decode(&text) {
        Decoded::Frame(frame) => *frame,
        Decoded::Wrong { .. } => return Err(unknown),
        Decoded::Malformed => return Err(Close::new(close::POLICY, "not JSON")),
    };
    let ClientFrame::Hello { token, cursors, .. } = frame else { return Err(unknown) };
    match authenticate(app, &token).await {
        Ok(Some((actor, claims))) => Ok(Hello { actor, claims, cursors }),
        Err(error) if error.code() == protocol::ErrorCode::Unavailable => Err(restarting(app)),
        _ => Err(unknown),
    }
}

pub async fn authenticate(app: &App, token: &str) -> Result<Option<(Actor, Claims)>, ApiError> {
    let now = app.clock.now();
    let claims = app.tokens.verify(token, now)?;
    Ok(find(app, &claims).await?.map(|actor| (actor, claims)))
}

async fn find(app: &App, claims: &Claims) -> Result<Option<Actor>, ApiError> {
    auth::find(&app.db, claims, app.clock.now(), &LIVE).await
}

/// Everybody is sent away at once and comes back over several seconds.
pub fn restarting(app: &App) -> Close {
    let jitter = u64::try_from(app.ids.next().as_u128() % 8_000).unwrap_or_default();
    let retry_after = Some(Duration::from_millis(500 + jitter));
    Close { retry_after, ..Close::new(close::RESTARTING, "restarting") }
}

async fn signed_in(app: App, socket: Stream, hello: Hello) {
    let (outbox, queue) = Outbox::new();
    let live = app.live.enter(hello.actor, outbox, hello.claims);
    let (sink, mut stream) = socket.split();
    let writing = live.clone();
    let ping_every = app.live.bounds.ping_every;
    let writer =
        app.tasks.spawn(async move { writing.outbox.write(sink, queue, ping_every).await });
    let (feeding, fed) = (app.clone(), live.clone());
    let feeder = app.tasks.spawn(async move { feed::run(&feeding, &fed).await });
    let (heartbeat, limits) = told(app.live.bounds);
    live.outbox.push(&ServerFrame::Welcome {
        login: live.actor.login,
        server_time: app.clock.now(),
        expires_at: live.expires_at(),
        heartbeat,
        limits,
    });
    for (room, after) in hello.cursors {
        handle::frame(&app, &live, ClientFrame::Subscribe { room, after }).await;
    }
    let why = read(&app, &live, &mut stream).await;
    live.outbox.close(why);
    app.live.leave(&live);
    live.outbox.finish();
    let _ = writer.await;
    let _ = feeder.await;
    linger(&mut stream).await;
}

/// Reads what the other side still sends: closing on unread bytes would tear the goodbye from its hands.
async fn linger<S: StreamExt + Unpin>(stream: &mut S) {
    let _ = timeout(GOODBYE, async { while stream.next().await.is_some() {} }).await;
}

/// Until the socket is to be closed. A frame that is being carried out is carried out to its end.
async fn read(app: &App, live: &Arc<Live>, stream: &mut SplitStream<Stream>) -> Close {
    let mut bucket = Bucket::full(Instant::now());
    loop {
        let next = tokio::select! {
            biased;
            // Why is told by whoever closed it; this only ends the reading.
            () = live.outbox.closed() => return Close::new(close::GOING_AWAY, "closed"),
            next = timeout(app.live.bounds.silence, stream.next()) => next,
        };
        let message = match next {
            Err(_) => return Close::new(close::GOING_AWAY, "silent for too long"),
            Ok(None) => return Close::new(close::GOING_AWAY, "gone"),
            Ok(Some(Err(error))) => return broken(&error),
            Ok(Some(Ok(message))) => message,
        };
        if !matches!(message, Message::Pong(_)) && !bucket.take(Instant::now()) {
            return Close::new(close::TOO_FAST, "too many frames");
        }
        if let Some(why) = one(app, live, message).await {
            return why;
        }
    }
}

async fn one(app: &App, live: &Arc<Live>, message: Message) -> Option<Close> {
    let text = match message {
        Message::Text(text) => text,
        Message::Binary(_) => return Some(Close::new(close::POLICY, "text frames only")),
        Message::Close(_) => return Some(Close::new(close::GOING_AWAY, "goodbye")),
        Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => return None,
    };
    if !is_valid(app, live).await {
        return Some(Close::new(close::NOT_AUTHENTICATED, "the login has ended"));
    }
    match decode(&text) {
        Decoded::Frame(frame) => handle::frame(app, live, *frame).await,
        Decoded::Wrong { problem, client_msg_id: Some(client_msg_id) } => {
            live.outbox.push(&ServerFrame::Refused { client_msg_id, problem });
        }
        Decoded::Wrong { problem, client_msg_id: None } => {
            live.outbox.push(&ServerFrame::Error { problem, room: None, client_msg_id: None });
        }
        Decoded::Malformed => return Some(Close::new(close::POLICY, "not JSON")),
    }
    None
}

/// The token has not run out and the login has not ended, as of a second ago at most. When that cannot be found
/// out, it is not taken for granted (SEC-WS-10).
async fn is_valid(app: &App, live: &Live) -> bool {
    if app.clock.now() >= live.expires_at() {
        return false;
    }
    let now = Instant::now();
    if now.duration_since(*held(&live.checked_at)) < LOGIN_CACHED {
        return true;
    }
    match find(app, &live.claims()).await {
        Ok(Some(_)) => {
            *held(&live.checked_at) = now;
            true
        }
        Ok(None) => false,
        Err(_) => {
            live.outbox.close(restarting(app));
            false
        }
    }
}

fn broken(error: &Error) -> Close {
    match error {
        Error::Capacity(_) => Close::new(close::TOO_BIG, "frame too big"),
        Error::Protocol(_) | Error::Utf8(_) => Close::new(close::POLICY, "not this protocol"),
        _ => Close::new(close::GOING_AWAY, "gone"),
    }
}
