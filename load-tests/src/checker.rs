//! Judges a history: what was promised against what was found at the end (promises R1 to R3).

use crate::history::{Attempt, History, Member, Outcome, Place, Reading, Seen};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};

mod leak;
#[cfg(test)]
mod tests;

/// What must never happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Acknowledged, or shown to somebody, and not there at the end.
    Lost,
    /// There twice.
    Dup,
    /// There, and nobody ever sent it.
    Phantom,
    /// There, though every attempt was definitely refused.
    Zombie,
    /// A number between the first and the last is missing.
    Gap,
    /// Acknowledged at another place than where it stands.
    Ackseq,
    /// Sent after another was acknowledged, and stands before it.
    Realtime,
    /// One connection skipped a number or went back.
    ConnOrder,
    /// Two readers were shown different things at one place.
    Divergent,
    /// Shown to somebody who was not in there.
    Leak,
}

impl Rule {
    pub const ALL: [Self; 10] = [
        Self::Lost,
        Self::Dup,
        Self::Phantom,
        Self::Zombie,
        Self::Gap,
        Self::Ackseq,
        Self::Realtime,
        Self::ConnOrder,
        Self::Divergent,
        Self::Leak,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Dup => "dup",
            Self::Phantom => "phantom",
            Self::Zombie => "zombie",
            Self::Gap => "gap",
            Self::Ackseq => "ackseq",
            Self::Realtime => "realtime",
            Self::ConnOrder => "conn_order",
            Self::Divergent => "divergent",
            Self::Leak => "leak",
        }
    }
}

#[derive(Clone, Debug, Serialize)]
pub struct Violation {
    pub rule: Rule,
    pub log: String,
    pub what: String,
}

/// How many violations there are of each rule, those without any included.
pub fn count(violations: &[Violation]) -> BTreeMap<&'static str, usize> {
    Rule::ALL
        .iter()
        .map(|rule| (rule.name(), violations.iter().filter(|v| v.rule == *rule).count()))
        .collect()
}

pub fn check(history: &History) -> Vec<Violation> {
    let mut logs: BTreeMap<&str, Log> = BTreeMap::new();
    for attempt in &history.attempts {
        let log = logs.entry(&attempt.log).or_default();
        log.attempts.entry(&attempt.item).or_default().push(attempt);
    }
    for reading in &history.readings {
        let log = logs.entry(&reading.log).or_default();
        if reading.last { log.last.push(reading) } else { log.live.push(reading) }
    }
    for member in &history.members {
        logs.entry(&member.log).or_default().members.push(member);
    }
    let mut found = Vec::new();
    for (name, log) in &mut logs {
        log.merge();
        let mut tell = |rule, what| {
            found.push(Violation { rule, log: (*name).to_owned(), what });
        };
        log.lost(&mut tell);
        log.stored_wrongly(&mut tell);
        log.gap(&mut tell);
        log.ackseq(&mut tell);
        log.realtime(&mut tell);
        log.conn_order(&mut tell);
        log.divergent(&mut tell);
        log.leak(&mut tell);
    }
    found
}

/// Everything known about one log.
#[derive(Default)]
struct Log<'a> {
    attempts: BTreeMap<&'a str, Vec<&'a Attempt>>,
    live: Vec<&'a Reading>,
    last: Vec<&'a Reading>,
    members: Vec<&'a Member>,
    /// What the last readings found, all readers together.
    stored: BTreeMap<&'a Place, &'a Seen>,
    places: HashMap<&'a str, BTreeSet<&'a Place>>,
}

impl Log<'_> {
    fn merge(&mut self) {
        for seen in self.last.iter().flat_map(|reading| &reading.entries) {
            self.stored.entry(&seen.place).or_insert(seen);
            if let Some(item) = &seen.item {
                self.places.entry(item).or_default().insert(&seen.place);
            }
        }
    }

    fn is_acked(attempts: &[&Attempt]) -> bool {
        attempts.iter().any(|a| matches!(a.outcome, Outcome::Acked { .. }))
    }

    fn lost(&self, tell: &mut impl FnMut(Rule, String)) {
        for (item, attempts) in &self.attempts {
            if Self::is_acked(attempts) && !self.places.contains_key(item) {
                tell(Rule::Lost, format!("{item} was acknowledged and is not there"));
            }
        }
        for reading in &self.live {
            for seen in reading.entries.iter().filter(|s| !self.stored.contains_key(&s.place)) {
                tell(Rule::Lost, format!("{} saw {:?}, which is gone", reading.reader, seen.place));
            }
        }
    }

    fn stored_wrongly(&self, tell: &mut impl FnMut(Rule, String)) {
        for (item, places) in &self.places {
            if places.len() > 1 {
                tell(Rule::Dup, format!("{item} stands at {places:?}"));
            }
            match self.attempts.get(item) {
                None => tell(Rule::Phantom, format!("{item} at {places:?} was sent by nobody")),
                Some(attempts) if attempts.iter().all(|a| refused(a)) => {
                    tell(Rule::Zombie, format!("{item} was refused and stands at {places:?}"));
                }
                Some(_) => {}
            }
        }
    }

    fn gap(&self, tell: &mut impl FnMut(Rule, String)) {
        for reading in self.live.iter().chain(&self.last) {
            let Some(head) = reading.head else { continue };
            let there: BTreeSet<i64> = numbers(reading).collect();
            let missing: Vec<i64> =
                (reading.after + 1..=head).filter(|n| !there.contains(n)).collect();
            if !missing.is_empty() {
                tell(Rule::Gap, format!("{} does not find {missing:?}", reading.reader));
            }
            if there.last().is_some_and(|last| *last > head) {
                tell(Rule::Gap, format!("{} finds more than the head {head}", reading.reader));
            }
        }
    }

    fn ackseq(&self, tell: &mut impl FnMut(Rule, String)) {
        for (item, attempts) in &self.attempts {
            let Some(places) = self.places.get(item) else { continue };
            for attempt in attempts {
                if let Outcome::Acked { place: Some(told) } = &attempt.outcome
                    && !places.contains(told)
                {
                    tell(
                        Rule::Ackseq,
                        format!("{item} was acknowledged at {told:?}, stands at {places:?}"),
                    );
                }
            }
        }
    }

    /// Items in the order in which they were first sent, against the greatest number acknowledged before.
    fn realtime(&self, tell: &mut impl FnMut(Rule, String)) {
        let mut sent = Vec::new();
        let mut acked = Vec::new();
        for (item, attempts) in &self.attempts {
            let Some(Place::Seq(seq)) = self.places.get(item).and_then(|p| p.first()) else {
                continue;
            };
            sent.extend(attempts.iter().map(|a| a.began).min().map(|began| (began, *seq, *item)));
            let first = attempts.iter().filter(|a| matches!(a.outcome, Outcome::Acked { .. }));
            acked.extend(first.map(|a| a.ended).min().map(|ended| (ended, *seq, *item)));
        }
        sent.sort_unstable();
        acked.sort_unstable();
        let mut before = acked.into_iter().peekable();
        let mut greatest: Option<(i64, &str)> = None;
        for (began, seq, item) in sent {
            while let Some((_, acked, by)) = before.next_if(|(ended, ..)| *ended < began) {
                greatest = greatest.max(Some((acked, by)));
            }
            if let Some((acked, earlier)) = greatest
                && seq <= acked
            {
                tell(
                    Rule::Realtime,
                    format!("{item} got {seq}, after {earlier} was acknowledged at {acked}"),
                );
            }
        }
    }

    fn conn_order(&self, tell: &mut impl FnMut(Rule, String)) {
        for reading in &self.live {
            let mut expected = reading.after + 1;
            for number in numbers(reading) {
                if number != expected {
                    tell(
                        Rule::ConnOrder,
                        format!("{} got {number} instead of {expected}", reading.reader),
                    );
                }
                expected = number + 1;
            }
        }
    }

    fn divergent(&self, tell: &mut impl FnMut(Rule, String)) {
        for reading in self.live.iter().chain(&self.last) {
            for seen in &reading.entries {
                if self.stored.get(&seen.place).is_some_and(|known| *known != seen) {
                    tell(
                        Rule::Divergent,
                        format!("{} saw something else at {:?}", reading.reader, seen.place),
                    );
                }
            }
        }
    }
}

fn refused(attempt: &Attempt) -> bool {
    matches!(attempt.outcome, Outcome::Refused { .. })
}

fn numbers(reading: &Reading) -> impl Iterator<Item = i64> {
    reading.entries.iter().filter_map(|seen| match seen.place {
        Place::Seq(seq) => Some(seq),
        Place::Id(_) => None,
    })
}
