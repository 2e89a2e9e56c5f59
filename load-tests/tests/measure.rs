//! The measurement measures: every side of it runs, in small.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "support/ala.rs"]
mod ala;

use std::process::Command;

#[test]
fn both_sides_do_the_same_work() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_load-tests"));
    command.arg("measure").arg("--ala").arg(ala::binary());
    command.args(["--clients", "2", "--seconds", "1", "--repetitions", "1"]);
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    let figures = told.lines().last().unwrap_or_default();
    println!("{figures}");
    for work in ["filing_2=", "message_2="] {
        let mut words = figures.split_whitespace();
        let rate = words.find_map(|word| word.strip_prefix(work)?.strip_suffix("/s"));
        assert!(rate.is_some_and(|rate| rate.parse::<u64>().unwrap() > 0), "{told}");
    }
}
