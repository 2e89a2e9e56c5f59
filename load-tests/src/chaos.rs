//! Does to servers, databases and networks what life does, in the middle of story traffic, and has the history judged.

mod nemesis;
mod options;
mod report;
mod strike;
mod target;
mod traffic;

pub use options::Options;
pub use report::Report;

use crate::ala;
use crate::fault;
use crate::final_read;
use crate::history::Recorder;
use crate::network;
use crate::random::Random;
use anyhow::{Context, bail};
use std::sync::Arc;
use std::time::{Duration, Instant};
use strike::{Stage, Strike};
use target::Target;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use traffic::Traffic;

/// For traffic to reach the next strike.
const STRETCH_WITHIN: Duration = Duration::from_secs(120);

/// The whole run: traffic, strikes, damage if asked for, the last look.
pub async fn run(options: Options) -> anyhow::Result<Report> {
    let began = Instant::now();
    options.check()?;
    let folder = ala::folder()?;
    let (mut target, key) = Target::start(folder.path(), &options).await?;
    if options.loss > 0 {
        network::lose(options.loss)?;
    }
    let recorder = Arc::new(Recorder::new());
    let mut traffic = Traffic::start(&options, &target, &key, &recorder).await?;
    let mut strikes = Vec::new();
    let stormed = storm(&options, &mut target, &recorder, &mut traffic, &mut strikes).await;
    let (clients, stuck) = traffic.end().await?;
    let stuck = stormed.err().or(stuck);
    let mut history = recorder.take();
    if let Some(fault) = options.seed_fault {
        fault::inject(&mut target.connect().await?, fault, &history).await?;
    }
    for (client, cast) in &clients {
        final_read::lane(client, cast).await?;
    }
    let last = recorder.take();
    history.readings.extend(last.readings);
    history.members.extend(last.members);
    target.stop().await?;
    if let Some(file) = &options.history {
        std::fs::write(file, serde_json::to_vec(&history)?)?;
    }
    let report = Report::of(options, &history, &strikes, began.elapsed());
    // What made a lane give up may be the very loss that the history shows; then the verdict says it better.
    match stuck {
        Some(error) if report.is_clean() => Err(error),
        _ => Ok(report),
    }
}

/// Waits for enough acknowledgements, strikes, waits again; and once more after the last strike.
async fn storm(
    options: &Options,
    target: &mut Target,
    recorder: &Recorder,
    traffic: &mut Traffic,
    strikes: &mut Vec<Strike>,
) -> anyhow::Result<()> {
    let mut random = Random::new(!options.seed);
    let mut acks = recorder.acks();
    for round in 0..options.rounds {
        stretch(options.acks, &mut acks, &mut traffic.lanes).await?;
        // Somewhere in the middle of whatever is going on.
        sleep(Duration::from_micros(random.below(20_000))).await;
        let nemesis = options.nemesis(round);
        let mut stage = Stage { options, target, recorder, handles: &traffic.handles };
        strikes.push(stage.strike(nemesis, &mut random).await?);
    }
    stretch(options.acks, &mut acks, &mut traffic.lanes).await
}

async fn stretch(
    more: u64,
    acks: &mut watch::Receiver<u64>,
    lanes: &mut JoinSet<anyhow::Result<()>>,
) -> anyhow::Result<()> {
    let goal = *acks.borrow() + more;
    let reached = timeout(STRETCH_WITHIN, acks.wait_for(|acks| *acks >= goal));
    tokio::select! {
        reached = reached => {
            reached.context("the traffic has come to a standstill")??;
            Ok(())
        }
        Some(ended) = lanes.join_next() => {
            ended??;
            bail!("a lane of traffic ended by itself")
        }
    }
}
