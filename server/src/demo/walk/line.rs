//! A live socket of one person in one room.

use anyhow::{Context, bail, ensure};
use futures_util::{SinkExt, StreamExt};
use protocol::RoomId;
use protocol::live::{SUBPROTOCOL, ServerFrame};
use protocol::room::{EntryBody, EntryView};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

const FRAMES_COME_WITHIN: Duration = Duration::from_secs(20);

pub struct Line {
    owner: &'static str,
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    room: RoomId,
    /// The last entry that came.
    pub known: i64,
    said: u32,
}

impl Line {
    pub async fn open(
        url: &str,
        (owner, token): (&'static str, &str),
        room: RoomId,
        known: i64,
    ) -> anyhow::Result<Self> {
        let url = format!("{}/v1/live", url.replacen("http", "ws", 1));
        println!("      WebSocket {url}");
        let mut request = url.into_client_request()?;
        request.headers_mut().insert("sec-websocket-protocol", SUBPROTOCOL.parse()?);
        let (stream, _) = connect_async(request).await.context("the live socket does not open")?;
        let mut line = Self { owner, stream, room, known, said: 0 };
        println!("      ← hello, knowing entries up to {known} of {room}");
        let hello = json!({"type": "hello", "token": token, "cursors": {room.to_string(): known}});
        line.send(&hello).await?;
        line.until(|frame| matches!(frame, ServerFrame::Welcome { .. })).await?;
        let caught_up = |frame: &ServerFrame| matches!(frame, ServerFrame::CaughtUp { room: of, .. } if *of == room);
        line.until(caught_up).await?;
        Ok(line)
    }

    /// What is said is on disk when this returns, with its number.
    pub async fn say(&mut self, text: &str) -> anyhow::Result<i64> {
        self.said += 1;
        let id = format!("walk-{}-{}", self.known, self.said);
        println!("      ← say “{text}”");
        let body = json!({"kind": "text", "text": text});
        self.send(&json!({"type": "say", "room": self.room, "client_msg_id": id, "body": body}))
            .await?;
        let answers = |frame: &ServerFrame| {
            matches!(frame, ServerFrame::Ack { .. } | ServerFrame::Refused { .. })
        };
        match self.until(answers).await? {
            ServerFrame::Ack { seq, .. } => {
                println!("      → to {}: ack, it is entry {seq} and on disk", self.owner);
                Ok(seq)
            }
            other => bail!("not said: {}", serde_json::to_string(&other)?),
        }
    }

    /// Waits until an entry has come.
    pub async fn hear(&mut self, seq: i64) -> anyhow::Result<()> {
        while self.known < seq {
            self.until(|frame| matches!(frame, ServerFrame::Entries { .. })).await?;
        }
        Ok(())
    }

    async fn send(&mut self, frame: &Value) -> anyhow::Result<()> {
        Ok(self.stream.send(Message::text(frame.to_string())).await?)
    }

    async fn until(&mut self, fits: impl Fn(&ServerFrame) -> bool) -> anyhow::Result<ServerFrame> {
        loop {
            let frame = self.next().await?;
            self.take(&frame)?;
            if fits(&frame) {
                return Ok(frame);
            }
        }
    }

    async fn next(&mut self) -> anyhow::Result<ServerFrame> {
        loop {
            let message = timeout(FRAMES_COME_WITHIN, self.stream.next()).await;
            let message = message.context("nothing comes over the live socket")?;
            match message.context("the live socket was closed")?? {
                Message::Text(text) => return Ok(serde_json::from_str(&text)?),
                Message::Close(why) => bail!("the live socket was closed: {why:?}"),
                _ => {}
            }
        }
    }

    /// Entries come without a hole, each once.
    fn take(&mut self, frame: &ServerFrame) -> anyhow::Result<()> {
        let ServerFrame::Entries { room, entries, .. } = frame else { return Ok(()) };
        for entry in entries.iter().filter(|_| *room == self.room) {
            if self.known == 0 {
                // Whoever joined late reads from then on.
                self.known = entry.seq - 1;
            }
            ensure!(entry.seq == self.known + 1, "entry {} came after {}", entry.seq, self.known);
            self.known = entry.seq;
            println!("      → to {}: entry {}, {}", self.owner, entry.seq, told(entry));
        }
        Ok(())
    }
}

fn told(entry: &EntryView) -> String {
    match &entry.body {
        EntryBody::Text { text } => format!("“{text}”"),
        EntryBody::System { notice, .. } => format!("[{notice}]"),
        other => format!("[{}]", other.kind()),
    }
}
