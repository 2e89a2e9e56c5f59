//! One round: every measurement once, ours and the rival's next to each other.

use super::Options;
use crate::arena::{Arena, Server};
use crate::cpu::Used;
use crate::figures::Figures;
use crate::floor::{self, Floor};
use crate::idle::{self, Idle};
use crate::reconnect::{self, Return};
use crate::rooms::{Plan, count, turn};
use crate::seed::Crowd;
use crate::swarm::{Load, Swarm, Tally};
use anyhow::Context;
use serde::Serialize;
use std::time::Duration;

#[derive(Clone, Debug, Serialize)]
pub struct Pair<T> {
    pub ala: T,
    pub baseline: T,
}

impl<T> Pair<T> {
    pub fn ratio(&self, of: impl Fn(&T) -> f64) -> f64 {
        of(&self.ala) / of(&self.baseline)
    }
}

#[derive(Clone, Debug, Serialize)]
pub struct Open {
    pub rate: f64,
    pub figures: Pair<Figures>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Round {
    pub floor: Floor,
    /// One outstanding a sender.
    pub one: Pair<Figures>,
    pub burst: Pair<Figures>,
    pub open: Vec<Open>,
    /// Ours alone, offered twice what the rival can.
    pub overload: Figures,
    /// Ours alone: few and many members a room, at the same rate.
    pub few: Figures,
    pub many: Figures,
    /// How many more.
    pub more_members: u64,
    /// Ours alone: the rooms of before and several times as many, at the same rate.
    pub small: Figures,
    pub large: Figures,
    pub idle: Pair<Idle>,
    pub back: Pair<Return>,
}

/// Who takes part in what.
pub struct Crowds {
    talk: Pair<Swarm>,
    few: Swarm,
    many: Swarm,
    large: Swarm,
    idle: Pair<Swarm>,
    back: Pair<Swarm>,
    back_crowd: Crowd,
}

/// More members where the cost of one more is measured.
const WIDER: usize = 5;

impl Crowds {
    pub async fn gather(arena: &Arena, options: &Options) -> anyhow::Result<Self> {
        let Options { rooms, members, clients, .. } = *options;
        let crowd = |number, rooms, members| Crowd { number, rooms, members };
        let quarter = rooms.div_ceil(4);
        let back_crowd = reconnect::crowd(5, clients, members);
        Ok(Self {
            talk: both(arena, crowd(0, rooms, members)).await?,
            few: arena.swarm(Server::Ala, crowd(1, quarter, members)).await?,
            many: arena.swarm(Server::Ala, crowd(2, quarter, members * WIDER)).await?,
            large: arena.swarm(Server::Ala, crowd(3, rooms * options.growth, members)).await?,
            idle: both(arena, crowd(4, clients.div_ceil(members), members)).await?,
            back: both(arena, back_crowd).await?,
            back_crowd,
        })
    }

    pub async fn round(&mut self, arena: &mut Arena, options: &Options) -> anyhow::Result<Round> {
        let floor = floor::measure(arena, options.time() / 3, &options.rates).await?;
        let window = |window| options.plan(Load::Closed { window });
        let rate = |rate| options.plan(Load::Open { rate });
        let one = side_by_side(arena, &mut self.talk, window(1), 1).await?;
        let burst = side_by_side(arena, &mut self.talk, window(options.burst), 1).await?;
        let mut open = Vec::new();
        for each in &options.rates {
            let part = options.part(Load::Open { rate: *each });
            let figures = side_by_side(arena, &mut self.talk, part, options.parts).await?;
            open.push(Open { rate: *each, figures });
        }
        let twice = rate(2.0 * one.baseline.acked_per_second);
        let overload = turn(arena, Server::Ala, &mut self.talk.ala, twice).await?;
        let steady = rate(options.steady_rate);
        let few = turn(arena, Server::Ala, &mut self.few, steady).await?;
        let many = turn(arena, Server::Ala, &mut self.many, steady).await?;
        let small = turn(arena, Server::Ala, &mut self.talk.ala, steady).await?;
        let large = turn(arena, Server::Ala, &mut self.large, steady).await?;
        let hold = options.time() / 2;
        let idle = Pair {
            ala: idle::hold_still(arena, Server::Ala, &mut self.idle.ala, hold).await?,
            baseline: idle::hold_still(arena, Server::Baseline, &mut self.idle.baseline, hold)
                .await?,
        };
        let (crowd, missed) = (self.back_crowd, options.missed);
        let (ours, theirs) = (&mut self.back.ala, &mut self.back.baseline);
        let back = Pair {
            ala: reconnect::come_back(arena, Server::Ala, ours, crowd, missed).await?,
            baseline: reconnect::come_back(arena, Server::Baseline, theirs, crowd, missed).await?,
        };
        let more_members = (options.members * (WIDER - 1)) as u64;
        Ok(Round {
            floor,
            one,
            burst,
            open,
            overload,
            few,
            many,
            more_members,
            small,
            large,
            idle,
            back,
        })
    }
}

impl Options {
    fn plan(&self, load: Load) -> Plan {
        let warm_up = Duration::from_secs_f64(self.warm_up);
        Plan { load, senders: self.senders, warm_up, time: self.time() }
    }

    fn part(&self, load: Load) -> Plan {
        let whole = self.plan(load);
        Plan { warm_up: whole.warm_up / 2, time: whole.time / 2, ..whole }
    }
}

impl Round {
    /// Every turn of ours.
    pub fn ours(&self) -> impl Iterator<Item = &Figures> {
        let Self { one, burst, open, overload, few, many, small, large, .. } = self;
        let fixed = [&one.ala, &burst.ala, overload, few, many, small, large];
        fixed.into_iter().chain(open.iter().map(|open| &open.figures.ala))
    }
}

async fn both(arena: &Arena, crowd: Crowd) -> anyhow::Result<Pair<Swarm>> {
    Ok(Pair {
        ala: arena.swarm(Server::Ala, crowd).await?,
        baseline: arena.swarm(Server::Baseline, crowd).await?,
    })
}

/// By turns, all of one server counted together. The slowest of a hundred are those that the machine held up for some
/// milliseconds a second; which server meets with more of that in any one turn is chance.
async fn side_by_side(
    arena: &Arena,
    swarms: &mut Pair<Swarm>,
    plan: Plan,
    turns: u32,
) -> anyhow::Result<Pair<Figures>> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..turns {
        ours.push(count(arena, Server::Ala, &mut swarms.ala, plan).await?);
        theirs.push(count(arena, Server::Baseline, &mut swarms.baseline, plan).await?);
    }
    let offered = plan.load.offered();
    Ok(Pair {
        ala: together(Server::Ala, offered, ours)?,
        baseline: together(Server::Baseline, offered, theirs)?,
    })
}

fn together(
    server: Server,
    offered: Option<f64>,
    turns: Vec<(Tally, Used)>,
) -> anyhow::Result<Figures> {
    let mut turns = turns.into_iter();
    let (mut tally, mut used) = turns.next().context("there is at least one turn")?;
    for (next, also) in turns {
        (tally, used) = (next.and(tally)?, used.and(also));
    }
    Ok(Figures::of(server, offered, tally, used))
}
