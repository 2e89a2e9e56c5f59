//! What was measured, as figures and as a table.

use serde::Serialize;
use std::fmt::Write as _;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// A whole dispute: `POST /v1/disputes`
    Filing,
    /// One message: `POST /v1/rooms/{id}/entries`
    Message,
}

/// One side of one repetition.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Figures {
    pub per_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    /// Microseconds of processor time for one piece of work.
    pub server_cpu_us: f64,
    pub postgres_cpu_us: f64,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub struct Repetition {
    pub server: Figures,
    pub pgbench: Figures,
}

#[derive(Debug, Serialize)]
pub struct Row {
    pub work: Work,
    pub clients: u32,
    pub repetitions: Vec<Repetition>,
}

#[derive(Debug, Serialize)]
pub struct Report {
    pub seconds: u64,
    pub cores: usize,
    pub postgres: String,
    pub load_before: String,
    pub load_after: String,
    pub rows: Vec<Row>,
    /// The scripts that pgbench ran.
    pub filing_script: String,
    pub message_script: String,
}

impl Row {
    fn median(&self, of: impl Fn(&Repetition) -> f64) -> f64 {
        let mut values: Vec<f64> = self.repetitions.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
    }

    /// The median of the ratios of what ran side by side.
    pub fn ratio(&self) -> f64 {
        self.median(|r| r.server.per_second / r.pgbench.per_second)
    }
}

impl Report {
    pub fn table(&self) -> String {
        let mut table = String::from(
            "| work | clients | `ala` /s | p50 / p99 ms | CPU µs: server + PostgreSQL | `pgbench` /s | p50 / p99 ms | CPU µs: PostgreSQL | ratio |\n\
             |---|---|---|---|---|---|---|---|---|\n",
        );
        for row in &self.rows {
            let work = match row.work {
                Work::Filing => "file a dispute",
                Work::Message => "say something",
            };
            // Writing to a string does not fail.
            let _ = writeln!(
                table,
                "| {work} | {} | {:.0} | {:.1} / {:.1} | {:.0} + {:.0} | {:.0} | {:.1} / {:.1} | {:.0} | {:.2} |",
                row.clients,
                row.median(|r| r.server.per_second),
                row.median(|r| r.server.p50_ms),
                row.median(|r| r.server.p99_ms),
                row.median(|r| r.server.server_cpu_us),
                row.median(|r| r.server.postgres_cpu_us),
                row.median(|r| r.pgbench.per_second),
                row.median(|r| r.pgbench.p50_ms),
                row.median(|r| r.pgbench.p99_ms),
                row.median(|r| r.pgbench.postgres_cpu_us),
                row.ratio(),
            );
        }
        table
    }

    /// Everything on one line.
    pub fn figures(&self) -> String {
        let rows: Vec<String> = self
            .rows
            .iter()
            .map(|row| {
                let work = match row.work {
                    Work::Filing => "filing",
                    Work::Message => "message",
                };
                let rate = row.median(|r| r.server.per_second);
                format!("{work}_{}={rate:.0}/s ratio={:.2}", row.clients, row.ratio())
            })
            .collect();
        format!("{} load={}", rows.join(" "), self.load_after)
    }
}
