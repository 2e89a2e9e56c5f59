//! The turns of each server side by side.

use super::Options;
use crate::arena::Server;
use crate::figures::{Figures, median};
use serde::Serialize;
use std::fmt::Write;

#[derive(Serialize)]
pub struct Report {
    options: Options,
    cores: usize,
    postgres: String,
    /// Ours against the rival's; absent unless both took part.
    ratios: Option<Ratios>,
    turns: Vec<Figures>,
}

/// Medians of what ran next to each other.
#[derive(Serialize)]
struct Ratios {
    /// Below 1 we cost less.
    cpu: f64,
    /// Above 1 we do more.
    acked_per_second: f64,
    p50: f64,
    p99: f64,
}

impl Report {
    pub fn of(options: Options, postgres: String, turns: Vec<Figures>) -> Self {
        let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
        let mut report = Self { options, cores, postgres, ratios: None, turns };
        report.ratios = report.compared();
        report
    }

    fn of_server(&self, server: Server) -> Vec<&Figures> {
        self.turns.iter().filter(|turn| turn.server == server).collect()
    }

    fn compared(&self) -> Option<Ratios> {
        let (ours, theirs) = (self.of_server(Server::Ala), self.of_server(Server::Baseline));
        let pairs: Vec<(&Figures, &Figures)> = ours.into_iter().zip(theirs).collect();
        let ratio = |of: fn(&Figures) -> f64| median(&pairs, |(a, b)| of(a) / of(b));
        (!pairs.is_empty()).then(|| Ratios {
            cpu: ratio(Figures::cpu_us),
            acked_per_second: ratio(|f| f.acked_per_second),
            p50: ratio(|f| f.ack.p50),
            p99: ratio(|f| f.ack.p99),
        })
    }

    /// Of ours: the rival does not promise as much.
    pub fn is_clean(&self) -> bool {
        self.of_server(Server::Ala).into_iter().all(Figures::is_clean)
    }

    pub fn table(&self) -> String {
        let mut table = String::from(
            "| server | acknowledged /s | ack p50 / p99 ms | delivery p50 / p99 ms | CPU µs a message: server + PostgreSQL | client | violations | refused, unanswered, dropped |\n\
             |---|---|---|---|---|---|---|---|\n",
        );
        for server in self.options.against.servers() {
            let turns = self.of_server(*server);
            let m = |of: fn(&Figures) -> f64| median(&turns, |f| of(f));
            let sum = |of: fn(&Figures) -> u64| turns.iter().map(|f| of(f)).sum::<u64>();
            // Writing to a string does not fail.
            let _ = writeln!(
                table,
                "| {} | {:.0} | {:.2} / {:.2} | {:.2} / {:.2} | {:.1} + {:.1} | {:.1} µs, {:.0} % busy | {} | {}, {}, {} |",
                server.name(),
                m(|f| f.acked_per_second),
                m(|f| f.ack.p50),
                m(|f| f.ack.p99),
                m(|f| f.delivery.p50),
                m(|f| f.delivery.p99),
                m(|f| f.server_cpu_us),
                m(|f| f.postgres_cpu_us),
                m(|f| f.client_cpu_us),
                m(|f| f.client_busy) * 100.0,
                sum(|f| f.violations.sum()),
                sum(|f| f.refused),
                sum(|f| f.unanswered),
                sum(|f| f.dropped),
            );
        }
        for trouble in self.turns.iter().filter_map(|turn| turn.first_trouble.as_deref()) {
            let _ = writeln!(table, "trouble: {trouble}");
        }
        table
    }

    /// Everything on one line.
    pub fn figures(&self) -> String {
        let mut line = String::new();
        for server in self.options.against.servers() {
            let turns = self.of_server(*server);
            let sum = |of: fn(&Figures) -> u64| turns.iter().map(|f| of(f)).sum::<u64>();
            let name = server.name();
            let _ = write!(
                line,
                "{name}_per_second={:.0} {name}_cpu_us={:.1} {name}_acked={} {name}_delivered={} {name}_violations={} ",
                median(&turns, |f| f.acked_per_second),
                median(&turns, |f| f.cpu_us()),
                sum(|f| f.acked),
                sum(|f| f.delivered),
                sum(|f| f.violations.sum()),
            );
        }
        if let Some(Ratios { cpu, acked_per_second, p50, p99 }) = &self.ratios {
            let _ = write!(
                line,
                "cpu_ratio={cpu:.3} rate_ratio={acked_per_second:.2} p50_ratio={p50:.2} p99_ratio={p99:.2}"
            );
        }
        line.trim_end().to_owned()
    }
}
