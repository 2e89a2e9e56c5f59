//! Whole disputes as users live them: many at once, each from the filing to the archive, its talk over live sockets.

mod desk;
mod mediation;
mod meeting;
mod phone;
mod report;

use crate::ala::{self, Ala, Settings};
use crate::client::Client;
use crate::history::Recorder;
use crate::people::{self, Cast};
use crate::postgres::{Cluster, Commit, DATABASE};
use crate::tokens::Key;
use clap::{Args, value_parser};
use desk::Desk;
use mediation::Mediation;
use report::Report;
use serde::Serialize;
use sqlx::ConnectOptions;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;
use tokio::task::JoinSet;

#[derive(Clone, Debug, Args, Serialize)]
pub struct Options {
    /// The server; the one built beside this program unless told.
    #[arg(long)]
    ala: Option<PathBuf>,
    /// Mediations under way at any moment, each with people of its own.
    #[arg(long, default_value_t = 20, value_parser = value_parser!(u32).range(1..=1_000))]
    in_flight: u32,
    /// Mediations in all.
    #[arg(long, default_value_t = 200)]
    mediations: u32,
    /// Messages in the joint room of each, and half as many in a caucus.
    #[arg(long, default_value_t = 20)]
    messages: u32,
    /// Where the result goes, as JSON.
    #[arg(long)]
    #[serde(skip)]
    pub out: Option<PathBuf>,
}

/// Those whose turn it is take the next mediation until all are done.
struct Line {
    taken: AtomicU32,
    of: u32,
}

impl Line {
    fn next(&self) -> Option<u32> {
        let next = self.taken.fetch_add(1, Ordering::Relaxed);
        (next < self.of).then_some(next)
    }
}

pub async fn run(options: Options) -> anyhow::Result<Report> {
    let folder = ala::folder()?;
    let key_file = folder.path().join("token.pem");
    let key = Key::make(&key_file)?;
    let mut cluster = Cluster::start(folder.path(), Commit::Durable).await?;
    let mut ala = Ala::new(Settings {
        binary: options.ala.clone().unwrap_or_else(ala::beside_this_program),
        folder: folder.path().to_owned(),
        database_url: Some(cluster.url(DATABASE)),
        key_file,
        careless: false,
        generous: true,
        peers: None,
    })?;
    ala.start().await?;
    let casts = casts(&cluster, &key, options.in_flight).await?;
    let desk = Arc::new(Desk::new());
    let began = Instant::now();
    drive(&options, &ala, &desk, casts).await?;
    let took = began.elapsed();
    ala.stop().await?;
    cluster.stop().await?;
    Report::of(options, &desk, took)
}

async fn casts(cluster: &Cluster, key: &Key, count: u32) -> anyhow::Result<Vec<Arc<Cast>>> {
    let mut db = cluster.options().connect().await?;
    people::place(&mut db).await?;
    let mut casts = Vec::new();
    for lane in 0..count {
        casts.push(Arc::new(people::cast(&mut db, key, lane).await?));
    }
    Ok(casts)
}

async fn drive(
    options: &Options,
    ala: &Ala,
    desk: &Arc<Desk>,
    casts: Vec<Arc<Cast>>,
) -> anyhow::Result<()> {
    let line = Arc::new(Line { taken: 0.into(), of: options.mediations });
    let recorder = Arc::new(Recorder::new());
    let mut everybody = JoinSet::new();
    for (number, cast) in (0..).zip(casts) {
        let client = Client::new(number, &[ala.url()], None, recorder.clone())?;
        let (line, desk) = (line.clone(), desk.clone());
        everybody.spawn(one_after_the_other(
            line,
            desk,
            client,
            cast,
            ala.address(),
            options.messages,
        ));
    }
    while let Some(done) = everybody.join_next().await {
        done?;
    }
    Ok(())
}

/// One that goes wrong is told, and the next one begins.
async fn one_after_the_other(
    line: Arc<Line>,
    desk: Arc<Desk>,
    client: Client,
    cast: Arc<Cast>,
    server: SocketAddr,
    messages: u32,
) {
    while let Some(number) = line.next() {
        let began = Instant::now();
        let (desk, client, cast, requests) = (&*desk, &client, &*cast, 0.into());
        let mediation = Mediation { desk, client, cast, server, messages, number, requests };
        match Box::pin(mediation.live()).await {
            Ok(()) => desk.took("mediation", began.elapsed()),
            Err(error) => desk.failed(number, &error),
        }
    }
}
