//! The line of one socket: read through the WebSocket protocol, written to at once and never waited for.
//!
//! Whoever has something to say hands it to the network itself, so a message to a room wakes no task for each of its
//! members. Only what the network does not take at once waits here, within bounds, and nothing is kept of what it took.

use crate::live::held;
use crate::live::incoming::Incoming;
use crate::live::limits::{QUEUE_BYTES, QUEUE_FRAMES, QUEUE_LOW, SEND_BUFFER};
use crate::live::wire::Frame;
use bytes::{Buf, Bytes};
use rustix::net::sockopt::set_socket_send_buffer_size;
use rustix::net::{RecvFlags, recv};
use std::collections::VecDeque;
use std::io::{self, ErrorKind, IoSlice, Read};
use std::sync::{Mutex, MutexGuard};
use std::time::Instant;
use tokio::io::Interest;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};

/// Handed to the network in one call.
const AT_ONCE: usize = 16;

pub struct Connection {
    tcp: TcpStream,
    line: Mutex<Line>,
    /// For the one who attends to the socket: it is to be looked at.
    pub wake: Notify,
    /// Little waits any more.
    low: Notify,
}

struct Line {
    incoming: Incoming,
    /// What the network has not taken, and when it was handed over.
    waiting: VecDeque<(Bytes, Instant)>,
    unsent: usize,
}

/// Why a frame is not going to arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsent {
    TooSlow,
    Gone,
}

/// What is there to be read, without waiting.
struct Network<'a>(&'a TcpStream);

impl Read for Network<'_> {
    /// What does not fill the space was all that was there: it is noted in the same step that there is nothing more, so
    /// that nobody has to ask.
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut came = None;
        let asked = self.0.try_io(Interest::READABLE, || {
            let size = recv(self.0, &mut *into, RecvFlags::empty())?.0;
            came = Some(size);
            if size == 0 || size == into.len() { Ok(()) } else { Err(ErrorKind::WouldBlock.into()) }
        });
        came.map_or_else(|| asked.map(|()| 0), Ok)
    }
}

impl Line {
    fn add(&mut self, bytes: Bytes) {
        self.unsent += bytes.len();
        self.waiting.push_back((bytes, Instant::now()));
    }

    fn queue(&mut self, bytes: Bytes) -> Result<(), Unsent> {
        if self.unsent + bytes.len() > QUEUE_BYTES || self.waiting.len() >= QUEUE_FRAMES {
            return Err(Unsent::TooSlow);
        }
        self.add(bytes);
        Ok(())
    }

    fn answer(&mut self, bytes: Vec<u8>) {
        if !bytes.is_empty() {
            self.add(bytes.into());
        }
    }

    /// As much as the network takes now.
    fn flush(&mut self, tcp: &TcpStream) -> Result<(), Unsent> {
        while self.unsent > 0 {
            let mut slices = [IoSlice::new(&[]); AT_ONCE];
            for (slice, (bytes, _)) in slices.iter_mut().zip(&self.waiting) {
                *slice = IoSlice::new(bytes);
            }
            let many = self.waiting.len().min(AT_ONCE);
            match tcp.try_write_vectored(&slices[..many]) {
                Ok(0) => return Err(Unsent::Gone),
                Ok(taken) => self.taken(taken),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(_) => return Err(Unsent::Gone),
            }
        }
        Ok(())
    }

    fn taken(&mut self, mut bytes: usize) {
        self.unsent -= bytes;
        while let Some((first, _)) = self.waiting.front_mut() {
            if first.len() > bytes {
                first.advance(bytes);
                return;
            }
            bytes -= first.len();
            self.waiting.pop_front();
        }
        self.waiting = VecDeque::new();
    }
}

impl Connection {
    pub fn new(tcp: TcpStream, already_read: Vec<u8>) -> Self {
        // Left to itself the kernel takes megabytes for somebody who does not read, and nobody would notice.
        if let Err(error) = set_socket_send_buffer_size(&tcp, SEND_BUFFER) {
            tracing::debug!(%error, "a socket keeps the send buffer it has");
        }
        let incoming = Incoming::new(already_read);
        let line = Line { incoming, waiting: VecDeque::new(), unsent: 0 };
        Self { tcp, line: Mutex::new(line), wake: Notify::new(), low: Notify::new() }
    }

    /// Takes messages of full size from now on.
    pub fn widen(&self) {
        held(&self.line).incoming.widen();
    }

    /// The next message, if it is there.
    pub fn read(&self) -> Result<Option<Message>, Error> {
        let mut line = held(&self.line);
        let (read, answers) = line.incoming.read(Network(&self.tcp));
        // They go out behind what waits.
        line.answer(answers);
        if line.unsent > 0 {
            let _ = line.flush(&self.tcp);
        }
        match read {
            Ok(message) => Ok(Some(message)),
            Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => Ok(None),
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
        let waits = self.unsent() > 0;
        let interest =
            if waits { Interest::READABLE | Interest::WRITABLE } else { Interest::READABLE };
        let ready = self.tcp.ready(interest).await?;
        if waits && ready.is_writable() && self.flush().is_err() {
            return Err(ErrorKind::BrokenPipe.into());
        }
        Ok(())
    }

    /// Reads what still comes and looks at none of it, until the other side is gone.
    pub async fn drain(&self) {
        let mut nothing = [0; 1024];
        while self.ready().await.is_ok() {
            match self.tcp.try_read(&mut nothing) {
                Ok(1..) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Ok(0) | Err(_) => return,
            }
        }
    }

    /// Takes a frame; it goes out with the next flush.
    pub fn queue(&self, frame: Frame) -> Result<(), Unsent> {
        held(&self.line).queue(frame.into_bytes())
    }

    /// A frame that goes out at once, behind what waits.
    pub fn send(&self, frame: Frame) -> Result<(), Unsent> {
        let mut bytes = frame.into_bytes();
        let mut line = held(&self.line);
        if line.unsent == 0 {
            match self.tcp.try_write(&bytes) {
                Ok(taken) if taken == bytes.len() => return Ok(()),
                Ok(0) => return Err(Unsent::Gone),
                Ok(taken) => bytes.advance(taken),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => return Err(Unsent::Gone),
            }
        }
        line.queue(bytes)?;
        self.flushed(line)
    }

    /// The last ones: there is always room for them.
    pub fn queue_last(&self, frame: Option<Frame>, close: CloseFrame) {
        let mut line = held(&self.line);
        if let Some(frame) = frame {
            line.add(frame.into_bytes());
        }
        let bytes = line.incoming.close(close);
        line.answer(bytes);
    }

    pub fn flush(&self) -> Result<(), Unsent> {
        let line = held(&self.line);
        if line.unsent == 0 { Ok(()) } else { self.flushed(line) }
    }

    fn flushed(&self, mut line: MutexGuard<'_, Line>) -> Result<(), Unsent> {
        let flushed = line.flush(&self.tcp);
        let unsent = line.unsent;
        drop(line);
        if unsent <= QUEUE_LOW {
            self.low.notify_waiters();
        }
        if unsent > 0 {
            self.wake.notify_one();
        }
        flushed
    }

    pub fn unsent(&self) -> usize {
        held(&self.line).unsent
    }

    /// Until less waits than does now, or somebody is let go. What is looked at after the call is not missed.
    pub fn low(&self) -> Notified<'_> {
        self.low.notified()
    }

    /// When the oldest frame that waits was handed over.
    pub fn waits_since(&self) -> Option<Instant> {
        held(&self.line).waiting.front().map(|(_, since)| *since)
    }

    /// Lets go of everybody who waits for room.
    pub fn release(&self) {
        self.low.notify_waiters();
        self.wake.notify_one();
    }
}
