//! One socket of the rival: hello, backlog, then both directions in one task.

use super::App;
use super::door::Claims;
use crate::tokens::now;
use anyhow::{Context, bail};
use axum::body::Bytes;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use chrono::{DateTime, Utc};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use protocol::live::{ClientFrame, Heartbeat, Limits, ServerFrame};
use protocol::room::{EntryBody, EntryView};
use protocol::{AccountId, PersonId, RoomId};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{broadcast, mpsc};
use tokio::time::{MissedTickBehavior, interval, timeout};

const HELLO_WITHIN: Duration = Duration::from_secs(5);
const PING_EVERY: Duration = Duration::from_secs(25);
/// Entries that a member may be behind before it has to come back by cursor.
const BEHIND: usize = 256;
const PAGE: i64 = 100;

/// An entry's number and its frame, encoded once.
type Told = (i64, Utf8Bytes);

#[derive(Default)]
pub struct Rooms(Mutex<HashMap<RoomId, broadcast::Sender<Told>>>);

impl Rooms {
    fn of(&self, room: RoomId) -> broadcast::Sender<Told> {
        let mut rooms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rooms.entry(room).or_insert_with(|| broadcast::Sender::new(BEHIND)).clone()
    }
}

/// Until one side gives up.
pub async fn serve(app: &App, mut socket: WebSocket) -> anyhow::Result<()> {
    let first = timeout(HELLO_WITHIN, socket.recv()).await?.context("gone")??;
    let ClientFrame::Hello { token, cursors, .. } = serde_json::from_str(first.to_text()?)? else {
        bail!("no hello");
    };
    let claims = app.door.verify(&token)?;
    let (room, after) = cursors.into_iter().next().context("no room")?;
    let live = app.rooms.of(room).subscribe();
    socket.send(Message::Text(text(&welcome(&claims))?)).await?;
    let head = backlog(app, &mut socket, room, after).await?;
    let (sink, stream) = socket.split();
    let (answers, own) = mpsc::channel(64);
    tokio::select! {
        done = forward(sink, live, own, head) => done,
        done = listen(app, stream, claims.account, answers) => done,
    }
}

fn welcome(claims: &Claims) -> ServerFrame {
    ServerFrame::Welcome {
        login: claims.login,
        server_time: now(),
        expires_at: DateTime::from_timestamp(claims.exp, 0).unwrap_or_default(),
        heartbeat: Heartbeat { ping: PING_EVERY.as_secs(), silence: 60 },
        limits: Limits { frame_bytes: 65_536, burst: 0, per_second: 0, rooms: 1, sockets: 0 },
    }
}

/// What was missed; returns up to where.
async fn backlog(
    app: &App,
    socket: &mut WebSocket,
    room: RoomId,
    after: i64,
) -> anyhow::Result<i64> {
    let mut head = after;
    loop {
        let rows = app.store.after(room, head, PAGE).await?;
        let full = rows.len() == usize::try_from(PAGE)?;
        if let (Some((from, ..)), Some((to, ..))) = (rows.first(), rows.last()) {
            let (from, to) = (*from, *to);
            let entries: Result<Vec<EntryView>, serde_json::Error> = rows
                .into_iter()
                .map(|(seq, by, body, at)| Ok(view(seq, by, at, serde_json::from_str(&body)?)))
                .collect();
            let frame = ServerFrame::Entries { room, from, to, entries: entries? };
            socket.send(Message::Text(text(&frame)?)).await?;
            head = to;
        }
        if !full {
            socket.send(Message::Text(text(&ServerFrame::CaughtUp { room, head })?)).await?;
            return Ok(head);
        }
    }
}

async fn forward(
    mut sink: SplitSink<WebSocket, Message>,
    mut live: broadcast::Receiver<Told>,
    mut own: mpsc::Receiver<Utf8Bytes>,
    head: i64,
) -> anyhow::Result<()> {
    let mut ping = interval(PING_EVERY);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ping.tick().await;
    loop {
        let message = tokio::select! {
            Some(text) = own.recv() => Message::Text(text),
            told = live.recv() => match told? {
                (seq, text) if seq > head => Message::Text(text),
                _ => continue,
            },
            _ = ping.tick() => Message::Ping(Bytes::new()),
        };
        sink.send(message).await?;
    }
}

async fn listen(
    app: &App,
    mut stream: SplitStream<WebSocket>,
    account: AccountId,
    answers: mpsc::Sender<Utf8Bytes>,
) -> anyhow::Result<()> {
    while let Some(message) = stream.next().await {
        let Message::Text(said) = message? else { continue };
        match serde_json::from_str(&said)? {
            ClientFrame::Say { room, client_msg_id, body } => {
                let stored = app.store.insert(room, account, client_msg_id.as_str(), &body);
                let (seq, at) = stored.await?;
                let entries = vec![view(seq, account, at, body)];
                let frame = text(&ServerFrame::Entries { room, from: seq, to: seq, entries })?;
                let ack = ServerFrame::Ack { client_msg_id, room, seq, at };
                answers.send(text(&ack)?).await?;
                // Nobody may be there to hear it.
                let _ = app.rooms.of(room).send((seq, frame));
            }
            ClientFrame::Ping { t } => {
                let pong = ServerFrame::Pong { t, heads: BTreeMap::new() };
                answers.send(text(&pong)?).await?;
            }
            _ => bail!("not known here"),
        }
    }
    Ok(())
}

fn view(seq: i64, by: AccountId, at: DateTime<Utc>, body: EntryBody) -> EntryView {
    EntryView { seq, sender: Some(PersonId(by.0)), at, body }
}

fn text(frame: &ServerFrame) -> anyhow::Result<Utf8Bytes> {
    Ok(Utf8Bytes::from(serde_json::to_string(frame)?))
}
