//! One run of the program, and the figures on its last line.

use std::fmt::Debug;
use std::process::Command;
use std::str::FromStr;

pub struct Run {
    pub code: Option<i32>,
    /// The last line.
    pub figures: String,
    pub everything: String,
}

impl Run {
    pub fn figure<T: FromStr<Err: Debug>>(&self, name: &str) -> T {
        let mut words = self.figures.split_whitespace();
        let value = words.find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
        value.unwrap_or_else(|| panic!("no {name} in: {}", self.everything)).parse().unwrap()
    }
}

/// With the server that was built beside it.
pub fn run(command: &str, arguments: &[&str]) -> Run {
    let ala = crate::ala::binary();
    run_alone(command, &[&["--ala", ala.to_str().unwrap()], arguments].concat())
}

pub fn run_alone(command: &str, arguments: &[&str]) -> Run {
    let mut program = Command::new(env!("CARGO_BIN_EXE_load-tests"));
    let output = program.arg(command).args(arguments).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let figures = told.lines().last().unwrap_or_default().to_owned();
    let everything = format!("{told}{}", String::from_utf8_lossy(&output.stderr));
    println!("{everything}");
    Run { code: output.status.code(), figures, everything }
}
