//! What is looked at again and again, whatever hints were lost. Each kind has its own place within its period: together
//! they would make whoever talks at that moment wait for all of them.

use std::time::Duration;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

/// Where in its period each begins, in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Sockets,
    Media,
    Audio,
    Deadlines,
    /// One of so many workers.
    Worker(u32, u32),
}

impl Place {
    fn of(self, period: Duration) -> Duration {
        period * self.thousandths() / 1_000
    }

    fn thousandths(self) -> u32 {
        match self {
            Self::Sockets => 0,
            Self::Media => 50,
            Self::Audio => 240,
            Self::Deadlines => 4,
            Self::Worker(one, many) => 1_000 * one / many.max(1) + 85,
        }
    }
}

/// One that comes late keeps its place for the next.
pub fn every(period: Duration, place: Place) -> Interval {
    let mut rounds = interval_at(Instant::now() + place.of(period), period);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Skip);
    rounds
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// In two seconds, which all periods are a part or a multiple of.
    #[test]
    fn no_two_fall_on_one_moment() {
        for many in 1..=8 {
            let workers = (0..many).map(|one| Place::Worker(one, many).of(2 * SECOND));
            let audio = Place::Audio.of(SECOND);
            let others = [
                Place::Sockets.of(2 * SECOND),
                Place::Media.of(2 * SECOND),
                audio,
                audio + SECOND,
                Place::Deadlines.of(10 * SECOND),
                2 * SECOND,
            ];
            let mut all: Vec<Duration> = workers.chain(others).collect();
            all.sort();
            let apart = all.iter().zip(&all[1..]).map(|(one, next)| next.abs_diff(*one)).min();
            assert!(apart >= Some(Duration::from_millis(40)), "{many} workers: {all:?}");
        }
    }
}
