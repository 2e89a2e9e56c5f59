//! What a connection costs that does nothing: authenticated, in one room, everything heard.

use crate::ala;
use crate::arena::{Against, Arena, Server};
use crate::figures::whole;
use crate::memory;
use crate::rooms::{CONNECT_WITHIN, off_the_runtime};
use crate::seed::Crowd;
use crate::swarm::Swarm;
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;
use std::time::Duration;

/// One in so many comes and goes before it is measured, so that what is made once is made.
const FIRST: usize = 100;

#[derive(Clone, Debug, Args, Serialize)]
pub struct Options {
    /// The server, built with `--release`; the one built beside this program unless told.
    #[arg(long)]
    ala: Option<PathBuf>,
    #[arg(long, default_value = "both")]
    against: Against,
    #[arg(long, default_value_t = 10_000)]
    connections: usize,
    /// People in each room.
    #[arg(long, default_value_t = 5)]
    members: usize,
    /// Seconds for which they are held before the memory is read.
    #[arg(long, default_value_t = 5.0)]
    hold: f64,
    /// Where the result goes, as JSON.
    #[arg(long)]
    #[serde(skip)]
    pub out: Option<PathBuf>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Idle {
    pub server: Server,
    pub connections: usize,
    pub before_kb: u64,
    pub after_kb: u64,
    pub kb_a_connection: f64,
    pub connect_seconds: f64,
    /// Of one core, while nothing is said.
    pub server_cpu_percent: f64,
    /// Sockets that were cut off meanwhile.
    pub dropped: u64,
}

#[derive(Serialize)]
pub struct Report {
    options: Options,
    servers: Vec<Idle>,
}

impl Report {
    pub fn is_clean(&self) -> bool {
        self.servers.iter().all(|idle| idle.dropped == 0)
    }

    pub fn figures(&self) -> String {
        let one = |idle: &Idle| {
            let name = idle.server.name();
            format!(
                "{name}_connections={} {name}_kb_a_connection={:.2} {name}_connect_seconds={:.2} {name}_cpu_percent={:.1} {name}_dropped={}",
                idle.connections,
                idle.kb_a_connection,
                idle.connect_seconds,
                idle.server_cpu_percent,
                idle.dropped,
            )
        };
        self.servers.iter().map(one).collect::<Vec<_>>().join(" ")
    }
}

pub async fn run(options: Options) -> anyhow::Result<Report> {
    let folder = ala::folder()?;
    let servers = options.against.servers();
    let mut arena = Arena::open(folder.path(), options.ala.as_deref(), servers).await?;
    let rooms = options.connections.div_ceil(options.members);
    let crowd = Crowd { number: 0, rooms, members: options.members };
    let mut found = Vec::new();
    for server in servers {
        let mut swarm = arena.swarm(*server, crowd).await?;
        let hold = Duration::from_secs_f64(options.hold);
        found.push(hold_still(&mut arena, *server, &mut swarm, hold).await?);
    }
    arena.close().await?;
    Ok(Report { options, servers: found })
}

/// A fresh process; everybody comes, nobody says anything, and everybody goes.
pub async fn hold_still(
    arena: &mut Arena,
    server: Server,
    swarm: &mut Swarm,
    hold: Duration,
) -> anyhow::Result<Idle> {
    arena.renew(server).await?;
    swarm.server = arena.address(server)?;
    let pid = arena.pid(server)?;
    off_the_runtime(swarm, |swarm| {
        swarm.connect(swarm.all().step_by(FIRST), CONNECT_WITHIN)?;
        swarm.hang_up(swarm.all());
        Ok(())
    })?;
    arena.used(server).await?;
    let before = memory::of(pid)?;
    let took = off_the_runtime(swarm, |swarm| {
        let took = swarm.connect(swarm.all(), CONNECT_WITHIN)?;
        // What coming in has left to do is done.
        swarm.settle(CONNECT_WITHIN)?;
        swarm.rest(hold)?;
        Ok(took)
    })?;
    let used = arena.used(server).await?;
    let dropped = off_the_runtime(swarm, |swarm| {
        swarm.rest(hold)?;
        Ok(swarm.finish()?.dropped)
    })?;
    let after = memory::of(pid)?;
    let used = arena.used(server).await?.since(used);
    let connections = swarm.all().len();
    swarm.hang_up(swarm.all());
    Ok(Idle {
        server,
        connections,
        before_kb: before,
        after_kb: after,
        kb_a_connection: whole(after.saturating_sub(before)) / whole(connections as u64),
        connect_seconds: took.as_secs_f64(),
        server_cpu_percent: whole(used.server) / 1e4 / hold.as_secs_f64(),
        dropped,
    })
}
