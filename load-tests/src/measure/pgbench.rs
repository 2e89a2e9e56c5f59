//! `pgbench` on the same cluster, with the rights that the server has.

use crate::ala::tied;
use crate::measure::Timed;
use crate::postgres::Cluster;
use anyhow::{Context, ensure};
use hdrhistogram::Histogram;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

/// How it is run.
pub struct Bench<'a> {
    pub cluster: &'a Cluster,
    pub folder: &'a Path,
    pub script: &'a Path,
}

impl Bench<'_> {
    pub async fn run(&self, clients: u32, time: Duration) -> anyhow::Result<Timed> {
        let prefix = self.folder.join("transactions");
        let mut command = tied("KILL");
        command.arg(self.cluster.program("pgbench")).arg("--no-vacuum");
        command.args(["--protocol", "prepared", "--log", "--log-prefix"]).arg(&prefix);
        command.args(["--client", &clients.to_string(), "--jobs", &clients.min(2).to_string()]);
        command.args(["--time", &time.as_secs().max(1).to_string()]);
        command.arg("--file").arg(self.script).arg("-h").arg(self.cluster.socket());
        command.args(["-U", "ala", "postgres"]).env("PGOPTIONS", "-c role=ala_app");
        let output = command.stdin(Stdio::null()).output().await.context("cannot run pgbench")?;
        let told = String::from_utf8_lossy(&output.stdout);
        let failed = told.lines().find(|line| line.starts_with("number of failed transactions"));
        let clean = failed.is_none_or(|line| line.contains(": 0 "));
        ensure!(
            output.status.success() && clean,
            "pgbench: {told}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let rate = told.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next());
        let per_second = rate.context("pgbench tells no rate")?.parse()?;
        let histogram = latencies(self.folder)?;
        Ok(Timed { per_second, histogram })
    }
}

/// From the logs of all its threads, which are removed: the third word of a line is the time taken.
fn latencies(folder: &Path) -> anyhow::Result<Histogram<u64>> {
    let mut histogram = Histogram::new(3)?;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if !name.starts_with("transactions") {
            continue;
        }
        for line in std::fs::read_to_string(&path)?.lines() {
            let micros = line.split(' ').nth(2).context("a short line of pgbench")?;
            histogram.record(micros.parse()?)?;
        }
        std::fs::remove_file(path)?;
    }
    Ok(histogram)
}
