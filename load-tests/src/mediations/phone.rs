//! Somebody's live socket in one room: says something and waits until it is on disk, and hears the others.

use crate::people::Person;
use anyhow::{Context, bail, ensure};
use futures_util::{SinkExt, StreamExt};
use protocol::RoomId;
use protocol::live::{ClientFrame, SUBPROTOCOL, ServerFrame};
use serde_json::{from_value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{ClientRequestBuilder, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

const COMES_WITHIN: Duration = Duration::from_secs(20);

pub struct Phone {
    stream: WebSocketStream<TcpStream>,
    room: RoomId,
    /// The last entry that came, once one has.
    known: Option<i64>,
}

impl Phone {
    /// With everything that was said before.
    pub async fn open(server: SocketAddr, who: &Person, room: RoomId) -> anyhow::Result<Self> {
        let tcp = TcpStream::connect(server).await?;
        tcp.set_nodelay(true)?;
        let url = format!("ws://{server}/v1/live").parse()?;
        let request = ClientRequestBuilder::new(url).with_sub_protocol(SUBPROTOCOL);
        let (stream, _) = client_async(request, tcp).await?;
        let mut phone = Self { stream, room, known: None };
        let (token, cursors) = (who.token()?, BTreeMap::from([(room, 0)]));
        let states = BTreeMap::new();
        phone.send(&ClientFrame::Hello { token, device: None, cursors, states }).await?;
        let caught_up = |frame: &ServerFrame| matches!(frame, ServerFrame::CaughtUp { room: of, .. } if *of == room);
        phone.until(caught_up).await?;
        Ok(phone)
    }

    /// Its number, once it is on disk.
    pub async fn say(&mut self, id: &str, text: &str) -> anyhow::Result<i64> {
        let client_msg_id = id.parse()?;
        let body = from_value(json!({"kind": "text", "text": text}))?;
        self.send(&ClientFrame::Say { room: self.room, client_msg_id, body }).await?;
        let answer = |frame: &ServerFrame| {
            matches!(frame, ServerFrame::Ack { client_msg_id, .. } if client_msg_id.as_str() == id)
                || matches!(frame, ServerFrame::Refused { .. } | ServerFrame::Error { .. })
        };
        match self.until(answer).await? {
            ServerFrame::Ack { seq, .. } => Ok(seq),
            other => bail!("not said: {}", serde_json::to_string(&other)?),
        }
    }

    /// Until this entry has come.
    pub async fn hear(&mut self, seq: i64) -> anyhow::Result<()> {
        while self.known.is_none_or(|known| known < seq) {
            self.until(|frame| matches!(frame, ServerFrame::Entries { .. })).await?;
        }
        Ok(())
    }

    async fn send(&mut self, frame: &ClientFrame) -> anyhow::Result<()> {
        let text = Message::text(serde_json::to_string(frame)?);
        self.stream.send(text).await.map_err(Into::into)
    }

    async fn until(&mut self, fits: impl Fn(&ServerFrame) -> bool) -> anyhow::Result<ServerFrame> {
        loop {
            let message = timeout(COMES_WITHIN, self.stream.next()).await;
            let message = message.context("nothing comes")?.context("closed")??;
            let Message::Text(text) = message else { continue };
            let frame: ServerFrame = serde_json::from_str(&text)?;
            self.take(&frame)?;
            if fits(&frame) {
                return Ok(frame);
            }
        }
    }

    /// Each once and in order.
    fn take(&mut self, frame: &ServerFrame) -> anyhow::Result<()> {
        let ServerFrame::Entries { room, entries, .. } = frame else { return Ok(()) };
        for entry in entries.iter().filter(|_| *room == self.room) {
            let fits = self.known.is_none_or(|known| entry.seq == known + 1);
            ensure!(fits, "entry {} came after {:?}", entry.seq, self.known);
            self.known = Some(entry.seq);
        }
        Ok(())
    }
}
