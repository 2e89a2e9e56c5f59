//! Days as the law counts them: China Standard Time, holidays and make-up workdays, ends at 24:00.

use chrono::{DateTime, Datelike, Days, FixedOffset, Months, NaiveDate, NaiveTime, Utc, Weekday};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// China Standard Time. It has had no summer time since 1991, so a fixed offset is exact.
pub const CST: FixedOffset = match FixedOffset::east_opt(8 * 3600) {
    Some(offset) => offset,
    None => unreachable!(), // decided while compiling
};

/// The day it is in China at `at`.
pub fn local_day(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&CST).date_naive()
}

/// 24:00 of `day` in China: the first instant that is too late.
pub fn end_of(day: NaiveDate) -> DateTime<Utc> {
    at_hour(day + Days::new(1), 0)
}

/// The full hour of `day` in China; an hour past 23 counts as midnight.
pub fn at_hour(day: NaiveDate, hour: u8) -> DateTime<Utc> {
    let time = NaiveTime::from_hms_opt(u32::from(hour), 0, 0).unwrap_or(NaiveTime::MIN);
    (day.and_time(time) - CST).and_utc()
}

/// The State Council's holidays and make-up workdays. Everything else is judged by its weekday.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    pub holidays: BTreeSet<NaiveDate>,
    /// Saturdays and Sundays that are worked (调休上班).
    pub workdays: BTreeSet<NaiveDate>,
}

impl Default for Calendar {
    fn default() -> Self {
        Self::state_council()
    }
}

impl Calendar {
    /// The notices for 2025 (国办发明电〔2024〕12号) and 2026 (2025-11-04). The notice for 2027 is not in this table; until
    /// it is added as data, [`Self::covers`] says so and the days of 2027 are judged by their weekday alone.
    pub fn state_council() -> Self {
        let days = |of: &[(i32, u32, u32, u32)]| {
            of.iter()
                .flat_map(|&(year, month, first, last)| {
                    (first..=last).filter_map(move |day| NaiveDate::from_ymd_opt(year, month, day))
                })
                .collect()
        };
        Self { holidays: days(HOLIDAYS), workdays: days(WORKDAYS) }
    }

    /// Whether the notice for `year` is known. Without it, deadlines in that year may end too early.
    pub fn covers(&self, year: i32) -> bool {
        self.holidays.iter().any(|day| day.year() == year)
    }

    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        self.workdays.contains(&day) || !(weekend || self.holidays.contains(&day))
    }

    /// `day`, or the next working day where it is a holiday (程序规定 Art 35).
    pub fn roll(&self, day: NaiveDate) -> NaiveDate {
        day.iter_days().find(|day| self.is_working_day(*day)).unwrap_or(day)
    }

    /// The last day of a limit of `n` working days from `start`, which is not counted itself.
    pub fn add_working_days(&self, start: NaiveDate, n: u16) -> NaiveDate {
        start
            .iter_days()
            .skip(1)
            .filter(|day| self.is_working_day(*day))
            .take(usize::from(n))
            .last()
            .unwrap_or(start)
    }

    /// The last day of a limit of `n` days from `start`, which is not counted itself (程序规定 Art 35).
    pub fn add_days(&self, start: NaiveDate, n: u16) -> NaiveDate {
        self.roll(start + Days::new(n.into()))
    }

    /// The last day of a limit of `n` months from `start`: the same date of the month, or the month's last
    /// (民法典 Art 202), rolled off holidays.
    pub fn add_months(&self, start: NaiveDate, n: u16) -> NaiveDate {
        self.roll(start + Months::new(n.into()))
    }
}

/// Year, month, first and last day.
const HOLIDAYS: &[(i32, u32, u32, u32)] = &[
    (2025, 1, 1, 1),
    (2025, 1, 28, 31), // 春节, to February 4
    (2025, 2, 1, 4),
    (2025, 4, 4, 6),
    (2025, 5, 1, 5),
    (2025, 5, 31, 31), // 端午, to June 2
    (2025, 6, 1, 2),
    (2025, 10, 1, 8), // 国庆 and 中秋
    (2026, 1, 1, 3),
    (2026, 2, 15, 23), // 春节
    (2026, 4, 4, 6),
    (2026, 5, 1, 5),
    (2026, 6, 19, 21),
    (2026, 9, 25, 27), // 中秋
    (2026, 10, 1, 7),
];

const WORKDAYS: &[(i32, u32, u32, u32)] = &[
    (2025, 1, 26, 26),
    (2025, 2, 8, 8),
    (2025, 4, 27, 27),
    (2025, 9, 28, 28),
    (2025, 10, 11, 11),
    (2026, 1, 4, 4),
    (2026, 2, 14, 14),
    (2026, 2, 28, 28),
    (2026, 5, 9, 9),
    (2026, 9, 20, 20),
    (2026, 10, 10, 10),
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap_or_default()
    }

    #[test]
    fn every_make_up_workday_is_a_weekend_and_no_holiday() {
        let calendar = Calendar::state_council();
        assert_eq!((calendar.holidays.len(), calendar.workdays.len()), (28 + 33, 5 + 6));
        for day in &calendar.workdays {
            assert!(matches!(day.weekday(), Weekday::Sat | Weekday::Sun), "{day}");
            assert!(!calendar.holidays.contains(day), "{day}");
        }
        assert!(calendar.covers(2026) && !calendar.covers(2027));
    }

    #[test]
    fn the_start_day_is_not_counted_and_holidays_are_jumped() {
        let calendar = Calendar::state_council();
        // Friday; the weekend of the 14th is worked on Saturday only, then the Spring Festival to the 23rd.
        assert_eq!(calendar.add_working_days(day(2, 13), 1), day(2, 14));
        assert_eq!(calendar.add_working_days(day(2, 13), 2), day(2, 24));
        assert_eq!(calendar.add_working_days(day(11, 23), 3), day(11, 26));
        assert_eq!(calendar.add_working_days(day(11, 20), 3), day(11, 25));
        assert_eq!(calendar.add_working_days(day(11, 20), 0), day(11, 20));
    }

    #[test]
    fn a_last_day_on_a_holiday_rolls_to_the_next_working_day() {
        let calendar = Calendar::state_council();
        assert_eq!(calendar.add_days(day(9, 24), 7), day(10, 8));
        assert_eq!(calendar.add_days(day(5, 2), 7), day(5, 9)); // a worked Saturday
        assert_eq!(calendar.add_days(day(11, 23), 5), day(11, 30)); // Saturday to Monday
        assert_eq!(calendar.add_months(day(1, 31), 1), day(2, 28)); // clamped; a worked Saturday
        assert_eq!(calendar.add_months(day(9, 1), 1), day(10, 8));
        assert_eq!(calendar.add_months(day(10, 23), 1), day(11, 23));
    }

    #[test]
    fn a_day_begins_and_ends_at_midnight_in_china() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap_or_default();
        assert_eq!(end_of(day(11, 23)), at("2026-11-23T16:00:00Z"));
        assert_eq!(at_hour(day(11, 23), 9), at("2026-11-23T01:00:00Z"));
        assert_eq!(local_day(at("2026-11-23T15:59:59Z")), day(11, 23));
        assert_eq!(local_day(at("2026-11-23T16:00:00Z")), day(11, 24));
    }

    #[test]
    fn the_table_is_data_that_can_be_replaced() {
        let other: Result<Calendar, _> =
            serde_json::from_str(r#"{"holidays":["2027-01-01"],"workdays":[]}"#);
        assert_eq!(other.map(|c| c.covers(2027)).ok(), Some(true));
    }

    proptest! {
        #[test]
        fn a_limit_ends_on_a_working_day_and_has_as_many_as_it_says(offset in 0_u64..700, n in 1_u16..60) {
            let calendar = Calendar::state_council();
            let start = NaiveDate::from_ymd_opt(2025, 1, 1).unwrap_or_default() + Days::new(offset);
            let last = calendar.add_working_days(start, n);
            let counted = start.iter_days().skip(1).take_while(|d| *d <= last)
                .filter(|d| calendar.is_working_day(*d)).count();
            prop_assert!(calendar.is_working_day(last));
            prop_assert_eq!(counted, usize::from(n));
            for last in [calendar.add_days(start, n), calendar.add_months(start, n % 12)] {
                prop_assert!(calendar.is_working_day(last));
            }
            prop_assert!(calendar.add_days(start, n) >= start + Days::new(n.into()));
        }

        #[test]
        fn every_instant_lies_within_its_local_day(seconds in 1_700_000_000_i64..1_900_000_000) {
            let at = DateTime::from_timestamp(seconds, 0).unwrap_or_default();
            let day = local_day(at);
            prop_assert!(at_hour(day, 0) <= at && at < end_of(day));
        }
    }
}
