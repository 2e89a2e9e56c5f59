//! Cluster, server and people of a measurement, and the two sides of one repetition.

use super::pgbench::Bench;
use super::report::{Figures, Repetition, Work};
use super::script::{self, PerClient};
use super::worker::Worker;
use super::{Options, Timed};
use crate::ala::{self, Ala, Settings};
use crate::client::Client;
use crate::cpu::Used;
use crate::history::Recorder;
use crate::people;
use crate::postgres::{Cluster, Commit, DATABASE};
use crate::story::Lane;
use crate::tokens::Key;
use anyhow::{Context, bail};
use sqlx::{ConnectOptions, PgConnection};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the log is asked for a transaction: a changed setting reaches each connection in its own time.
const LOOKS: u32 = 500;

pub struct Stage {
    cluster: Cluster,
    ala: Ala,
    pub workers: Vec<Arc<Worker>>,
    folder: PathBuf,
}

impl Stage {
    /// A cluster, a server, and for every client two neighbours with a room.
    pub async fn set(folder: &Path, options: &Options) -> anyhow::Result<Self> {
        let key_file = folder.join("token.pem");
        let key = Key::make(&key_file)?;
        let cluster = Cluster::start(folder, Commit::Durable).await?;
        let mut ala = Ala::new(Settings {
            binary: options.ala.clone().unwrap_or_else(ala::beside_this_program),
            folder: folder.to_owned(),
            database_url: Some(cluster.url(DATABASE)),
            key_file,
            careless: false,
            generous: false,
            peers: None,
        })?;
        ala.start().await?;
        let mut db = cluster.options().connect().await?;
        people::place(&mut db).await?;
        let recorder = Arc::new(Recorder::new());
        let mut workers = Vec::new();
        for number in 0..options.clients.iter().copied().max().unwrap_or(1) {
            let cast = Arc::new(people::cast(&mut db, &key, number).await?);
            let client = Client::new(number, &[ala.url()], None, recorder.clone())?;
            let lane = Lane {
                client: client.clone(),
                cast: cast.clone(),
                stranger: cast.clone(),
                stop: CancellationToken::new(),
                seed: number.into(),
                count: 0.into(),
                lines: None,
                padding: 0,
            };
            let room = lane.room().await?;
            workers.push(Arc::new(Worker { client, cast, room }));
        }
        Ok(Self { cluster, ala, workers, folder: folder.to_owned() })
    }

    pub async fn connect(&self) -> anyhow::Result<PgConnection> {
        self.cluster.options().connect().await.context("cannot reach the cluster")
    }

    /// Has the first worker do it once under the eyes of PostgreSQL's log, and makes a script of what it saw.
    pub async fn record(&self, work: Work) -> anyhow::Result<String> {
        let worker = self.workers.first().context("nobody works")?;
        worker.work(work, "before").await?;
        let mut db = self.connect().await?;
        for statement in [
            "alter system set log_statement = 'all'",
            "alter system set log_line_prefix = '%p|'",
            "select pg_reload_conf()",
        ] {
            sqlx::query(statement).execute(&mut db).await?;
        }
        let marker = match work {
            Work::Filing => "insert into disputes",
            Work::Message => "append_room_entries",
        };
        let script = self.recorded(worker, work, marker).await?;
        for statement in ["alter system reset all", "select pg_reload_conf()"] {
            sqlx::query(statement).execute(&mut db).await?;
        }
        Ok(script)
    }

    async fn recorded(&self, by: &Worker, work: Work, marker: &str) -> anyhow::Result<String> {
        let per_client = self.per_client();
        for look in 0..LOOKS {
            let key = format!("recorded-{look}");
            by.work(work, &key).await?;
            let log = std::fs::read_to_string(self.cluster.log())?;
            if let Some(script) = script::script(&log, marker, &key, &per_client)? {
                return Ok(script);
            }
        }
        bail!("PostgreSQL's log does not show `{marker}`")
    }

    /// What each client has its own of.
    fn per_client(&self) -> Vec<PerClient> {
        let all = |of: fn(&Worker) -> String| self.workers.iter().map(|w| of(w)).collect();
        vec![
            all(|w| w.cast.applicant.account.0.to_string()),
            all(|w| w.cast.applicant.id.0.to_string()),
            all(|w| w.cast.respondent.id.0.to_string()),
            all(|w| w.cast.respondent.phone.clone().unwrap_or_default()),
            all(|w| w.room.0.to_string()),
            // The same for everybody, but no new ones either.
            all(|_| people::STATION.to_string()),
            all(|_| people::COMMITTEE.to_string()),
        ]
    }

    /// The server, then pgbench, each after a checkpoint so that neither pays for the other.
    pub async fn repetition(
        &mut self,
        work: Work,
        clients: u32,
        options: &Options,
        script: &Path,
    ) -> anyhow::Result<Repetition> {
        let time = Duration::from_secs(options.seconds);
        let before = self.pause().await?;
        let timed = self.drive(work, clients, time).await?;
        let server = figures(&timed, self.used().await?.since(before));
        let before = self.pause().await?;
        let bench = Bench { cluster: &self.cluster, folder: &self.folder, script };
        let timed = bench.run(clients, time).await?;
        let pgbench = figures(&timed, self.used().await?.since(before));
        Ok(Repetition { server, pgbench })
    }

    pub async fn clear(mut self) -> anyhow::Result<()> {
        self.ala.stop().await?;
        self.cluster.stop().await
    }

    async fn pause(&self) -> anyhow::Result<Used> {
        sqlx::query("checkpoint").execute(&mut self.connect().await?).await?;
        self.used().await
    }

    async fn used(&self) -> anyhow::Result<Used> {
        let server = self.ala.pid().context("the server does not run")?;
        let postgres = self.cluster.pid().context("PostgreSQL does not run")?;
        Used::at_rest(server, postgres).await
    }
}

#[expect(clippy::cast_precision_loss, reason = "microseconds of minutes")]
fn figures(timed: &Timed, used: Used) -> Figures {
    let quantile = |q| timed.histogram.value_at_quantile(q) as f64 / 1_000.0;
    let each = |micros: u64| micros as f64 / timed.histogram.len().max(1) as f64;
    Figures {
        per_second: timed.per_second,
        p50_ms: quantile(0.5),
        p99_ms: quantile(0.99),
        server_cpu_us: each(used.server),
        postgres_cpu_us: each(used.postgres),
    }
}
