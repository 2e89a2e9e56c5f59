//! `ala demo walk` against `ala demo`, both as a newcomer starts them: the whole story, twice, and what it says when
//! something is not as it should be.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

const ALA: &str = env!("CARGO_BIN_EXE_ala");

/// A running demo; it ends with its PostgreSQL when this is dropped.
struct Demo {
    process: Child,
}

impl Demo {
    fn start(data: &Path) -> Self {
        let mut process = ala(data, &["demo", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // The line that says how to stop is the last one before it serves.
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let ready = lines.map(Result::unwrap).find(|line| line.starts_with("Stop with"));
        assert!(ready.is_some(), "the demo does not start");
        Self { process }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn ala(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(ALA);
    command.args(arguments).arg("--data").arg(data).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        let told = name.to_string_lossy();
        if told.starts_with("ALA_") && told != "ALA_PG_BIN" {
            command.env_remove(name);
        }
    }
    command
}

fn walk(data: &Path) -> Output {
    ala(data, &["demo", "walk"]).output().unwrap()
}

fn folder() -> TempDir {
    let folder = tempfile::tempdir_in("/tmp").unwrap();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).unwrap();
    folder
}

#[test]
fn one_dispute_goes_from_its_filing_to_the_archive_and_so_does_the_next() {
    let folder = folder();
    let nothing = walk(folder.path());
    assert!(!nothing.status.success());
    let told = String::from_utf8(nothing.stderr).unwrap();
    assert!(told.contains("start one with `ala demo`"), "{told}");

    let demo = Demo::start(folder.path());
    for _ in 0..2 {
        let walked = walk(folder.path());
        let (out, told) = (String::from_utf8(walked.stdout), String::from_utf8(walked.stderr));
        let (out, told) = (out.unwrap(), told.unwrap());
        assert!(walked.status.success(), "{out}\n{told}");
        assert!(out.lines().last().unwrap().contains("all as expected"), "{out}");
        assert!(out.contains("status: archived"), "{out}");
    }

    drop(demo);
    let away = walk(folder.path());
    assert!(!away.status.success());
    let told = String::from_utf8(away.stderr).unwrap();
    assert!(told.contains("does not answer"), "{told}");
}
