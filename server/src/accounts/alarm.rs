//! The arithmetic of guessing, and when it no longer adds up.
//!
//! A number gets at most ten codes a day (SEC-SMS-03) and each code five tries: fifty guesses of a million, so one
//! number is broken into with a chance of 5·10⁻⁵ a day (SEC-SMS-04). That holds for one number; whoever tries many
//! numbers is seen by the sum of all failures.

use crate::app::App;
use crate::http::limits::{Blind, Limit};
use std::time::Duration;

/// More wrong codes than people mistype in an hour.
const FAILED: Limit = Limit {
    name: "failed_codes",
    most: 500,
    window: Duration::from_secs(3_600),
    blind: Blind::Own,
};
/// So that one long attack is one alarm an hour.
const RAISED: Limit = Limit { name: "failed_codes_alarm", most: 1, ..FAILED };

/// Counts a wrong code of anybody; true when this raises the alarm.
pub async fn failed_code(app: &App) -> bool {
    metrics::counter!("login_codes_failed_total").increment(1);
    let now = app.clock.now();
    let too_many = app.limits.take(&FAILED, "all", now).await.is_err();
    let alarm = too_many && app.limits.take(&RAISED, "all", now).await.is_ok();
    if alarm {
        metrics::counter!("login_code_alarms_total").increment(1);
        tracing::error!("more than 500 wrong login codes within an hour: somebody is guessing");
    }
    alarm
}
