//! How much one socket may ask for, hold and take (SEC-WS-03, 05, 07, 08, 09).

use protocol::live::{Heartbeat, Limits};
use std::time::{Duration, Instant};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

pub const HELLO_BYTES: usize = 4 * 1024;
pub const FRAME_BYTES: usize = 64 * 1024;
pub const SIGNAL_BYTES: usize = 16 * 1024;
pub const NESTING: usize = 32;
pub const SEND_WITHIN: Duration = Duration::from_secs(10);
pub const QUEUE_FRAMES: usize = 256;
pub const QUEUE_BYTES: usize = 1024 * 1024;
/// Backlog waits until the queue is below this, so that a long one never fills it.
pub const QUEUE_LOW: usize = 64 * 1024;
pub const BURST: u32 = 20;
pub const PER_SECOND: u32 = 2;
pub const ROOMS: usize = 64;
pub const SOCKETS_A_PERSON: usize = 3;
pub const SOCKETS_AN_ADDRESS: usize = 50;
/// How often everything is looked at again, hint or no hint.
pub const LOOK_ROUND: Duration = Duration::from_secs(2);
/// For how long a login that was found valid is taken to be.
pub const LOGIN_CACHED: Duration = Duration::from_secs(1);

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
    /// Between two announcements of who is here to the other servers.
    pub beat: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            hello_within: Duration::from_secs(5),
            ping_every: Duration::from_secs(25),
            silence: Duration::from_secs(60),
            unauthenticated: 200,
            beat: Duration::from_secs(15),
        }
    }
}

/// tungstenite's own are 128 KiB a socket to read, no bound to write and 64 MiB a message.
pub fn websocket() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(4 * 1024)
        .write_buffer_size(8 * 1024)
        .max_write_buffer_size(QUEUE_BYTES)
        .max_message_size(Some(FRAME_BYTES))
        .max_frame_size(Some(FRAME_BYTES))
}

pub const fn told(bounds: Bounds) -> (Heartbeat, Limits) {
    (
        Heartbeat { ping: bounds.ping_every.as_secs(), silence: bounds.silence.as_secs() },
        Limits {
            frame_bytes: FRAME_BYTES,
            burst: BURST,
            per_second: PER_SECOND,
            rooms: ROOMS,
            sockets: SOCKETS_A_PERSON,
        },
    )
}

/// Twenty frames at once, two a second in the long run.
pub struct Bucket {
    left: f64,
    at: Instant,
}

impl Bucket {
    pub fn full(at: Instant) -> Self {
        Self { left: f64::from(BURST), at }
    }

    /// Whether one more frame may come now.
    pub fn take(&mut self, now: Instant) -> bool {
        let gained = (now - self.at).as_secs_f64() * f64::from(PER_SECOND);
        self.left = (self.left + gained).min(f64::from(BURST));
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
        assert_eq!(bounds.unauthenticated, 200);
        assert_eq!(bounds.beat, Duration::from_secs(15));
    }

    #[test]
    fn twenty_at_once_and_then_two_a_second() {
        let start = Instant::now();
        let mut bucket = Bucket::full(start);
        assert_eq!((0..30).filter(|_| bucket.take(start)).count(), 20);
        let later = start + Duration::from_secs(3);
        assert_eq!((0..30).filter(|_| bucket.take(later)).count(), 6);
        let much_later = later + Duration::from_secs(3_600);
        assert_eq!((0..30).filter(|_| bucket.take(much_later)).count(), 20);
    }
}
