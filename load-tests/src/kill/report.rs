//! What a run came to: every figure, and every violation with its place.

use super::Options;
use crate::checker::{self, Violation};
use crate::fault::Fault;
use crate::history::{History, Outcome};
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

#[derive(Serialize)]
pub struct Report {
    options: Options,
    pub kills: u32,
    pub crashes: u32,
    pub attempts: usize,
    pub acks: usize,
    pub unknown: usize,
    pub refused: usize,
    pub disputes: usize,
    pub read_at_the_end: usize,
    /// Milliseconds from the start of the process until it was ready, after each kill.
    restarts: Vec<u128>,
    seconds: f64,
    rules: BTreeMap<&'static str, usize>,
    pub violations: Vec<Violation>,
}

impl Report {
    pub fn of(options: Options, history: &History, restarts: &[Duration], took: Duration) -> Self {
        let violations = checker::check(history);
        let count = |kind: fn(&Outcome) -> bool| {
            history.attempts.iter().filter(|attempt| kind(&attempt.outcome)).count()
        };
        let last = history.readings.iter().filter(|reading| reading.last);
        let kills = u32::try_from(restarts.len()).unwrap_or(u32::MAX);
        let crashes = match options.seed_fault {
            Some(Fault::AsyncCommit) => kills,
            _ if options.crash => kills / 2,
            _ => 0,
        };
        Self {
            kills,
            crashes,
            attempts: history.attempts.len(),
            acks: count(|outcome| matches!(outcome, Outcome::Acked { .. })),
            unknown: count(|outcome| matches!(outcome, Outcome::Unknown)),
            refused: count(|outcome| matches!(outcome, Outcome::Refused { .. })),
            disputes: last.clone().filter(|reading| reading.log.starts_with("events:")).count(),
            read_at_the_end: last.map(|reading| reading.entries.len()).sum(),
            restarts: restarts.iter().map(Duration::as_millis).collect(),
            seconds: took.as_secs_f64(),
            rules: checker::count(&violations),
            violations,
            options,
        }
    }

    pub fn is_clean(&self) -> bool {
        self.violations.is_empty()
    }

    /// Everything on one line.
    pub fn figures(&self) -> String {
        let rules: Vec<String> = self.rules.iter().map(|(rule, n)| format!("{rule}={n}")).collect();
        format!(
            "kills={} crashes={} attempts={} acks={} unknown={} refused={} disputes={} read={} restart_ms_max={} seconds={:.1} {}",
            self.kills,
            self.crashes,
            self.attempts,
            self.acks,
            self.unknown,
            self.refused,
            self.disputes,
            self.read_at_the_end,
            self.restarts.iter().max().unwrap_or(&0),
            self.seconds,
            rules.join(" "),
        )
    }
}
