//! Everything that is promised about speed, side by side in one run (P1 to P9, P14).

mod goals;
mod page;
mod plot;
mod report;
mod round;

use crate::ala;
use crate::arena::{Arena, Server};
use clap::Args;
use report::Report;
use round::Crowds;
use serde::Serialize;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Clone, Debug, Args, Serialize)]
pub struct Options {
    /// The server, built with `--release`; the one built beside this program unless told.
    #[arg(long)]
    ala: Option<PathBuf>,
    #[arg(long, default_value_t = 200)]
    rooms: usize,
    /// People in each room.
    #[arg(long, default_value_t = 5)]
    members: usize,
    /// Those of each room who speak.
    #[arg(long, default_value_t = 2)]
    senders: usize,
    /// Outstanding for each sender in a burst.
    #[arg(long, default_value_t = 8)]
    burst: u32,
    /// Messages a second in all, one after the other, for the open loops.
    #[arg(long, value_delimiter = ',', default_value = "400,1600")]
    rates: Vec<f64>,
    /// Each of those is measured in so many parts, half as long as a turn, in which the servers alternate.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    parts: u32,
    /// Messages a second where the cost of one more member or of ten times the rooms is measured: what both sizes can take.
    #[arg(long, default_value_t = 1_000.0)]
    steady_rate: f64,
    /// How many more rooms there are where the cost of more rooms is measured.
    #[arg(long, default_value_t = 10)]
    growth: usize,
    /// Held idle, and losing the line at once.
    #[arg(long, default_value_t = 10_000)]
    clients: usize,
    /// Entries in each room while they are away.
    #[arg(long, default_value_t = 5)]
    missed: u32,
    /// Seconds before each turn that are not counted.
    #[arg(long, default_value_t = 2.0)]
    warm_up: f64,
    /// Seconds of each turn.
    #[arg(long, default_value_t = 8.0)]
    seconds: f64,
    /// Times for everything.
    #[arg(long, default_value_t = 3)]
    repetitions: u32,
    /// End with 1 if a goal is missed too, not only if something was lost, doubled or moved.
    #[arg(long)]
    strict: bool,
    /// Where the result goes, as JSON.
    #[arg(long)]
    #[serde(skip)]
    pub out: Option<PathBuf>,
    /// Where the report goes, as a page with plots.
    #[arg(long)]
    #[serde(skip)]
    pub html: Option<PathBuf>,
}

impl Options {
    fn time(&self) -> Duration {
        Duration::from_secs_f64(self.seconds)
    }
}

/// One after the other: nothing that is measured runs beside anything else.
pub async fn run(options: Options) -> anyhow::Result<Report> {
    let folder = ala::folder()?;
    let mut arena = Arena::open(folder.path(), options.ala.as_deref(), &Server::BOTH).await?;
    let mut crowds = Box::pin(Crowds::gather(&arena, &options)).await?;
    let mut rounds = Vec::new();
    for number in 1..=options.repetitions {
        eprintln!("round {number} of {}", options.repetitions);
        rounds.push(Box::pin(crowds.round(&mut arena, &options)).await?);
    }
    let postgres = arena.version().await?;
    arena.close().await?;
    let html = options.html.clone();
    let report = Report::of(options, postgres, rounds);
    if let Some(file) = html {
        std::fs::write(&file, page::page(&report))?;
    }
    Ok(report)
}
