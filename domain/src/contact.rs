//! When somebody may be reached, which they decide themselves: at another time a phone may be in the wrong hands.

use crate::calendar::{CST, at_hour, local_day};
use chrono::{DateTime, Days, Timelike, Utc};

/// Shorter, and a message might never get through.
const LEAST: i16 = 2;

/// Full hours of the day in China; past midnight where `until` comes before `from`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContactHours {
    from: u8,
    until: u8,
}

impl ContactHours {
    /// From 0 to 23, until 1 to 24, and two hours at least.
    pub fn new(from: u8, until: u8) -> Option<Self> {
        let hours = Self { from, until };
        (from < 24 && (1..=24).contains(&until) && hours.length() >= LEAST).then_some(hours)
    }

    fn length(self) -> i16 {
        match (i16::from(self.until) - i16::from(self.from)).rem_euclid(24) {
            0 if self.from == 0 => 24,
            length => length,
        }
    }

    /// `now`, or the moment when these hours begin next.
    pub fn next(self, now: DateTime<Utc>) -> DateTime<Utc> {
        let hour = i16::try_from(now.with_timezone(&CST).hour()).unwrap_or_default();
        let since_begin = (hour - i16::from(self.from)).rem_euclid(24);
        if since_begin < self.length() {
            return now;
        }
        let today = local_day(now);
        let begin = at_hour(today, self.from);
        if begin > now { begin } else { at_hour(today + Days::new(1), self.from) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    fn next(from: u8, until: u8, now: &str) -> DateTime<Utc> {
        ContactHours::new(from, until).unwrap().next(at(now))
    }

    #[test]
    fn who_may_be_reached_now_is_reached_now_and_others_when_their_hours_begin() {
        for (from, until, now, then) in [
            (0, 24, "2026-11-02T03:10:00+08:00", "2026-11-02T03:10:00+08:00"),
            (9, 18, "2026-11-02T09:00:00+08:00", "2026-11-02T09:00:00+08:00"),
            (9, 18, "2026-11-02T17:59:59+08:00", "2026-11-02T17:59:59+08:00"),
            (9, 18, "2026-11-02T18:00:00+08:00", "2026-11-03T09:00:00+08:00"),
            (9, 18, "2026-11-02T08:59:59+08:00", "2026-11-02T09:00:00+08:00"),
            // Past midnight.
            (22, 6, "2026-11-02T23:30:00+08:00", "2026-11-02T23:30:00+08:00"),
            (22, 6, "2026-11-02T05:59:00+08:00", "2026-11-02T05:59:00+08:00"),
            (22, 6, "2026-11-02T06:00:00+08:00", "2026-11-02T22:00:00+08:00"),
            (20, 24, "2026-11-02T00:00:00+08:00", "2026-11-02T20:00:00+08:00"),
        ] {
            assert_eq!(next(from, until, now), at(then), "{from} to {until} at {now}");
        }
    }

    #[test]
    fn hours_are_of_one_day_and_two_at_least() {
        for (from, until) in [(0, 24), (9, 11), (23, 1), (22, 24), (0, 2)] {
            assert!(ContactHours::new(from, until).is_some(), "{from} to {until}");
        }
        for (from, until) in [(24, 3), (9, 10), (9, 9), (0, 25), (23, 24), (5, 0), (0, 1)] {
            assert!(ContactHours::new(from, until).is_none(), "{from} to {until}");
        }
    }
}
