//! Nothing acknowledged is lost, doubled, moved or told to others, whatever dies; and where it is on purpose, the checker
//! says so (R1 to R5, R8, R10, R13).
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail by panicking")]

#[path = "support/ala.rs"]
mod ala;
#[path = "support/run.rs"]
mod run;

use run::{Run, run};

fn chaos(arguments: &str) -> Run {
    run("chaos", &arguments.split_whitespace().collect::<Vec<_>>())
}

/// Every rule was judged, and none was broken.
fn is_clean(run: &Run) {
    assert_eq!(run.code, Some(0), "{}", run.everything);
    for rule in [
        "lost",
        "dup",
        "phantom",
        "zombie",
        "gap",
        "ackseq",
        "realtime",
        "conn_order",
        "divergent",
        "leak",
    ] {
        assert_eq!(run.figure::<u64>(rule), 0, "{rule}: {}", run.figures);
    }
}

fn has(run: &Run, name: &str, at_least: u64) {
    assert!(run.figure::<u64>(name) >= at_least, "{name} < {at_least}: {}", run.figures);
}

/// What has to be reached in every run: R1 to R5 on one server, half of the kills with the power.
#[test]
fn twenty_kills_and_twenty_thousand_acknowledged() {
    let run = chaos("--nemeses kill,power --rounds 20 --acks 1160");
    is_clean(&run);
    has(&run, "kills", 20);
    has(&run, "power", 10);
    has(&run, "acknowledged", 20_000);
    for (name, at_least) in [
        ("unknown", 1),
        ("socket_unknown", 1),
        ("socket_acks", 3_000),
        ("refused", 100),
        ("resumed", 100),
        ("members", 100),
    ] {
        has(&run, name, at_least);
    }
    assert!(run.figure::<u64>("back_ms_max") <= 10_000, "{}", run.figures);
}

/// Two servers: one of them dies, Redis dies, hangs, PostgreSQL dies under both; people go to the other one.
#[test]
fn two_servers_whose_parts_die_one_after_the_other() {
    let happens = "--nemeses kill,redis,kill,postgres,redis-hangs,power";
    let run = chaos(&format!("--servers 2 {happens} --rounds 12 --acks 250 --away 2"));
    is_clean(&run);
    for (name, times) in
        [("kills", 6), ("power", 2), ("postgres", 2), ("redis", 2), ("redis_hangs", 2)]
    {
        has(&run, name, times);
    }
    has(&run, "acknowledged", 3_000);
    has(&run, "unknown", 1);
    has(&run, "resumed", 30);
    // Without Redis servers hear one another through PostgreSQL, or look for themselves within two seconds.
    for nemesis in ["redis", "redis_hangs"] {
        assert!(run.figure::<u64>(&format!("{nemesis}_ms_p99")) <= 2_500, "{}", run.figures);
    }
}

#[test]
fn a_network_of_its_own_loses_five_and_twenty_packets_in_a_hundred() {
    for (loss, acks) in [(5, 150), (20, 60)] {
        let run = chaos(&format!("--loss {loss} --clients 4 --rounds 2 --acks {acks}"));
        is_clean(&run);
        has(&run, "kills", 2);
        has(&run, "acknowledged", acks * 3 * 7 / 10);
    }
}

/// R10: the servers let them go when a frame waits for ten seconds or too many do, and they resume.
#[test]
fn clients_in_a_network_of_its_own_stop_reading_and_harm_nobody() {
    let run = chaos("--servers 2 --nemeses stall --clients 4 --rounds 2 --acks 200 --padding 3000");
    is_clean(&run);
    has(&run, "stall", 2);
    has(&run, "stall_clients", 4);
    assert!(run.figure::<u64>("stall_closed_ms_max") < 30_000, "{}", run.figures);
}

/// R13: half-open sockets are found within a minute, and their people come back from elsewhere.
#[test]
fn clients_in_a_network_of_its_own_vanish_without_a_word() {
    let run = chaos("--nemeses black-hole --clients 4 --rounds 1 --acks 200");
    is_clean(&run);
    has(&run, "black_hole", 1);
    has(&run, "black_hole_clients", 4);
    has(&run, "resumed", 4);
    let closed = run.figure::<u64>("black_hole_closed_ms_max");
    assert!((30_000..63_000).contains(&closed), "{}", run.figures);
}

#[test]
fn damage_is_found() {
    let faults = [
        ("lose-ack", "lost"),
        ("lose-socket-ack", "lost"),
        ("miss-entries", "conn_order"),
        ("duplicate", "dup"),
        ("reorder", "ackseq"),
        ("forge", "phantom"),
        ("revive", "zombie"),
        ("rewrite", "divergent"),
        ("lose-notice", "gap"),
        ("let-in", "leak"),
    ];
    for (fault, rule) in faults {
        let run = chaos(&format!("--rounds 0 --acks 400 --clients 2 --seed-fault {fault}"));
        assert_eq!(run.code, Some(1), "{fault}: {}", run.everything);
        has(&run, rule, 1);
    }
}

/// The whole way: a database that acknowledges too early and crashes loses, and that is seen. What was flushed in
/// time by chance survives, so it crashes several times.
#[test]
fn a_commit_that_is_not_on_disk_is_found_missing() {
    let run = chaos("--rounds 6 --acks 60 --clients 4 --seed-fault async-commit");
    assert_eq!(run.code, Some(1), "{}", run.everything);
    has(&run, "lost", 1);
}
