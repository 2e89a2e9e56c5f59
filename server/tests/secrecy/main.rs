//! Non-interference: whatever happens in the caucus of one side, the other side observes the same bytes.
//!
//! Each random history is performed in two whole worlds that differ only in what happens inside the applicant's caucus
//! and among the neutrals: what is said, read, drafted and handed in there, where a session talks, and who of that side
//! is there. Everything that the respondent, the station and somebody who was among the neutrals before get to see is
//! recorded and has to be equal.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test's helpers fail by panicking"
)]

#[path = "../api/app.rs"]
#[expect(dead_code, reason = "the other tests' helpers, of which few are needed here")]
mod app;
mod common;
#[path = "../api/contract.rs"]
mod contract;
mod history;
#[path = "../api/live_document.rs"]
mod live_document;
mod look;
mod model;
mod mutations;
mod observed;
mod outside;
#[path = "../support/postgres.rs"]
mod postgres;
#[path = "../support/redis.rs"]
#[expect(dead_code, reason = "the other tests' helpers, of which few are needed here")]
mod redis;
mod secret;
#[path = "../api/servers.rs"]
#[expect(dead_code, reason = "the other tests' helpers, of which few are needed here")]
mod servers;
#[path = "../api/socket.rs"]
#[expect(dead_code, reason = "the other tests' helpers, of which few are needed here")]
mod socket;
mod stage;
mod world;

use crate::redis::Redis;
use history::History;
use outside::Watched;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use std::cell::Cell;
use std::sync::Arc;
use std::thread;
use std::time::Instant;
use tokio::runtime::Runtime;
use world::{FIRST, World};

/// Unless `SECRECY_HISTORIES` asks for more.
const HISTORIES: u64 = 500;
/// So many at the same time, each in worlds of its own.
const LANES: u64 = 3;

/// Two worlds, equal until something happens in a caucus.
struct Pair {
    runtime: Runtime,
    worlds: [World; 2],
    histories: Cell<u64>,
    bytes: Cell<usize>,
    /// A world broke down in the middle of a history; nothing more is tried in it.
    is_broken: Cell<bool>,
}

impl Pair {
    fn start(redis: [Option<&Redis>; 2]) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let [one, other] = redis;
        let worlds =
            runtime.block_on(async { [World::start(0, one).await, World::start(1, other).await] });
        runtime.block_on(world::models());
        let (histories, bytes) = (Cell::new(0), Cell::new(0));
        Self { runtime, worlds, histories, bytes, is_broken: Cell::new(false) }
    }

    /// Performs the history in both worlds; the first observation that differs is a leak.
    fn leak(&self, what: &History) -> Option<String> {
        if self.is_broken.replace(true) {
            return None;
        }
        let n = FIRST + self.histories.get();
        self.histories.set(self.histories.get() + 1);
        let [one, other] = &self.worlds;
        let (one, other) = self
            .runtime
            .block_on(async { tokio::join!(one.perform(n, what), other.perform(n, what)) });
        self.is_broken.set(false);
        self.bytes.set(self.bytes.get() + one.bytes());
        one.differs_from(&other)
    }

    fn owners(&self) -> impl Iterator<Item = (&Runtime, &sqlx::PgPool)> {
        self.worlds.iter().map(|world| (&self.runtime, &world.test.owner))
    }
}

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().expect("a number"))
}

/// So many random histories, until one leaks; then the shortest that still does.
fn search(pair: &Pair, histories: u64, seed: u64, shorten: u32) -> Result<(), String> {
    let config = Config {
        cases: u32::try_from(histories).unwrap(),
        failure_persistence: None,
        max_shrink_iters: shorten,
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let found = TestRunner::new_with_rng(config, rng).run(&history::histories(), |history| {
        match pair.leak(&history) {
            None => Ok(()),
            Some(leak) => Err(TestCaseError::fail(leak)),
        }
    });
    match found {
        Ok(()) => Ok(()),
        Err(TestError::Fail(leak, history)) => Err(format!("{leak}\nin {history:?}")),
        Err(TestError::Abort(why)) => panic!("{why}"),
    }
}

/// What one lane did, and what went through its Redis.
struct Figures {
    histories: u64,
    bytes: usize,
    redis: [Arc<Watched>; 2],
}

fn lane(histories: u64, seed: u64) -> Figures {
    let redis = [Redis::start(), Redis::start()];
    let pair = Pair::start([Some(&redis[0]), Some(&redis[1])]);
    let watched = pair.runtime.block_on(async {
        [outside::watch_redis(&redis[0].url()).await, outside::watch_redis(&redis[1].url()).await]
    });
    if let Err(leak) = search(&pair, histories, seed, 60) {
        panic!("SECRECY_SEED={seed} leaks: {leak}");
    }
    Figures { histories: pair.histories.get(), bytes: pair.bytes.get(), redis: watched }
}

#[test]
fn nothing_of_a_caucus_changes_what_the_other_side_observes() {
    let (began, log) = (Instant::now(), outside::log());
    let seed = number("SECRECY_SEED", rand::random::<u32>().into());
    let wanted = number("SECRECY_HISTORIES", HISTORIES);
    let numbers = server::telemetry::recorder().unwrap();
    let lanes: Vec<_> = (0..LANES)
        .map(|n| {
            let share = wanted / LANES + u64::from(n < wanted % LANES);
            thread::spawn(move || lane(share, seed + n))
        })
        .collect();
    let figures: Vec<Figures> = lanes
        .into_iter()
        .map(|lane| lane.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        .collect();
    let histories: u64 = figures.iter().map(|of| of.histories).sum();
    let bytes: usize = figures.iter().map(|of| of.bytes).sum();
    let mut redis = 0;
    for watched in figures.iter().flat_map(|of| &of.redis) {
        assert_eq!(watched.caught(), None, "Redis was told of a caucus");
        redis += watched.bytes();
    }
    assert_eq!(log.caught(), None, "the log tells of a caucus");
    assert!(!numbers.render().contains(observed::CANARY), "a number tells of a caucus");
    assert!(redis > 0 && log.bytes() > 0, "nothing was watched");
    println!(
        "seed={seed} histories={histories} compared_bytes={bytes} log_bytes={} redis_bytes={redis} \
         seconds={} leaks=0",
        log.bytes(),
        began.elapsed().as_secs()
    );
    assert!(bytes as u64 > 10_000 * histories, "hardly anything was compared");
}
