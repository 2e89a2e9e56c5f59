//! Frames against the standard, and of sizes that are not taken.

use super::signed_in::{Case, POLICY, TOO_BIG, case};
use crate::raw::{CLOSE, PING, PONG, TEXT, frame, head, text};

const GOODBYE: [&str; 2] = ["closing 1001", "closed 1000"];
const PING_TEXT: &str = r#"{"type":"ping","t":1}"#;

/// Against the standard.
pub fn line() -> Vec<Case> {
    let ping = PING_TEXT.as_bytes();
    let unmasked = [&[TEXT, u8::try_from(ping.len()).unwrap()][..], ping].concat();
    let long_way =
        [&[TEXT, 0xfe, 0, u8::try_from(ping.len()).unwrap(), 0, 0, 0, 0][..], ping].concat();
    vec![
        case("without a mask", vec![unmasked], POLICY),
        case("binary", vec![frame(0x82, b"{}")], POLICY),
        case("an empty binary frame", vec![frame(0x82, b"")], POLICY),
        case("reserved bits", vec![frame(0xf1, b"{}")], POLICY),
        case("as if compressed", vec![frame(0xc1, b"{}")], POLICY),
        case("a reserved kind of data", vec![frame(0x83, ping)], POLICY),
        case("a reserved kind of control", vec![frame(0x8b, b"")], POLICY),
        case("a ping of 126 bytes", vec![frame(PING, &[0; 126])], POLICY),
        case("a ping in pieces", vec![frame(0x09, b"")], POLICY),
        case("a continuation of nothing", vec![frame(0x80, ping)], POLICY),
        case("a message within a message", vec![frame(0x01, b"{"), text(PING_TEXT)], POLICY),
        case("half a letter", vec![frame(TEXT, &[0xe6, 0x88])], POLICY),
        case("a letter written too long", vec![frame(TEXT, &[0xc0, 0x80])], POLICY),
        case("half a pair as bytes", vec![frame(TEXT, &[0xed, 0xa0, 0x80])], POLICY),
        case(
            "half a letter at the end of a piece",
            vec![frame(0x01, &[0xe6]), frame(0x80, b"{")],
            POLICY,
        ),
        case("a length that could be shorter", vec![long_way], ["pong"]),
        case(
            "a ping within a message",
            [frame(0x01, &ping[..9]), frame(PING, b"x"), frame(0x80, &ping[9..])].into(),
            ["answered", "pong"],
        ),
        case(
            "30 pings of the transport at once",
            vec![frame(PING, b"x"); 30],
            ["answered", "closing 4429", "closed 4429"],
        ),
        case(
            "30 pongs that nobody asked for",
            vec![frame(PONG, b"x"); 30],
            ["closing 4429", "closed 4429"],
        ),
        case(
            "30 frames at once",
            vec![text(PING_TEXT); 30],
            ["pong", "closing 4429", "closed 4429"],
        ),
    ]
}

pub fn closing() -> Vec<Case> {
    let close = |payload: &[u8]| vec![frame(CLOSE, payload)];
    vec![
        case("goodbye", close(&1_000_u16.to_be_bytes()), GOODBYE),
        case(
            "goodbye with a code that is none",
            close(&999_u16.to_be_bytes()),
            ["closing 1001", "closed 1002"],
        ),
        case(
            "goodbye with a code that is never sent",
            close(&1_006_u16.to_be_bytes()),
            ["closing 1001", "closed 1002"],
        ),
        case("goodbye with half a code", close(&[3]), POLICY),
        case("goodbye with a reason that is no text", close(&[3, 232, 0xff]), POLICY),
        case(
            "goodbye, and then more",
            [close(&1_000_u16.to_be_bytes()), vec![text(PING_TEXT)]].concat(),
            GOODBYE,
        ),
    ]
}

pub fn sizes() -> Vec<Case> {
    let padded = |length: usize| text(PING_TEXT.to_owned() + &" ".repeat(length - PING_TEXT.len()));
    let pieces = |first: &[u8], more: &[u8], many| {
        [vec![frame(0x01, first)], vec![frame(0x00, more); many]].concat()
    };
    let piece = vec![b' '; 16 * 1_024];
    vec![
        case("64 KiB", vec![padded(65_536)], ["pong"]),
        case("64 KiB and one byte", vec![padded(65_537)], TOO_BIG),
        case("the head of 64 KiB and one byte", vec![head(TEXT, 65_537)], TOO_BIG),
        case("the head of all the bytes there are", vec![head(TEXT, u64::MAX)], TOO_BIG),
        case("pieces of more than 64 KiB", pieces(&piece, &piece, 4), TOO_BIG),
        case("64 KiB in pieces of one byte", pieces(b"{", b" ", 65_000), TOO_BIG),
        case("pieces with nothing in them, without end", pieces(b"", b"", 25_000), TOO_BIG),
    ]
}
