//! Reads from a server frame the few things that are counted, without building anything.

use memchr::memmem::Finder;

/// What a frame says.
#[derive(Debug, PartialEq, Eq)]
pub enum Told<'a> {
    Ack {
        mark: Mark,
        seq: i64,
    },
    Entries(&'a [u8]),
    CaughtUp {
        head: i64,
    },
    /// The dispute as a whole.
    State {
        dispute: &'a str,
        version: i64,
    },
    /// Not stored, or nobody knows.
    Refused,
    Other,
}

/// Which message, of which turn: what every message here is called and begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    pub turn: u32,
    pub number: usize,
}

/// One entry of a frame. What the service notes has no mark.
#[derive(Debug, PartialEq, Eq)]
pub struct Seen {
    pub seq: i64,
    pub mark: Option<Mark>,
}

pub struct Scanner {
    id: Finder<'static>,
    seq: Finder<'static>,
    head: Finder<'static>,
    list: Finder<'static>,
    text: Finder<'static>,
    version: Finder<'static>,
    name: Finder<'static>,
}

impl Scanner {
    pub fn new() -> Self {
        Self {
            id: Finder::new(r#""client_msg_id":""#),
            seq: Finder::new(r#""seq":"#),
            head: Finder::new(r#""head":"#),
            list: Finder::new(r#""entries":["#),
            text: Finder::new(r#""text":""#),
            version: Finder::new(r#""version":"#),
            name: Finder::new(r#""dispute":{"id":""#),
        }
    }

    /// Nothing if it is not a frame of this protocol.
    pub fn read<'a>(&self, frame: &'a [u8]) -> Option<Told<'a>> {
        let rest = frame.strip_prefix(br#"{"type":""#)?;
        let end = rest.iter().position(|byte| *byte == b'"')?;
        Some(match &rest[..end] {
            b"entries" => Told::Entries(behind(&self.list, rest)?),
            b"ack" => Told::Ack {
                mark: mark(behind(&self.id, rest)?)?,
                seq: number(behind(&self.seq, rest)?)?,
            },
            b"caught_up" => Told::CaughtUp { head: number(behind(&self.head, rest)?)? },
            b"state" => Told::State {
                dispute: name(behind(&self.name, rest)?)?,
                version: number(behind(&self.version, rest)?)?,
            },
            b"refused" | b"error" => Told::Refused,
            _ => Told::Other,
        })
    }

    pub fn entries<'a>(&'a self, list: &'a [u8]) -> impl Iterator<Item = Seen> + 'a {
        let mut rest = behind(&self.seq, list);
        std::iter::from_fn(move || {
            let entry = rest?;
            let next = self.seq.find(entry);
            let this = &entry[..next.unwrap_or(entry.len())];
            rest = behind(&self.seq, entry);
            Some(Seen { seq: number(entry)?, mark: behind(&self.text, this).and_then(mark) })
        })
    }
}

fn behind<'a>(finder: &Finder<'_>, text: &'a [u8]) -> Option<&'a [u8]> {
    finder.find(text).map(|at| &text[at + finder.needle().len()..])
}

fn number(text: &[u8]) -> Option<i64> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit());
    let (mut value, mut any) = (0, false);
    for digit in digits {
        value = value * 10 + i64::from(digit - b'0');
        any = true;
    }
    any.then_some(value)
}

/// Up to the end of the string.
fn name(text: &[u8]) -> Option<&str> {
    let end = text.iter().take(64).position(|byte| *byte == b'"')?;
    std::str::from_utf8(&text[..end]).ok()
}

/// `turn-number`
fn mark(text: &[u8]) -> Option<Mark> {
    let dash = text.iter().take(12).position(|byte| *byte == b'-')?;
    let turn = u32::try_from(number(&text[..dash])?).ok()?;
    Some(Mark { turn, number: usize::try_from(number(&text[dash + 1..])?).ok()? })
}

#[cfg(test)]
mod tests {
    use super::{Mark, Scanner, Seen, Told};
    use chrono::DateTime;
    use protocol::RoomId;
    use protocol::live::ServerFrame;
    use protocol::room::{EntryBody, EntryView, SystemNotice};
    use uuid::Uuid;

    fn view(seq: i64, body: EntryBody) -> EntryView {
        EntryView { seq, sender: None, at: DateTime::default(), body }
    }

    #[test]
    fn reads_what_the_protocol_writes() {
        let (scanner, room) = (Scanner::new(), RoomId(Uuid::from_u128(7)));
        let said = EntryBody::Text { text: "3-41 \"seq\":9 好".parse().unwrap() };
        let noted = EntryBody::System { notice: SystemNotice::Opened, detail: None };
        let entries = vec![view(11, said), view(12, noted)];
        let frame = ServerFrame::Entries { room, from: 11, to: 12, entries };
        let text = serde_json::to_vec(&frame).unwrap();
        let Some(Told::Entries(list)) = scanner.read(&text) else { panic!("not entries") };
        let seen: Vec<Seen> = scanner.entries(list).collect();
        let mark = Mark { turn: 3, number: 41 };
        assert_eq!(seen, [Seen { seq: 11, mark: Some(mark) }, Seen { seq: 12, mark: None }]);

        let client_msg_id = "3-41".parse().unwrap();
        let at = DateTime::default();
        let ack = serde_json::to_vec(&ServerFrame::Ack { client_msg_id, room, seq: 11, at });
        assert_eq!(scanner.read(&ack.unwrap()), Some(Told::Ack { mark, seq: 11 }));
        let caught_up = serde_json::to_vec(&ServerFrame::CaughtUp { room, head: 12 }).unwrap();
        assert_eq!(scanner.read(&caught_up), Some(Told::CaughtUp { head: 12 }));
        assert_eq!(scanner.read(br#"{"type":"presence"}"#), Some(Told::Other));
        let state =
            br#"{"type":"state","version":7,"dispute":{"id":"dsp_1","version":9},"rooms":[]}"#;
        assert_eq!(scanner.read(state), Some(Told::State { dispute: "dsp_1", version: 7 }));
        assert_eq!(scanner.read(b"hello"), None);
    }
}
