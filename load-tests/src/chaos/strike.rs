//! One thing that happens: from its beginning to when the cause is gone, and what was seen meanwhile.

use super::Options;
use super::nemesis::Nemesis;
use super::target::Target;
use super::traffic::SOCKETS;
use crate::history::Recorder;
use crate::network;
use crate::random::Random;
use crate::socket::{Ends, Handle};
use anyhow::ensure;
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// For the servers to be rid of clients that have gone without a word: a minute, and a while to look.
const RID_WITHIN: Duration = Duration::from_secs(90);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Where it happens.
pub struct Stage<'a> {
    pub options: &'a Options,
    pub target: &'a mut Target,
    pub recorder: &'a Recorder,
    pub handles: &'a [Handle],
}

pub struct Strike {
    pub nemesis: Nemesis,
    /// In the time of the history.
    pub began: u64,
    pub ended: u64,
    /// How long a server took to be ready again.
    pub restart: Option<Duration>,
    pub rid: Option<Rid>,
}

/// Of clients that did not read, or could not be reached.
#[derive(Clone, Copy)]
pub struct Rid {
    pub clients: usize,
    /// Until the servers had closed the last of them.
    pub took: Duration,
    /// KiB by which the servers had grown at most.
    pub grown: u64,
}

impl Stage<'_> {
    /// Returns when the cause is gone.
    pub async fn strike(
        &mut self,
        nemesis: Nemesis,
        random: &mut Random,
    ) -> anyhow::Result<Strike> {
        let began = self.recorder.now();
        let (mut restart, mut rid) = (None, None);
        let away = Duration::from_secs_f64(self.options.away);
        match nemesis {
            Nemesis::Kill => {
                let servers = self.target.servers.len();
                let victim = random.below(u64::try_from(servers)?);
                restart = Some(self.target.kill(usize::try_from(victim)?).await?);
            }
            Nemesis::Power => restart = Some(self.target.cut_power().await?),
            Nemesis::Postgres => {
                self.target.crash_postgres().await?;
                sleep(away).await;
                self.target.bring_postgres().await?;
            }
            Nemesis::Redis => {
                self.target.redis()?.kill().await?;
                sleep(away).await;
                self.target.redis()?.run().await?;
            }
            Nemesis::RedisHangs => {
                self.target.redis()?.hang(true)?;
                sleep(away).await;
                self.target.redis()?.hang(false)?;
            }
            Nemesis::Stall => rid = Some(self.stall().await?),
            Nemesis::BlackHole => rid = Some(self.black_hole().await?),
        }
        Ok(Strike { nemesis, began, ended: self.recorder.now(), restart, rid })
    }

    /// They go on reading as soon as the servers have given them up.
    async fn stall(&self) -> anyhow::Result<Rid> {
        // Of each lane the one in the middle, to whom something is said all the time.
        let stalled = || self.handles.iter().skip(1).step_by(SOCKETS);
        for handle in stalled() {
            handle.stall.send_replace(true);
        }
        let rid = self.until_rid(&ends(stalled())).await;
        for handle in stalled() {
            handle.stall.send_replace(false);
        }
        rid
    }

    async fn black_hole(&self) -> anyhow::Result<Rid> {
        let ends = ends(self.handles.iter().step_by(2));
        let address = |ends: &Ends| match ends.local.ip() {
            IpAddr::V4(address) => Some(address),
            IpAddr::V6(_) => None,
        };
        let addresses: Vec<Ipv4Addr> = ends.iter().filter_map(address).collect();
        ensure!(!addresses.is_empty(), "nobody is connected");
        network::darken(&addresses)?;
        let rid = self.until_rid(&ends).await;
        network::brighten()?;
        rid
    }

    /// Looks at the servers' side of the connections: their clients would not notice.
    async fn until_rid(&self, ends: &[Ends]) -> anyhow::Result<Rid> {
        ensure!(!ends.is_empty(), "nobody is connected");
        let (began, before, mut most) = (Instant::now(), self.target.memory()?, 0);
        loop {
            most = most.max(self.target.memory()?);
            let left = network::open_at_the_server(ends)?;
            let took = began.elapsed();
            if left == 0 {
                let grown = most.saturating_sub(before);
                return Ok(Rid { clients: ends.len(), took, grown });
            }
            ensure!(took < RID_WITHIN, "the servers still hold {left} clients that are gone");
            sleep(LOOK_EVERY).await;
        }
    }
}

fn ends<'a>(of: impl Iterator<Item = &'a Handle>) -> Vec<Ends> {
    of.filter_map(|handle| *handle.ends.borrow()).collect()
}
