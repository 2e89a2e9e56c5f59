//! WebSocket frames of the cheap clients: built without a copy too many, and cut out of what was read.

use anyhow::bail;

pub const TEXT: u8 = 1;
pub const CLOSE: u8 = 8;
pub const PING: u8 = 9;
pub const PONG: u8 = 10;

const FINAL: u8 = 0x80;
const MASKED: u8 = 0x80;
/// In place of a length: it follows in two bytes, or in eight.
const LONG: u8 = 0x7e;
const LONGER: u8 = 0x7f;

/// Masked with zeros: the server does the same work, the client none.
pub fn put(out: &mut Vec<u8>, opcode: u8, payload: &[u8]) {
    out.push(FINAL | opcode);
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(short @ 0..LONG), _) => out.push(MASKED | short),
        (_, Ok(long)) => {
            out.push(MASKED | LONG);
            out.extend(long.to_be_bytes());
        }
        _ => {
            out.push(MASKED | LONGER);
            out.extend((payload.len() as u64).to_be_bytes());
        }
    }
    out.extend([0; 4]);
    out.extend(payload);
}

/// One frame at the beginning of what was read.
#[derive(Debug, PartialEq, Eq)]
pub struct Cut<'a> {
    pub opcode: u8,
    pub payload: &'a [u8],
    /// Bytes that it takes, its header included.
    pub size: usize,
}

/// Nothing while it is not all there.
pub fn cut(bytes: &[u8]) -> anyhow::Result<Option<Cut<'_>>> {
    let [first, second, rest @ ..] = bytes else { return Ok(None) };
    if first & FINAL == 0 || second & MASKED != 0 {
        bail!("a server frame in pieces or masked: {first:02x} {second:02x}");
    }
    let (length, header) = match *second {
        LONG => (rest.first_chunk().map(|two| u16::from_be_bytes(*two).into()), 4),
        LONGER => (rest.first_chunk().map(|eight| u64::from_be_bytes(*eight)), 10),
        short => (Some(short.into()), 2),
    };
    let Some(length) = length else { return Ok(None) };
    let length = usize::try_from(length)?;
    let payload = bytes.get(header..).and_then(|rest| rest.get(..length));
    Ok(payload.map(|payload| Cut { opcode: first & 0x0f, payload, size: header + length }))
}

#[cfg(test)]
mod tests {
    use super::{Cut, TEXT, cut, put};

    /// As a server sends it: without the mask.
    fn unmasked(payload: &[u8]) -> Vec<u8> {
        let mut frame = Vec::new();
        put(&mut frame, TEXT, payload);
        frame[1] &= 0x7f;
        let mask = frame.len() - payload.len() - 4;
        frame.drain(mask..mask + 4);
        frame
    }

    #[test]
    fn cuts_what_is_whole_and_waits_for_the_rest() {
        for length in [0, 1, 125, 126, 65_535, 65_536] {
            let payload = vec![b'x'; length];
            let frame = unmasked(&payload);
            let whole = Cut { opcode: TEXT, payload: &payload, size: frame.len() };
            assert_eq!(cut(&frame).unwrap(), Some(whole));
            for end in [0, 1, 2, frame.len() - 1].map(|end| end.min(frame.len() - 1)) {
                assert_eq!(cut(&frame[..end]).unwrap(), None, "{length} {end}");
            }
        }
    }

    #[test]
    fn a_piece_of_a_frame_is_refused() {
        assert!(cut(&[0x01, 0]).is_err());
        assert!(cut(&[0x81, 0x80]).is_err());
    }
}
