//! One audio socket from its first message to its close.

use crate::accounts::secrets;
use crate::app::App;
use crate::live::{Close, Seat, restarting};
use crate::media::audio::ear::{Ear, Next};
use crate::media::audio::limits::{
    HEADER, HELLO_BYTES, PING_EVERY, SEND_WITHIN, SILENCE, rate, websocket,
};
use crate::media::audio::place;
use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use protocol::live::close;
use protocol::media::{AudioHello, WRONG_SERVER};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::time::{interval, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::tungstenite::{Error, Message};

type Stream = WebSocketStream<TcpStream>;

const GOODBYE: Duration = Duration::from_secs(1);

pub const fn elsewhere() -> Close {
    Close::new(WRONG_SERVER, "another server has this media room: join again")
}

pub async fn serve(app: App, upgraded: Upgraded, mut seat: Seat) {
    let Ok(parts) = upgraded.downcast::<TokioIo<TcpStream>>() else { return };
    let (tcp, read) = (parts.io.into_inner(), parts.read_buf.to_vec());
    let mut socket =
        WebSocketStream::from_partially_read(tcp, read, Role::Server, Some(websocket())).await;
    let ear = match hello(&app, &mut socket).await {
        Ok(ear) => ear,
        Err(why) => return goodbye(&mut socket, why).await,
    };
    seat.authenticated();
    let (sink, mut stream) = socket.split();
    let writing = ear.clone();
    let writer = app.tasks.spawn(async move { write(&writing, sink).await });
    let why = hear(&app, &ear, &mut stream).await;
    ear.close(why);
    app.audio.leave(&ear);
    if let Ok(sink) = writer.await
        && let Ok(mut socket) = sink.reunite(stream)
    {
        goodbye(&mut socket, ear.why().unwrap_or(why)).await;
    }
}

/// The token, within time and size; a place among the others only for who is admitted at this moment.
async fn hello(app: &App, socket: &mut Stream) -> Result<Arc<Ear>, Close> {
    let unknown = Close::new(close::NOT_AUTHENTICATED, "send a join token that holds first");
    let first = tokio::select! {
        () = app.stop.cancelled() => return Err(restarting(app)),
        first = timeout(app.live.bounds.hello_within, socket.next()) => first,
    };
    let text = match first {
        Ok(Some(Ok(Message::Text(text)))) if text.len() <= HELLO_BYTES => text,
        Ok(Some(Ok(Message::Text(_)) | Err(Error::Capacity(_)))) => {
            return Err(Close::new(close::TOO_BIG, "hello is too big"));
        }
        Ok(Some(Ok(Message::Binary(_)))) => {
            return Err(Close::new(close::POLICY, "say hello first"));
        }
        _ => return Err(unknown),
    };
    let hello: AudioHello =
        serde_json::from_str(&text).map_err(|_| Close::new(close::POLICY, "not a hello"))?;
    let here = app.config.audio_url();
    let found = async {
        let Some((person, room)) = place::admitted(app, secrets::hash(&hello.token)).await? else {
            return Ok(Err(unknown));
        };
        let mut db = app.db.acquire().await?;
        if place::claim(&mut db, room.id, &here, app.clock.now()).await? != here {
            return Ok(Err(elsewhere()));
        }
        drop(db);
        let full = Close::new(close::POLICY, "too many in this media room");
        let Some(ear) = app.audio.enter(person, room) else { return Ok(Err(full)) };
        // Whoever was moved while this was looked up was not among the others yet: look again.
        if place::gone(app, std::slice::from_ref(&ear)).await?.is_empty() {
            return Ok(Ok(ear));
        }
        app.audio.leave(&ear);
        Ok::<_, crate::error::ApiError>(Err(unknown))
    };
    found.await.unwrap_or_else(|_| Err(restarting(app)))
}

/// Reads until the socket is to be closed, and hands on what is a packet.
async fn hear(app: &App, ear: &Ear, stream: &mut SplitStream<Stream>) -> Close {
    let mut rate = rate(Instant::now());
    loop {
        let next = tokio::select! {
            biased;
            // Why is told by whoever closed it; this only ends the reading.
            () = ear.closed() => return Close::new(close::GOING_AWAY, "closed"),
            next = timeout(SILENCE, stream.next()) => next,
        };
        let message = match next {
            Err(_) => return Close::new(close::GOING_AWAY, "silent for too long"),
            Ok(None) => return Close::new(close::GOING_AWAY, "gone"),
            Ok(Some(Err(error))) => return broken(&error),
            Ok(Some(Ok(message))) => message,
        };
        if !matches!(message, Message::Pong(_)) && !rate.take(Instant::now()) {
            return Close::new(close::TOO_FAST, "too many packets");
        }
        match message {
            Message::Binary(packet) if packet.len() > HEADER => {
                metrics::counter!("media_audio_packets_total").increment(1);
                app.audio.relay(ear, &packet);
            }
            Message::Binary(_) | Message::Text(_) => {
                return Close::new(close::POLICY, "not a packet");
            }
            Message::Close(_) => return Close::new(close::GOING_AWAY, "goodbye"),
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
        }
    }
}

fn broken(error: &Error) -> Close {
    match error {
        Error::Capacity(_) => Close::new(close::TOO_BIG, "packet too big"),
        Error::Protocol(_) | Error::Utf8(_) => Close::new(close::POLICY, "not this protocol"),
        _ => Close::new(close::GOING_AWAY, "gone"),
    }
}

/// The only one who sends while the socket is open. While a send takes long, the queue forgets the oldest.
async fn write(ear: &Ear, mut sink: SplitSink<Stream, Message>) -> SplitSink<Stream, Message> {
    let mut ping = interval(PING_EVERY);
    ping.tick().await;
    loop {
        let message = tokio::select! {
            biased;
            () = ear.closed() => return sink,
            next = ear.next() => match next {
                Next::People(text) => Message::text(text),
                Next::Packet(packet) => Message::Binary(packet),
            },
            _ = ping.tick() => Message::Ping(Bytes::new()),
        };
        match timeout(SEND_WITHIN, sink.send(message)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => ear.close(Close::new(close::GOING_AWAY, "gone")),
            Err(_) => ear.close(Close::new(close::TOO_SLOW, "too slow")),
        }
    }
}

/// Says why, and reads what still comes: closing on unread bytes would tear the goodbye from the other's hands.
async fn goodbye(socket: &mut Stream, why: Close) {
    let _ = timeout(GOODBYE, socket.send(why.message())).await;
    let _ = timeout(GOODBYE, async { while socket.next().await.is_some() {} }).await;
}
