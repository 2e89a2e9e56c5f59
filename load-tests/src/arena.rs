//! Where the two servers meet: one durable PostgreSQL, a database for each, and both running beside each other.

use crate::ala::{self, Ala, Settings};
use crate::baseline;
use crate::cpu::Used;
use crate::people;
use crate::postgres::{Cluster, Commit};
use crate::seed::{self, Crowd};
use crate::swarm::Swarm;
use crate::tokens::Key;
use anyhow::{Context, bail, ensure};
use clap::ValueEnum;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde::Serialize;
use sqlx::{ConnectOptions, PgConnection};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Sockets that 10 000 clients and their writers need at each end, and something for the rest.
const FILES: u64 = 19_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Server {
    Ala,
    Baseline,
}

impl Server {
    pub const BOTH: [Self; 2] = [Self::Ala, Self::Baseline];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Ala => "ala",
            Self::Baseline => "baseline",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Against {
    Ala,
    Baseline,
    Both,
}

impl Against {
    pub fn servers(self) -> &'static [Server] {
        match self {
            Self::Ala => &[Server::Ala],
            Self::Baseline => &[Server::Baseline],
            Self::Both => &Server::BOTH,
        }
    }
}

pub struct Arena {
    cluster: Cluster,
    ala: Option<Ala>,
    baseline: Option<baseline::Process>,
    key: Key,
}

impl Arena {
    /// Starts everything. From the main task only, like every child.
    pub async fn open(
        folder: &Path,
        ala: Option<&Path>,
        servers: &[Server],
    ) -> anyhow::Result<Self> {
        more_files()?;
        let key_file = folder.join("token.pem");
        let key = Key::make(&key_file)?;
        let mut cluster = Cluster::start(folder, Commit::Durable).await?;
        prepare(&mut cluster).await?;
        let mut arena = Self { cluster, ala: None, baseline: None, key };
        for server in servers {
            let url = arena.cluster.url(server.name());
            match server {
                Server::Ala => {
                    let binary = ala.map_or_else(ala::beside_this_program, PathBuf::from);
                    let mut ala = Ala::new(Settings {
                        binary,
                        folder: folder.to_owned(),
                        database_url: Some(url),
                        key_file: key_file.clone(),
                        careless: false,
                        generous: true,
                        peers: None,
                    })?;
                    ala.start().await?;
                    arena.ala = Some(ala);
                    people::place(&mut arena.db(Server::Ala).await?).await?;
                }
                Server::Baseline => {
                    let started = baseline::Process::start(folder, &url, &key_file).await?;
                    arena.baseline = Some(started);
                }
            }
        }
        Ok(arena)
    }

    /// As many clients as the crowd has, none of them connected; for our own server they are put into its database.
    pub async fn swarm(&self, server: Server, crowd: Crowd) -> anyhow::Result<Swarm> {
        let (contiguous, head) = match server {
            Server::Ala => {
                crowd.seed(&mut self.db(server).await?).await?;
                (true, seed::HEAD)
            }
            Server::Baseline => (false, 0),
        };
        Swarm::new(self.address(server)?, contiguous, head, crowd, self.key.clone())
    }

    pub async fn db(&self, server: Server) -> anyhow::Result<PgConnection> {
        let options = self.cluster.options().database(server.name());
        options.connect().await.context("cannot reach the cluster")
    }

    pub fn address(&self, server: Server) -> anyhow::Result<SocketAddr> {
        match server {
            Server::Ala => self.ala.as_ref().map(Ala::address),
            Server::Baseline => self.baseline.as_ref().map(|process| process.address),
        }
        .context("this server does not take part")
    }

    /// A new process, with nothing in its memory.
    pub async fn renew(&mut self, server: Server) -> anyhow::Result<()> {
        match (server, &mut self.ala, &mut self.baseline) {
            (Server::Ala, Some(ala), _) => {
                ala.stop().await?;
                ala.start().await?;
            }
            (Server::Baseline, _, Some(baseline)) => baseline.renew().await?,
            _ => bail!("this server does not take part"),
        }
        Ok(())
    }

    pub fn pid(&self, server: Server) -> anyhow::Result<u32> {
        match server {
            Server::Ala => self.ala.as_ref().and_then(Ala::pid),
            Server::Baseline => self.baseline.as_ref().and_then(baseline::Process::pid),
        }
        .context("the server does not run")
    }

    pub fn postgres(&self) -> anyhow::Result<u32> {
        self.cluster.pid().context("PostgreSQL does not run")
    }

    /// Nothing that one turn left to do is done during the next.
    pub async fn tidy(&self) -> anyhow::Result<()> {
        for (server, table) in [(Server::Ala, "room_entries"), (Server::Baseline, "messages")] {
            if self.address(server).is_ok() {
                let vacuum = sqlx::AssertSqlSafe(format!("vacuum (analyze) {table}"));
                sqlx::query(vacuum).execute(&mut self.db(server).await?).await?;
            }
        }
        let mut db = self.db_of_its_own().await?;
        sqlx::query("checkpoint").execute(&mut db).await?;
        Ok(())
    }

    /// Of no server: for what is measured without one.
    pub async fn db_of_its_own(&self) -> anyhow::Result<PgConnection> {
        self.cluster.options().connect().await.context("cannot reach the cluster")
    }

    /// Statements that the server has had carried out, where PostgreSQL can count them.
    pub async fn statements(&self, server: Server) -> anyhow::Result<Option<u64>> {
        let mut db = self.db_of_its_own().await?;
        if !can_count(&mut db).await? {
            return Ok(None);
        }
        let calls: i64 = sqlx::query_scalar(
            "select coalesce(sum(calls), 0)::bigint from pg_stat_statements s
             join pg_database d on d.oid = s.dbid where d.datname = $1",
        )
        .bind(server.name())
        .fetch_one(&mut db)
        .await?;
        Ok(Some(u64::try_from(calls)?))
    }

    /// Has PostgreSQL count statements, or not: counting takes time too.
    pub async fn count_statements(&self, whether: bool) -> anyhow::Result<()> {
        let mut db = self.db_of_its_own().await?;
        if can_count(&mut db).await? {
            count(&mut db, whether).await?;
        }
        Ok(())
    }

    /// Processor time, once everything has come to rest.
    pub async fn used(&self, server: Server) -> anyhow::Result<Used> {
        Used::at_rest(self.pid(server)?, self.postgres()?).await
    }

    pub async fn version(&self) -> anyhow::Result<String> {
        let mut db = self.db_of_its_own().await?;
        sqlx::query_scalar("show server_version").fetch_one(&mut db).await.map_err(Into::into)
    }

    pub async fn close(mut self) -> anyhow::Result<()> {
        if let Some(mut ala) = self.ala.take() {
            ala.stop().await?;
        }
        if let Some(baseline) = self.baseline.take() {
            baseline.stop().await?;
        }
        self.cluster.stop().await
    }
}

/// A database for each server. The cluster is vacuumed between the turns, not during one that it does not belong to.
async fn prepare(cluster: &mut Cluster) -> anyhow::Result<()> {
    let mut db = cluster.options().connect().await?;
    for statement in [
        "alter system set autovacuum = off",
        "alter system set max_wal_size = '8GB'",
        "alter system set checkpoint_timeout = '1h'",
    ] {
        sqlx::query(statement).execute(&mut db).await?;
    }
    for server in Server::BOTH {
        let create = sqlx::AssertSqlSafe(format!("create database {}", server.name()));
        sqlx::query(create).execute(&mut db).await?;
    }
    let countable = can_count(&mut db).await?;
    if countable {
        let load = "alter system set shared_preload_libraries = 'pg_stat_statements'";
        sqlx::query(load).execute(&mut db).await?;
    }
    drop(db);
    cluster.stop().await?;
    cluster.run().await?;
    if countable {
        let mut db = cluster.options().connect().await?;
        sqlx::query("create extension pg_stat_statements").execute(&mut db).await?;
        count(&mut db, false).await?;
    }
    Ok(())
}

async fn can_count(db: &mut PgConnection) -> anyhow::Result<bool> {
    let there =
        "select exists (select from pg_available_extensions where name = 'pg_stat_statements')";
    sqlx::query_scalar(there).fetch_one(db).await.map_err(Into::into)
}

async fn count(db: &mut PgConnection, whether: bool) -> anyhow::Result<()> {
    let set = if whether {
        "alter system set pg_stat_statements.track = 'top'"
    } else {
        "alter system set pg_stat_statements.track = 'none'"
    };
    sqlx::query(set).execute(&mut *db).await?;
    sqlx::query("select pg_reload_conf()").execute(db).await?;
    Ok(())
}

/// As many open files as the system lets this process and its children have.
fn more_files() -> anyhow::Result<()> {
    let limit = getrlimit(Resource::Nofile);
    let current = limit.maximum.unwrap_or(FILES).max(limit.current.unwrap_or(FILES));
    setrlimit(Resource::Nofile, Rlimit { current: Some(current), ..limit })?;
    ensure!(current >= 1_024, "only {current} files can be open at once: raise `ulimit -n`");
    Ok(())
}
