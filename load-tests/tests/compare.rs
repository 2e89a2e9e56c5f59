//! The whole comparison, in small: every goal gets a figure, the page its plots (P1 to P10, P14).
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail by panicking")]

#[path = "support/ala.rs"]
mod ala;
#[path = "support/run.rs"]
mod run;

use run::run;
use serde_json::Value;

const SMALL: [&str; 22] = [
    "--rooms",
    "4",
    "--members",
    "3",
    "--burst",
    "2",
    "--rates",
    "4,8",
    // Enough of it that the processor's clock, which ticks every hundredth of a second, has moved.
    "--steady-rate",
    "100",
    "--growth",
    "2",
    "--clients",
    "30",
    "--missed",
    "2",
    "--seconds",
    "1",
    "--warm-up",
    "0.2",
    "--repetitions",
    "1",
];

#[test]
fn every_goal_has_a_figure() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (out, html) = (file("result.json"), file("report.html"));
    let run = run("compare", &[&SMALL[..], &["--out", &out, "--html", &html]].concat());
    assert_eq!(run.code, Some(0), "{}", run.everything);
    for goal in ["P1", "P2", "P3", "P4", "P6_4_p50", "P6_8_paced", "P6_8_p99", "P7", "P9", "P14"] {
        assert!(run.figure::<f64>(goal) > 0.0, "{goal}: {}", run.figures);
    }
    for goal in ["P5", "P5_paced", "P8"] {
        assert!(run.figure::<f64>(goal).is_finite(), "{goal}: {}", run.figures);
    }
    for never in ["P7_lost", "P10"] {
        assert_eq!(run.figure::<String>(never), "0.000", "{}", run.figures);
    }
    assert_eq!(run.figure::<usize>("met") + run.figure::<usize>("missed"), 20, "{}", run.figures);

    let result: Value = serde_json::from_slice(&std::fs::read(out).unwrap()).unwrap();
    assert_eq!(result["goals"].as_array().unwrap().len(), 20);
    let round = &result["rounds"][0];
    for server in ["ala", "baseline"] {
        assert!(round["one"][server]["acked"].as_u64().unwrap() > 0, "{}", run.everything);
        assert_eq!(round["back"][server]["caught_up"], 60);
    }
    let page = std::fs::read_to_string(html).unwrap();
    assert_eq!(page.matches("<svg").count(), 4, "goals, two rates, overload");
    assert!(page.contains("P14") && !page.contains("NaN"));
}
