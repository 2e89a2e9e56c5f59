//! What comes on the line of a live socket, before it is known to be a message.

use crate::live_frame::live_frame;
use protocol::live::close;
use server::live::{Incoming, broken};
use std::io::{self, ErrorKind, Read};
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};

mod standard;

use standard::{End, Event, by_the_standard};

const SMALL: usize = 4 * 1024;
const LARGE: usize = 64 * 1024;
/// An answer is a frame without a mask, and closing has a reason.
const ANSWER: usize = 64;

/// The network: a few bytes at a time, and now and then nothing.
struct Network<'a> {
    left: &'a [u8],
    at_once: usize,
    is_quiet: bool,
}

impl Read for Network<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.is_quiet = !self.is_quiet;
        if self.is_quiet && !self.left.is_empty() {
            return Err(ErrorKind::WouldBlock.into());
        }
        let (now, left) = self.left.split_at(self.at_once.min(self.left.len()).min(into.len()));
        into[..now.len()].copy_from_slice(now);
        self.left = left;
        Ok(now.len())
    }
}

/// The first byte says whether `hello` is over, how the rest arrives and whether some of it came with the handshake.
pub fn live_line(data: &[u8]) {
    let Some((how, bytes)) = data.split_first() else { return };
    let most = if how & 1 == 0 { SMALL } else { LARGE };
    let early = if how & 2 == 0 { 0 } else { bytes.len().min(7) };
    let (early, left) = bytes.split_at(early);
    let mut incoming = Incoming::new(early.to_vec());
    if most == LARGE {
        incoming.widen();
    }
    let mut network = Network { left, at_once: 1 + usize::from(how >> 2) * 16, is_quiet: true };
    let (expected, mut end) = by_the_standard(bytes, most);
    let (mut events, mut answered) = (Vec::new(), 0);
    let error = loop {
        let (read, answers) = incoming.read(&mut network);
        answered += answers.len();
        match read {
            Ok(message) => events.extend(event(message, most)),
            Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => continue,
            Err(error) => break error,
        }
        if events.last() == Some(&Event::Close) {
            break Error::ConnectionClosed;
        }
        assert!(events.len() <= bytes.len(), "more messages than bytes");
    };
    if matches!(&error, Error::Io(_)) {
        assert!(bytes.len() >= 2 * most, "cut off early");
        assert!(expected.starts_with(&events));
        end = End::Refused(close::TOO_BIG);
    } else {
        assert_eq!(events, expected);
    }
    assert_eq!(ended(&error), end, "{error}");
    assert!(answered <= bytes.len() + ANSWER, "more is answered than was sent");
    says_goodbye(&mut incoming, end);
}

fn event(message: Message, most: usize) -> Option<Event> {
    assert!(message.len() <= most, "{} bytes", message.len());
    Some(match message {
        Message::Text(text) => {
            live_frame(text.as_bytes());
            Event::Text(text.as_bytes().to_vec())
        }
        Message::Binary(bytes) => Event::Binary(bytes.to_vec()),
        Message::Ping(bytes) => Event::Ping(bytes.to_vec()),
        Message::Pong(bytes) => Event::Pong(bytes.to_vec()),
        Message::Close(_) => Event::Close,
        Message::Frame(_) => return None,
    })
}

fn ended(error: &Error) -> End {
    match error {
        Error::ConnectionClosed => End::Closed,
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => End::CutOff,
        error => End::Refused(broken(error).code),
    }
}

/// Whatever came, one close frame goes out, and nothing more is read.
fn says_goodbye(incoming: &mut Incoming, end: End) {
    let close = CloseFrame { code: CloseCode::Policy, reason: "no".into() };
    let last = incoming.close(close);
    if matches!(end, End::Refused(_)) {
        assert_eq!(last, [&[0x88, 4, 3, 240][..], b"no"].concat());
    } else {
        assert!(last.is_empty() || last[0] == 0x88);
    }
    if end != End::Closed {
        assert!(matches!(incoming.read(io::empty()).0, Err(Error::AlreadyClosed)));
    }
}
