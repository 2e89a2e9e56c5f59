//! Ends the server with `kill -9` in the middle of story traffic, again and again, and has the history judged.

mod report;

pub use report::Report;

use crate::ala::{self, Ala, Settings};
use crate::client::Client;
use crate::fault::{self, Fault};
use crate::final_read;
use crate::history::Recorder;
use crate::people::{self, Cast};
use crate::postgres::{self, Cluster, Commit};
use crate::random::Random;
use crate::story::Lane;
use crate::tokens::Key;
use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use rustix::process::Signal;
use serde::Serialize;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

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
    /// Crash PostgreSQL too at every second kill: nothing that is not on disk survives.
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

/// What is killed, and what the traffic runs on.
struct Target {
    ala: Ala,
    cluster: Option<Cluster>,
}

impl Target {
    async fn start(folder: &Path, options: &Options) -> anyhow::Result<(Self, Key)> {
        let key_file = folder.join("token.pem");
        let key = Key::make(&key_file)?;
        let careless = options.seed_fault == Some(Fault::AsyncCommit);
        let commit = if careless { Commit::Careless } else { Commit::Durable };
        let own = options.postgres == Database::Own || careless;
        let cluster = if own { Some(Cluster::start(folder, commit).await?) } else { None };
        let mut ala = Ala::new(Settings {
            binary: options.ala.clone().unwrap_or_else(ala::beside_this_program),
            folder: folder.to_owned(),
            database_url: cluster.as_ref().map(Cluster::url),
            key_file,
            careless,
        })?;
        ala.start().await?;
        Ok((Self { ala, cluster }, key))
    }

    fn database(&self) -> anyhow::Result<PgConnectOptions> {
        match &self.cluster {
            Some(cluster) => Ok(cluster.options()),
            None => postgres::embedded(&self.ala.data()),
        }
    }

    async fn connect(&self) -> anyhow::Result<PgConnection> {
        self.database()?.connect().await.context("cannot reach the database from the side")
    }

    /// Returns how long the server took to be ready again.
    async fn kill(&mut self, crash: bool) -> anyhow::Result<Duration> {
        let private = match &self.cluster {
            Some(_) => None,
            None => Some(postgres::embedded_pid(&self.ala.data())?),
        };
        self.ala.kill().await?;
        match &mut self.cluster {
            Some(cluster) if crash => {
                cluster.crash().await?;
                cluster.run().await?;
            }
            // It may already have ended in order: it was told to when its server was killed.
            None if crash => drop(ala::signal(private, Signal::QUIT)),
            _ => {}
        }
        self.ala.start().await
    }

    async fn stop(mut self) -> anyhow::Result<()> {
        self.ala.stop().await?;
        match &mut self.cluster {
            Some(cluster) => cluster.stop().await,
            None => Ok(()),
        }
    }
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
    let stop = CancellationToken::new();
    let mut lanes = traffic(&options, &clients, &casts, &stop);
    let mut restarts = Vec::new();
    let stormed = storm(&options, &mut target, &recorder, &mut lanes, &mut restarts).await;
    let mut stuck = stormed.err();
    stop.cancel();
    while let Some(lane) = lanes.join_next().await {
        if let Err(error) = lane? {
            stuck.get_or_insert(error);
        }
    }
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

fn traffic(
    options: &Options,
    clients: &[Client],
    casts: &[Arc<Cast>],
    stop: &CancellationToken,
) -> JoinSet<anyhow::Result<()>> {
    let mut seeds = Random::new(options.seed);
    let mut lanes = JoinSet::new();
    for (client, pair) in clients.iter().zip(casts.windows(2)) {
        let lane = Lane {
            client: client.clone(),
            cast: pair[0].clone(),
            stranger: pair[1].clone(),
            stop: stop.clone(),
            seed: seeds.next(),
            count: 0.into(),
        };
        lanes.spawn(lane.run());
    }
    lanes
}

/// Waits for enough acknowledgements, kills, waits again; and once more after the last kill.
async fn storm(
    options: &Options,
    target: &mut Target,
    recorder: &Recorder,
    lanes: &mut JoinSet<anyhow::Result<()>>,
    restarts: &mut Vec<Duration>,
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
