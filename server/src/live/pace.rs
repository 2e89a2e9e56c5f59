//! How much is being said, and how many commits at once are best for it.

use std::time::{Duration, Instant};

/// So many entries that arrive during one commit are few: each gets a commit at once.
const FEW: f64 = 4.0;
/// Looked at no more often than this.
const LOOK: Duration = Duration::from_millis(5);
/// What happened so long ago counts for little.
const MEMORY: f64 = 0.05;
/// How much the newest commit says about the next.
const WEIGHT: f64 = 0.1;

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

    /// Whether commits may overlap.
    pub fn is_light(&self) -> bool {
        self.rate * self.commit <= FEW
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many arrivals a second, for a while.
    fn after(pace: &mut Pace, per_second: u32, seconds: u32) {
        let (begun, gap) = (Instant::now(), Duration::from_secs(1) / per_second);
        for n in 0..per_second * seconds {
            pace.arrived(begun + gap * n);
        }
    }

    #[test]
    fn a_crowd_shares_commits_and_a_few_do_not_wait_for_each_other() {
        let mut pace = Pace::default();
        assert!(pace.is_light());
        after(&mut pace, 400, 1);
        assert!(pace.is_light(), "one arrives in a commit");
        after(&mut pace, 10_000, 1);
        assert!(!pace.is_light(), "twenty do");
        after(&mut pace, 100, 2);
        assert!(pace.is_light(), "it has become quiet");
        for _ in 0..50 {
            pace.committed(Duration::from_millis(100));
        }
        assert!(!pace.is_light(), "the disk is slow: ten arrive in a commit");
    }
}
