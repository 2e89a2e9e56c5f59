//! Both servers carry the same talk, and whatever a client does not get is found (P1 to P7, P10, in small).
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail by panicking")]

#[path = "support/ala.rs"]
mod ala;
#[path = "support/run.rs"]
mod run;

use run::run;

const SMALL: [&str; 10] =
    ["--rooms", "4", "--members", "3", "--senders", "2", "--repetitions", "1", "--warm-up", "0.5"];

#[test]
fn every_member_gets_every_message_once_and_in_order() {
    let run = run("rooms", &[&SMALL[..], &["--rate", "10", "--seconds", "3"]].concat());
    assert_eq!(run.code, Some(0), "{}", run.everything);
    for server in ["ala", "baseline"] {
        let count = |name: &str| run.figure::<u64>(&format!("{server}_{name}"));
        assert_eq!(count("acked"), 30, "{}", run.figures);
        assert_eq!(count("delivered"), 90, "{}", run.figures);
        assert_eq!(count("violations"), 0, "{}", run.figures);
        assert!(run.figure::<f64>(&format!("{server}_cpu_us")) > 0.0, "{}", run.figures);
    }
    for ratio in ["cpu_ratio", "rate_ratio", "p50_ratio", "p99_ratio"] {
        assert!(run.figure::<f64>(ratio) > 0.0, "{}", run.figures);
    }
}

#[test]
fn a_closed_loop_does_as_much_as_the_server_can() {
    let run = run("rooms", &[&SMALL[..], &["--window", "2", "--seconds", "1"]].concat());
    assert_eq!(run.code, Some(0), "{}", run.everything);
    for server in ["ala", "baseline"] {
        let count = |name: &str| run.figure::<u64>(&format!("{server}_{name}"));
        assert!(count("acked") > 50, "{}", run.figures);
        assert_eq!(count("delivered"), count("acked") * 3, "{}", run.figures);
    }
    assert_eq!(run.figure::<u64>("ala_violations"), 0, "{}", run.figures);
}

#[test]
fn entries_that_a_client_does_not_hear_are_found() {
    let deaf = ["--against", "ala", "--rate", "10", "--seconds", "2", "--miss-entries"];
    let run = run("rooms", &[&SMALL[..], &deaf].concat());
    assert_eq!(run.code, Some(1), "{}", run.everything);
    assert!(run.figure::<u64>("ala_violations") > 0, "{}", run.figures);
}
