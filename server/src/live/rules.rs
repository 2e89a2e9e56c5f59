//! The rules of the live protocol in words, with the figures that hold.

use crate::live::limits::{
    Bounds, FRAME_BYTES, HELLO_BYTES, NESTING, QUEUE_BYTES, QUEUE_FRAMES, ROOMS, SEND_WITHIN,
    SOCKETS_A_PERSON,
};
use crate::media::SIGNAL_BYTES;
use protocol::live::SUBPROTOCOL;

pub fn rules() -> Vec<String> {
    let bounds = Bounds::default();
    vec![
        format!(
            "Open it over HTTP/1.1 as a WebSocket of version 13 with the subprotocol `{SUBPROTOCOL}`; no extension is \
             agreed on. 400: not asked for like this; 403: a page of a foreign origin; 429: too many sockets of one \
             address; 503: too many altogether, or stopping."
        ),
        "Every frame is JSON text with a `type`; fields that a frame does not know, or that are given twice, are refused."
            .into(),
        format!(
            "The first frame is `hello`, within {} seconds and {HELLO_BYTES} bytes. The token is never in the address. \
             Before `welcome` a socket is closed without a word.",
            bounds.hello_within.as_secs(),
        ),
        "To resume, say hello with the last `seq` you have of each room: what comes after it is sent, and nothing twice. \
         A room that is not yours to hear is answered with `error`; the others go on."
            .into(),
        "`ack` means on disk, `refused` means definitely not stored. Where neither came, say it again with the same \
         `client_msg_id`: it is stored once."
            .into(),
        "`entries` have no holes between `from` and `to` and come in the order of the room, also to who said it, before \
         or after the `ack`. After `caught_up` what comes is live."
            .into(),
        "`error` answers a frame that was not carried out, also one of an unknown type; the socket stays.".into(),
        "Send `reauth` with a fresh token of the same login before `expires_at`.".into(),
        format!(
            "A frame has at most {FRAME_BYTES} bytes and is nested at most {NESTING} deep, a signal has at most \
             {SIGNAL_BYTES} bytes; {} frames are taken at once and {} a second in the long run, pings among them. In \
             pieces, with all that goes with them, a frame is at most twice as long.",
            bounds.burst, bounds.per_second,
        ),
        format!(
            "A socket listens to at most {ROOMS} rooms; a person has at most {SOCKETS_A_PERSON} sockets, an address {}.",
            bounds.sockets_an_address,
        ),
        format!(
            "The server pings every {} seconds, as WebSockets do, and closes what is silent for {}.",
            bounds.ping_every.as_secs(),
            bounds.silence.as_secs(),
        ),
        format!(
            "Who leaves {QUEUE_FRAMES} frames or {QUEUE_BYTES} bytes unread, or takes over {} seconds to read one, is \
             closed and resumes by cursor.",
            SEND_WITHIN.as_secs(),
        ),
    ]
}
