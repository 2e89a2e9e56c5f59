//! What somebody sends who is known and listens to a room.

use super::transport::{closing, line, sizes};
use super::{As, Row, World, hello};
use crate::raw::{frame, text};
use serde_json::{Value, json};

pub const POLICY: [&str; 2] = ["closing 1008", "closed 1008"];
pub const TOO_BIG: [&str; 2] = ["closing 1009", "closed 1009"];
const NOTHING: [&str; 0] = [];
const INVALID: [&str; 1] = ["error invalid"];

pub fn rows(world: &World) -> Vec<Row> {
    let by = |token: &String, room| As::Somebody(token.clone(), room);
    let mut rows = Vec::new();
    for (what, sent, comes) in
        [line(), closing(), sizes(), json_text(), meaning(world), rooms(world)]
            .into_iter()
            .flatten()
    {
        rows.push(Row { what, by: by(&world.token, Some(world.joint)), sent, comes });
    }
    for (what, sent, comes) in left(world) {
        rows.push(Row { what, by: by(&world.left, None), sent, comes });
    }
    for (what, sent, comes) in resumed(world) {
        let by = As::Nobody("/v1/live".into(), Vec::new());
        rows.push(Row { what, by, sent, comes });
    }
    let by = As::Nobody("/v1/live".into(), hello(&world.token, &json!({})));
    let what = "hello in one piece with the request";
    rows.push(Row { what, by, sent: vec![], comes: vec!["welcome"] });
    rows
}

pub type Case = (&'static str, Vec<Vec<u8>>, Vec<&'static str>);

pub fn case(what: &'static str, sent: Vec<Vec<u8>>, comes: impl Into<Vec<&'static str>>) -> Case {
    (what, sent, comes.into())
}

fn said(frame: &Value) -> Vec<Vec<u8>> {
    vec![text(frame.to_string())]
}

fn json_text() -> Vec<Case> {
    let nested = |depth: usize| text("[".repeat(depth) + &"]".repeat(depth));
    let one = |what, sent: &str, comes: &[&'static str]| case(what, vec![text(sent)], comes);
    vec![
        one("an empty frame", "", &POLICY),
        one("half of JSON", "{\"type\":", &POLICY),
        one("more after the JSON", r#"{"type":"ping"} x"#, &POLICY),
        one("two frames in one", r#"{"type":"ping"}{"type":"ping"}"#, &POLICY),
        one("a mark of byte order", "\u{feff}{\"type\":\"ping\"}", &POLICY),
        one("NUL itself", "{\"type\":\"ping\0\"}", &POLICY),
        one("half a pair, escaped", r#"{"type":"ping\ud800"}"#, &POLICY),
        one("a number beyond anything", r#"{"type":"ping","t":1e999}"#, &POLICY),
        case("33 levels", vec![nested(33)], POLICY),
        case("64 KiB of levels", vec![text("[".repeat(65_536))], POLICY),
        case("32 levels", vec![nested(32)], INVALID),
        one(
            "brackets in a string",
            &json!({"type": "ping", "t": "[".repeat(60_000)}).to_string(),
            &INVALID,
        ),
        one("no object", "3", &INVALID),
        one("nothing at all", "null", &INVALID),
        one("no type", "{}", &INVALID),
        one("an unknown type", r#"{"type":"shout"}"#, &INVALID),
        one("a type that is no word", r#"{"type":["ping"]}"#, &INVALID),
        one("a type given twice", r#"{"type":"ping","type":"ping"}"#, &INVALID),
        one("a field given twice", r#"{"type":"ping","t":1,"t":2}"#, &INVALID),
        one("a field that the frame has not", r#"{"type":"ping","t":1,"x":1}"#, &INVALID),
        one(
            "a long name of such a field",
            &format!(r#"{{"type":"ping","{}":1}}"#, "x".repeat(60_000)),
            &INVALID,
        ),
        one("a number beyond numbers", r#"{"type":"ping","t":99999999999999999999}"#, &INVALID),
        one("a number with a fraction", r#"{"type":"ping","t":1.5}"#, &INVALID),
    ]
}

fn say(room: &str, id: &str, body: &Value) -> Value {
    json!({"type": "say", "room": room, "client_msg_id": id, "body": body})
}

/// In two pieces, the first of which ends in the middle of the first letter that is none of ASCII.
fn cut_in_a_letter(whole: &Value) -> Vec<Vec<u8>> {
    let said = whole.to_string();
    let within = said.find(|letter: char| !letter.is_ascii()).unwrap() + 1;
    let (first, last) = said.as_bytes().split_at(within);
    vec![frame(0x01, first), frame(0x80, last)]
}

fn words(text: &str) -> Value {
    json!({"kind": "text", "text": text})
}

fn meaning(world: &World) -> Vec<Case> {
    let joint = &world.joint.to_string();
    let subscribe = |after: i64| said(&json!({"type": "subscribe", "room": joint, "after": after}));
    let read = |seq: i64| said(&json!({"type": "read", "room": joint, "seq": seq}));
    let refused = ["refused invalid"];
    let nobodys = json!({"kind": "image", "evidence": "evd_00000000000000000000000000000000"});
    let twice = |other: &str| {
        [said(&say(joint, "one", &words("您好"))), said(&say(joint, "one", &words(other)))].concat()
    };
    vec![
        case("hello twice", vec![hello(&world.token, &json!({}))], INVALID),
        case(
            "a token again",
            said(&json!({"type": "reauth", "token": world.token})),
            ["reauthenticated"],
        ),
        case(
            "the token of another",
            said(&json!({"type": "reauth", "token": world.foreign_token})),
            ["closing 4401", "closed 4401"],
        ),
        case(
            "a token that has run out",
            said(&json!({"type": "reauth", "token": world.expired})),
            ["closing 4401", "closed 4401"],
        ),
        case(
            "a token that is none",
            said(&json!({"type": "reauth", "token": "x"})),
            ["closing 4401", "closed 4401"],
        ),
        case("the same said again", twice("您好"), ["ack"]),
        case(
            "another body under the same client_msg_id",
            twice("再见"),
            ["ack", "refused message_id_reused"],
        ),
        case("a letter in two pieces", cut_in_a_letter(&say(joint, "p", &words("字"))), ["ack"]),
        case("nothing said", said(&say(joint, "e", &words(" "))), refused),
        case("too much said", said(&say(joint, "l", &words(&"长".repeat(4_001)))), refused),
        case("NUL, escaped", said(&say(joint, "n", &words("a\0b"))), refused),
        case(
            "what only the service says",
            said(&say(joint, "s", &json!({"kind": "system", "notice": "closed"}))),
            refused,
        ),
        case("a picture that is nobody's", said(&say(joint, "i", &nobodys)), refused),
        case("a body of no kind", said(&say(joint, "k", &json!({}))), refused),
        case("no room", said(&say("x", "r", &words("x"))), refused),
        case("an id that is none", said(&say(joint, "", &words("x"))), INVALID),
        case("NUL in an id", said(&say(joint, "a\0", &words("x"))), INVALID),
        case("read further than there is", read(i64::MAX), NOTHING),
        case("read less than nothing", read(i64::MIN), NOTHING),
        case("from after the last", subscribe(i64::MAX), ["caught_up"]),
        case("from before the first", subscribe(-1), ["caught_up"]),
        case("from long before the first", subscribe(i64::MIN), ["caught_up"]),
    ]
}

fn rooms(world: &World) -> Vec<Case> {
    let foreign = &world.foreign.to_string();
    let unknown = "rom_00000000000000000000000000000000";
    let nobody = "psn_00000000000000000000000000000000";
    let media = "mrm_00000000000000000000000000000000";
    let session = "ses_00000000000000000000000000000000";
    let one = |what, frame: Value, comes: &[&'static str]| case(what, said(&frame), comes);
    let not_found = ["error not_found"];
    vec![
        one("subscribe to no room", json!({"type": "subscribe"}), &INVALID),
        one("subscribe to what is no id", json!({"type": "subscribe", "room": "rom_1"}), &INVALID),
        one(
            "subscribe to an unknown room",
            json!({"type": "subscribe", "room": unknown}),
            &not_found,
        ),
        one(
            "subscribe to a foreign room",
            json!({"type": "subscribe", "room": foreign}),
            &not_found,
        ),
        one("say in a foreign room", say(foreign, "f", &words("x")), &["refused not_found"]),
        one("typing in a foreign room", json!({"type": "typing", "room": foreign}), &not_found),
        one(
            "read in a foreign room",
            json!({"type": "read", "room": foreign, "seq": 1}),
            &not_found,
        ),
        one(
            "unsubscribe from a foreign room",
            json!({"type": "unsubscribe", "room": foreign}),
            &[],
        ),
        one(
            "signal in an unknown media room",
            json!({"type": "signal", "media_room": media, "to": nobody, "data": {}}),
            &not_found,
        ),
        one(
            "join the media of an unknown session",
            json!({"type": "media", "session": session, "step": "join"}),
            &not_found,
        ),
    ]
}

/// By somebody who was in the room.
fn left(world: &World) -> Vec<Case> {
    let joint = &world.joint.to_string();
    let not_permitted = ["error not_permitted"];
    let subscribe = json!({"type": "subscribe", "room": joint, "after": 0});
    vec![
        case("subscribe to a room that one has left", said(&subscribe), not_permitted),
        case(
            "say in a room that one has left",
            said(&say(joint, "x", &words("x"))),
            ["refused not_permitted"],
        ),
        case(
            "typing in a room that one has left",
            said(&json!({"type": "typing", "room": joint})),
            not_permitted,
        ),
        case(
            "read in a room that one has left",
            said(&json!({"type": "read", "room": joint, "seq": 1})),
            ["error not_found"],
        ),
    ]
}

/// Cursors of `hello` that are strange and do no harm.
fn resumed(world: &World) -> Vec<Case> {
    let joint = world.joint.to_string();
    let unknown: serde_json::Map<String, Value> =
        (0..80).map(|n| (format!("rom_{n:032x}"), json!(0))).collect();
    let twice = json!({"type": "hello", "token": world.token, "cursors": {&joint: 0}}).to_string();
    let twice = twice.replace("\"cursors\":{", &format!("\"cursors\":{{\"{joint}\":9,"));
    let with = |cursors: Value| vec![hello(&world.token, &cursors)];
    let caught_up = ["welcome", "caught_up"];
    vec![
        case("a cursor below nothing", with(json!({&joint: i64::MIN})), caught_up),
        case("a cursor beyond the last", with(json!({&joint: i64::MAX})), caught_up),
        case("a room named twice", vec![text(twice)], caught_up),
        case("80 rooms that are nobody's", with(unknown.into()), ["welcome", "error not_found"]),
        case(
            "a room that is another's",
            with(json!({world.foreign.to_string(): 0})),
            ["welcome", "error not_found"],
        ),
        case(
            "a room that one has left",
            vec![hello(&world.left, &json!({&joint: 0}))],
            ["welcome", "error not_permitted"],
        ),
    ]
}
