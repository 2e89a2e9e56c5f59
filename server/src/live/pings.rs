//! When sockets are pinged: many of them in the same moment, so that the server wakes once for all.

use std::time::{Duration, Instant};

/// In the time between two pings of one socket.
const MOMENTS: u32 = 128;

pub struct Pings {
    since: Instant,
    every: Duration,
}

impl Pings {
    pub fn new(every: Duration) -> Self {
        Self { since: Instant::now(), every }
    }

    /// The last of the moments that come no later than one ought to be pinged again.
    pub fn after(&self, now: Instant) -> Instant {
        let moment = (self.every / MOMENTS).as_nanos().max(1);
        let past = (now + self.every - self.since).as_nanos() % moment;
        let early = Duration::from_nanos(u64::try_from(past).unwrap_or_default());
        now + self.every.saturating_sub(early)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_due_at_nearly_the_same_time_is_pinged_at_the_same() {
        let pings = Pings::new(Duration::from_secs(25));
        let moment = pings.every / MOMENTS;
        let at = |n: u32| pings.after(pings.since + moment / 10 * n);
        assert_eq!(at(0), pings.since + pings.every);
        assert_eq!(at(9), at(0));
        assert_eq!(at(10), at(0) + moment);
    }

    #[test]
    fn a_ping_is_never_late_and_never_at_once() {
        for every in [Duration::from_nanos(1), Duration::from_millis(40), Duration::from_secs(25)] {
            let pings = Pings::new(every);
            for n in 0..200 {
                let now = pings.since + every / 70 * n;
                assert!(pings.after(now) <= now + every);
                assert!(pings.after(now) > now);
            }
        }
    }
}
