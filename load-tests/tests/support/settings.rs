//! What the server can be told.

use std::process::Command;

pub fn takes(setting: &str) -> bool {
    let help = Command::new(crate::ala::binary()).args(["serve", "--help"]).output().unwrap();
    String::from_utf8_lossy(&help.stdout).contains(setting)
}
