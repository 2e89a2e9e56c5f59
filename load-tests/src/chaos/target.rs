//! What is struck, and what the traffic runs on: one server or several, their PostgreSQL, their Redis.

use super::Options;
use crate::ala::{self, Ala, Peers, Settings};
use crate::fault::Fault;
use crate::memory;
use crate::postgres::{self, Cluster, Commit, DATABASE};
use crate::redis::Redis;
use crate::tokens::Key;
use anyhow::{Context, ensure};
use rustix::process::Signal;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use std::path::{Path, PathBuf};
use std::time::Duration;

pub struct Target {
    pub servers: Vec<Ala>,
    cluster: Option<Cluster>,
    redis: Option<Redis>,
}

impl Target {
    /// From the main task only, like everything here that starts a process.
    pub async fn start(folder: &Path, options: &Options) -> anyhow::Result<(Self, Key)> {
        let key_file = folder.join("token.pem");
        let key = Key::make(&key_file)?;
        let careless = options.seed_fault == Some(Fault::AsyncCommit);
        let commit = if careless { Commit::Careless } else { Commit::Durable };
        let own = options.has_own_postgres();
        let cluster = if own { Some(Cluster::start(folder, commit).await?) } else { None };
        let several = options.servers > 1;
        let redis = if several { Some(Redis::start(folder).await?) } else { None };
        let code_secret_file = folder.join("code-secret");
        std::fs::write(&code_secret_file, "of this run alone, and long enough to be taken")?;
        let mut servers = Vec::new();
        for number in 0..options.servers {
            let peers = redis.as_ref().map(|redis| Peers {
                number: number.into(),
                redis_url: redis.url(),
                code_secret_file: code_secret_file.clone(),
            });
            let mut ala = Ala::new(Settings {
                binary: options.ala.clone().unwrap_or_else(ala::beside_this_program),
                folder: folder.to_owned(),
                database_url: cluster.as_ref().map(|it| it.url(DATABASE)),
                key_file: key_file.clone(),
                careless,
                generous: true,
                peers,
            })?;
            ala.start().await?;
            servers.push(ala);
        }
        Ok((Self { servers, cluster, redis }, key))
    }

    fn database(&self) -> anyhow::Result<PgConnectOptions> {
        match &self.cluster {
            Some(cluster) => Ok(cluster.options()),
            None => postgres::embedded(&self.private_data()?),
        }
    }

    pub async fn connect(&self) -> anyhow::Result<PgConnection> {
        self.database()?.connect().await.context("cannot reach the database from the side")
    }

    /// Of the only server.
    fn private_data(&self) -> anyhow::Result<PathBuf> {
        Ok(self.servers.first().context("there is no server")?.data())
    }

    /// Returns how long the server took to be ready again.
    pub async fn kill(&mut self, victim: usize) -> anyhow::Result<Duration> {
        let server = self.servers.get_mut(victim).context("there is no such server")?;
        server.kill().await?;
        server.start().await
    }

    /// Everything at once, as in a power cut.
    pub async fn cut_power(&mut self) -> anyhow::Result<Duration> {
        // PostgreSQL first: as soon as its server is gone, the private one ends in order.
        ala::signal(Some(self.postgres()?), Signal::QUIT)?;
        for server in &mut self.servers {
            server.kill().await?;
        }
        if let Some(cluster) = &mut self.cluster {
            cluster.crash().await?;
            cluster.run().await?;
        }
        let mut longest = Duration::ZERO;
        for server in &mut self.servers {
            longest = longest.max(server.start().await?);
        }
        self.has_recovered()?;
        Ok(longest)
    }

    pub async fn crash_postgres(&mut self) -> anyhow::Result<()> {
        self.cluster.as_mut().context("PostgreSQL is the server's")?.crash().await
    }

    pub async fn bring_postgres(&mut self) -> anyhow::Result<()> {
        self.cluster.as_mut().context("PostgreSQL is the server's")?.run().await?;
        self.has_recovered()
    }

    pub fn redis(&mut self) -> anyhow::Result<&mut Redis> {
        self.redis.as_mut().context("there is no Redis")
    }

    /// KiB, of all servers.
    pub fn memory(&self) -> anyhow::Result<u64> {
        let of = |server: &Ala| memory::of(server.pid().context("the server does not run")?);
        self.servers.iter().map(of).sum()
    }

    fn postgres(&self) -> anyhow::Result<u32> {
        match &self.cluster {
            Some(cluster) => cluster.pid().context("PostgreSQL does not run"),
            None => postgres::embedded_pid(&self.private_data()?),
        }
    }

    /// PostgreSQL has to say that it found itself in the middle of something when it started.
    fn has_recovered(&self) -> anyhow::Result<()> {
        let log = match &self.cluster {
            Some(cluster) => cluster.log(),
            None => postgres::embedded_log(&self.private_data()?),
        };
        let log = std::fs::read(&log).with_context(|| format!("cannot read {}", log.display()))?;
        let recovered = String::from_utf8_lossy(&log).contains("automatic recovery in progress");
        ensure!(recovered, "PostgreSQL did not crash: it has nothing to recover");
        Ok(())
    }

    pub async fn stop(mut self) -> anyhow::Result<()> {
        for server in &mut self.servers {
            server.stop().await?;
        }
        match &mut self.cluster {
            Some(cluster) => cluster.stop().await,
            None => Ok(()),
        }
    }
}
