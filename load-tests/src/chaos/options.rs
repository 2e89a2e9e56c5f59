//! What a run is told.

use super::nemesis::Nemesis;
use crate::fault::Fault;
use anyhow::ensure;
use clap::{Args, ValueEnum, value_parser};
use serde::Serialize;
use std::path::PathBuf;

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
    /// Of whom PostgreSQL is; several servers share one that is nobody's.
    #[arg(long, default_value = "embedded")]
    pub postgres: Database,
    /// Servers on one database, with a Redis between them.
    #[arg(long, default_value_t = 1, value_parser = value_parser!(u8).range(1..=8))]
    pub servers: u8,
    /// Lanes of traffic, each with two neighbours, their mediator and their station.
    #[arg(long, default_value_t = 8)]
    pub clients: u8,
    /// What happens, one after the other and over again.
    #[arg(long, value_delimiter = ',', default_value = "kill")]
    pub nemeses: Vec<Nemesis>,
    /// How often something happens.
    #[arg(long, default_value_t = 10)]
    pub rounds: u32,
    /// Acknowledgements between.
    #[arg(long, default_value_t = 250)]
    pub acks: u64,
    /// Seconds for which PostgreSQL or Redis is away.
    #[arg(long, default_value_t = 2.0)]
    pub away: f64,
    /// Percent of the packets that are lost, all the time and either way.
    #[arg(long, default_value_t = 0, value_parser = value_parser!(u8).range(..=50))]
    pub loss: u8,
    /// Bytes by which each message is longer.
    #[arg(long, default_value_t = 0, value_parser = value_parser!(u16).range(..=3_900))]
    pub padding: u16,
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

impl Options {
    pub fn nemesis(&self, round: u32) -> Nemesis {
        let turn = usize::try_from(round).unwrap_or_default();
        // A database that acknowledges too early loses nothing before it crashes.
        let careless = self.seed_fault == Some(Fault::AsyncCommit);
        let told = self.nemeses.get(turn % self.nemeses.len().max(1)).copied();
        if careless { Nemesis::Power } else { told.unwrap_or(Nemesis::Kill) }
    }

    /// Packets are lost only in a network that is nobody else's.
    pub fn needs_network(&self) -> bool {
        self.loss > 0 || self.nemeses.iter().any(|nemesis| nemesis.needs_network())
    }

    pub fn has_own_postgres(&self) -> bool {
        self.postgres == Database::Own
            || self.servers > 1
            || self.seed_fault == Some(Fault::AsyncCommit)
    }

    pub fn check(&self) -> anyhow::Result<()> {
        for nemesis in &self.nemeses {
            let name = nemesis.name();
            let postgres = !nemesis.needs_own_postgres() || self.has_own_postgres();
            ensure!(postgres, "{name} needs a PostgreSQL that stays: --postgres own");
            let redis = !nemesis.needs_redis() || self.servers > 1;
            ensure!(redis, "{name} needs servers that use it: --servers 2");
        }
        ensure!((0.0..=600.0).contains(&self.away), "away for 0 to 600 seconds");
        Ok(())
    }
}
