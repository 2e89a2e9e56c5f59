//! What nearly every frame is, read in one go: a text that somebody says.
//!
//! An enum with a tag is read twice, the second time from a tree of what was read first. Whatever is not exactly this
//! frame is read that way; what is, comes to the same.

use protocol::RoomId;
use protocol::live::ClientFrame;
use protocol::room::{ClientMsgId, EntryBody};
use protocol::text::Text;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spoken<'a> {
    r#type: &'a str,
    room: RoomId,
    client_msg_id: ClientMsgId,
    #[serde(borrow)]
    body: Words<'a>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words<'a> {
    kind: &'a str,
    text: Text<1, 4_000>,
}

pub fn read(text: &str) -> Option<ClientFrame> {
    let Spoken { r#type, room, client_msg_id, body } = serde_json::from_str(text).ok()?;
    (r#type == "say" && body.kind == "text").then(|| ClientFrame::Say {
        room,
        client_msg_id,
        body: EntryBody::Text { text: body.text },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: &str = "rom_0000000000004000800000000000000a";

    #[test]
    fn a_text_is_read_in_whatever_order_it_comes() {
        for frame in [
            format!(
                r#"{{"type":"say","room":"{ROOM}","client_msg_id":"1-a","body":{{"kind":"text","text":"好"}}}}"#
            ),
            format!(
                r#" {{ "body" : {{"text":"\u597d", "kind":"text"}}, "client_msg_id":"1-a", "room":"{ROOM}", "type":"say"}} "#
            ),
        ] {
            let read = read(&frame).expect("a text");
            assert_eq!(read, serde_json::from_str(&frame).unwrap(), "{frame}");
        }
    }

    /// Each part of a frame in many forms, all of them together: read like this or not at all.
    #[test]
    fn nothing_is_read_that_would_otherwise_be_read_differently() {
        let types = [
            r#""type":"say","#,
            r#""type":"s\u0061y","#,
            r#""type":{"say":null},"#,
            r#""type":"typing","#,
            r#""type":"say","type":"say","#,
            "",
        ];
        let rooms = [
            format!(r#""room":"{ROOM}","#),
            format!(r#""room":"{}","#, ROOM.to_uppercase()),
            format!(r#""room":"{}","#, ROOM.replace("rom", "per")),
            r#""room":"x","#.to_owned(),
            r#""room":7,"#.to_owned(),
            String::new(),
        ];
        let ids = [
            r#""client_msg_id":"1-a","#,
            r#""client_msg_id":"1-\u0061","#,
            r#""client_msg_id":"","#,
            r#""client_msg_id":"字","#,
            r#""client_msg_id":null,"#,
            r#""client_msg_id":"1-a","after":1,"#,
            "",
        ];
        let bodies = [
            r#""body":{"kind":"text","text":"好"}"#,
            r#""body":{"kind":"text","text":" 好\n\"\\ "}"#,
            r#""body":{"kind":"t\u0065xt","text":"\ud83d\ude42"}"#,
            r#""body":{"kind":"text","text":"\ud83d"}"#,
            r#""body":{"kind":"text","text":""}"#,
            r#""body":{"kind":"text","text":"a","text":"b"}"#,
            r#""body":{"kind":"text","text":"a","more":1}"#,
            r#""body":{"kind":"quick_phrase","phrase":"agree"}"#,
            r#""body":{"kind":"quick_phrase","text":"a"}"#,
            r#""body":["text","a"]"#,
            r#""body":"text""#,
            r#""body":null"#,
        ];
        let mut accepted = 0;
        for r#type in types {
            for room in &rooms {
                for id in ids {
                    for body in bodies {
                        let frame = format!("{{{type}{room}{id}{body}}}");
                        if let Some(read) = read(&frame) {
                            accepted += 1;
                            let other = serde_json::from_str::<ClientFrame>(&frame);
                            assert_eq!(other.ok(), Some(read), "{frame}");
                        }
                    }
                }
            }
        }
        assert_eq!(accepted, 6, "of one type and room, two ids and three bodies");
    }
}
