//! Non-interference: whatever happens in the caucus of one side, the other side observes the same bytes.
//!
//! Each random history is performed in two whole worlds that differ only in what happens inside the applicant's caucus:
//! what is said, read and handed in there, and who of that side is there. Everything that the respondent, and somebody
//! who was among the neutrals before, gets to see is recorded and has to be equal.
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
#[path = "../api/contract.rs"]
mod contract;
mod history;
#[path = "../api/live_document.rs"]
mod live_document;
mod mutations;
mod observed;
#[path = "../support/postgres.rs"]
mod postgres;
#[path = "../api/servers.rs"]
#[expect(dead_code, reason = "the other tests' helpers, of which few are needed here")]
mod servers;
#[path = "../api/socket.rs"]
#[expect(dead_code, reason = "the other tests' helpers, of which few are needed here")]
mod socket;
mod world;

use history::Step;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use std::cell::Cell;
use tokio::runtime::Runtime;
use world::World;

/// Unless `SECRECY_HISTORIES` asks for more.
const HISTORIES: u32 = 40;

/// Two worlds, equal until something happens in a caucus.
struct Pair {
    runtime: Runtime,
    worlds: [World; 2],
    histories: Cell<u64>,
    bytes: Cell<usize>,
}

impl Pair {
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let worlds = runtime.block_on(async { [World::start(0).await, World::start(1).await] });
        Self { runtime, worlds, histories: Cell::new(0), bytes: Cell::new(0) }
    }

    /// Performs the history in both worlds; the first observation that differs is a leak.
    fn leak(&self, steps: &[Step]) -> Option<String> {
        let n = self.histories.get();
        self.histories.set(n + 1);
        let [one, other] = &self.worlds;
        let (one, other) = self
            .runtime
            .block_on(async { tokio::join!(one.perform(n, steps), other.perform(n, steps)) });
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
fn search(pair: &Pair, histories: u32, seed: u64, shorten: u32) -> Result<(), String> {
    let config = Config {
        cases: histories,
        failure_persistence: None,
        max_shrink_iters: shorten,
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let found =
        TestRunner::new_with_rng(config, rng).run(&history::histories(), |steps| {
            match pair.leak(&steps) {
                None => Ok(()),
                Some(leak) => Err(TestCaseError::fail(leak)),
            }
        });
    match found {
        Ok(()) => Ok(()),
        Err(TestError::Fail(leak, steps)) => Err(format!("{leak}\nin {steps:?}")),
        Err(TestError::Abort(why)) => panic!("{why}"),
    }
}

#[test]
fn nothing_of_a_caucus_changes_what_the_other_side_observes() {
    let seed = number("SECRECY_SEED", rand::random());
    let histories = u32::try_from(number("SECRECY_HISTORIES", HISTORIES.into())).unwrap();
    let pair = Pair::start();
    if let Err(leak) = search(&pair, histories, seed, 100) {
        panic!("SECRECY_SEED={seed} leaks: {leak}");
    }
    let (performed, bytes) = (pair.histories.get(), pair.bytes.get());
    println!("seed={seed} histories={performed} compared_bytes={bytes} leaks=0");
    assert!(bytes > 10_000 * histories as usize, "hardly anything was compared");
}
