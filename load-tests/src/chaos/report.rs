//! What a run came to: every figure, and every violation with its place.

mod times;

use super::Options;
use super::nemesis::Nemesis;
use super::strike::Strike;
use crate::checker::{self, Violation};
use crate::history::{Attempt, History, Outcome, Via};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use times::Times;

#[derive(Serialize)]
pub struct Report {
    options: Options,
    /// How often each thing happened.
    strikes: BTreeMap<Nemesis, usize>,
    pub attempts: usize,
    pub acks: usize,
    /// Different things that were acknowledged, however often.
    pub acknowledged: usize,
    pub unknown: usize,
    pub refused: usize,
    /// Of these attempts, those over a live socket.
    pub socket_acks: usize,
    pub socket_unknown: usize,
    /// Entries that came over one, and how often one came back.
    pub heard: usize,
    pub resumed: usize,
    /// Times at which somebody was in a room.
    pub members: usize,
    pub disputes: usize,
    pub read_at_the_end: usize,
    pub times: Times,
    seconds: f64,
    rules: BTreeMap<&'static str, usize>,
    pub violations: Vec<Violation>,
}

impl Report {
    pub fn of(options: Options, history: &History, strikes: &[Strike], took: Duration) -> Self {
        let violations = checker::check(history);
        let count = |kind: fn(&Attempt) -> bool| {
            history.attempts.iter().filter(|attempt| kind(attempt)).count()
        };
        let by_socket = || history.readings.iter().filter(|reading| reading.via == Via::Socket);
        let last = history.readings.iter().filter(|reading| reading.last);
        let acked = history.attempts.iter().filter(|attempt| is_acked(attempt));
        let things: BTreeSet<_> = acked.map(|it| (&it.log, &it.item)).collect();
        let mut each: BTreeMap<Nemesis, usize> = BTreeMap::new();
        for strike in strikes {
            *each.entry(strike.nemesis).or_default() += 1;
        }
        Self {
            strikes: each,
            attempts: history.attempts.len(),
            acks: count(is_acked),
            acknowledged: things.len(),
            unknown: count(is_unknown),
            refused: count(|it| matches!(it.outcome, Outcome::Refused { .. })),
            socket_acks: count(|it| it.via == Via::Socket && is_acked(it)),
            socket_unknown: count(|it| it.via == Via::Socket && is_unknown(it)),
            heard: by_socket().map(|reading| reading.entries.len()).sum(),
            resumed: history.resumes.len(),
            members: history.members.len(),
            disputes: last.clone().filter(|reading| reading.log.starts_with("events:")).count(),
            read_at_the_end: last.map(|reading| reading.entries.len()).sum(),
            times: Times::of(history, strikes),
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
        let struck = |nemesis: &Nemesis| self.strikes.get(nemesis).copied().unwrap_or_default();
        let killed = struck(&Nemesis::Kill) + struck(&Nemesis::Power);
        let mut words =
            vec![format!("servers={}", self.options.servers), format!("kills={killed}")];
        let rest = Nemesis::ALL.iter().filter(|it| **it != Nemesis::Kill && struck(it) > 0);
        words.extend(rest.map(|it| format!("{}={}", it.name(), struck(it))));
        let counts = [
            ("attempts", self.attempts),
            ("acks", self.acks),
            ("acknowledged", self.acknowledged),
            ("unknown", self.unknown),
            ("refused", self.refused),
            ("socket_acks", self.socket_acks),
            ("socket_unknown", self.socket_unknown),
            ("heard", self.heard),
            ("resumed", self.resumed),
            ("members", self.members),
            ("disputes", self.disputes),
            ("read", self.read_at_the_end),
        ];
        words.extend(counts.map(|(name, count)| format!("{name}={count}")));
        words.extend(self.times.words());
        words.push(format!("seconds={:.1}", self.seconds));
        words.extend(self.rules.iter().map(|(rule, n)| format!("{rule}={n}")));
        words.join(" ")
    }
}

fn is_acked(attempt: &Attempt) -> bool {
    matches!(attempt.outcome, Outcome::Acked { .. })
}

fn is_unknown(attempt: &Attempt) -> bool {
    matches!(attempt.outcome, Outcome::Unknown)
}
