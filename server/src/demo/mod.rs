//! `ala demo`: the whole service with invented people and disputes, on this machine alone.

pub mod clock;
pub mod data;
pub mod directory;
mod lead;
pub mod seed;
mod serve;
mod session;
mod stage;
mod walk;
mod welcome;

use crate::config::Config;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Of every member of staff in the demo.
pub const PASSWORD: &str = "demo-ningbo-2026";
/// What their authenticators share with the service.
pub const SECRET: &[u8; 20] = b"ala demo, not secret";

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
    /// Start over with fresh data; everything entered so far is lost.
    #[arg(long)]
    reset: bool,
    #[command(flatten)]
    config: Config,
}

#[derive(Subcommand)]
enum Action {
    /// Print the six digits with which staff sign in at this moment.
    Code {
        #[arg(long, env = "ALA_DATA", default_value = ".data")]
        data: PathBuf,
    },
    /// Walk one dispute through the running demo, from its filing to the archive, and print every step.
    Walk(walk::Arguments),
}

impl Arguments {
    /// What the server logs; programs that print for people stay silent.
    pub const fn is_server(&self) -> bool {
        self.action.is_none()
    }

    pub async fn run(self) -> anyhow::Result<()> {
        match self.action {
            Some(Action::Code { data }) => welcome::code(&data),
            Some(Action::Walk(arguments)) => arguments.run().await,
            None => serve::serve(self.config, self.reset).await,
        }
    }
}
