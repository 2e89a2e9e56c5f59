//! An entry as it goes out: written once, the same bytes for everybody who may read it.

use crate::live::wire::Frame;
use chrono::{DateTime, SecondsFormat, Utc};
use protocol::room::ClientMsgId;
use protocol::{PersonId, RoomId};
use std::fmt::Write;
use std::sync::Arc;

/// A frame of entries is not made larger than this.
const LARGE: usize = 32 * 1024;

/// Room for what is around the words: names, a number, an id and a moment.
const AROUND: usize = 160;

/// A moment as it goes out; what is stored in one commit shares one.
#[derive(Clone, Debug)]
pub struct Moment(String);

impl From<DateTime<Utc>> for Moment {
    fn from(at: DateTime<Utc>) -> Self {
        Self(at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

#[derive(Clone, Debug)]
pub struct Line {
    pub seq: i64,
    /// The entry in JSON.
    pub text: Arc<str>,
}

impl Line {
    /// An `EntryView`, of a body that is JSON already.
    pub fn new(seq: i64, sender: Option<PersonId>, at: &Moment, body: &str) -> Self {
        let mut text = String::with_capacity(body.len() + AROUND);
        let at = &at.0;
        // Writing to a string does not fail.
        let _ = match sender {
            Some(sender) => {
                write!(text, r#"{{"seq":{seq},"sender":"{sender}","at":"{at}","body":{body}}}"#)
            }
            None => write!(text, r#"{{"seq":{seq},"sender":null,"at":"{at}","body":{body}}}"#),
        };
        Self { seq, text: text.into() }
    }
}

/// `ServerFrame::Ack`. None of its parts has anything in it that JSON would have to escape.
pub fn ack(room: RoomId, client_msg_id: &ClientMsgId, seq: i64, at: &Moment) -> Frame {
    let (id, at) = (client_msg_id.as_str(), &at.0);
    let mut text = String::with_capacity(id.len() + AROUND);
    let _ = write!(
        text,
        r#"{{"type":"ack","client_msg_id":"{id}","room":"{room}","seq":{seq},"at":"{at}"}}"#
    );
    Frame::text(&text)
}

/// Frames of these entries; there is no hole between them.
pub fn frames<'a>(room: RoomId, lines: impl IntoIterator<Item = &'a Line>) -> Vec<Frame> {
    let mut frames = Vec::new();
    let mut run: Vec<&Line> = Vec::new();
    let mut size = 0;
    for line in lines {
        if !run.is_empty() && size + line.text.len() > LARGE {
            frames.extend(frame(room, &run));
            run.clear();
            size = 0;
        }
        size += line.text.len();
        run.push(line);
    }
    frames.extend(frame(room, &run));
    frames
}

/// `ServerFrame::Entries`.
fn frame(room: RoomId, run: &[&Line]) -> Option<Frame> {
    let (first, last) = (run.first()?, run.last()?);
    let size: usize = run.iter().map(|line| line.text.len() + 1).sum();
    let mut text = String::with_capacity(size + AROUND);
    let _ = write!(
        text,
        r#"{{"type":"entries","room":"{room}","from":{},"to":{},"entries":["#,
        first.seq, last.seq
    );
    for (n, line) in run.iter().enumerate() {
        if n > 0 {
            text.push(',');
        }
        text.push_str(&line.text);
    }
    text.push_str("]}");
    Some(Frame::text(&text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::live::ServerFrame;
    use protocol::room::{EntryBody, EntryView, SystemNotice};
    use uuid::Uuid;

    fn entry(seq: i64, detail: usize) -> EntryView {
        let detail = "长".repeat(detail).parse().ok();
        let body = EntryBody::System { notice: SystemNotice::Opened, detail };
        let sender = (seq % 2 == 0).then_some(PersonId(Uuid::from_u128(7)));
        let at = DateTime::from_timestamp_micros(1_764_000_000_000_000 + seq % 3).unwrap();
        EntryView { seq, sender, at, body }
    }

    fn line(entry: &EntryView) -> Line {
        let body = serde_json::to_string(&entry.body).unwrap();
        Line::new(entry.seq, entry.sender, &entry.at.into(), &body)
    }

    #[test]
    fn an_acknowledgement_is_what_the_protocol_says() {
        let (room, at) = (RoomId(Uuid::from_u128(9)), entry(4, 0).at);
        let client_msg_id: ClientMsgId = "7f3a_-1".parse().unwrap();
        let written = ack(room, &client_msg_id, 4, &at.into());
        let frame = ServerFrame::Ack { client_msg_id, room, seq: 4, at };
        assert_eq!(written, Frame::text(&serde_json::to_string(&frame).unwrap()));
    }

    #[test]
    fn a_frame_is_what_the_protocol_says() {
        let entries: Vec<EntryView> = (3..=6).map(|seq| entry(seq, 2)).collect();
        let lines: Vec<Line> = entries.iter().map(line).collect();
        let room = RoomId(Uuid::from_u128(9));
        let frame = ServerFrame::Entries { room, from: 3, to: 6, entries };
        assert_eq!(frames(room, &lines), [Frame::text(&serde_json::to_string(&frame).unwrap())]);
    }

    #[test]
    fn no_frame_is_too_large_and_none_is_empty() {
        let lines: Vec<Line> = (1..=200).map(|seq| line(&entry(seq, 200))).collect();
        let frames: Vec<String> = frames(RoomId(Uuid::nil()), &lines)
            .into_iter()
            .map(|frame| String::from_utf8(frame.into_bytes()[4..].to_vec()).unwrap())
            .collect();
        assert!(frames.len() > 1 && frames.iter().all(|frame| frame.len() <= LARGE + 1024));
        let mut next = 1;
        for frame in frames {
            let ServerFrame::Entries { from, to, .. } = serde_json::from_str(&frame).unwrap()
            else {
                panic!("entries")
            };
            assert_eq!(from, next);
            next = to + 1;
        }
        assert_eq!(next, 201);
        assert_eq!(super::frames(RoomId(Uuid::nil()), []), Vec::<Frame>::new());
    }
}
