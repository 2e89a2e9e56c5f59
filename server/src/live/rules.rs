//! The rules of the live protocol in words, with the figures that hold.

use crate::live::limits::{
    Bounds, FRAME_BYTES, HELLO_BYTES, NESTING, QUEUE_BYTES, QUEUE_FRAMES, ROOMS, SEND_WITHIN,
    SOCKETS_A_PERSON,
};
use crate::media::SIGNAL_BYTES;

pub fn rules() -> Vec<String> {
    let bounds = Bounds::default();
    vec![
        "Every frame is JSON text with a `type`; fields that a frame does not know are refused.".into(),
        format!(
            "The first frame is `hello`, within {} seconds and {HELLO_BYTES} bytes. The token is never in the address.",
            bounds.hello_within.as_secs(),
        ),
        "`ack` means on disk, `refused` means definitely not stored. Where neither came, say it again with the same \
         `client_msg_id`: it is stored once."
            .into(),
        "`entries` have no holes between `from` and `to` and come in the order of the room. After `caught_up` what \
         comes is live."
            .into(),
        "`error` answers a frame that was not carried out, also one of an unknown type; the socket stays.".into(),
        "Send `reauth` with a fresh token of the same login before `expires_at`.".into(),
        format!(
            "A frame has at most {FRAME_BYTES} bytes and is nested at most {NESTING} deep, a signal has at most \
             {SIGNAL_BYTES} bytes; {} frames are taken at once and {} a second in the long run.",
            bounds.burst, bounds.per_second,
        ),
        format!(
            "A socket listens to at most {ROOMS} rooms; a person has at most {SOCKETS_A_PERSON} sockets, an address {}.",
            bounds.sockets_an_address,
        ),
        format!(
            "The server pings every {} seconds and closes what is silent for {}.",
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
