//! How fast: filing and talking through the server, beside `pgbench` running the same statements on the same cluster.

mod pgbench;
mod report;
mod script;
mod stage;
mod worker;

use crate::ala;
use clap::Args;
use hdrhistogram::Histogram;
use report::{Report, Row, Work};
use stage::Stage;
use std::path::PathBuf;

#[derive(Clone, Debug, Args)]
pub struct Options {
    /// The server, built with `--release`; the one built beside this program unless told.
    #[arg(long)]
    ala: Option<PathBuf>,
    /// How many at once, one after the other.
    #[arg(long, value_delimiter = ',', default_value = "1,8,32")]
    clients: Vec<u32>,
    /// Seconds for each side of each repetition.
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    #[arg(long, default_value_t = 3)]
    repetitions: u32,
    /// A rough look in less than a minute: one and eight clients, two seconds, once.
    #[arg(long)]
    quick: bool,
    /// Where the result goes, as JSON.
    #[arg(long)]
    pub out: Option<PathBuf>,
}

impl Options {
    fn settled(mut self) -> Self {
        if self.quick {
            (self.clients, self.seconds, self.repetitions) = (vec![1, 8], 2, 1);
        }
        self
    }
}

/// How fast one side was.
pub struct Timed {
    per_second: f64,
    histogram: Histogram<u64>,
}

/// Everything, one after the other: nothing that is measured runs beside anything else.
pub async fn run(options: Options) -> anyhow::Result<Report> {
    let options = options.settled();
    let folder = ala::folder()?;
    let mut stage = Stage::set(folder.path(), &options).await?;
    let load_before = load()?;
    let filing_script = stage.record(Work::Filing).await?;
    let message_script = stage.record(Work::Message).await?;
    let mut rows = Vec::new();
    for work in [Work::Filing, Work::Message] {
        let script = match work {
            Work::Filing => &filing_script,
            Work::Message => &message_script,
        };
        let file = folder.path().join("script.sql");
        std::fs::write(&file, script)?;
        for clients in &options.clients {
            let mut repetitions = Vec::new();
            for _ in 0..options.repetitions {
                repetitions.push(stage.repetition(work, *clients, &options, &file).await?);
            }
            rows.push(Row { work, clients: *clients, repetitions });
        }
    }
    let version: String =
        sqlx::query_scalar("show server_version").fetch_one(&mut stage.connect().await?).await?;
    stage.clear().await?;
    Ok(Report {
        seconds: options.seconds,
        cores: std::thread::available_parallelism()?.get(),
        postgres: version,
        load_before,
        load_after: load()?,
        rows,
        filing_script,
        message_script,
    })
}

/// The three averages of the machine.
fn load() -> anyhow::Result<String> {
    let text = std::fs::read_to_string("/proc/loadavg")?;
    Ok(text.split(' ').take(3).collect::<Vec<_>>().join(","))
}
