//! RFC 6455 once more, as plainly as it can be written: what a server has to make of these bytes.

use protocol::live::close;

#[derive(Debug, PartialEq, Eq)]
pub enum Event {
    Text(Vec<u8>),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// In the middle of a frame, or between two.
    CutOff,
    /// As the other side asked.
    Closed,
    Refused(u16),
}

const AGAINST_IT: End = End::Refused(close::POLICY);
const TOO_BIG: End = End::Refused(close::TOO_BIG);

struct Frame {
    first: u8,
    is_masked: bool,
    payload: Vec<u8>,
}

impl Frame {
    fn is_last(&self) -> bool {
        self.first & 0x80 != 0
    }

    fn kind(&self) -> u8 {
        self.first & 0x0f
    }
}

/// A message whose last part has not come.
struct Begun {
    is_text: bool,
    bytes: Vec<u8>,
}

pub fn by_the_standard(mut bytes: &[u8], most: usize) -> (Vec<Event>, End) {
    let (mut events, mut begun) = (Vec::new(), None);
    let end = loop {
        let step = frame(&mut bytes, most).and_then(|frame| event(frame, &mut begun, most));
        match step {
            Ok(Some(Event::Close)) => {
                events.push(Event::Close);
                break End::Closed;
            }
            Ok(event) => events.extend(event),
            Err(end) => break end,
        }
    };
    (events, end)
}

fn take<'a>(bytes: &mut &'a [u8], many: usize) -> Result<&'a [u8], End> {
    let (taken, rest) = bytes.split_at_checked(many).ok_or(End::CutOff)?;
    *bytes = rest;
    Ok(taken)
}

fn frame(bytes: &mut &[u8], most: usize) -> Result<Frame, End> {
    let head = take(bytes, 2)?;
    let (first, second) = (head[0], head[1]);
    let length = match second & 0x7f {
        126 => number(take(bytes, 2)?),
        127 => number(take(bytes, 8)?),
        short => u64::from(short),
    };
    let is_masked = second & 0x80 != 0;
    let mask = if is_masked { take(bytes, 4)? } else { &[0; 4] };
    if !matches!(first & 0x0f, 0..=2 | 8..=10) {
        return Err(AGAINST_IT);
    }
    let length = usize::try_from(length).ok().filter(|length| *length <= most).ok_or(TOO_BIG)?;
    let payload =
        take(bytes, length)?.iter().zip(mask.iter().cycle()).map(|(b, m)| b ^ m).collect();
    Ok(Frame { first, is_masked, payload })
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn event(frame: Frame, begun: &mut Option<Begun>, most: usize) -> Result<Option<Event>, End> {
    let has_reserved = frame.first & 0x70 != 0;
    if !frame.is_masked || has_reserved {
        return Err(AGAINST_IT);
    }
    if frame.kind() >= 8 {
        return control(frame).map(Some);
    }
    let is_last = frame.is_last();
    let mut message = match (frame.kind(), begun.take()) {
        (0, Some(begun)) => begun,
        (kind @ (1 | 2), None) => Begun { is_text: kind == 1, bytes: Vec::new() },
        _ => return Err(AGAINST_IT),
    };
    if message.bytes.len() + frame.payload.len() > most {
        return Err(TOO_BIG);
    }
    message.bytes.extend(frame.payload);
    if message.is_text {
        let read = std::str::from_utf8(&message.bytes);
        // A letter may be cut in two, but not at the end.
        if read.is_err_and(|error| is_last || error.error_len().is_some()) {
            return Err(AGAINST_IT);
        }
    }
    if !is_last {
        *begun = Some(message);
        return Ok(None);
    }
    Ok(Some(if message.is_text {
        Event::Text(message.bytes)
    } else {
        Event::Binary(message.bytes)
    }))
}

fn control(frame: Frame) -> Result<Event, End> {
    if !frame.is_last() || frame.payload.len() > 125 {
        return Err(AGAINST_IT);
    }
    match frame.kind() {
        9 => Ok(Event::Ping(frame.payload)),
        10 => Ok(Event::Pong(frame.payload)),
        _ => {
            let reason = frame.payload.get(2..).unwrap_or_default();
            let is_good = frame.payload.len() != 1 && std::str::from_utf8(reason).is_ok();
            if is_good { Ok(Event::Close) } else { Err(AGAINST_IT) }
        }
    }
}
