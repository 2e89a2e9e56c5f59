//! A phone's live socket: sends frames, reads frames, and remembers what it has seen.

use crate::app::{Person, TestApp};
use crate::live_document;
use futures_util::{SinkExt, StreamExt};
use protocol::RoomId;
use protocol::live::{SUBPROTOCOL, ServerFrame};
use protocol::room::{EntryBody, EntryView};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Longer than anything promised; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(25);

pub struct Socket {
    pub stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Every text that came, as it came.
    pub texts: Vec<String>,
    /// Entries by room, in the order in which they came.
    pub entries: Vec<(RoomId, EntryView)>,
}

#[derive(Debug)]
pub enum Came {
    Frame(Box<ServerFrame>),
    Closed(Option<u16>),
}

pub fn request(test: &TestApp) -> Request {
    request_at(&test.url)
}

fn request_at(url: &str) -> Request {
    let url = url.replace("http://", "ws://") + "/v1/live";
    let mut request = url.into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", SUBPROTOCOL.parse().unwrap());
    request
}

impl Socket {
    /// Connected; has not said who it is.
    pub async fn open(test: &TestApp) -> Self {
        Self::try_open(request(test)).await.unwrap()
    }

    pub async fn try_open(request: Request) -> Result<Self, Error> {
        let (stream, _) = connect_async(request).await?;
        Ok(Self { stream, texts: vec![], entries: vec![] })
    }

    /// Signed in, and resuming these rooms.
    pub async fn hello(who: &Person<'_>, cursors: &[(RoomId, i64)]) -> Self {
        let url = who.test.socket_url(who.id);
        Self::hello_at(url, who, cursors).await
    }

    /// The same to one certain server.
    pub async fn hello_at(url: &str, who: &Person<'_>, cursors: &[(RoomId, i64)]) -> Self {
        let mut socket = Self::try_open(request_at(url)).await.unwrap();
        let cursors: serde_json::Map<String, Value> =
            cursors.iter().map(|(room, seq)| (room.to_string(), json!(seq))).collect();
        socket.send(json!({"type": "hello", "token": who.token(), "cursors": cursors})).await;
        socket.until(|frame| matches!(frame, ServerFrame::Welcome { .. })).await;
        socket
    }

    pub async fn send(&mut self, frame: Value) {
        self.raw(Message::text(frame.to_string())).await;
    }

    /// A socket that the server has closed in the meantime takes nothing; what it said last is still to be read.
    pub async fn raw(&mut self, message: Message) {
        let _ = self.stream.send(message).await;
    }

    pub async fn say(&mut self, room: RoomId, id: &str, text: &str) {
        let body = json!({"kind": "text", "text": text});
        self.send(json!({"type": "say", "room": room, "client_msg_id": id, "body": body})).await;
    }

    pub async fn next(&mut self) -> Came {
        loop {
            let message = timeout(PATIENCE, self.stream.next()).await.expect("a frame in time");
            match message {
                Some(Ok(Message::Text(text))) => {
                    live_document::check(&text);
                    self.texts.push(text.to_string());
                    let frame: ServerFrame = serde_json::from_str(&text).unwrap();
                    self.remember(&frame);
                    return Came::Frame(Box::new(frame));
                }
                Some(Ok(Message::Close(frame))) => {
                    return Came::Closed(frame.map(|frame| frame.code.into()));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Came::Closed(None),
            }
        }
    }

    fn remember(&mut self, frame: &ServerFrame) {
        if let ServerFrame::Entries { room, from, to, entries } = frame {
            let seqs: Vec<i64> = entries.iter().map(|entry| entry.seq).collect();
            assert_eq!(seqs, (*from..=*to).collect::<Vec<_>>(), "contiguous");
            self.entries.extend(entries.iter().map(|entry| (*room, entry.clone())));
        }
    }

    /// The first frame that fits; what comes before it is remembered.
    pub async fn until(&mut self, fits: impl Fn(&ServerFrame) -> bool) -> ServerFrame {
        loop {
            match self.next().await {
                Came::Frame(frame) if fits(&frame) => return *frame,
                Came::Frame(_) => {}
                Came::Closed(code) => panic!("closed with {code:?} after {:?}", self.texts),
            }
        }
    }

    pub async fn until_closed(&mut self) -> Option<u16> {
        loop {
            if let Came::Closed(code) = self.next().await {
                return code;
            }
        }
    }

    pub async fn caught_up(&mut self, room: RoomId) -> i64 {
        let frame = self
            .until(|frame| matches!(frame, ServerFrame::CaughtUp { room: of, .. } if *of == room))
            .await;
        let ServerFrame::CaughtUp { head, .. } = frame else { unreachable!() };
        head
    }

    /// Until the text with this seq has come.
    pub async fn until_seq(&mut self, room: RoomId, seq: i64) {
        while !self.entries.iter().any(|(of, entry)| *of == room && entry.seq >= seq) {
            self.until(|frame| matches!(frame, ServerFrame::Entries { .. })).await;
        }
    }

    pub async fn state(&mut self) -> ServerFrame {
        self.until(|frame| matches!(frame, ServerFrame::State { .. })).await
    }

    pub fn seqs(&self, room: RoomId) -> Vec<i64> {
        self.entries.iter().filter(|(of, _)| *of == room).map(|(_, entry)| entry.seq).collect()
    }

    pub fn said(&self, room: RoomId) -> Vec<&str> {
        self.entries
            .iter()
            .filter(|(of, _)| *of == room)
            .filter_map(|(_, entry)| match &entry.body {
                EntryBody::Text { text } => Some(text.as_str()),
                _ => None,
            })
            .collect()
    }
}
