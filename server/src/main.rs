//! The `ala` program.

use clap::{Parser, Subcommand};
use protocol::staff::Username;
use protocol::text::Name;
use server::config::Config;
use server::{demo, embedded, router, start, telemetry};
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

/// Thousands who come back at once each take and give back a few pieces of some kilobytes, which the system's own allocator
/// puts together and takes apart each time: a fifth of what a return costs the server (decision 0011).
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

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
    /// Serve a demo: invented people and disputes in a database of its own.
    Demo(Box<demo::Arguments>),
    /// Bring the database up to date.
    Migrate(Config),
    /// Make the first operator, who then makes everybody else's accounts.
    AddOperator {
        #[command(flatten)]
        config: Box<Config>,
        #[arg(long)]
        username: Username,
        #[arg(long)]
        name: Name,
    },
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
        Command::Demo(arguments) => {
            if arguments.is_server() {
                telemetry::start(false);
            }
            arguments.run().await?;
        }
        Command::Migrate(config) => {
            telemetry::start(config.is_production());
            start::migrate(&config).await?;
        }
        Command::AddOperator { config, username, name } => {
            telemetry::start(config.is_production());
            let enrolment = start::add_operator(*config, username, name).await?;
            println!(
                "enrolment code: {}\ngood until {}; use it with POST /v1/staff-enrolments",
                enrolment.enrolment_code, enrolment.expires_at
            );
        }
        Command::Openapi => println!("{}", router::api().1.to_pretty_json()?),
        Command::WithDatabase { command } => {
            let code = embedded::run_with(Path::new("migrations"), &command).await?;
            return Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)));
        }
    }
    Ok(ExitCode::SUCCESS)
}
