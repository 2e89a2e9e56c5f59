//! One connection of a socket: what is sent over it, what came, and who waits for an answer.

use super::line::Order;
use super::{Cursor, ROOMS, Socket};
use crate::client::Answer;
use crate::history::{Place, Reading, Via};
use crate::story::{room_log, seen};
use anyhow::{Context, bail, ensure};
use futures_util::{SinkExt, StreamExt};
use protocol::live::{ClientFrame, SUBPROTOCOL, ServerFrame};
use protocol::room::{EntryView, Said};
use protocol::{ErrorCode, RoomId};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::mem;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::tungstenite::{ClientRequestBuilder, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

/// How often it asks whether the line still carries both ways.
const ASK_EVERY: Duration = Duration::from_secs(2);
/// After so long without an answer the line is dead.
const ANSWER_WITHIN: Duration = Duration::from_secs(8);
/// To get in.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// The last ping: who hears it answers with how far each room goes.
const LAST: i64 = 1;

type Stream = WebSocketStream<TcpStream>;

/// How a connection ended, if it did not break.
pub enum Ended {
    /// Everything is heard and nothing more will be said.
    Complete,
    /// Nothing comes any more.
    Dead,
}

#[derive(Default)]
pub struct Connection {
    pub heard: BTreeMap<RoomId, Reading>,
    waiting: HashMap<String, oneshot::Sender<Answer<Said>>>,
    /// Rooms whose backlog has not come yet.
    behind: BTreeSet<RoomId>,
    /// How far each room goes, once nothing more is said.
    heads: Option<BTreeMap<RoomId, i64>>,
}

impl Socket {
    /// Dropping it in the middle is a phone that is switched off.
    pub(super) async fn connect(&mut self, connection: &mut Connection) -> anyhow::Result<Ended> {
        let Ok(opened) = timeout(CONNECT_WITHIN, self.open(connection)).await else {
            self.link.dead();
            return Ok(Ended::Dead);
        };
        let mut stream = opened?;
        let over = self.over.clone();
        let mut asked = false;
        let (mut heard, mut ask_at) = (Instant::now(), Instant::now() + ASK_EVERY);
        loop {
            let stalled = *self.link.stalled.borrow_and_update();
            tokio::select! {
                changed = self.link.stalled.changed() => {
                    changed?;
                    heard = Instant::now();
                }
                () = over.cancelled(), if !asked => {
                    asked = true;
                    send(&mut stream, &ClientFrame::Ping { t: LAST }).await?;
                }
                frame = stream.next(), if !stalled => {
                    heard = Instant::now();
                    if let Message::Text(text) = frame.context("closed")?? {
                        self.take(serde_json::from_str(&text)?, connection)?;
                    }
                }
                // Who does not read still asks for the rooms of the next dispute: otherwise nothing would be said to them.
                Some(order) = self.orders.recv(), if !asked => {
                    self.carry_out(order, connection, &mut stream).await?;
                }
                () = sleep_until(ask_at), if !stalled => {
                    if heard.elapsed() > ANSWER_WITHIN {
                        self.link.dead();
                        return Ok(Ended::Dead);
                    }
                    ask_at = Instant::now() + ASK_EVERY;
                    send(&mut stream, &ClientFrame::Ping { t: 0 }).await?;
                }
            }
            if self.has_everything(connection) {
                return Ok(Ended::Complete);
            }
        }
    }

    async fn open(&mut self, connection: &mut Connection) -> anyhow::Result<Stream> {
        let (tcp, server) = self.link.call().await?;
        let url = format!("ws://{server}/v1/live").parse()?;
        let request = ClientRequestBuilder::new(url).with_sub_protocol(SUBPROTOCOL);
        let (mut stream, _) = client_async(request, tcp).await?;
        let token = self.owner().token()?;
        let cursors = self.cursors.iter().map(|it| (it.room, it.known.unwrap_or(0))).collect();
        connection.behind = self.cursors.iter().map(|it| it.room).collect();
        if self.cursors.is_empty() {
            // There is nothing to be told.
            self.away = None;
        }
        let states = BTreeMap::new();
        send(&mut stream, &ClientFrame::Hello { token, device: None, cursors, states }).await?;
        Ok(stream)
    }

    async fn carry_out(
        &mut self,
        order: Order,
        connection: &mut Connection,
        stream: &mut Stream,
    ) -> anyhow::Result<()> {
        let frame = match order {
            Order::Hear(room, known) => {
                self.cursors.push(Cursor { room, known, stays: known.is_some() });
                if self.cursors.len() > ROOMS {
                    let oldest = self.cursors.remove(0).room;
                    self.left.insert(oldest);
                    send(stream, &ClientFrame::Unsubscribe { room: oldest }).await?;
                }
                ClientFrame::Subscribe { room, after: known.unwrap_or(0) }
            }
            Order::Pry(room) => ClientFrame::Subscribe { room, after: 0 },
            Order::Say(room, say, answer) => {
                connection.waiting.insert(say.client_msg_id.as_str().to_owned(), answer);
                ClientFrame::Say { room, client_msg_id: say.client_msg_id, body: say.body }
            }
        };
        send(stream, &frame).await
    }

    fn take(&mut self, frame: ServerFrame, connection: &mut Connection) -> anyhow::Result<()> {
        match frame {
            ServerFrame::Entries { .. } if mem::take(&mut self.deaf) => {}
            ServerFrame::Entries { room, entries, .. } => self.hear(room, &entries, connection),
            ServerFrame::CaughtUp { room, .. } => self.caught_up(room, connection),
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
            ServerFrame::Left { room } => self.leave(room, connection)?,
            ServerFrame::Error { room: Some(room), problem, .. } => match problem.code {
                // Left while the line was away.
                ErrorCode::NotPermitted => self.leave(room, connection)?,
                // Somebody else's.
                ErrorCode::NotFound if self.cursors.iter().all(|it| it.room != room) => {}
                code => bail!("{room} cannot be heard: {code}"),
            },
            ServerFrame::Pong { t: LAST, heads } => {
                for cursor in &self.cursors {
                    let Some(head) = heads.get(&cursor.room) else { continue };
                    self.reading(cursor, connection).head = Some(*head);
                }
                connection.heads = Some(heads);
            }
            _ => {}
        }
        Ok(())
    }

    fn leave(&mut self, room: RoomId, connection: &mut Connection) -> anyhow::Result<()> {
        let stays = self.cursors.iter().any(|cursor| cursor.room == room && cursor.stays);
        ensure!(!stays, "a party is told to have left {room}");
        self.caught_up(room, connection);
        self.cursors.retain(|cursor| cursor.room != room);
        Ok(())
    }

    fn caught_up(&mut self, room: RoomId, connection: &mut Connection) {
        let was_behind = connection.behind.remove(&room) && connection.behind.is_empty();
        if was_behind && let Some(began) = self.away.take() {
            self.recorder.resumed(began);
        }
    }

    /// Where nothing was asked for nothing may come: that is written down like everything else.
    fn hear(&mut self, room: RoomId, entries: &[EntryView], connection: &mut Connection) {
        if self.left.contains(&room) {
            return;
        }
        if let Some(cursor) = self.cursors.iter_mut().find(|cursor| cursor.room == room) {
            cursor.known = cursor.known.or_else(|| entries.first().map(|first| first.seq - 1));
        }
        let known = self.cursors.iter().find(|cursor| cursor.room == room);
        let reading =
            self.reading(known.unwrap_or(&Cursor { room, known: None, stays: false }), connection);
        let now = self.recorder.now();
        reading.times.extend(entries.iter().map(|_| now));
        reading.entries.extend(entries.iter().map(seen));
    }

    fn reading<'a>(&self, cursor: &Cursor, on: &'a mut Connection) -> &'a mut Reading {
        on.heard.entry(cursor.room).or_insert_with(|| Reading {
            log: room_log(cursor.room),
            reader: self.owner().name.clone(),
            via: Via::Socket,
            after: cursor.known.unwrap_or(0),
            last: false,
            head: None,
            entries: Vec::new(),
            times: Vec::new(),
        })
    }

    /// All rooms are told of in the last answer, and all that they hold has come.
    fn has_everything(&self, connection: &Connection) -> bool {
        let Some(heads) = &connection.heads else { return false };
        self.cursors.iter().all(|cursor| {
            let reading = connection.heard.get(&cursor.room);
            let last = reading.and_then(|reading| reading.entries.last());
            let known = match last.map(|seen| &seen.place) {
                Some(Place::Seq(seq)) => *seq,
                _ => cursor.known.unwrap_or(0),
            };
            heads.get(&cursor.room).is_some_and(|head| known >= *head)
        })
    }
}

impl Connection {
    fn answer(&mut self, client_msg_id: &str, answer: Answer<Said>) {
        if let Some(waiting) = self.waiting.remove(client_msg_id) {
            // Whoever asked may have given up.
            let _ = waiting.send(answer);
        }
    }
}

async fn send(stream: &mut Stream, frame: &ClientFrame) -> anyhow::Result<()> {
    let text = Message::text(serde_json::to_string(frame)?);
    // Where the other side takes nothing any more the line is dead.
    timeout(ANSWER_WITHIN, stream.send(text)).await?.map_err(Into::into)
}
