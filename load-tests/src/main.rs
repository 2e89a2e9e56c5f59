//! Whole mediations as load: what survives, and how fast it is.

mod ala;
mod arena;
mod baseline;
mod chaos;
mod checker;
mod client;
mod compare;
mod cpu;
mod fault;
mod figures;
mod final_read;
mod floor;
mod history;
mod idle;
mod measure;
mod mediations;
mod memory;
mod network;
mod people;
mod postgres;
mod program;
mod random;
mod reconnect;
mod redis;
mod rooms;
mod seed;
mod socket;
mod story;
mod swarm;
mod tokens;

use anyhow::Context;
use clap::{Parser, Subcommand};
use history::History;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Load on a real server with a real PostgreSQL, both started here and ended with it.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Strike at servers, databases and networks in the middle of the traffic, and check that nothing acknowledged is
    /// lost, doubled, moved or told to others.
    Chaos(chaos::Options),
    /// Measure filing and talking beside `pgbench` doing the same on the same cluster.
    Measure(measure::Options),
    /// Live whole disputes from the filing to the archive, many at once.
    Mediations(mediations::Options),
    /// Talk in many rooms at once, through our server and through an idiomatic one, side by side.
    Rooms(rooms::Options),
    /// Measure the limits: one client's commit, a row among many, a frame sent.
    Floor(floor::Options),
    /// Hold many connections that do nothing, and measure the memory of each.
    Idle(idle::Options),
    /// Have thousands lose the line at once and come back with their cursors.
    Reconnect(reconnect::Options),
    /// Everything promised about speed, side by side in one run, against its goals.
    Compare(compare::Options),
    /// That idiomatic one, as a server of its own.
    #[command(hide = true)]
    Baseline(baseline::Options),
    /// Check a history written by `chaos --history`.
    Check { history: PathBuf },
}

fn main() -> ExitCode {
    match begin(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("load-tests: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Whoever needs a network of their own starts again in it, before anything else has begun.
fn begin(command: Command) -> anyhow::Result<ExitCode> {
    if let Command::Chaos(options) = &command
        && options.needs_network()
    {
        network::enter()?;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(Box::pin(run(command)))
}

/// 0: everything held; 1: it did not; 2: there was no run.
async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Chaos(options) => {
            let out = options.out.clone();
            let report = Box::pin(chaos::run(options)).await?;
            tell(&report.violations);
            end(out, &report, "", &report.figures(), report.is_clean())
        }
        Command::Measure(options) => {
            let out = options.out.clone();
            let report = measure::run(options).await?;
            end(out, &report, &report.table(), &report.figures(), true)
        }
        Command::Mediations(options) => {
            let out = options.out.clone();
            let report = mediations::run(options).await?;
            end(out, &report, &report.table(), &report.figures(), report.is_clean())
        }
        Command::Rooms(options) => {
            let out = options.out.clone();
            let report = rooms::run(options).await?;
            end(out, &report, &report.table(), &report.figures(), report.is_clean())
        }
        Command::Floor(options) => {
            let out = options.out.clone();
            let floor = floor::run(options).await?;
            end(out, &floor, "", &floor.figures(), true)
        }
        Command::Idle(options) => {
            let out = options.out.clone();
            let report = idle::run(options).await?;
            end(out, &report, "", &report.figures(), report.is_clean())
        }
        Command::Reconnect(options) => {
            let out = options.out.clone();
            let report = reconnect::run(options).await?;
            end(out, &report, "", &report.figures(), report.is_clean())
        }
        Command::Compare(options) => {
            let out = options.out.clone();
            let report = Box::pin(compare::run(options)).await?;
            end(out, &report, &report.table(), &report.figures(), report.is_good())
        }
        Command::Baseline(options) => {
            baseline::run(options).await?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Check { history } => check(&history),
    }
}

fn check(history: &Path) -> anyhow::Result<ExitCode> {
    let text =
        std::fs::read(history).with_context(|| format!("cannot read {}", history.display()))?;
    let history: History = serde_json::from_slice(&text)?;
    let violations = checker::check(&history);
    tell(&violations);
    let rules = checker::count(&violations);
    let rules: Vec<String> = rules.iter().map(|(rule, n)| format!("{rule}={n}")).collect();
    println!("attempts={} {}", history.attempts.len(), rules.join(" "));
    Ok(verdict(violations.is_empty()))
}

/// The whole result into the file, the rest onto the screen, the figures last.
fn end(
    out: Option<PathBuf>,
    result: &impl Serialize,
    table: &str,
    figures: &str,
    good: bool,
) -> anyhow::Result<ExitCode> {
    if let Some(file) = out {
        let json = serde_json::to_vec_pretty(result)?;
        std::fs::write(&file, json).with_context(|| format!("cannot write {}", file.display()))?;
    }
    print!("{table}");
    println!("{figures}");
    Ok(verdict(good))
}

fn verdict(good: bool) -> ExitCode {
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The first few; the file has them all.
fn tell(violations: &[checker::Violation]) {
    for violation in violations.iter().take(20) {
        println!("{} {}: {}", violation.rule.name(), violation.log, violation.what);
    }
}
