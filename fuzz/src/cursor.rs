//! Where a list or a room goes on: the `after` of REST, and the cursors of `hello`.

use crate::live_frame::reads_back;
use crate::refused::assert_refused;
use chrono::DateTime;
use protocol::live::ClientFrame;
use protocol::{ErrorCode, RoomId};
use serde::Deserialize;
use server::http::cursor::{Cursor, Lines};
use server::http::extract::read_query;
use server::live::{Decoded, decode};
use uuid::Uuid;

/// A list, as its address asks for it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    after: Option<String>,
    #[serde(default)]
    limit: Lines,
}

/// The entries of a room.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entries {
    after: Option<i64>,
    #[serde(default)]
    limit: Lines<100, 500>,
}

pub fn cursor(data: &[u8]) {
    made(data);
    let Ok(text) = std::str::from_utf8(data) else { return };
    told(text);
    asked(text);
    hello(&format!("{{\"rom_0123456789ab4cde8f0123456789abcd\":{text}}}"));
    hello(text);
    if let Ok(room) = text.parse::<RoomId>() {
        assert_eq!(room.to_string(), text);
    }
}

/// Every cursor that we tell is read.
fn made(data: &[u8]) {
    let Some((micros, id)) = data.split_first_chunk::<8>() else { return };
    let Some(id) = id.first_chunk::<16>() else { return };
    // Up to the year 262000.
    let micros = i64::from_be_bytes(*micros).rem_euclid(8_210_000_000_000_000_000);
    let at = DateTime::from_timestamp_micros(micros).expect("a time");
    let made = Cursor { at, id: Uuid::from_bytes(*id) };
    let read = Cursor::read(Some(&made.to_string())).ok().flatten();
    assert_eq!(read, Some(made));
}

/// Nothing but what we tell is read, and PostgreSQL can hold it.
fn told(text: &str) {
    match Cursor::read(Some(text)) {
        Ok(read) => {
            let read = read.expect("there is one");
            assert_eq!(read.to_string(), text);
            assert!(read.at.timestamp() >= 0);
        }
        Err(error) => {
            let problem = error.to_problem();
            assert_refused(&problem, ErrorCode::Invalid);
            assert_eq!(problem.fields[0].path, "after");
        }
    }
}

fn asked(query: &str) {
    match read_query::<Page>(query) {
        Ok(page) => {
            assert!((1..=100).contains(&page.limit.get()));
            page.after.iter().for_each(|after| told(after));
        }
        Err(error) => assert_refused(&error.to_problem(), ErrorCode::Invalid),
    }
    match read_query::<Entries>(query) {
        Ok(page) => {
            assert!((1..=500).contains(&page.limit.get()));
            let again = page.after.map(|after| format!("after={after}")).unwrap_or_default();
            assert!(read_query::<Entries>(&again).is_ok_and(|again| again.after == page.after));
        }
        Err(error) => assert_refused(&error.to_problem(), ErrorCode::Invalid),
    }
}

fn hello(cursors: &str) {
    let text = format!("{{\"type\":\"hello\",\"token\":\"t\",\"cursors\":{cursors}}}");
    match decode(&text) {
        Decoded::Frame(frame) => {
            reads_back(&frame);
            // Another frame, if the text closes the brackets itself and goes on; then it is as good as any.
            if let ClientFrame::Hello { cursors, .. } = *frame {
                let rooms = cursors.keys().map(ToString::to_string);
                rooms.for_each(|room| assert_eq!(room.len(), 36));
            }
        }
        Decoded::Wrong { problem, client_msg_id } => {
            assert_refused(&problem, ErrorCode::Invalid);
            // `say` may have been put in place of `hello` only by giving the type twice.
            assert!(client_msg_id.is_none() || text.matches("type").count() > 1);
        }
        Decoded::Malformed => {}
    }
}
