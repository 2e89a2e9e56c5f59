//! A frame as it goes over the network, from a server to many: never masked, so the same bytes are right for everybody
//! (RFC 6455 §5.1, §5.2).

use bytes::Bytes;

const TEXT: u8 = 0x81;
const PING: u8 = 0x89;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame(Bytes);

impl Frame {
    pub fn text(payload: &str) -> Self {
        let mut frame = Vec::with_capacity(payload.len() + 10);
        frame.push(TEXT);
        let length = payload.len();
        if length <= 125 {
            frame.push(length.to_le_bytes()[0]);
        } else if let Ok(length) = u16::try_from(length) {
            frame.push(126);
            frame.extend(length.to_be_bytes());
        } else {
            frame.push(127);
            frame.extend((length as u64).to_be_bytes());
        }
        frame.extend(payload.as_bytes());
        Self(frame.into())
    }

    pub const fn ping() -> Self {
        Self(Bytes::from_static(&[PING, 0]))
    }

    pub fn into_bytes(self) -> Bytes {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;
    use tokio_tungstenite::tungstenite::Message;
    use tokio_tungstenite::tungstenite::protocol::{Role, WebSocket};

    fn read(frame: Frame) -> Message {
        let bytes = Cursor::new(frame.into_bytes().to_vec());
        WebSocket::from_raw_socket(bytes, Role::Client, None).read().unwrap()
    }

    #[test]
    fn a_client_reads_what_was_written_whatever_its_length() {
        for length in [0, 1, 125, 126, 127, 65_535, 65_536, 100_000] {
            let text = "字".repeat(length / 3) + &"x".repeat(length % 3);
            assert_eq!(text.len(), length);
            assert_eq!(read(Frame::text(&text)), Message::text(text));
        }
        assert_eq!(read(Frame::ping()), Message::Ping(Bytes::new()));
    }
}
