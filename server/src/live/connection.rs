//! The line of one socket: the WebSocket protocol over TCP, written to at once and never waited for.
//!
//! Whoever has something to say hands it to the network itself, so a message to a room wakes no task for each of its
//! members. Only what the network does not take at once waits here, within bounds.

use crate::live::held;
use crate::live::limits::{QUEUE_BYTES, QUEUE_FRAMES, QUEUE_LOW, websocket};
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::sync::Mutex;
use std::time::Instant;
use tokio::io::Interest;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketContext};
use tokio_tungstenite::tungstenite::{Error, Message};

pub struct Connection {
    tcp: TcpStream,
    line: Mutex<Line>,
    /// For the one who attends to the socket: it is to be looked at.
    pub wake: Notify,
    /// Little waits any more.
    low: Notify,
}

struct Line {
    protocol: WebSocketContext,
    /// Bytes handed over and bytes taken by the network, from the beginning.
    queued: u64,
    sent: u64,
    /// Where each frame that is not wholly sent ends, and when it was handed over.
    frames: VecDeque<(u64, Instant)>,
}

/// Why a frame is not going to arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsent {
    TooSlow,
    Gone,
}

/// What can be read and written without waiting.
struct Now<'a> {
    tcp: &'a TcpStream,
    sent: u64,
}

impl Read for Now<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.tcp.try_read(into)
    }
}

impl Write for Now<'_> {
    fn write(&mut self, from: &[u8]) -> io::Result<usize> {
        let sent = self.tcp.try_write(from)?;
        self.sent += sent as u64;
        Ok(sent)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn would_block(error: &Error) -> bool {
    matches!(error, Error::Io(error) if error.kind() == ErrorKind::WouldBlock)
}

impl Line {
    fn unsent(&self) -> usize {
        usize::try_from(self.queued.saturating_sub(self.sent)).unwrap_or(usize::MAX)
    }

    fn sent(&mut self, bytes: u64) {
        // Answers to pings are sent too, and were never handed over.
        self.sent = (self.sent + bytes).min(self.queued);
        while self.frames.front().is_some_and(|(end, _)| *end <= self.sent) {
            self.frames.pop_front();
        }
    }

    fn flush(&mut self, tcp: &TcpStream) -> Result<(), Unsent> {
        let mut now = Now { tcp, sent: 0 };
        let flushed = self.protocol.flush(&mut now);
        self.sent(now.sent);
        match flushed {
            Ok(()) => {
                self.sent = self.queued;
                self.frames.clear();
                Ok(())
            }
            Err(error) if would_block(&error) => Ok(()),
            Err(_) => Err(Unsent::Gone),
        }
    }
}

impl Connection {
    pub fn new(tcp: TcpStream, already_read: Vec<u8>) -> Self {
        let protocol =
            WebSocketContext::from_partially_read(already_read, Role::Server, Some(websocket()));
        let line = Line { protocol, queued: 0, sent: 0, frames: VecDeque::new() };
        Self { tcp, line: Mutex::new(line), wake: Notify::new(), low: Notify::new() }
    }

    /// The next message, if it is there.
    pub fn read(&self) -> Result<Option<Message>, Error> {
        let mut now = Now { tcp: &self.tcp, sent: 0 };
        match held(&self.line).protocol.read(&mut now) {
            Ok(message) => Ok(Some(message)),
            Err(error) if would_block(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub async fn next(&self) -> Result<Message, Error> {
        loop {
            if let Some(message) = self.read()? {
                return Ok(message);
            }
            self.ready().await?;
        }
    }

    /// Until there is something to read; meanwhile sends what waits.
    pub async fn ready(&self) -> io::Result<()> {
        let waits = held(&self.line).unsent() > 0;
        let interest =
            if waits { Interest::READABLE | Interest::WRITABLE } else { Interest::READABLE };
        let ready = self.tcp.ready(interest).await?;
        if waits && ready.is_writable() && self.flush().is_err() {
            return Err(ErrorKind::BrokenPipe.into());
        }
        Ok(())
    }

    /// Takes a message; it goes out with the next flush.
    pub fn queue(&self, message: Message) -> Result<(), Unsent> {
        let mut line = held(&self.line);
        let size = message.len() + header(message.len());
        if line.unsent() + size > QUEUE_BYTES || line.frames.len() >= QUEUE_FRAMES {
            return Err(Unsent::TooSlow);
        }
        line.queued += size as u64;
        let end = line.queued;
        line.frames.push_back((end, Instant::now()));
        self.write(&mut line, message)
    }

    /// The last message: there is always room for it.
    pub fn queue_last(&self, message: Message) -> Result<(), Unsent> {
        self.write(&mut held(&self.line), message)
    }

    fn write(&self, line: &mut Line, message: Message) -> Result<(), Unsent> {
        let mut now = Now { tcp: &self.tcp, sent: 0 };
        let written = line.protocol.write(&mut now, message);
        line.sent(now.sent);
        match written {
            Err(error) if !would_block(&error) => Err(Unsent::Gone),
            _ => Ok(()),
        }
    }

    pub fn flush(&self) -> Result<(), Unsent> {
        let mut line = held(&self.line);
        if line.unsent() == 0 {
            return Ok(());
        }
        let flushed = line.flush(&self.tcp);
        let unsent = line.unsent();
        drop(line);
        if unsent <= QUEUE_LOW {
            self.low.notify_waiters();
        }
        if unsent > 0 {
            self.wake.notify_one();
        }
        flushed
    }

    /// When the oldest frame that waits was handed over.
    pub fn waits_since(&self) -> Option<Instant> {
        held(&self.line).frames.front().map(|(_, since)| *since)
    }

    pub fn unsent(&self) -> usize {
        held(&self.line).unsent()
    }

    /// Until less waits than does now, or somebody is let go. What is looked at after the call is not missed.
    pub fn low(&self) -> Notified<'_> {
        self.low.notified()
    }

    /// Lets go of everybody who waits for room.
    pub fn release(&self) {
        self.low.notify_waiters();
        self.wake.notify_one();
    }
}

/// Bytes before the payload of a frame that a server sends (RFC 6455 §5.2).
const fn header(payload: usize) -> usize {
    match payload {
        0..=125 => 2,
        126..=65_535 => 4,
        _ => 10,
    }
}
