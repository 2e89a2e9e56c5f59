//! The limits, idle connections and mass return are measured, in small (P4, P5, P8, P9).
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail by panicking")]

#[path = "support/ala.rs"]
mod ala;
#[path = "support/run.rs"]
mod run;

use run::{run, run_alone};

#[test]
fn the_floor_has_its_figures() {
    let run = run_alone("floor", &["--seconds", "1"]);
    assert_eq!(run.code, Some(0), "{}", run.everything);
    for name in
        ["commit_p50_ms", "row_cpu_us", "rows_per_second", "send_cpu_us", "paced_send_cpu_us"]
    {
        assert!(run.figure::<f64>(name) > 0.0, "{name}: {}", run.figures);
    }
    assert!(run.figure::<f64>("commit_p99_ms") >= run.figure("commit_p50_ms"), "{}", run.figures);
}

#[test]
fn connections_that_do_nothing_take_memory_and_stay() {
    let run = run("idle", &["--connections", "300", "--hold", "1"]);
    assert_eq!(run.code, Some(0), "{}", run.everything);
    for server in ["ala", "baseline"] {
        let name = |of: &str| format!("{server}_{of}");
        assert_eq!(run.figure::<u64>(&name("connections")), 300);
        assert_eq!(run.figure::<u64>(&name("dropped")), 0);
        assert!(run.figure::<f64>(&name("kb_a_connection")) > 1.0, "{}", run.figures);
    }
}

#[test]
fn whoever_comes_back_has_everything() {
    let run = run("reconnect", &["--clients", "60", "--missed", "3", "--repetitions", "2"]);
    assert_eq!(run.code, Some(0), "{}", run.everything);
    for server in ["ala", "baseline"] {
        let count = |of: &str| run.figure::<u64>(&format!("{server}_{of}"));
        assert_eq!(count("clients"), 60);
        assert_eq!(count("caught_up"), 2 * 60 * 3, "{}", run.figures);
        assert_eq!(count("violations"), 0, "{}", run.figures);
    }
    // Each has a backlog to be read: what is counted is counted.
    assert!(run.figure::<u64>("baseline_statements") >= 60, "{}", run.figures);
    assert!(run.figure::<f64>("rate_ratio") > 0.0, "{}", run.figures);
}
