//! Everybody loses the line at once and comes back with the last number known, while others have gone on.

use crate::ala;
use crate::arena::{Against, Arena, Server};
use crate::figures::{median, whole};
use crate::rooms::{CONNECT_WITHIN, off_the_runtime};
use crate::seed::Crowd;
use crate::swarm::{Load, Swarm, Violations};
use anyhow::ensure;
use clap::Args;
use serde::Serialize;
use std::fmt::Write;
use std::path::PathBuf;
use std::time::Duration;

/// For what is said meanwhile.
const SAID_WITHIN: Duration = Duration::from_secs(120);

#[derive(Clone, Debug, Args, Serialize)]
pub struct Options {
    /// The server, built with `--release`; the one built beside this program unless told.
    #[arg(long)]
    ala: Option<PathBuf>,
    #[arg(long, default_value = "both")]
    against: Against,
    /// Who lose the line.
    #[arg(long, default_value_t = 10_000)]
    clients: usize,
    /// Of them, in each room. One more is in each room, stays, and says what the others miss.
    #[arg(long, default_value_t = 5)]
    members: usize,
    /// Messages in each room while they are away.
    #[arg(long, default_value_t = 5)]
    missed: u32,
    /// Times for each server; they alternate.
    #[arg(long, default_value_t = 3)]
    repetitions: u32,
    /// Where the result goes, as JSON.
    #[arg(long)]
    #[serde(skip)]
    pub out: Option<PathBuf>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Return {
    pub server: Server,
    pub clients: usize,
    /// Until the last one has everything.
    pub seconds: f64,
    pub per_second: f64,
    /// Entries that they had missed, and got.
    pub caught_up: u64,
    /// Processor time of the server for one of them, whatever it does afterwards because of them included.
    pub server_cpu_us: f64,
    pub postgres_cpu_us: f64,
    /// That PostgreSQL carried out for the server meanwhile.
    pub statements: Option<u64>,
    pub violations: Violations,
    pub dropped: u64,
}

#[derive(Serialize)]
pub struct Report {
    options: Options,
    /// Clients a second, ours against the rival's.
    ratio: Option<f64>,
    turns: Vec<Return>,
}

impl Report {
    fn of(options: Options, turns: Vec<Return>) -> Self {
        let of = |server| turns.iter().filter(move |turn: &&Return| turn.server == server);
        let pairs: Vec<_> = of(Server::Ala).zip(of(Server::Baseline)).collect();
        let ratio = median(&pairs, |(ours, theirs)| ours.per_second / theirs.per_second);
        Self { options, ratio: (!pairs.is_empty()).then_some(ratio), turns }
    }

    /// Of ours: the rival does not promise as much.
    pub fn is_clean(&self) -> bool {
        self.turns.iter().filter(|turn| turn.server == Server::Ala).all(Return::is_clean)
    }

    pub fn figures(&self) -> String {
        let mut line = String::new();
        for server in self.options.against.servers() {
            let turns: Vec<_> = self.turns.iter().filter(|turn| turn.server == *server).collect();
            let name = server.name();
            let statements = turns.iter().filter_map(|turn| turn.statements).max();
            // Writing to a string does not fail.
            let _ = write!(
                line,
                "{name}_clients={} {name}_seconds={:.2} {name}_per_second={:.0} {name}_server_cpu_us={:.1} {name}_postgres_cpu_us={:.1} {name}_caught_up={} {name}_statements={} {name}_violations={} ",
                turns.first().map_or(0, |turn| turn.clients),
                median(&turns, |turn| turn.seconds),
                median(&turns, |turn| turn.per_second),
                median(&turns, |turn| turn.server_cpu_us),
                median(&turns, |turn| turn.postgres_cpu_us),
                turns.iter().map(|turn| turn.caught_up).sum::<u64>(),
                statements.map_or("unknown".into(), |most| most.to_string()),
                turns.iter().map(|turn| turn.violations.sum()).sum::<u64>(),
            );
        }
        if let Some(ratio) = self.ratio {
            let _ = write!(line, "rate_ratio={ratio:.2}");
        }
        line.trim_end().to_owned()
    }
}

impl Return {
    pub fn is_clean(&self) -> bool {
        self.violations.sum() + self.dropped == 0
    }
}

pub async fn run(options: Options) -> anyhow::Result<Report> {
    let folder = ala::folder()?;
    let servers = options.against.servers();
    let arena = Arena::open(folder.path(), options.ala.as_deref(), servers).await?;
    let crowd = crowd(0, options.clients, options.members);
    let mut swarms = Vec::new();
    for server in servers {
        swarms.push((*server, arena.swarm(*server, crowd).await?));
    }
    let mut turns = Vec::new();
    for _ in 0..options.repetitions {
        for (server, swarm) in &mut swarms {
            turns.push(come_back(&arena, *server, swarm, crowd, options.missed).await?);
        }
    }
    arena.close().await?;
    Ok(Report::of(options, turns))
}

/// The clients' rooms, with the one more who stays.
pub fn crowd(number: u8, clients: usize, members: usize) -> Crowd {
    Crowd { number, rooms: clients.div_ceil(members), members: members + 1 }
}

/// Everybody is there; all but one of each room go; that one speaks; they come back.
pub async fn come_back(
    arena: &Arena,
    server: Server,
    swarm: &mut Swarm,
    crowd: Crowd,
    missed: u32,
) -> anyhow::Result<Return> {
    arena.tidy().await?;
    swarm.server = arena.address(server)?;
    let staying = crowd.members - 1;
    let gone = move |number: &usize| number % crowd.members != staying;
    off_the_runtime(swarm, |swarm| {
        swarm.connect(swarm.all(), CONNECT_WITHIN)?;
        swarm.settle(CONNECT_WITHIN)?;
        swarm.hang_up(swarm.all().filter(gone));
        let load = Load::Each { messages: missed };
        let said = swarm.drive(load, staying..crowd.members, SAID_WITHIN)?;
        let all = (crowd.rooms as u64) * u64::from(missed);
        ensure!(said.acked == all, "not everything was said: {:?}", said.first_trouble);
        Ok(())
    })?;
    // Whatever the speaking left to do is done.
    let used = arena.used(server).await?;
    arena.count_statements(true).await?;
    let before = arena.statements(server).await?;
    let (took, tally) = off_the_runtime(swarm, |swarm| {
        let took = swarm.connect(swarm.all().filter(gone), CONNECT_WITHIN)?;
        Ok((took, swarm.finish()?))
    })?;
    let after = arena.statements(server).await?;
    arena.count_statements(false).await?;
    let used = arena.used(server).await?.since(used);
    swarm.hang_up(swarm.all());
    let clients = crowd.rooms * staying;
    let each = |microseconds| whole(microseconds) / whole(clients as u64);
    Ok(Return {
        server,
        clients,
        seconds: took.as_secs_f64(),
        per_second: whole(clients as u64) / took.as_secs_f64(),
        server_cpu_us: each(used.server),
        postgres_cpu_us: each(used.postgres),
        caught_up: tally.delivered,
        statements: before.zip(after).map(|(before, after)| after - before),
        violations: tally.violations,
        dropped: tally.dropped,
    })
}
