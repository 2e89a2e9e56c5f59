//! From the text of a message to a frame, or to what is wrong with it.

use crate::error::ApiError;
use crate::http::extract::without_position;
use crate::live::limits::NESTING;
use crate::live::spoken;
use protocol::live::ClientFrame;
use protocol::room::ClientMsgId;
use protocol::{ErrorCode, Problem};
use serde_json::Value;

/// Characters that are said about what is wrong.
const DETAIL: usize = 200;

#[derive(Debug)]
pub enum Decoded {
    Frame(Box<ClientFrame>),
    /// Readable, but not a frame that can be carried out: answered, the socket stays.
    Wrong {
        problem: Problem,
        client_msg_id: Option<ClientMsgId>,
    },
    /// Not JSON, or nested too deep: the socket is closed.
    Malformed,
}

pub fn decode(text: &str) -> Decoded {
    if let Some(frame) = spoken::read(text) {
        return Decoded::Frame(Box::new(frame));
    }
    if depth(text) > NESTING {
        return Decoded::Malformed;
    }
    let error = match serde_json::from_str::<ClientFrame>(text) {
        Ok(frame) => return Decoded::Frame(Box::new(frame)),
        Err(error) => error,
    };
    // Now for what is wrong with it. It is not read again in a laxer way: of a field given twice, `Value` has the last.
    let Ok(value) = serde_json::from_str::<Value>(text) else { return Decoded::Malformed };
    let kind = value.get("type").and_then(Value::as_str).unwrap_or_default();
    if !ClientFrame::TYPES.contains(&kind) {
        let detail = "no frame has this type; the protocol's document lists them";
        return wrong(&ApiError::invalid("type", detail), None);
    }
    let client_msg_id = match kind {
        "say" => value.get("client_msg_id").and_then(Value::as_str).and_then(|id| id.parse().ok()),
        _ => None,
    };
    wrong(&ApiError::new(ErrorCode::Invalid, told(&error)), client_msg_id)
}

/// Without the place in the text, and not at length: it may have in it what was sent.
fn told(error: &serde_json::Error) -> String {
    without_position(&error.to_string()).chars().take(DETAIL).collect()
}

fn wrong(error: &ApiError, client_msg_id: Option<ClientMsgId>) -> Decoded {
    Decoded::Wrong { problem: error.to_problem(), client_msg_id }
}

/// How deep brackets are nested; those inside strings do not count.
fn depth(text: &str) -> usize {
    let (mut now, mut most, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' => {
                now += 1;
                most = most.max(now);
            }
            b']' | b'}' => now = now.saturating_sub(1),
            _ => {}
        }
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_strings_do_not_nest() {
        assert_eq!(depth(r#"{"a":["[[[{\"["]}"#), 2);
        assert_eq!(depth(&"[".repeat(40)), 40);
        assert_eq!(depth(""), 0);
    }

    #[test]
    fn what_is_wrong_is_told_by_kind() {
        assert!(matches!(decode("{"), Decoded::Malformed));
        assert!(matches!(decode(&"[".repeat(33)), Decoded::Malformed));
        let deep = format!(r#"{{"type":"x","a":{}{}}}"#, "[".repeat(31), "]".repeat(31));
        assert!(matches!(decode(&deep), Decoded::Wrong { .. }));
        for readable in ["1", "{}", r#"{"type":"shout"}"#, r#"{"type":"ping","t":"x"}"#] {
            assert!(matches!(decode(readable), Decoded::Wrong { client_msg_id: None, .. }));
        }
        let say = r#"{"type":"say","client_msg_id":"a","room":"x","body":{}}"#;
        assert!(matches!(decode(say), Decoded::Wrong { client_msg_id: Some(_), .. }));
        assert!(matches!(decode(r#"{"type":"ping"}"#), Decoded::Frame(_)));
    }

    fn refused(text: &str) -> String {
        match decode(text) {
            Decoded::Wrong { problem, .. } => problem.detail,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn a_field_given_twice_is_refused_and_not_the_last_of_them_taken() {
        for (twice, field) in [
            (r#"{"type":"ping","t":1,"t":2}"#, "t"),
            (r#"{"type":"ping","type":"ping"}"#, "type"),
            (r#"{"type":"hello","token":"a","token":"b"}"#, "token"),
        ] {
            assert_eq!(refused(twice), format!("duplicate field `{field}`"));
        }
    }

    #[test]
    fn what_was_sent_is_not_sent_back_at_length() {
        let long = format!(r#"{{"type":"ping","{}":1}}"#, "字".repeat(20_000));
        assert_eq!(refused(&long).chars().count(), DETAIL);
    }
}
