//! What goes out on one socket, and why it ends.

use crate::live::connection::{Connection, Unsent};
use crate::live::limits::{QUEUE_LOW, SEND_WITHIN};
use crate::live::wire::Frame;
use protocol::live::{ServerFrame, close};
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};

/// For how long the other side is given to hear the goodbye.
const GOODBYE: Duration = Duration::from_secs(1);

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

    pub fn frame(self) -> CloseFrame {
        let code = CloseCode::from(self.code);
        CloseFrame { code, reason: Utf8Bytes::from_static(self.reason) }
    }

    pub fn message(self) -> Message {
        Message::Close(Some(self.frame()))
    }
}

impl From<Unsent> for Close {
    fn from(why: Unsent) -> Self {
        match why {
            Unsent::TooSlow => Self::new(close::TOO_SLOW, "too slow"),
            Unsent::Gone => Self::new(close::GOING_AWAY, "gone"),
        }
    }
}

pub struct Outbox {
    pub connection: Connection,
    why: OnceLock<Close>,
}

impl Outbox {
    pub fn new(connection: Connection) -> Self {
        Self { connection, why: OnceLock::new() }
    }

    /// Sends a frame. Who does not keep up is closed, and resumes by cursor: nothing is dropped silently.
    pub fn push(&self, frame: &ServerFrame) {
        self.written(frame, Self::send);
    }

    /// The same, with the next flush: several frames go out as one.
    pub fn queue(&self, frame: &ServerFrame) {
        self.written(frame, Self::queue_frame);
    }

    fn written(&self, frame: &ServerFrame, then: impl FnOnce(&Self, Frame)) {
        match serde_json::to_string(frame) {
            Ok(text) => then(self, Frame::text(&text)),
            Err(error) => {
                tracing::error!(%error, "a frame cannot be written");
                self.close(Close::new(close::INTERNAL, "internal"));
            }
        }
    }

    /// A frame that is written already, for many, with the next flush.
    pub fn queue_frame(&self, frame: Frame) {
        if !self.is_closed()
            && let Err(why) = self.connection.queue(frame)
        {
            self.close(why.into());
        }
    }

    /// The same at once.
    pub fn send(&self, frame: Frame) {
        if !self.is_closed()
            && let Err(why) = self.connection.send(frame)
        {
            self.close(why.into());
        }
    }

    pub fn ping(&self) {
        self.send(Frame::ping());
    }

    pub fn flush(&self) {
        if let Err(why) = self.connection.flush() {
            self.close(why.into());
        }
    }

    /// Until backlog may be sent: it waits for the client instead of filling the queue.
    pub async fn has_room(&self) {
        loop {
            let low = self.connection.low();
            if self.is_closed() || self.connection.unsent() <= QUEUE_LOW {
                return;
            }
            low.await;
        }
    }

    /// When the oldest frame that waits has waited too long.
    pub fn overdue_at(&self) -> Option<Instant> {
        self.connection.waits_since().map(|since| since + SEND_WITHIN)
    }

    /// The first reason counts.
    pub fn close(&self, why: Close) {
        let _ = self.why.set(why);
        self.connection.release();
    }

    pub fn why(&self) -> Option<Close> {
        self.why.get().copied()
    }

    pub fn is_closed(&self) -> bool {
        self.why.get().is_some()
    }

    /// Says why, with the last frame that says when to come back.
    pub async fn goodbye(&self) {
        let Some(why) = self.why() else { return };
        let retry_after = why.retry_after.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(0));
        let closing = ServerFrame::Closing { code: why.code, retry_after };
        let last = serde_json::to_string(&closing).ok().map(|text| Frame::text(&text));
        end(&self.connection, last, why).await;
    }
}

/// Says why to somebody who has not signed in.
pub async fn goodbye(connection: &Connection, why: Close) {
    end(connection, None, why).await;
}

/// Closes, as far as the other side listens, and then reads what it still sends: closing on unread bytes would tear the
/// goodbye from its hands.
async fn end(connection: &Connection, last: Option<Frame>, why: Close) {
    connection.queue_last(last, why.frame());
    let _ = connection.flush();
    let listens = async {
        let end = loop {
            if let Err(end) = connection.next().await {
                break end;
            }
        };
        // What cannot be read as messages any more is read all the same.
        if !matches!(end, Error::ConnectionClosed) {
            connection.drain().await;
        }
    };
    let _ = timeout(GOODBYE, listens).await;
}
