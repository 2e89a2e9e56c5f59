//! Frames of the live socket: JSON text with a `type`, subprotocol [`SUBPROTOCOL`].

use crate::dispute::DisputeView;
use crate::room::{ClientMsgId, EntryBody, EntryView, RoomView};
use crate::text::Line;
use crate::{DisputeId, LoginId, PersonId, Problem, RoomId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub const SUBPROTOCOL: &str = "ala.v1";

/// Why the server closes a socket.
pub mod close {
    pub const GOING_AWAY: u16 = 1001;
    /// A frame that is no frame of this protocol.
    pub const POLICY: u16 = 1008;
    pub const TOO_BIG: u16 = 1009;
    pub const INTERNAL: u16 = 1011;
    /// Come back after the time told in `closing`.
    pub const RESTARTING: u16 = 1012;
    pub const NOT_AUTHENTICATED: u16 = 4401;
    pub const NOT_ALLOWED: u16 = 4403;
    /// Did not read fast enough; resume by cursor.
    pub const TOO_SLOW: u16 = 4408;
    /// A newer socket of the same person took this one's place; do not come back by yourself.
    pub const REPLACED: u16 = 4409;
    pub const TOO_FAST: u16 = 4429;
}

/// What a client may send.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientFrame {
    /// The first frame. `cursors` names the rooms to resume, each with the last entry that is known; `states` the
    /// disputes of which a state is known, each with its version: it is not sent again while it is the same.
    Hello {
        token: String,
        /// What the device is called, for its owner's list.
        #[serde(default)]
        device: Option<Line>,
        #[serde(default)]
        cursors: BTreeMap<RoomId, i64>,
        #[serde(default)]
        states: BTreeMap<DisputeId, i64>,
    },
    /// A fresh token of the same account, before the old one expires.
    Reauth {
        token: String,
    },
    Subscribe {
        room: RoomId,
        #[serde(default)]
        after: i64,
    },
    Unsubscribe {
        room: RoomId,
    },
    Say {
        room: RoomId,
        client_msg_id: ClientMsgId,
        body: EntryBody,
    },
    Read {
        room: RoomId,
        seq: i64,
    },
    /// Told to the others in the room, never stored.
    Typing {
        room: RoomId,
    },
    /// Handed on as it is to one other member of the same room.
    Signal {
        media_room: RoomId,
        to: PersonId,
        data: serde_json::Value,
    },
    /// Asks whether the line still carries both ways.
    Ping {
        #[serde(default)]
        t: i64,
    },
}

impl ClientFrame {
    /// Every `type` that is known; anything else is answered with an `error` frame.
    pub const TYPES: [&'static str; 9] =
        ["hello", "reauth", "subscribe", "unsubscribe", "say", "read", "typing", "signal", "ping"];
}

/// What the server sends.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerFrame {
    Welcome {
        login: LoginId,
        server_time: DateTime<Utc>,
        /// Until when the token holds; send `reauth` before.
        expires_at: DateTime<Utc>,
        heartbeat: Heartbeat,
        limits: Limits,
    },
    Reauthenticated {
        expires_at: DateTime<Utc>,
    },
    /// Entries `from` to `to` without a hole between them, backlog or live.
    Entries {
        room: RoomId,
        from: i64,
        to: i64,
        entries: Vec<EntryView>,
    },
    /// The backlog is sent; what follows is live.
    CaughtUp {
        room: RoomId,
        head: i64,
    },
    /// The message is on disk.
    Ack {
        client_msg_id: ClientMsgId,
        room: RoomId,
        seq: i64,
        at: DateTime<Utc>,
    },
    /// The message is definitely not stored.
    Refused {
        client_msg_id: ClientMsgId,
        problem: Problem,
    },
    /// The dispute and its rooms, read at one moment. Entries up to each room's `head` complete it.
    State {
        version: i64,
        dispute: Box<DisputeView>,
        rooms: Vec<RoomView>,
    },
    Presence {
        room: RoomId,
        person: PersonId,
        online: bool,
    },
    Typing {
        room: RoomId,
        person: PersonId,
    },
    /// 对方已看
    Read {
        room: RoomId,
        person: PersonId,
        seq: i64,
    },
    Signal {
        media_room: RoomId,
        from: PersonId,
        data: serde_json::Value,
    },
    /// Carries the last entry of every room subscribed to, so that a line dead in one direction is noticed.
    Pong {
        t: i64,
        heads: BTreeMap<RoomId, i64>,
    },
    /// You are not in this room any more; nothing further comes from it.
    Left {
        room: RoomId,
    },
    /// A frame was not carried out. With a `client_msg_id`, it is unknown whether the message was stored: send it
    /// again with the same id.
    Error {
        problem: Problem,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        room: Option<RoomId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client_msg_id: Option<ClientMsgId>,
    },
    /// The last frame before the socket is closed with this code.
    Closing {
        code: u16,
        /// Milliseconds to wait before coming back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<u64>,
    },
}

/// In seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// How often the server pings.
    pub ping: u64,
    /// After how long without any frame it closes.
    pub silence: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    pub frame_bytes: usize,
    pub burst: u32,
    pub per_second: u32,
    pub rooms: usize,
    pub sockets: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_listed_and_read() -> serde_json::Result<()> {
        let room = "rom_0123456789ab4cde8f0123456789abcd";
        let person = "psn_0123456789ab4cde8f0123456789abcd";
        for kind in ClientFrame::TYPES {
            let rest = match kind {
                "hello" => format!(
                    r#""token":"t","cursors":{{"{room}":3}},"states":{{"dsp_0123456789ab4cde8f0123456789abcd":1}}"#
                ),
                "reauth" => r#""token":"t""#.to_owned(),
                "say" => format!(
                    r#""room":"{room}","client_msg_id":"a","body":{{"kind":"text","text":"x"}}"#
                ),
                "read" => format!(r#""room":"{room}","seq":1"#),
                "signal" => format!(r#""media_room":"{room}","to":"{person}","data":{{}}"#),
                "ping" => r#""t":1"#.to_owned(),
                _ => format!(r#""room":"{room}""#),
            };
            let text = format!(r#"{{"type":"{kind}",{rest}}}"#);
            let frame: ClientFrame = serde_json::from_str(&text)?;
            assert_eq!(serde_json::to_value(&frame)?["type"], kind);
            let extra = format!(r#"{{"type":"{kind}",{rest},"x":1}}"#);
            assert!(serde_json::from_str::<ClientFrame>(&extra).is_err(), "{extra}");
        }
        Ok(())
    }
}
