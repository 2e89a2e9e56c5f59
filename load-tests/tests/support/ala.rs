//! Where the server is.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Built with the workspace; built here when this package is tested alone.
pub fn binary() -> PathBuf {
    let ala = Path::new(env!("CARGO_BIN_EXE_load-tests")).with_file_name("ala");
    if !ala.exists() {
        let built = Command::new(env!("CARGO")).args(["build", "-p", "server"]).status().unwrap();
        assert!(built.success(), "the server could not be built");
    }
    ala
}
