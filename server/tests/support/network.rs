//! A network of a test's own, in which packets may be lost: a namespace with loopback alone, gone with its processes.
#![expect(clippy::expect_used, clippy::panic, reason = "a test whose set-up fails ends there")]

use std::env;
use std::path::PathBuf;
use std::process::Command;

/// Set for the test that has been started again inside.
const INSIDE: &str = "ALA_TEST_NETWORK";

/// Outside, runs the test of this name inside, and fails where that fails or cannot be done.
pub fn is_inside(test: &str) -> bool {
    if env::var_os(INSIDE).is_some() {
        run(Command::new(program("ip")).args(["link", "set", "lo", "up"]));
        return true;
    }
    let mut command = Command::new("unshare");
    command.arg("--net");
    if !rustix::process::geteuid().is_root() {
        // A user who may make namespaces is master of a network inside one.
        command.args(["--user", "--map-current-user", "--keep-caps"]);
    }
    command.arg("--").arg(env::current_exe().expect("the path of this program"));
    command.args(["--exact", test, "--nocapture"]).env(INSIDE, "1");
    let output = command.output().expect("run `unshare`");
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    println!("{said}");
    let ran = output.status.success() && said.contains("1 passed");
    assert!(ran, "it did not pass in a network of its own, or none can be made here without root");
    false
}

pub fn nft(rules: &str) {
    run(Command::new(program("nft")).arg(rules));
}

fn run(command: &mut Command) {
    let status = command.status().expect("run it");
    assert!(status.success(), "{command:?}: {status}");
}

fn program(name: &str) -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    let tools = concat!(env!("CARGO_MANIFEST_DIR"), "/../tools/.debian/bin");
    let mut folders = env::split_paths(&path).collect::<Vec<_>>();
    folders.extend(["/var/lib/ala/debian/bin", tools, "/usr/sbin", "/sbin"].map(PathBuf::from));
    let found = folders.into_iter().map(|it| it.join(name)).find(|it| it.is_file());
    found
        .unwrap_or_else(|| panic!("no `{name}` on this machine: `make test` finds or installs one"))
}
