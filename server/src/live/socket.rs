//! One connection from its first frame to its close: reads, keeps time, and has each frame carried out.

use crate::accounts::tokens::Claims;
use crate::app::App;
use crate::http::Actor;
use crate::live::connection::Connection;
use crate::live::frame::{Decoded, decode};
use crate::live::hub::Place;
use crate::live::incoming::broken;
use crate::live::limits::{Bucket, told};
use crate::live::logins::{self, authenticate};
use crate::live::open::Live;
use crate::live::outbox::{Close, Outbox, goodbye};
use crate::live::{handle, held};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use protocol::live::{ClientFrame, ServerFrame, close};
use protocol::{DisputeId, RoomId};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::time::{sleep_until, timeout};
use tokio_tungstenite::tungstenite::Message;

/// Who a socket belongs to, and what it wants to resume.
struct Hello {
    actor: Actor,
    claims: Claims,
    cursors: BTreeMap<RoomId, i64>,
    states: BTreeMap<DisputeId, i64>,
}

pub async fn serve(app: App, upgraded: Upgraded, mut place: Place) {
    let Ok(parts) = upgraded.downcast::<TokioIo<TcpStream>>() else { return };
    let connection = Connection::new(parts.io.into_inner(), parts.read_buf.to_vec());
    match hello(&app, &connection).await {
        Ok(hello) => {
            place.authenticated();
            connection.widen();
            let live = enter(&app, connection, hello).await;
            // A task of its own, which is small: this one has the whole of a sign-in in it.
            app.tasks.clone().spawn(attend(app, live, place));
        }
        Err(why) => goodbye(&connection, why).await,
    }
}

/// The first frame, within time and size; nothing of any room exists for the socket before it.
async fn hello(app: &App, connection: &Connection) -> Result<Hello, Close> {
    let first = tokio::select! {
        () = app.stop.cancelled() => return Err(restarting(app)),
        first = timeout(app.live.bounds.hello_within, connection.next()) => first,
    };
    let unknown = Close::new(close::NOT_AUTHENTICATED, "say hello with a valid token first");
    let text = match first {
        Ok(Ok(Message::Text(text))) => text,
        Ok(Ok(Message::Binary(_))) => return Err(Close::new(close::POLICY, "text frames only")),
        Ok(Err(error)) => return Err(broken(&error)),
        _ => return Err(unknown),
    };
    let frame = match decode(&text) {
        Decoded::Frame(frame) => *frame,
        Decoded::Wrong { .. } => return Err(unknown),
        Decoded::Malformed => return Err(Close::new(close::POLICY, "not JSON")),
    };
    let ClientFrame::Hello { token, cursors, states, .. } = frame else { return Err(unknown) };
    match authenticate(app, &token).await {
        Ok(Some((actor, claims))) => Ok(Hello { actor, claims, cursors, states }),
        Err(error) if error.code() == protocol::ErrorCode::Unavailable => Err(restarting(app)),
        _ => Err(unknown),
    }
}

/// Everybody is sent away at once and comes back over several seconds.
pub fn restarting(app: &App) -> Close {
    let jitter = u64::try_from(app.ids.next().as_u128() % 8_000).unwrap_or_default();
    let retry_after = Some(Duration::from_millis(500 + jitter));
    Close { retry_after, ..Close::new(close::RESTARTING, "restarting") }
}

async fn enter(app: &App, connection: Connection, hello: Hello) -> Arc<Live> {
    let live = app.live.enter(hello.actor, Outbox::new(connection), hello.claims);
    let (heartbeat, limits) = told(app.live.bounds);
    live.outbox.queue(&ServerFrame::Welcome {
        login: live.actor.login,
        server_time: app.clock.now(),
        expires_at: live.expires_at(),
        heartbeat,
        limits,
    });
    held(&live.listening).known = hello.states;
    for (room, after) in hello.cursors {
        handle::frame(app, &live, ClientFrame::Subscribe { room, after }).await;
    }
    live.outbox.flush();
    live
}

async fn attend(app: App, live: Arc<Live>, place: Place) {
    let why = read(&app, &live).await;
    live.outbox.close(why);
    app.live.leave(&live);
    Box::pin(live.outbox.goodbye()).await;
    drop(place);
}

/// When a socket is to be looked at, whatever it does.
struct Times {
    heard: Instant,
    ping_at: Instant,
    /// Pings that have not been answered.
    unanswered: usize,
}

impl Times {
    fn next(&self, app: &App, live: &Live) -> Instant {
        let next = self.ping_at.min(self.heard + app.live.bounds.silence);
        live.outbox.overdue_at().map_or(next, |overdue| next.min(overdue))
    }

    /// An answer to a ping of ours costs nothing; one that nobody asked for is a frame like others.
    fn is_answer(&mut self, message: &Message) -> bool {
        let is_answer = matches!(message, Message::Pong(_)) && self.unanswered > 0;
        self.unanswered -= usize::from(is_answer);
        is_answer
    }

    /// What the time says.
    fn look(&mut self, app: &App, live: &Live) -> Option<Close> {
        let now = Instant::now();
        if live.outbox.overdue_at().is_some_and(|overdue| now >= overdue) {
            return Some(Close::new(close::TOO_SLOW, "too slow"));
        }
        if now >= self.heard + app.live.bounds.silence {
            return Some(Close::new(close::GOING_AWAY, "silent for too long"));
        }
        if now >= self.ping_at {
            self.ping_at = app.live.pings.after(now);
            self.unanswered += 1;
            live.outbox.ping();
        }
        None
    }
}

/// Until the socket is to be closed. A frame that is being carried out is carried out to its end.
async fn read(app: &App, live: &Arc<Live>) -> Close {
    let (bounds, now) = (app.live.bounds, Instant::now());
    let mut bucket = Bucket::full(bounds.burst, bounds.per_second, now);
    let mut times = Times { heard: now, ping_at: app.live.pings.after(now), unanswered: 0 };
    loop {
        if let Some(why) = live.outbox.why() {
            return why;
        }
        match live.outbox.connection.read() {
            Ok(Some(message)) => {
                times.heard = Instant::now();
                if !times.is_answer(&message) && !bucket.take(times.heard) {
                    return Close::new(close::TOO_FAST, "too many frames");
                }
                if let Some(why) = one(app, live, message).await {
                    return why;
                }
            }
            Ok(None) => {
                if let Some(why) = times.look(app, live) {
                    return why;
                }
                tokio::select! {
                    () = live.outbox.connection.wake.notified() => {}
                    ready = live.outbox.connection.ready() => {
                        if ready.is_err() {
                            return Close::new(close::GOING_AWAY, "gone");
                        }
                    }
                    () = sleep_until(times.next(app, live).into()) => {}
                }
            }
            Err(error) => return broken(&error),
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
    live.is_active.store(true, Ordering::Relaxed);
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

/// The token has not run out and the login has not ended, as of a few seconds ago at most.
async fn is_valid(app: &App, live: &Live) -> bool {
    let claims = live.claims();
    app.clock.now() < claims.expires_at()
        && (app.live.logins.is_fresh(logins::key(&claims), &live.actor)
            || Box::pin(is_found(app, live, &claims)).await)
}

/// When that cannot be found out, it is not taken for granted (SEC-WS-10).
async fn is_found(app: &App, live: &Live, claims: &Claims) -> bool {
    let Ok(found) = logins::find(app, claims).await else {
        live.outbox.close(restarting(app));
        return false;
    };
    found.is_some_and(|actor| logins::is_same(&actor, &live.actor))
}
