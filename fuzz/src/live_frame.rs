//! The text of a message on the live socket.

use crate::nesting::nesting;
use crate::refused::assert_refused;
use protocol::live::{ClientFrame, ServerFrame};
use protocol::{ErrorCode, Problem};
use server::live::{Decoded, decode};

/// What the API's document promises; not taken from the server, which could be wrong about it.
const DEEPEST: usize = 32;
/// No refusal is longer, whatever was refused.
const LONGEST_ANSWER: usize = 2_048;

pub fn live_frame(data: &[u8]) {
    // What is not UTF-8 does not come this far: see `live_line`.
    let Ok(text) = std::str::from_utf8(data) else { return };
    let is_json = nesting(text).is_some_and(|depth| depth <= DEEPEST);
    match decode(text) {
        Decoded::Malformed => assert!(!is_json, "is JSON, and not too deep"),
        Decoded::Frame(frame) => {
            assert!(is_json, "is not JSON, or too deep");
            // Whichever way it was read.
            let other: ClientFrame = serde_json::from_str(text).expect("a frame");
            assert_eq!(other, *frame);
            reads_back(&frame);
        }
        Decoded::Wrong { problem, client_msg_id } => {
            assert!(is_json, "is not JSON, or too deep");
            assert_refused(&problem, ErrorCode::Invalid);
            let said = serde_json::from_str::<serde_json::Value>(text).expect("is JSON");
            if let Some(id) = &client_msg_id {
                assert_eq!(
                    (&said["type"], &said["client_msg_id"]),
                    (&"say".into(), &id.as_str().into())
                );
            }
            answer_is_short(problem);
        }
    }
}

/// What was understood, written down, is understood the same.
pub fn reads_back(frame: &ClientFrame) {
    let text = serde_json::to_string(frame).expect("a frame can be written");
    match decode(&text) {
        Decoded::Frame(again) => assert_eq!(*again, *frame),
        other => panic!("{text}: {other:?}"),
    }
}

fn answer_is_short(problem: Problem) {
    let answer = ServerFrame::Error { problem, room: None, client_msg_id: None };
    let length = serde_json::to_string(&answer).expect("a frame can be written").len();
    assert!(length <= LONGEST_ANSWER, "{length} bytes");
}
