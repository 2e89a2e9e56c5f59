//! How much one socket may ask for, hold and take (SEC-WS-03, 05, 07, 08, 09).

use crate::config::Config;
use protocol::live::{Heartbeat, Limits};
use std::time::{Duration, Instant};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

pub const HELLO_BYTES: usize = 4 * 1024;
pub const FRAME_BYTES: usize = 64 * 1024;
pub const NESTING: usize = 32;
pub const SEND_WITHIN: Duration = Duration::from_secs(10);
pub const QUEUE_FRAMES: usize = 256;
pub const QUEUE_BYTES: usize = 1024 * 1024;
/// What the kernel takes before the queue begins to fill; it reckons its own bookkeeping in and doubles it.
pub const SEND_BUFFER: usize = 64 * 1024;
/// Backlog waits until the queue is below this, so that a long one never fills it.
pub const QUEUE_LOW: usize = 64 * 1024;
pub const ROOMS: usize = 64;
pub const SOCKETS_A_PERSON: usize = 3;
const LOOK_ROUND: Duration = Duration::from_secs(2);
/// For how long what was looked at is taken to be so: somewhat longer than a round.
pub const LOOKED_AT: Duration = Duration::from_secs(3);
/// For how long a room stays at hand when nobody listens any more: whoever lost the line comes back.
pub const KEEP_ROOMS: Duration = Duration::from_secs(120);

/// What a test cannot wait for.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// From the connection to the first frame.
    pub hello_within: Duration,
    pub ping_every: Duration,
    /// Without any frame, not even an answer to a ping.
    pub silence: Duration,
    /// Sockets that have not said who they are, of all addresses together.
    pub unauthenticated: usize,
    pub sockets_an_address: usize,
    /// Frames that one socket may send at once.
    pub burst: u32,
    /// Frames that it may send in a second in the long run.
    pub per_second: u32,
    /// Between two announcements of who is here to the other servers.
    pub beat: Duration,
    /// How often everything is looked at again, hint or no hint.
    pub look_round: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            hello_within: Duration::from_secs(5),
            ping_every: Duration::from_secs(25),
            silence: Duration::from_secs(60),
            unauthenticated: 200,
            sockets_an_address: 50,
            burst: 20,
            per_second: 2,
            beat: Duration::from_secs(15),
            look_round: LOOK_ROUND,
        }
    }
}

impl Bounds {
    pub fn of(config: &Config) -> Self {
        Self {
            sockets_an_address: config.sockets_per_address,
            burst: config.frames_burst,
            per_second: config.frames_per_second,
            ..Self::default()
        }
    }
}

/// tungstenite's own are 128 KiB a socket to read and 64 MiB a message. It writes nothing but its own answers.
pub fn websocket(most: usize) -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(1024)
        .max_message_size(Some(most))
        .max_frame_size(Some(most))
}

/// So much may come on the line for one message of `most` bytes, however it is cut up: pieces with nothing in them would
/// otherwise never end.
pub const fn on_the_line(most: usize) -> usize {
    2 * most
}

pub const fn told(bounds: Bounds) -> (Heartbeat, Limits) {
    (
        Heartbeat { ping: bounds.ping_every.as_secs(), silence: bounds.silence.as_secs() },
        Limits {
            frame_bytes: FRAME_BYTES,
            burst: bounds.burst,
            per_second: bounds.per_second,
            rooms: ROOMS,
            sockets: SOCKETS_A_PERSON,
        },
    )
}

/// So many frames at once, and so many a second in the long run.
pub struct Bucket {
    most: f64,
    a_second: f64,
    left: f64,
    at: Instant,
}

impl Bucket {
    pub fn full(burst: u32, per_second: u32, at: Instant) -> Self {
        let most = f64::from(burst);
        Self { most, a_second: f64::from(per_second), left: most, at }
    }

    /// Whether one more frame may come now.
    pub fn take(&mut self, now: Instant) -> bool {
        let gained = (now - self.at).as_secs_f64() * self.a_second;
        self.left = (self.left + gained).min(self.most);
        self.at = now;
        let may = self.left >= 1.0;
        if may {
            self.left -= 1.0;
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_promised_is_what_holds_by_itself() {
        let bounds = Bounds::default();
        assert_eq!(bounds.hello_within, Duration::from_secs(5));
        let (heartbeat, _) = told(bounds);
        assert_eq!((heartbeat.ping, heartbeat.silence), (25, 60));
        assert_eq!((bounds.unauthenticated, bounds.sockets_an_address), (200, 50));
        assert_eq!(bounds.beat, Duration::from_secs(15));
    }

    #[test]
    fn twenty_at_once_and_then_two_a_second() {
        let start = Instant::now();
        let bounds = Bounds::default();
        let mut bucket = Bucket::full(bounds.burst, bounds.per_second, start);
        assert_eq!((0..30).filter(|_| bucket.take(start)).count(), 20);
        let later = start + Duration::from_secs(3);
        assert_eq!((0..30).filter(|_| bucket.take(later)).count(), 6);
        let much_later = later + Duration::from_secs(3_600);
        assert_eq!((0..30).filter(|_| bucket.take(much_later)).count(), 20);
    }
}
