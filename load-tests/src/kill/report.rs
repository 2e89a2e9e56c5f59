//! What a run came to: every figure, and every violation with its place.

use super::{Options, Restart};
use crate::checker::{self, Violation};
use crate::history::{Attempt, History, Outcome, Via};
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

#[derive(Serialize)]
pub struct Report {
    options: Options,
    pub kills: usize,
    pub crashes: usize,
    pub attempts: usize,
    pub acks: usize,
    pub unknown: usize,
    pub refused: usize,
    /// Of these attempts, those over a live socket.
    pub socket_acks: usize,
    pub socket_unknown: usize,
    /// Entries that came over one, and how often one came back with a cursor.
    pub heard: usize,
    pub resumed: usize,
    pub disputes: usize,
    pub read_at_the_end: usize,
    /// Milliseconds from the start of the process until it was ready, after each kill.
    restarts: Vec<u128>,
    seconds: f64,
    rules: BTreeMap<&'static str, usize>,
    pub violations: Vec<Violation>,
}

impl Report {
    pub fn of(options: Options, history: &History, restarts: &[Restart], took: Duration) -> Self {
        let violations = checker::check(history);
        let count = |kind: fn(&Attempt) -> bool| {
            history.attempts.iter().filter(|attempt| kind(attempt)).count()
        };
        let by_socket = || history.readings.iter().filter(|reading| reading.via == Via::Socket);
        let last = history.readings.iter().filter(|reading| reading.last);
        Self {
            kills: restarts.len(),
            crashes: restarts.iter().filter(|restart| restart.crashed).count(),
            attempts: history.attempts.len(),
            acks: count(is_acked),
            unknown: count(is_unknown),
            refused: count(|it| matches!(it.outcome, Outcome::Refused { .. })),
            socket_acks: count(|it| it.via == Via::Socket && is_acked(it)),
            socket_unknown: count(|it| it.via == Via::Socket && is_unknown(it)),
            heard: by_socket().map(|reading| reading.entries.len()).sum(),
            resumed: by_socket().filter(|reading| reading.after > 0).count(),
            disputes: last.clone().filter(|reading| reading.log.starts_with("events:")).count(),
            read_at_the_end: last.map(|reading| reading.entries.len()).sum(),
            restarts: restarts.iter().map(|restart| restart.took.as_millis()).collect(),
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
            "kills={} crashes={} attempts={} acks={} unknown={} refused={} socket_acks={} socket_unknown={} heard={} resumed={} disputes={} read={} restart_ms_max={} seconds={:.1} {}",
            self.kills,
            self.crashes,
            self.attempts,
            self.acks,
            self.unknown,
            self.refused,
            self.socket_acks,
            self.socket_unknown,
            self.heard,
            self.resumed,
            self.disputes,
            self.read_at_the_end,
            self.restarts.iter().max().unwrap_or(&0),
            self.seconds,
            rules.join(" "),
        )
    }
}

fn is_acked(attempt: &Attempt) -> bool {
    matches!(attempt.outcome, Outcome::Acked { .. })
}

fn is_unknown(attempt: &Attempt) -> bool {
    matches!(attempt.outcome, Outcome::Unknown)
}
