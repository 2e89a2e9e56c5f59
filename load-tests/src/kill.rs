//! Ends the server with `kill -9` in the middle of story traffic, again and again, and has the history judged.

mod report;
mod target;

pub use report::Report;

use crate::ala;
use crate::client::Client;
use crate::fault::{self, Fault};
use crate::final_read;
use crate::history::Recorder;
use crate::people::{self, Cast};
use crate::random::Random;
use crate::socket::Socket;
use crate::story::Lane;
use crate::tokens::Key;
use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use serde::Serialize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use target::{Restart, Target};

/// For traffic to reach the next kill.
const STRETCH_WITHIN: Duration = Duration::from_secs(120);

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Database {
    /// The server's private one: it goes and comes back with the server.
    Embedded,
    /// One that the server does not own: it stays while the server goes.
    Own,
}

#[derive(Clone, Debug, Args, Serialize)]
pub struct Options {
    /// The server; the one built beside this program unless told.
    #[arg(long)]
    pub ala: Option<PathBuf>,
    #[arg(long, default_value = "embedded")]
    pub postgres: Database,
    /// Lanes of traffic, each with two neighbours and an officer.
    #[arg(long, default_value_t = 8)]
    pub clients: u32,
    #[arg(long, default_value_t = 10)]
    pub kills: u32,
    /// Acknowledgements between two kills.
    #[arg(long, default_value_t = 250)]
    pub acks: u64,
    /// Crash PostgreSQL too at every second kill: whatever it had not written out itself is gone.
    #[arg(long)]
    pub crash: bool,
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Do damage that the checker has to find.
    #[arg(long)]
    pub seed_fault: Option<Fault>,
    /// Where the history goes, as JSON.
    #[arg(long)]
    pub history: Option<PathBuf>,
    /// Where the result goes, as JSON.
    #[arg(long)]
    pub out: Option<PathBuf>,
}

/// The whole run: traffic, kills, damage if asked for, the last look.
pub async fn run(options: Options) -> anyhow::Result<Report> {
    let began = Instant::now();
    let folder = ala::folder()?;
    let (mut target, key) = Target::start(folder.path(), &options).await?;
    let recorder = Arc::new(Recorder::new());
    let casts = casts(&target, &key, options.clients).await?;
    let clients: Vec<Client> = (0..options.clients)
        .map(|number| Client::new(number, target.ala.url(), recorder.clone()))
        .collect::<anyhow::Result<_>>()?;
    let mut traffic = Traffic::start(&options, &clients, &casts);
    let mut restarts = Vec::new();
    let lanes = &mut traffic.lanes;
    let stormed = storm(&options, &mut target, &recorder, lanes, &mut restarts).await;
    let stuck = stormed.err().or(traffic.end().await?);
    let mut history = recorder.take();
    if let Some(fault) = options.seed_fault {
        fault::inject(&mut target.connect().await?, fault, &history).await?;
    }
    for (client, cast) in clients.iter().zip(&casts) {
        final_read::lane(client, cast).await?;
    }
    history.readings.extend(recorder.take().readings);
    target.stop().await?;
    if let Some(file) = &options.history {
        std::fs::write(file, serde_json::to_vec(&history)?)?;
    }
    let report = Report::of(options, &history, &restarts, began.elapsed());
    // What made a lane give up may be the very loss that the history shows; then the verdict says it better.
    match stuck {
        Some(error) if report.is_clean() => Err(error),
        _ => Ok(report),
    }
}

async fn casts(target: &Target, key: &Key, lanes: u32) -> anyhow::Result<Vec<Arc<Cast>>> {
    let mut db = target.connect().await?;
    people::place(&mut db).await?;
    let mut casts = Vec::new();
    // One more than there are lanes: somebody has to be a stranger even to the only one.
    for lane in 0..=lanes {
        casts.push(Arc::new(people::cast(&mut db, key, lane).await?));
    }
    Ok(casts)
}

/// Everything that makes traffic.
struct Traffic {
    lanes: JoinSet<anyhow::Result<()>>,
    sockets: JoinSet<()>,
    /// Ends the lanes.
    stop: CancellationToken,
    /// Ends the sockets, as soon as they have heard what the lanes said.
    over: CancellationToken,
}

impl Traffic {
    fn start(options: &Options, clients: &[Client], casts: &[Arc<Cast>]) -> Self {
        let mut seeds = Random::new(options.seed);
        let (mut lanes, mut sockets) = (JoinSet::new(), JoinSet::new());
        let (stop, over) = (CancellationToken::new(), CancellationToken::new());
        let deaf = options.seed_fault == Some(Fault::MissEntries);
        for (client, pair) in clients.iter().zip(casts.windows(2)) {
            let (socket, to_socket) = Socket::new(client, pair[0].clone(), over.clone(), deaf);
            sockets.spawn(socket.run());
            let lane = Lane {
                client: client.clone(),
                cast: pair[0].clone(),
                stranger: pair[1].clone(),
                stop: stop.clone(),
                seed: seeds.next(),
                count: 0.into(),
                line: Some(to_socket),
            };
            lanes.spawn(lane.run());
        }
        Self { lanes, sockets, stop, over }
    }

    /// Returns why a lane gave up, if one did.
    async fn end(mut self) -> anyhow::Result<Option<anyhow::Error>> {
        let mut stuck = None;
        self.stop.cancel();
        while let Some(lane) = self.lanes.join_next().await {
            if let Err(error) = lane? {
                stuck.get_or_insert(error);
            }
        }
        self.over.cancel();
        while let Some(socket) = self.sockets.join_next().await {
            socket?;
        }
        Ok(stuck)
    }
}

/// Waits for enough acknowledgements, kills, waits again; and once more after the last kill.
async fn storm(
    options: &Options,
    target: &mut Target,
    recorder: &Recorder,
    lanes: &mut JoinSet<anyhow::Result<()>>,
    restarts: &mut Vec<Restart>,
) -> anyhow::Result<()> {
    let mut random = Random::new(!options.seed);
    let mut acks = recorder.acks();
    let careless = options.seed_fault == Some(Fault::AsyncCommit);
    for kill in 0..options.kills {
        stretch(options.acks, &mut acks, lanes).await?;
        // Somewhere in the middle of whatever is going on.
        sleep(Duration::from_micros(random.below(20_000))).await;
        let crash = careless || (options.crash && kill % 2 == 1);
        restarts.push(target.kill(crash).await?);
    }
    stretch(options.acks, &mut acks, lanes).await?;
    Ok(())
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
