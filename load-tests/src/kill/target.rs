//! What is killed, and what the traffic runs on.

use super::{Database, Options};
use crate::ala::{self, Ala, Settings};
use crate::fault::Fault;
use crate::postgres::{self, Cluster, Commit, DATABASE};
use crate::tokens::Key;
use anyhow::{Context, ensure};
use rustix::process::Signal;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use std::path::Path;
use std::time::Duration;

pub struct Target {
    pub ala: Ala,
    cluster: Option<Cluster>,
}

impl Target {
    pub async fn start(folder: &Path, options: &Options) -> anyhow::Result<(Self, Key)> {
        let key_file = folder.join("token.pem");
        let key = Key::make(&key_file)?;
        let careless = options.seed_fault == Some(Fault::AsyncCommit);
        let commit = if careless { Commit::Careless } else { Commit::Durable };
        let own = options.postgres == Database::Own || careless;
        let cluster = if own { Some(Cluster::start(folder, commit).await?) } else { None };
        let mut ala = Ala::new(Settings {
            binary: options.ala.clone().unwrap_or_else(ala::beside_this_program),
            folder: folder.to_owned(),
            database_url: cluster.as_ref().map(|it| it.url(DATABASE)),
            key_file,
            careless,
            generous: false,
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

    pub async fn connect(&self) -> anyhow::Result<PgConnection> {
        self.database()?.connect().await.context("cannot reach the database from the side")
    }

    /// Returns how long the server took to be ready again.
    pub async fn kill(&mut self, crash: bool) -> anyhow::Result<Restart> {
        if crash {
            // PostgreSQL first: as soon as its server is gone, the private one ends in order.
            ala::signal(Some(self.postgres()?), Signal::QUIT)?;
        }
        self.ala.kill().await?;
        if let Some(cluster) = self.cluster.as_mut().filter(|_| crash) {
            cluster.crash().await?;
            cluster.run().await?;
        }
        let took = self.ala.start().await?;
        if crash {
            ensure!(self.has_recovered()?, "PostgreSQL did not crash: it has nothing to recover");
        }
        Ok(Restart { took, crashed: crash })
    }

    fn postgres(&self) -> anyhow::Result<u32> {
        match &self.cluster {
            Some(cluster) => cluster.pid().context("PostgreSQL does not run"),
            None => postgres::embedded_pid(&self.ala.data()),
        }
    }

    /// Whether PostgreSQL says that it found itself in the middle of something when it started.
    fn has_recovered(&self) -> anyhow::Result<bool> {
        let log = match &self.cluster {
            Some(cluster) => cluster.log(),
            None => postgres::embedded_log(&self.ala.data()),
        };
        let log = std::fs::read(&log).with_context(|| format!("cannot read {}", log.display()))?;
        Ok(String::from_utf8_lossy(&log).contains("automatic recovery in progress"))
    }

    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.ala.stop().await?;
        match &mut self.cluster {
            Some(cluster) => cluster.stop().await,
            None => Ok(()),
        }
    }
}

pub struct Restart {
    /// Until it was ready again.
    pub took: Duration,
    /// PostgreSQL with it.
    pub crashed: bool,
}
