//! What goes out on one socket: a bounded queue with one owner at its end.

use crate::live::limits::{QUEUE_BYTES, QUEUE_FRAMES, QUEUE_LOW, SEND_WITHIN};
use crate::live::socket::Stream;
use futures_util::stream::SplitSink;
use futures_util::{Sink, SinkExt};
use protocol::live::{ServerFrame, close};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{Notify, mpsc};
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_util::sync::CancellationToken;

/// Why a socket is closed, and when to come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Close {
    pub code: u16,
    pub reason: &'static str,
    pub retry_after: Option<Duration>,
}

impl Close {
    pub const fn new(code: u16, reason: &'static str) -> Self {
        Self { code, reason, retry_after: None }
    }

    pub fn message(self) -> Message {
        let code = CloseCode::from(self.code);
        Message::Close(Some(CloseFrame { code, reason: Utf8Bytes::from_static(self.reason) }))
    }
}

pub struct Outbox {
    queue: mpsc::Sender<Utf8Bytes>,
    bytes: AtomicUsize,
    drained: Notify,
    why: OnceLock<Close>,
    closed: CancellationToken,
    /// Nothing more will be queued: the reader has ended.
    finished: CancellationToken,
}

impl Outbox {
    pub fn new() -> (Self, mpsc::Receiver<Utf8Bytes>) {
        let (queue, rest) = mpsc::channel(QUEUE_FRAMES);
        let outbox = Self {
            queue,
            bytes: AtomicUsize::new(0),
            drained: Notify::new(),
            why: OnceLock::new(),
            closed: CancellationToken::new(),
            finished: CancellationToken::new(),
        };
        (outbox, rest)
    }

    /// Queues a frame. Who does not keep up is closed, and resumes by cursor: nothing is dropped silently.
    pub fn push(&self, frame: &ServerFrame) {
        let text = match serde_json::to_string(frame) {
            Ok(text) => Utf8Bytes::from(text),
            Err(error) => {
                tracing::error!(%error, "a frame cannot be written");
                return self.close(Close::new(close::INTERNAL, "internal"));
            }
        };
        let size = text.len();
        let queued = self.bytes.fetch_add(size, Ordering::AcqRel) + size;
        if queued > QUEUE_BYTES || self.queue.try_send(text).is_err() {
            self.close(Close::new(close::TOO_SLOW, "too slow"));
        }
    }

    /// The same for backlog, which waits for the client instead of filling the queue.
    pub async fn push_paced(&self, frame: &ServerFrame) {
        while !self.is_closed() {
            let drained = self.drained.notified();
            if self.bytes.load(Ordering::Acquire) <= QUEUE_LOW {
                return self.push(frame);
            }
            tokio::select! {
                () = drained => {}
                () = self.closed.cancelled() => {}
            }
        }
    }

    /// The first reason counts.
    pub fn close(&self, why: Close) {
        let _ = self.why.set(why);
        self.closed.cancel();
    }

    pub fn is_closed(&self) -> bool {
        self.closed.is_cancelled()
    }

    pub async fn closed(&self) {
        self.closed.cancelled().await;
    }

    pub fn finish(&self) {
        self.finished.cancel();
    }

    fn taken(&self, size: usize) {
        let before = self.bytes.fetch_sub(size, Ordering::AcqRel);
        if before.saturating_sub(size) <= QUEUE_LOW {
            self.drained.notify_waiters();
        }
    }

    /// The only one who sends. A send is never abandoned for another branch: half a frame would be lost.
    pub async fn write(
        &self,
        mut sink: SplitSink<Stream, Message>,
        mut rest: mpsc::Receiver<Utf8Bytes>,
        ping_every: Duration,
    ) {
        let mut ping = interval(ping_every);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ping.tick().await;
        loop {
            let message = tokio::select! {
                biased;
                () = self.finished.cancelled() => break,
                Some(text) = rest.recv() => Message::Text(text),
                _ = ping.tick() => Message::Ping(bytes::Bytes::new()),
            };
            if !self.send(&mut sink, message).await {
                return;
            }
        }
        let Some(why) = self.why.get().copied() else { return };
        if why.code != close::TOO_SLOW {
            while let Ok(text) = rest.try_recv() {
                if !self.send(&mut sink, Message::Text(text)).await {
                    return;
                }
            }
        }
        self.say_goodbye(&mut sink, why).await;
    }

    async fn say_goodbye(&self, sink: &mut SplitSink<Stream, Message>, why: Close) {
        let retry_after = why.retry_after.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(0));
        let closing = ServerFrame::Closing { code: why.code, retry_after };
        if let Ok(text) = serde_json::to_string(&closing) {
            // Not queued, but it is taken off the count like what was.
            self.bytes.fetch_add(text.len(), Ordering::AcqRel);
            if !self.send(sink, Message::text(text)).await {
                return;
            }
        }
        self.send(sink, why.message()).await;
    }

    /// Whether it went out in time. What did not closes the socket.
    async fn send<S>(&self, sink: &mut S, message: Message) -> bool
    where
        S: Sink<Message> + Unpin,
    {
        let size = if let Message::Text(text) = &message { text.len() } else { 0 };
        let sent = timeout(SEND_WITHIN, sink.send(message)).await;
        self.taken(size);
        match sent {
            Ok(Ok(())) => true,
            Ok(Err(_)) => {
                self.close(Close::new(close::GOING_AWAY, "gone"));
                false
            }
            Err(_) => {
                self.close(Close::new(close::TOO_SLOW, "too slow"));
                false
            }
        }
    }
}
