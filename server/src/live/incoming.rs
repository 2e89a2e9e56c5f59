//! What comes on a line, read through the WebSocket protocol: messages within bounds, and what the protocol answers by
//! itself.

use crate::live::limits::{FRAME_BYTES, HELLO_BYTES, on_the_line, websocket};
use crate::live::outbox::Close;
use protocol::live::close;
use std::io::{self, ErrorKind, Read, Write};
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketContext};
use tokio_tungstenite::tungstenite::{Error, Message};

pub struct Incoming {
    protocol: WebSocketContext,
    /// The largest message.
    most: usize,
    /// What has come of a message that is not whole yet.
    come: usize,
    /// What comes makes no sense any more.
    is_broken: bool,
}

/// What the protocol reads from, within bounds; what it writes is kept.
struct Both<'a, R> {
    from: R,
    most: usize,
    come: &'a mut usize,
    answers: Vec<u8>,
}

impl<R: Read> Read for Both<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if *self.come >= on_the_line(self.most) {
            return Err(ErrorKind::FileTooLarge.into());
        }
        let read = self.from.read(into)?;
        *self.come += read;
        Ok(read)
    }
}

impl<R> Write for Both<'_, R> {
    fn write(&mut self, from: &[u8]) -> io::Result<usize> {
        self.answers.extend(from);
        Ok(from.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Incoming {
    /// Takes small messages until it is known whose they are.
    pub fn new(already_read: Vec<u8>) -> Self {
        let (most, config) = (HELLO_BYTES, Some(websocket(HELLO_BYTES)));
        let protocol = WebSocketContext::from_partially_read(already_read, Role::Server, config);
        Self { protocol, most, come: 0, is_broken: false }
    }

    /// Takes messages of full size from now on.
    pub fn widen(&mut self) {
        self.most = FRAME_BYTES;
        self.protocol.set_config(|config| *config = websocket(FRAME_BYTES));
    }

    /// The next message, and what is to be answered at once.
    pub fn read(&mut self, from: impl Read) -> (Result<Message, Error>, Vec<u8>) {
        if self.is_broken {
            return (Err(Error::AlreadyClosed), Vec::new());
        }
        let (read, answers) = self.with(from, |protocol, both| protocol.read(both));
        match &read {
            Ok(_) => self.come = 0,
            Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => self.is_broken = true,
        }
        (read, answers)
    }

    /// What to send to close. Where the other side has closed already, it is the answer to that.
    pub fn close(&mut self, close: CloseFrame) -> Vec<u8> {
        self.with(io::empty(), |protocol, both| protocol.close(both, Some(close))).1
    }

    fn with<R: Read, T>(
        &mut self,
        from: R,
        work: impl FnOnce(&mut WebSocketContext, &mut Both<'_, R>) -> T,
    ) -> (T, Vec<u8>) {
        let (most, come) = (self.most, &mut self.come);
        let mut both = Both { from, most, come, answers: Vec::new() };
        let done = work(&mut self.protocol, &mut both);
        (done, both.answers)
    }
}

/// How a socket is closed from which nothing more can be read.
pub fn broken(error: &Error) -> Close {
    match error {
        Error::Capacity(_) => Close::new(close::TOO_BIG, "frame too big"),
        Error::Io(error) if error.kind() == ErrorKind::FileTooLarge => {
            Close::new(close::TOO_BIG, "frame too big in pieces")
        }
        Error::Protocol(_) | Error::Utf8(_) => Close::new(close::POLICY, "not this protocol"),
        _ => Close::new(close::GOING_AWAY, "gone"),
    }
}
