//! One connection of a socket: what is sent over it, what came, and who waits for an answer.

use super::line::Order;
use super::{Ended, ROOMS, Socket};
use crate::client::Answer;
use crate::history::{Place, Reading, Via};
use crate::story::{room_log, seen};
use anyhow::Context;
use futures_util::{SinkExt, StreamExt};
use protocol::RoomId;
use protocol::live::{ClientFrame, SUBPROTOCOL, ServerFrame};
use protocol::room::Said;
use std::collections::{BTreeMap, HashMap};
use std::mem;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio_tungstenite::tungstenite::{ClientRequestBuilder, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

/// A connection may send twenty frames at once and then two a second: too slow for a kill to hit many, so a new one
/// is opened instead.
const FRAMES: u32 = 17;

type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

#[derive(Default)]
pub struct Connection {
    pub heard: BTreeMap<RoomId, Reading>,
    waiting: HashMap<String, oneshot::Sender<Answer<Said>>>,
    frames: u32,
    /// How far each room goes, once nothing more is said.
    heads: Option<BTreeMap<RoomId, i64>>,
}

impl Socket {
    pub(super) async fn connect(&mut self, connection: &mut Connection) -> anyhow::Result<Ended> {
        let request = ClientRequestBuilder::new(self.url.parse()?).with_sub_protocol(SUBPROTOCOL);
        let (mut stream, _) = connect_async_with_config(request, None, true).await?;
        let token = self.cast.respondent.token()?;
        let cursors = self.cursors.iter().copied().collect();
        send(
            &mut stream,
            &ClientFrame::Hello { token, device: None, cursors, states: BTreeMap::new() },
        )
        .await?;
        let over = self.over.clone();
        let mut asked = false;
        loop {
            let may_send = connection.frames < FRAMES;
            if !may_send && connection.waiting.is_empty() && !asked {
                return Ok(Ended::Spent);
            }
            tokio::select! {
                () = over.cancelled(), if !asked => {
                    asked = true;
                    send(&mut stream, &ClientFrame::Ping { t: 0 }).await?;
                }
                frame = stream.next() => {
                    if let Message::Text(text) = frame.context("closed")?? {
                        self.take(serde_json::from_str(&text)?, connection);
                    }
                }
                Some(order) = self.orders.recv(), if may_send && !asked => {
                    self.carry_out(order, connection, &mut stream).await?;
                }
            }
            if connection.has_everything() {
                return Ok(Ended::Complete);
            }
        }
    }

    async fn carry_out(
        &mut self,
        order: Order,
        connection: &mut Connection,
        stream: &mut Stream,
    ) -> anyhow::Result<()> {
        connection.frames += 1;
        let frame = match order {
            Order::Hear(room) => {
                self.cursors.push((room, 0));
                if self.cursors.len() > ROOMS {
                    let (oldest, _) = self.cursors.remove(0);
                    connection.frames += 1;
                    send(stream, &ClientFrame::Unsubscribe { room: oldest }).await?;
                }
                ClientFrame::Subscribe { room, after: 0 }
            }
            Order::Say(room, say, answer) => {
                connection.waiting.insert(say.client_msg_id.as_str().to_owned(), answer);
                ClientFrame::Say { room, client_msg_id: say.client_msg_id, body: say.body }
            }
        };
        send(stream, &frame).await
    }

    fn take(&mut self, frame: ServerFrame, connection: &mut Connection) {
        match frame {
            ServerFrame::Entries { .. } if mem::take(&mut self.deaf) => {}
            ServerFrame::Entries { room, entries, .. } => {
                if let Some(reading) = self.reading(room, connection) {
                    reading.entries.extend(entries.iter().map(seen));
                }
            }
            ServerFrame::Ack { client_msg_id, room, seq, at } => {
                let id = client_msg_id.as_str().to_owned();
                connection.answer(&id, Answer::Done(Said { client_msg_id, room, seq, at }));
            }
            ServerFrame::Refused { client_msg_id, problem } => {
                connection
                    .answer(client_msg_id.as_str(), Answer::Refused(problem.code.to_string()));
            }
            ServerFrame::Error { client_msg_id: Some(id), .. } => {
                connection.answer(id.as_str(), Answer::Unknown);
            }
            ServerFrame::Pong { heads, .. } => {
                for (room, head) in &heads {
                    if let Some(reading) = self.reading(*room, connection) {
                        reading.head = Some(*head);
                    }
                }
                connection.heads = Some(heads);
            }
            _ => {}
        }
    }

    /// Of a room that is still heard: what was under way when it was left does not count.
    fn reading<'a>(&self, room: RoomId, on: &'a mut Connection) -> Option<&'a mut Reading> {
        let (_, after) = *self.cursors.iter().find(|(id, _)| *id == room)?;
        Some(on.heard.entry(room).or_insert_with(|| Reading {
            log: room_log(room),
            reader: format!("the socket of {}", self.cast.respondent.name),
            via: Via::Socket,
            after,
            last: false,
            head: None,
            entries: Vec::new(),
        }))
    }
}

impl Connection {
    fn answer(&mut self, client_msg_id: &str, answer: Answer<Said>) {
        if let Some(waiting) = self.waiting.remove(client_msg_id) {
            // Whoever asked may have given up.
            let _ = waiting.send(answer);
        }
    }

    fn has_everything(&self) -> bool {
        self.heads.is_some()
            && self.heard.values().all(|reading| {
                let known = reading.entries.last().map(|last| &last.place);
                let known = known.map_or(reading.after, |place| match place {
                    Place::Seq(seq) => *seq,
                    Place::Id(_) => 0,
                });
                reading.head.is_none_or(|head| known >= head)
            })
    }
}

async fn send(stream: &mut Stream, frame: &ClientFrame) -> anyhow::Result<()> {
    stream.send(Message::text(serde_json::to_string(frame)?)).await.map_err(Into::into)
}
