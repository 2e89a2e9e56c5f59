//! The `ala` program.

use clap::{Parser, Subcommand};
use server::config::Config;
use server::{db, embedded, router, start, telemetry};
use std::ffi::OsString;
use std::process::ExitCode;

/// Ala Mediation (阿拉调解).
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API.
    Serve(Config),
    /// Bring the database up to date.
    Migrate(Config),
    /// Print the API document.
    Openapi,
    /// Run a command with `DATABASE_URL` set to a throwaway migrated database.
    #[command(hide = true)]
    WithDatabase {
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("ala: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(config) => {
            telemetry::start(config.is_production());
            start::serve(config).await?;
        }
        Command::Migrate(config) => {
            telemetry::start(config.is_production());
            start::migrate(&config).await?;
        }
        Command::Openapi => println!("{}", router::api().1.to_pretty_json()?),
        Command::WithDatabase { command } => {
            let code = embedded::run_with(&db::MIGRATOR, &command).await?;
            return Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)));
        }
    }
    Ok(ExitCode::SUCCESS)
}
