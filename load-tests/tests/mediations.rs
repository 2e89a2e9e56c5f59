//! Whole disputes, from the filing to the archive.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail by panicking")]

#[path = "support/ala.rs"]
mod ala;
#[path = "support/run.rs"]
mod run;

use run::run;
use serde_json::Value;

#[test]
fn every_mediation_gets_into_the_archive() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("result.json");
    let out = out.to_str().unwrap();
    let few = ["--in-flight", "3", "--mediations", "6", "--messages", "6", "--out", out];
    let run = run("mediations", &few);
    assert_eq!(run.code, Some(0), "{}", run.everything);
    let count = |name: &str| run.figure::<u64>(name);
    assert_eq!((count("mediations"), count("errors")), (6, 0), "{}", run.figures);
    assert_eq!(count("messages"), 6 * (6 + 3), "{}", run.figures);
    assert_eq!(count("heards"), count("messages"));
    assert_eq!(count("connects"), 6 * (3 + 2));
    assert!(run.figure::<f64>("mediation_ms_p99") >= run.figure("mediation_ms_p50"));
    let result: Value = serde_json::from_slice(&std::fs::read(out).unwrap()).unwrap();
    for (step, times) in [("file", 6), ("seal", 6), ("archive", 6), ("sign", 12)] {
        assert_eq!(result["steps"][step]["times"], times, "{step}");
    }
}
