//! What can befall a service and its clients.

use clap::ValueEnum;
use serde::Serialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Nemesis {
    /// `kill -9` of a server.
    Kill,
    /// PostgreSQL loses power and all servers with it.
    Power,
    /// PostgreSQL loses power; the servers stay.
    Postgres,
    /// Redis dies and comes back empty.
    Redis,
    /// Redis takes connections and says nothing.
    RedisHangs,
    /// One client of each lane stops reading.
    Stall,
    /// The network of every second client swallows everything, and nobody hangs up.
    BlackHole,
}

impl Nemesis {
    pub const ALL: [Self; 7] = [
        Self::Kill,
        Self::Power,
        Self::Postgres,
        Self::Redis,
        Self::RedisHangs,
        Self::Stall,
        Self::BlackHole,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::Power => "power",
            Self::Postgres => "postgres",
            Self::Redis => "redis",
            Self::RedisHangs => "redis_hangs",
            Self::Stall => "stall",
            Self::BlackHole => "black_hole",
        }
    }

    /// Needs a PostgreSQL that does not go with its server.
    pub const fn needs_own_postgres(self) -> bool {
        matches!(self, Self::Postgres)
    }

    pub const fn needs_redis(self) -> bool {
        matches!(self, Self::Redis | Self::RedisHangs)
    }

    pub const fn needs_network(self) -> bool {
        matches!(self, Self::Stall | Self::BlackHole)
    }
}
