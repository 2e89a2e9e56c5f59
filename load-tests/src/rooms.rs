//! Talk in many rooms at once: the same clients against our server and against the rival, by turns.

mod report;

use crate::ala;
use crate::arena::{Against, Arena, Server};
use crate::cpu::Used;
use crate::figures::Figures;
use crate::seed::Crowd;
use crate::swarm::{Load, Swarm, Tally};
use clap::Args;
use report::Report;
use serde::Serialize;
use std::path::PathBuf;
use std::time::Duration;
use tokio::task::block_in_place;

/// For everybody to come in.
pub const CONNECT_WITHIN: Duration = Duration::from_secs(120);

#[derive(Clone, Debug, Args, Serialize)]
pub struct Options {
    /// The server, built with `--release`; the one built beside this program unless told.
    #[arg(long)]
    ala: Option<PathBuf>,
    #[arg(long, default_value = "both")]
    against: Against,
    #[arg(long, default_value_t = 200)]
    rooms: usize,
    /// People in each room, each on a socket of their own.
    #[arg(long, default_value_t = 5)]
    members: usize,
    /// Those of each room who speak.
    #[arg(long, default_value_t = 2)]
    senders: usize,
    /// Closed loop: messages that each sender keeps outstanding.
    #[arg(long, default_value_t = 1)]
    window: u32,
    /// Open loop instead: messages a second in all, latency counted from when each was due.
    #[arg(long, conflicts_with = "window")]
    rate: Option<f64>,
    /// Seconds before each turn that are not counted.
    #[arg(long, default_value_t = 2.0)]
    warm_up: f64,
    /// Seconds of each turn.
    #[arg(long, default_value_t = 8.0)]
    seconds: f64,
    /// Turns of each server; they alternate.
    #[arg(long, default_value_t = 3)]
    repetitions: u32,
    /// Have one client of ours pass over entries, which the count has to find.
    #[arg(long)]
    miss_entries: bool,
    /// Where the result goes, as JSON.
    #[arg(long)]
    #[serde(skip)]
    pub out: Option<PathBuf>,
}

/// What is done in one turn.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub load: Load,
    /// In each room.
    pub senders: usize,
    pub warm_up: Duration,
    pub time: Duration,
}

impl Options {
    fn plan(&self) -> Plan {
        let window = self.window;
        Plan {
            load: self.rate.map_or(Load::Closed { window }, |rate| Load::Open { rate }),
            senders: self.senders,
            warm_up: Duration::from_secs_f64(self.warm_up),
            time: Duration::from_secs_f64(self.seconds),
        }
    }
}

pub async fn run(options: Options) -> anyhow::Result<Report> {
    let folder = ala::folder()?;
    let arena =
        Arena::open(folder.path(), options.ala.as_deref(), options.against.servers()).await?;
    let crowd = Crowd { number: 0, rooms: options.rooms, members: options.members };
    let mut swarms = Vec::new();
    for server in options.against.servers() {
        let mut swarm = arena.swarm(*server, crowd).await?;
        swarm.deaf = options.miss_entries && *server == Server::Ala;
        swarms.push((*server, swarm));
    }
    let mut turns = Vec::new();
    for _ in 0..options.repetitions {
        for (server, swarm) in &mut swarms {
            turns.push(turn(&arena, *server, swarm, options.plan()).await?);
        }
    }
    let postgres = arena.version().await?;
    arena.close().await?;
    Ok(Report::of(options, postgres, turns))
}

/// Everybody comes in, warms up, talks while it is measured, and goes.
pub async fn turn(
    arena: &Arena,
    server: Server,
    swarm: &mut Swarm,
    plan: Plan,
) -> anyhow::Result<Figures> {
    let (tally, used) = count(arena, server, swarm, plan).await?;
    Ok(Figures::of(server, plan.load.offered(), tally, used))
}

/// The same, to be put together with other turns.
pub async fn count(
    arena: &Arena,
    server: Server,
    swarm: &mut Swarm,
    plan: Plan,
) -> anyhow::Result<(Tally, Used)> {
    let Plan { load, senders, warm_up, time } = plan;
    arena.tidy().await?;
    swarm.server = arena.address(server)?;
    off_the_runtime(swarm, |swarm| {
        swarm.connect(swarm.all(), CONNECT_WITHIN)?;
        swarm.settle(CONNECT_WITHIN)
    })?;
    // Coming in may leave more to do; that is not what is measured here.
    arena.used(server).await?;
    let warm = off_the_runtime(swarm, |swarm| swarm.drive(load, 0..senders, warm_up))?;
    let before = arena.used(server).await?;
    let mut tally = off_the_runtime(swarm, |swarm| swarm.drive(load, 0..senders, time))?;
    let used = arena.used(server).await?.since(before);
    swarm.hang_up(swarm.all());
    // Whatever goes wrong goes wrong, measured or not.
    tally.also(warm);
    Ok((tally, used))
}

/// The clients never wait for the runtime, nor it for them.
pub fn off_the_runtime<T>(
    swarm: &mut Swarm,
    what: impl FnOnce(&mut Swarm) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    block_in_place(|| what(swarm))
}
