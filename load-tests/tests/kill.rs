//! Nothing acknowledged is lost, doubled or moved by `kill -9`; and where it is on purpose, the checker says so (R1 to R3).
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail by panicking")]

#[path = "support/ala.rs"]
mod ala;

use std::process::Command;

struct Run {
    code: Option<i32>,
    /// The last line.
    figures: String,
    everything: String,
}

impl Run {
    fn figure(&self, name: &str) -> u64 {
        let mut words = self.figures.split_whitespace();
        let value = words.find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
        value.unwrap_or_else(|| panic!("no {name} in: {}", self.everything)).parse().unwrap()
    }
}

fn kill(arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_load-tests"));
    let output =
        command.arg("kill").arg("--ala").arg(ala::binary()).args(arguments).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let figures = told.lines().last().unwrap_or_default().to_owned();
    let everything = format!("{told}{}", String::from_utf8_lossy(&output.stderr));
    Run { code: output.status.code(), figures, everything }
}

#[test]
fn ten_kills_lose_double_and_move_nothing() {
    let run = kill(&["--kills", "10", "--acks", "150", "--clients", "6", "--crash"]);
    println!("{}", run.figures);
    assert_eq!(run.code, Some(0), "{}", run.everything);
    assert_eq!(run.figure("kills"), 10);
    assert!(run.figure("acks") >= 1_600, "{}", run.figures);
    assert_eq!(run.figure("crashes"), 5, "{}", run.figures);
    assert!(run.figure("unknown") > 0, "no kill has hit a request: {}", run.figures);
    assert!(run.figure("socket_unknown") > 0, "no kill has hit a frame: {}", run.figures);
    assert!(run.figure("socket_acks") >= 300, "{}", run.figures);
    assert!(run.figure("resumed") >= 10, "{}", run.figures);
    assert!(run.figure("refused") > 0, "nothing was refused: {}", run.figures);
}

#[test]
fn the_server_comes_back_to_a_database_that_stayed() {
    let run = kill(&["--postgres", "own", "--kills", "2", "--acks", "100", "--clients", "4"]);
    println!("{}", run.figures);
    assert_eq!(run.code, Some(0), "{}", run.everything);
}

#[test]
fn damage_is_found() {
    let faults = [
        ("lose-ack", "lost"),
        ("lose-socket-ack", "lost"),
        ("miss-entries", "conn_order"),
        ("duplicate", "dup"),
        ("reorder", "ackseq"),
    ];
    for (fault, rule) in faults {
        let run = kill(&["--kills", "0", "--acks", "60", "--clients", "2", "--seed-fault", fault]);
        assert_eq!(run.code, Some(1), "{fault}: {}", run.everything);
        assert!(run.figure(rule) > 0, "{fault}: {}", run.figures);
    }
}

/// The whole way: a database that acknowledges too early and crashes loses, and that is seen. What was flushed in
/// time by chance survives, so it crashes several times.
#[test]
fn a_commit_that_is_not_on_disk_is_found_missing() {
    let few = ["--kills", "6", "--acks", "40", "--clients", "4"];
    let run = kill(&[few.as_slice(), &["--seed-fault", "async-commit"]].concat());
    println!("{}", run.figures);
    assert_eq!(run.code, Some(1), "{}", run.everything);
    assert!(run.figure("lost") > 0, "{}", run.figures);
}
