//! What the clients counted: how many, how long, and what should never happen.

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What no client should ever see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violations {
    /// A number was passed over.
    pub gaps: u64,
    /// The same number came twice in a row.
    pub duplicates: u64,
    /// A smaller number came after a greater one.
    pub reordered: u64,
    /// One message stood at two places, or two at one.
    pub divergent: u64,
    /// Acknowledged, and a member never got it.
    pub missing: u64,
    /// A frame that is none of this protocol.
    pub unreadable: u64,
}

impl Violations {
    pub fn sum(&self) -> u64 {
        let Self { gaps, duplicates, reordered, divergent, missing, unreadable } = self;
        gaps + duplicates + reordered + divergent + missing + unreadable
    }

    fn add(&mut self, other: Self) {
        self.gaps += other.gaps;
        self.duplicates += other.duplicates;
        self.reordered += other.reordered;
        self.divergent += other.divergent;
        self.missing += other.missing;
        self.unreadable += other.unreadable;
    }
}

/// Of one turn.
pub struct Tally {
    pub acked: u64,
    /// While new messages were still sent.
    pub acked_in_time: u64,
    pub delivered: u64,
    /// Frames in which that came.
    pub frames: u64,
    pub refused: u64,
    /// Sent or due, and neither acknowledged nor refused within the time for it.
    pub unanswered: u64,
    /// Sockets that the server closed.
    pub dropped: u64,
    /// Microseconds from the sending (in an open loop: from when it was due) to the acknowledgement.
    pub ack: Histogram<u64>,
    /// The same to each delivery.
    pub delivery: Histogram<u64>,
    pub violations: Violations,
    /// While new messages were sent.
    pub time: Duration,
    /// Processor time of the clients, and all the time it was taken in.
    pub client_cpu: Duration,
    pub whole: Duration,
    /// The first refusal or goodbye, in the server's words.
    pub first_trouble: Option<String>,
}

impl Tally {
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self {
            acked: 0,
            acked_in_time: 0,
            delivered: 0,
            frames: 0,
            refused: 0,
            unanswered: 0,
            dropped: 0,
            ack: Histogram::new(3)?,
            delivery: Histogram::new(3)?,
            violations: Violations::default(),
            time: Duration::ZERO,
            client_cpu: Duration::ZERO,
            whole: Duration::ZERO,
            first_trouble: None,
        })
    }

    /// Takes over what went wrong earlier, and nothing else.
    pub fn also(&mut self, other: Self) {
        self.violations.add(other.violations);
        self.refused += other.refused;
        self.unanswered += other.unanswered;
        self.dropped += other.dropped;
        self.first_trouble = other.first_trouble.or(self.first_trouble.take());
    }

    /// This turn and one before it, as one.
    pub fn and(mut self, earlier: Self) -> anyhow::Result<Self> {
        self.acked += earlier.acked;
        self.acked_in_time += earlier.acked_in_time;
        self.delivered += earlier.delivered;
        self.frames += earlier.frames;
        self.ack.add(&earlier.ack)?;
        self.delivery.add(&earlier.delivery)?;
        self.time += earlier.time;
        self.client_cpu += earlier.client_cpu;
        self.whole += earlier.whole;
        self.also(earlier);
        Ok(self)
    }

    pub fn trouble(&mut self, text: &[u8]) {
        self.first_trouble
            .get_or_insert_with(|| String::from_utf8_lossy(text).chars().take(300).collect());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(micros: &[u64], gaps: u64) -> Tally {
        let mut tally = Tally::new().unwrap();
        for took in micros {
            tally.ack.record(*took).unwrap();
            tally.acked += 1;
        }
        tally.violations.gaps = gaps;
        tally.time = Duration::from_secs(2);
        tally
    }

    #[test]
    fn two_turns_are_told_as_one() {
        let (mut first, mut second) = (tally(&[10, 20], 1), tally(&[30], 2));
        first.trouble(b"the first");
        second.trouble(b"the second");
        let both = second.and(first).unwrap();
        assert_eq!((both.acked, both.ack.len(), both.ack.max()), (3, 3, 30));
        assert_eq!((both.violations.gaps, both.time), (3, Duration::from_secs(4)));
        assert_eq!(both.first_trouble.as_deref(), Some("the first"));
    }
}
