//! What is sent before it is known whose the socket is.

use super::{As, Row, World, hello};
use crate::raw::{CLOSE, PING, PONG, TEXT, frame, head, text};
use serde_json::{Value, json};

const NOT_AUTHENTICATED: &str = "closed 4401";
const TOO_BIG: &str = "closed 1009";
const POLICY: &str = "closed 1008";

fn row(what: &'static str, sent: Vec<Vec<u8>>, comes: &'static str) -> Row {
    let by = As::Nobody("/v1/live".into(), Vec::new());
    Row { what, by, sent, comes: vec![comes] }
}

pub fn rows(world: &World) -> Vec<Row> {
    [tokens(world), order(world), sizes(world), frames(world)].into_iter().flatten().collect()
}

fn tokens(world: &World) -> Vec<Row> {
    let own = json!({world.own.to_string(): 0});
    let with = |token: &str| vec![hello(token, &own)];
    let subscribe = text(json!({"type": "subscribe", "room": world.own}).to_string());
    let address = format!("/v1/live?token={0}&access_token={0}", world.token);
    let twice = json!({"type": "hello", "token": world.token}).to_string();
    let twice = twice.replacen('{', r#"{"token":"x","#, 1);
    vec![
        row("a token that is none", with("x"), NOT_AUTHENTICATED),
        row("an empty token", with(""), NOT_AUTHENTICATED),
        row("a token that has run out", with(&world.expired), NOT_AUTHENTICATED),
        row("a token of a login that has ended", with(&world.ended), NOT_AUTHENTICATED),
        row("a token from before two refreshes", with(&world.replayed), NOT_AUTHENTICATED),
        row("no token", vec![text(r#"{"type":"hello"}"#)], NOT_AUTHENTICATED),
        row("two tokens", vec![text(twice)], NOT_AUTHENTICATED),
        Row {
            by: As::Nobody(address, Vec::new()),
            ..row("a good token in the address", vec![subscribe], NOT_AUTHENTICATED)
        },
    ]
}

fn order(world: &World) -> Vec<Row> {
    let said = |frame: Value| vec![text(frame.to_string())];
    let own = world.own;
    let body = json!({"kind": "text", "text": "在吗"});
    let say = json!({"type": "say", "room": own, "client_msg_id": "x", "body": body});
    vec![
        row("subscribe first", said(json!({"type": "subscribe", "room": own})), NOT_AUTHENTICATED),
        row("say first", said(say), NOT_AUTHENTICATED),
        row("typing first", said(json!({"type": "typing", "room": own})), NOT_AUTHENTICATED),
        row("ping first", said(json!({"type": "ping"})), NOT_AUTHENTICATED),
        row(
            "reauth first",
            said(json!({"type": "reauth", "token": world.token})),
            NOT_AUTHENTICATED,
        ),
        row("an unknown type first", said(json!({"type": "shout"})), NOT_AUTHENTICATED),
        row("a ping of the transport first", vec![frame(PING, b"x")], NOT_AUTHENTICATED),
        row("a pong first", vec![frame(PONG, b"")], NOT_AUTHENTICATED),
        row("goodbye first", vec![frame(CLOSE, &1_000_u16.to_be_bytes())], "closed 1000"),
        row("nothing", vec![], NOT_AUTHENTICATED),
        row(
            "half a frame, and nothing more",
            vec![head(TEXT, 100), b"{".to_vec()],
            NOT_AUTHENTICATED,
        ),
    ]
}

fn sizes(world: &World) -> Vec<Row> {
    let rooms: serde_json::Map<String, Value> =
        (0..10_000).map(|n| (format!("rom_{n:032x}"), json!(0))).collect();
    let padded = json!({"type": "hello", "token": world.token, "device": "x".repeat(4_096)});
    let pieces = [vec![frame(0x01, &[b'x'; 1_000])], vec![frame(0x00, &[b'x'; 1_000]); 4]].concat();
    let empty = [vec![frame(0x01, b"")], vec![frame(0x00, b""); 1_500]].concat();
    vec![
        row("hello of more than 4 KiB", vec![text(padded.to_string())], TOO_BIG),
        row("hello with 10 000 cursors", vec![hello(&world.token, &rooms.into())], TOO_BIG),
        row("the head of more than 4 KiB", vec![head(TEXT, 4_097)], TOO_BIG),
        row("the head of all the bytes there are", vec![head(TEXT, u64::MAX)], TOO_BIG),
        row("pieces of more than 4 KiB", pieces, TOO_BIG),
        row("pieces with nothing in them, without end", empty, TOO_BIG),
    ]
}

fn frames(world: &World) -> Vec<Row> {
    let good = json!({"type": "hello", "token": world.token}).to_string();
    let deep = format!(r#"{{"type":"hello","cursors":{}{}}}"#, "[".repeat(32), "]".repeat(32));
    let mut unmasked = vec![TEXT, 126];
    unmasked.extend(u16::try_from(good.len()).unwrap().to_be_bytes());
    unmasked.extend(good.as_bytes());
    let room = world.own.to_string();
    let cursor = |cursor: &str| {
        format!(r#"{{"type":"hello","token":"{}","cursors":{{"{room}":{cursor}}}}}"#, world.token)
    };
    vec![
        row("not JSON", vec![text("{")], POLICY),
        row("an empty frame", vec![text("")], POLICY),
        row("too deep", vec![text(deep)], POLICY),
        row("binary", vec![frame(0x82, good.as_bytes())], POLICY),
        row("without a mask", vec![unmasked], POLICY),
        row("reserved bits", vec![frame(0xc1, good.as_bytes())], POLICY),
        row("a reserved kind of frame", vec![frame(0x83, good.as_bytes())], POLICY),
        row("a continuation of nothing", vec![frame(0x80, good.as_bytes())], POLICY),
        row("half a letter", vec![frame(TEXT, &[0xe6, 0x88])], POLICY),
        row("a cursor that is no number", vec![text(cursor("\"1\""))], NOT_AUTHENTICATED),
        row("a cursor with a fraction", vec![text(cursor("1.5"))], NOT_AUTHENTICATED),
        row(
            "a cursor beyond numbers",
            vec![text(cursor("9223372036854775808"))],
            NOT_AUTHENTICATED,
        ),
        row("a cursor beyond anything", vec![text(cursor("1e999"))], POLICY),
        row(
            "a field that hello has not",
            vec![text(good.replacen('{', r#"{"x":1,"#, 1))],
            NOT_AUTHENTICATED,
        ),
        row(
            "a device with NUL in its name",
            vec![text(good.replacen('{', r#"{"device":"a\u0000b","#, 1))],
            NOT_AUTHENTICATED,
        ),
    ]
}
