//! How long things took: until a message was heard, until people were back, until the servers let go.

use crate::chaos::nemesis::Nemesis;
use crate::chaos::strike::Strike;
use crate::history::{History, Via};
use hdrhistogram::Histogram;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// For so long after the cause is gone it is still felt.
const AFTER: u64 = 10_000_000;

/// Milliseconds throughout.
#[derive(Default, Serialize)]
pub struct Times {
    /// From the start of a server's process until it was ready, the longest.
    pub restart_max: f64,
    /// From a kill until the first socket had come back and caught up (R5).
    pub back_p95: f64,
    pub back_max: f64,
    /// The same of every socket for itself, from when it lost the line.
    pub resume_p99: f64,
    /// From when a message was sent until somebody heard it, when nothing had happened.
    pub calm_p99: f64,
    /// The same of what was sent while something was going on, and in the ten seconds after.
    pub felt: BTreeMap<Nemesis, (f64, f64)>,
    /// Clients that the servers had to let go, how long the last of them took, and KiB each had cost by then.
    pub rid: BTreeMap<Nemesis, (usize, f64, u64)>,
}

impl Times {
    pub fn of(history: &History, strikes: &[Strike]) -> Self {
        let restarts = strikes.iter().filter_map(|strike| strike.restart);
        let back: Vec<u64> = strikes.iter().filter_map(|strike| back(history, strike)).collect();
        let resumes = history.resumes.iter().map(|it| it.ended - it.began);
        let mut times = Self {
            restart_max: restarts.map(|it| it.as_secs_f64() * 1_000.0).fold(0.0, f64::max),
            back_p95: quantile(back.iter().copied(), 0.95),
            back_max: quantile(back.into_iter(), 1.0),
            resume_p99: quantile(resumes, 0.99),
            ..Self::default()
        };
        times.deliveries(history, strikes);
        for strike in strikes {
            if let Some(rid) = strike.rid {
                let each = rid.grown / u64::try_from(rid.clients).unwrap_or(1).max(1);
                let worst = times.rid.entry(strike.nemesis).or_default();
                worst.0 = worst.0.max(rid.clients);
                worst.1 = worst.1.max(rid.took.as_secs_f64() * 1_000.0);
                worst.2 = worst.2.max(each);
            }
        }
        times
    }

    fn deliveries(&mut self, history: &History, strikes: &[Strike]) {
        let mut sent: HashMap<(&str, &str), u64> = HashMap::new();
        for attempt in &history.attempts {
            let first = sent.entry((&attempt.log, &attempt.item)).or_insert(attempt.began);
            *first = attempt.began.min(*first);
        }
        let mut calm = Vec::new();
        let mut felt: BTreeMap<Nemesis, (Vec<u64>, Vec<u64>)> = BTreeMap::new();
        for reading in history.readings.iter().filter(|reading| reading.via == Via::Socket) {
            for (seen, heard) in reading.entries.iter().zip(&reading.times) {
                let item = seen.item.as_deref().unwrap_or_default();
                let Some(sent) = sent.get(&(reading.log.as_str(), item)) else { continue };
                let took = heard.saturating_sub(*sent);
                match cause(strikes, *sent) {
                    None => calm.push(took),
                    Some((nemesis, true)) => felt.entry(nemesis).or_default().0.push(took),
                    Some((nemesis, false)) => felt.entry(nemesis).or_default().1.push(took),
                }
            }
        }
        self.calm_p99 = quantile(calm.into_iter(), 0.99);
        for (nemesis, (during, after)) in felt {
            let p99 = |of: Vec<u64>| quantile(of.into_iter(), 0.99);
            self.felt.insert(nemesis, (p99(during), p99(after)));
        }
    }

    pub fn words(&self) -> Vec<String> {
        let figures = [
            ("restart_ms_max", self.restart_max),
            ("back_ms_p95", self.back_p95),
            ("back_ms_max", self.back_max),
            ("resume_ms_p99", self.resume_p99),
            ("calm_ms_p99", self.calm_p99),
        ];
        let mut words: Vec<String> =
            figures.iter().map(|(name, ms)| format!("{name}={ms:.0}")).collect();
        for (nemesis, (during, after)) in &self.felt {
            let name = nemesis.name();
            words.push(format!("{name}_ms_p99={during:.0}"));
            words.push(format!("after_{name}_ms_p99={after:.0}"));
        }
        for (nemesis, (clients, took, grown)) in &self.rid {
            let name = nemesis.name();
            words.push(format!("{name}_clients={clients}"));
            words.push(format!("{name}_closed_ms_max={took:.0}"));
            words.push(format!("{name}_kib_each={grown}"));
        }
        words
    }
}

/// What was going on at this moment, or had just been; the newest counts.
fn cause(strikes: &[Strike], at: u64) -> Option<(Nemesis, bool)> {
    let felt = strikes.iter().rev().find(|it| (it.began..it.ended + AFTER).contains(&at))?;
    Some((felt.nemesis, at < felt.ended))
}

/// Of a kill: until the first one who lost the line by it had everything again.
fn back(history: &History, strike: &Strike) -> Option<u64> {
    strike.restart?;
    let back = history.resumes.iter().filter(|it| it.began >= strike.began);
    back.map(|it| it.ended - strike.began).min()
}

#[expect(clippy::cast_precision_loss, reason = "microseconds of minutes")]
fn quantile(micros: impl Iterator<Item = u64>, quantile: f64) -> f64 {
    // Grows with what is put in.
    let Ok(mut histogram) = Histogram::<u64>::new(3) else { return f64::NAN };
    let recorded = micros.map(|took| histogram.record(took)).all(|done| done.is_ok());
    if recorded { histogram.value_at_quantile(quantile) as f64 / 1_000.0 } else { f64::NAN }
}

#[cfg(test)]
mod tests {
    use super::quantile;

    #[test]
    fn what_takes_long_is_told_as_long() {
        let took = quantile([1_000, 2_000, 9_000_000].into_iter(), 1.0);
        assert!((took - 9_000.0).abs() < 10.0, "{took}");
    }
}
