//! What one turn of one server came to, and the medians of several.

use crate::arena::Server;
use crate::cpu::Used;
use crate::swarm::{Tally, Violations};
use hdrhistogram::Histogram;
use serde::Serialize;

/// Quantiles for a curve: to the left the usual, to the right the rare.
const CURVE: [f64; 10] = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 1.0];

#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    pub server: Server,
    /// In an open loop, what was offered.
    pub offered_per_second: Option<f64>,
    pub acked: u64,
    pub acked_per_second: f64,
    pub delivered: u64,
    /// Frames with entries: entries of one commit may share one.
    pub frames: u64,
    pub refused: u64,
    pub unanswered: u64,
    pub dropped: u64,
    pub ack: Latency,
    pub delivery: Latency,
    /// Microseconds of processor time for one acknowledged message.
    pub server_cpu_us: f64,
    pub postgres_cpu_us: f64,
    pub client_cpu_us: f64,
    /// The same of the server for one delivery.
    pub server_cpu_us_a_delivery: f64,
    /// How much of its one core the client had: near 1 it was the limit, not the server.
    pub client_busy: f64,
    pub violations: Violations,
    pub first_trouble: Option<String>,
}

/// Milliseconds.
#[derive(Clone, Debug, Serialize)]
pub struct Latency {
    pub p50: f64,
    pub p99: f64,
    pub max: f64,
    /// Quantile and milliseconds.
    pub curve: Vec<(f64, f64)>,
}

impl Latency {
    pub fn of(histogram: &Histogram<u64>) -> Self {
        // Nothing measured is no short time.
        let of_none = if histogram.is_empty() { f64::NAN } else { 1.0 };
        let at = |q| of_none * whole(histogram.value_at_quantile(q)) / 1_000.0;
        let curve = CURVE.iter().map(|q| (*q, at(*q))).collect();
        Self { p50: at(0.5), p99: at(0.99), max: at(1.0), curve }
    }
}

impl Figures {
    pub fn of(server: Server, offered: Option<f64>, tally: Tally, used: Used) -> Self {
        let each = |micros: u64, of: u64| whole(micros) / whole(of);
        let client = u64::try_from(tally.client_cpu.as_micros()).unwrap_or(u64::MAX);
        Self {
            server,
            offered_per_second: offered,
            acked: tally.acked,
            acked_per_second: whole(tally.acked_in_time) / tally.time.as_secs_f64(),
            delivered: tally.delivered,
            frames: tally.frames,
            refused: tally.refused,
            unanswered: tally.unanswered,
            dropped: tally.dropped,
            ack: Latency::of(&tally.ack),
            delivery: Latency::of(&tally.delivery),
            server_cpu_us: each(used.server, tally.acked),
            postgres_cpu_us: each(used.postgres, tally.acked),
            client_cpu_us: each(client, tally.acked),
            server_cpu_us_a_delivery: each(used.server, tally.delivered),
            client_busy: tally.client_cpu.as_secs_f64() / tally.whole.as_secs_f64(),
            violations: tally.violations,
            first_trouble: tally.first_trouble,
        }
    }

    /// What the service pays for one acknowledged message, the database included.
    pub fn cpu_us(&self) -> f64 {
        self.server_cpu_us + self.postgres_cpu_us
    }

    /// Nothing lost, doubled, moved, refused or cut off.
    pub fn is_clean(&self) -> bool {
        self.not_good() == 0
    }

    /// How often it was otherwise.
    pub fn not_good(&self) -> u64 {
        self.violations.sum() + self.refused + self.unanswered + self.dropped
    }
}

#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
pub fn whole(number: u64) -> f64 {
    number as f64
}

/// Of several repetitions; nothing of none.
pub fn median<T>(of: &[T], figure: impl Fn(&T) -> f64) -> f64 {
    let mut values: Vec<f64> = of.iter().map(figure).collect();
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => values[n / 2],
        n => f64::midpoint(values[n / 2 - 1], values[n / 2]),
    }
}

#[cfg(test)]
mod tests {
    use super::{Histogram, Latency, median};

    #[test]
    fn nothing_measured_meets_no_goal() {
        let mut histogram = Histogram::new(3).unwrap();
        assert!(Latency::of(&histogram).p99.is_nan());
        histogram.record(2_000).unwrap();
        assert!((Latency::of(&histogram).p99 - 2.0).abs() < 0.01);
    }

    #[test]
    fn the_median_is_in_the_middle() {
        let of = |values: &[f64]| median(values, |value| *value);
        assert!((of(&[3.0, 1.0, 2.0]) - 2.0).abs() < 1e-9);
        assert!((of(&[4.0, 1.0]) - 2.5).abs() < 1e-9);
        assert!(of(&[]).is_nan());
    }
}
