//! Processor time of the server and of PostgreSQL, from `/proc`, and of a thread.

use anyhow::Context;
use rustix::time::{ClockId, clock_gettime};
use std::path::Path;
use std::time::Duration;
use tokio::time::sleep;

/// What `/proc` counts in.
const TICKS_A_SECOND: u64 = 100;

/// How often it is read until nothing moves any more, for what thousands of sockets leave to do.
const READS: u32 = 250;
/// So many reads alike are rest: on a busy machine, whoever has something to do may not get to it for one or two.
const ALIKE: u32 = 5;

/// Microseconds used so far.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Used {
    pub server: u64,
    pub postgres: u64,
}

impl Used {
    /// Once everything has come to rest: a process that ends while this is read would be missed.
    pub async fn at_rest(server: u32, postmaster: u32) -> anyhow::Result<Self> {
        let mut before = Self::by(server, postmaster)?;
        let mut alike = 0;
        for _ in 0..READS {
            sleep(Duration::from_millis(20)).await;
            let now = Self::by(server, postmaster)?;
            alike = if now == before { alike + 1 } else { 0 };
            if alike == ALIKE {
                break;
            }
            before = now;
        }
        Ok(before)
    }

    fn by(server: u32, postmaster: u32) -> anyhow::Result<Self> {
        Ok(Self { server: process(server)?.own, postgres: cluster(postmaster)? })
    }

    pub fn and(self, other: Self) -> Self {
        Self { server: self.server + other.server, postgres: self.postgres + other.postgres }
    }

    pub fn since(self, before: Self) -> Self {
        Self {
            server: self.server.saturating_sub(before.server),
            postgres: self.postgres.saturating_sub(before.postgres),
        }
    }
}

/// What this thread has used so far.
pub fn of_this_thread() -> Duration {
    let used = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(used.tv_sec.unsigned_abs(), u32::try_from(used.tv_nsec).unwrap_or_default())
}

struct Process {
    parent: u32,
    own: u64,
    /// Of children that have ended.
    children: u64,
}

/// The postmaster, its children that have ended, and its children that live.
fn cluster(postmaster: u32) -> anyhow::Result<u64> {
    let main = process(postmaster)?;
    let living: u64 = std::fs::read_dir("/proc")?
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        // One that has just ended is counted with the others that have.
        .filter_map(|pid| process(pid).ok())
        .filter(|process| process.parent == postmaster)
        .map(|process| process.own)
        .sum();
    Ok(main.own + main.children + living)
}

fn process(pid: u32) -> anyhow::Result<Process> {
    let path = Path::new("/proc").join(pid.to_string()).join("stat");
    read(&std::fs::read_to_string(path)?)
}

/// After the name in brackets: state, parent, …; the times are fields 14 to 17 of `proc(5)`.
fn read(stat: &str) -> anyhow::Result<Process> {
    let (_, rest) = stat.rsplit_once(')').context("no process status")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let field = |number: usize| -> anyhow::Result<u64> {
        fields.get(number - 3).context("a short process status")?.parse().map_err(Into::into)
    };
    let micros = |ticks: u64| ticks * 1_000_000 / TICKS_A_SECOND;
    Ok(Process {
        parent: u32::try_from(field(4)?)?,
        own: micros(field(14)? + field(15)?),
        children: micros(field(16)? + field(17)?),
    })
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn reads_times_behind_any_name() {
        let stat = "7 (a) b (c) S 3 7 7 0 -1 4 1 2 3 4 10 20 30 40 20 0 1 0 5 6 7";
        let process = read(stat).unwrap();
        assert_eq!((process.parent, process.own, process.children), (3, 300_000, 700_000));
    }
}
