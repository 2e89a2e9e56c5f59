//! What an operator may set is written down, all of it and nothing else.

use clap::{Args, Command};
use server::config::Config;
use std::collections::BTreeSet;

/// Read where there is no configuration yet: by the log and by the private database.
const READ_ELSEWHERE: [&str; 2] = ["ALA_LOG", "ALA_PG_BIN"];

#[test]
fn the_example_names_every_variable_and_no_other() {
    let command = Config::augment_args(Command::new("ala"));
    let variables = command.get_arguments().filter_map(|it| it.get_env()?.to_str());
    let expected: BTreeSet<&str> = variables.chain(READ_ELSEWHERE).collect();
    let example = include_str!("../../../deploy/.env.example");
    let assignments = example.lines().filter_map(|line| line.split_once('='));
    let told = assignments.map(|(name, _)| name.trim_start_matches('#'));
    let told: BTreeSet<&str> = told.filter(|name| !name.contains(' ')).collect();
    assert_eq!(told, expected);
}
