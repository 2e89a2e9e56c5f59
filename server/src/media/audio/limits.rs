//! How much one audio socket may send, and how far behind it may be.

use crate::live::Bucket;
use std::time::{Duration, Instant};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

pub const HELLO_BYTES: usize = 1024;
/// Sequence (2 bytes) and timestamp (4 bytes), both big-endian, before each packet that a device sends.
pub const HEADER: usize = 6;
/// The largest Opus packet (RFC 6716 §3.2.1).
pub const OPUS: usize = 1_275;
/// Fifty a second are sent; the rest is for clocks that differ.
pub const PER_SECOND: u32 = 60;
/// After a pause of the network what was held back comes at once.
pub const BURST: u32 = 60;
/// Packets waiting for a slow receiver: half a second of one voice. Beyond it the oldest falls away, as late sound is
/// worse than none.
pub const WAITING: usize = 25;
pub const SEND_WITHIN: Duration = Duration::from_secs(10);
pub const PING_EVERY: Duration = Duration::from_secs(25);
pub const SILENCE: Duration = Duration::from_secs(60);

pub fn websocket() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(4 * 1024)
        .write_buffer_size(0)
        .max_write_buffer_size(64 * 1024)
        .max_message_size(Some(HEADER + OPUS))
        .max_frame_size(Some(HEADER + OPUS))
}

/// How many packets one device may still send.
pub fn rate(at: Instant) -> Bucket {
    Bucket::full(BURST, PER_SECOND, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixty_a_second_and_no_more() {
        let start = Instant::now();
        let mut left = rate(start);
        assert_eq!((0..100).filter(|_| left.take(start)).count(), 60);
        let later = start + Duration::from_millis(500);
        assert_eq!((0..100).filter(|_| left.take(later)).count(), 30);
    }

    #[test]
    fn a_voice_of_fifty_a_second_is_never_held_up() {
        let start = Instant::now();
        let mut left = rate(start);
        assert!((0..3_000).all(|n| left.take(start + Duration::from_millis(20 * n))));
    }
}
