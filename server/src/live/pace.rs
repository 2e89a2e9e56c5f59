//! How much is being said, and how many commits at once are best for it.

use std::time::{Duration, Instant};

/// So many entries that arrive during one commit are few.
const FEW: f64 = 1.0;
/// More than so many are many.
const MANY: f64 = 30.0;
/// Looked at no more often than this.
const LOOK: Duration = Duration::from_millis(5);
/// What happened so long ago counts for little.
const MEMORY: f64 = 0.05;
/// How much the newest commit says about the next.
const WEIGHT: f64 = 0.1;

/// How much is being said, by what arrives during one commit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Traffic {
    /// Commits overlap, and nobody waits for somebody else's.
    Light,
    /// One commit after another: fewer and larger ones cost less, and nobody waits longer.
    Steady,
    /// One after another for each share of the rooms, so that the database works for one while the server tells what has
    /// become of another.
    Heavy,
}

pub struct Pace {
    /// Arrivals in a second, lately.
    rate: f64,
    /// Seconds that a commit takes, lately.
    commit: f64,
    arrived: u32,
    since: Option<Instant>,
}

impl Default for Pace {
    fn default() -> Self {
        Self { rate: 0.0, commit: 0.002, arrived: 0, since: None }
    }
}

impl Pace {
    pub fn arrived(&mut self, now: Instant) {
        let since = *self.since.get_or_insert(now);
        self.arrived += 1;
        let elapsed = now.duration_since(since);
        if elapsed >= LOOK {
            let seconds = elapsed.as_secs_f64();
            let weight = 1.0 - (-seconds / MEMORY).exp();
            self.rate += (f64::from(self.arrived) / seconds - self.rate) * weight;
            (self.arrived, self.since) = (0, Some(now));
        }
    }

    pub fn committed(&mut self, took: Duration) {
        self.commit += (took.as_secs_f64() - self.commit) * WEIGHT;
    }

    pub fn traffic(&self) -> Traffic {
        match self.rate * self.commit {
            few if few <= FEW => Traffic::Light,
            some if some <= MANY => Traffic::Steady,
            _ => Traffic::Heavy,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many arrivals a second, for a while; answers with when that is over.
    fn after(pace: &mut Pace, begun: Instant, per_second: u32, seconds: u32) -> Instant {
        let (gap, many) = (Duration::from_secs(1) / per_second, per_second * seconds);
        (0..many).for_each(|n| pace.arrived(begun + gap * n));
        begun + gap * many
    }

    #[test]
    fn a_crowd_shares_commits_and_a_few_do_not_wait_for_each_other() {
        let mut pace = Pace::default();
        assert_eq!(pace.traffic(), Traffic::Light);
        let at = after(&mut pace, Instant::now(), 400, 1);
        assert_eq!(pace.traffic(), Traffic::Light, "less than one arrives in a commit");
        let at = after(&mut pace, at, 5_000, 1);
        assert_eq!(pace.traffic(), Traffic::Steady, "ten do");
        let at = after(&mut pace, at, 20_000, 1);
        assert_eq!(pace.traffic(), Traffic::Heavy, "forty do");
        after(&mut pace, at, 100, 2);
        assert_eq!(pace.traffic(), Traffic::Light, "it has become quiet");
        for _ in 0..50 {
            pace.committed(Duration::from_millis(100));
        }
        assert_eq!(pace.traffic(), Traffic::Steady, "the disk is slow: ten arrive in a commit");
    }
}
