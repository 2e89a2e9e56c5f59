//! What came of all mediations: how many a minute, how long everything took, what went wrong.

use super::Options;
use super::desk::Desk;
use crate::figures::{Latency, whole};
use hdrhistogram::Histogram;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// What is not one request.
const NOT_REQUESTS: [&str; 4] = ["mediation", "connect", "message", "heard"];

#[derive(Serialize)]
pub struct Report {
    options: Options,
    /// From the filing to the archive.
    archived: u64,
    a_minute: f64,
    seconds: f64,
    requests: u64,
    /// Of all requests together.
    request: Latency,
    steps: BTreeMap<&'static str, Step>,
    pub errors: Vec<String>,
}

#[derive(Serialize)]
struct Step {
    times: u64,
    latency: Latency,
}

impl Report {
    pub fn of(options: Options, desk: &Desk, took: Duration) -> anyhow::Result<Self> {
        let book = desk.book();
        let mut all = Histogram::<u64>::new(3)?;
        for (_, histogram) in book.steps.iter().filter(|(name, _)| !NOT_REQUESTS.contains(name)) {
            all.add(histogram)?;
        }
        let step = |of: &Histogram<u64>| Step { times: of.len(), latency: Latency::of(of) };
        let archived = book.steps.get("mediation").map_or(0, Histogram::len);
        Ok(Self {
            archived,
            a_minute: whole(archived) * 60.0 / took.as_secs_f64(),
            seconds: took.as_secs_f64(),
            requests: all.len(),
            request: Latency::of(&all),
            steps: book.steps.iter().map(|(name, of)| (*name, step(of))).collect(),
            errors: book.errors.clone(),
            options,
        })
    }

    pub fn is_clean(&self) -> bool {
        self.errors.is_empty() && self.archived == u64::from(self.options.mediations)
    }

    /// Every step, and the first things that went wrong.
    pub fn table(&self) -> String {
        let step = |(name, step): (&&str, &Step)| {
            let Latency { p50, p99, max, .. } = step.latency;
            format!(
                "{name:16} {:7} times  p50 {p50:8.1}  p99 {p99:8.1}  max {max:8.1} ms\n",
                step.times
            )
        };
        let errors = self.errors.iter().take(20).map(|error| format!("{error}\n"));
        self.steps.iter().map(step).chain(errors).collect()
    }

    pub fn figures(&self) -> String {
        let mut words = vec![
            format!("mediations={}", self.archived),
            format!("errors={}", self.errors.len()),
            format!("in_flight={}", self.options.in_flight),
            format!("a_minute={:.1}", self.a_minute),
            format!("requests={}", self.requests),
            format!("request_ms_p50={:.1}", self.request.p50),
            format!("request_ms_p99={:.1}", self.request.p99),
        ];
        for name in NOT_REQUESTS {
            let Some(step) = self.steps.get(name) else { continue };
            if name != "mediation" {
                words.push(format!("{name}s={}", step.times));
            }
            words.push(format!("{name}_ms_p50={:.1}", step.latency.p50));
            words.push(format!("{name}_ms_p99={:.1}", step.latency.p99));
        }
        words.push(format!("seconds={:.1}", self.seconds));
        words.join(" ")
    }
}
