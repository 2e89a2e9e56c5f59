//! The workers: each takes the next job that is due, keeps its lease alive while working, and says how it went.

use crate::app::App;
use crate::db::Hint;
use crate::error::ApiError;
use crate::jobs::queue::{self, Held};
use crate::jobs::{clocks, effects};
use crate::rounds::{Place, every};
use protocol::ErrorCode;
use std::pin::pin;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::time::{Interval, sleep, timeout};

/// How long a lost hint can delay anything.
const POLL: Duration = Duration::from_secs(2);
const HEARTBEAT: Duration = Duration::from_secs(10);
/// A job that takes longer is cut off and tried again.
const LONGEST: Duration = Duration::from_mins(2);
/// How often the deadlines are looked at.
const ROUND: Duration = Duration::from_secs(10);

/// Starts the workers and the deadlines' clock; they end with the app.
pub fn start(app: &App) {
    // A quarter of the connections: work in the background does not starve people who wait.
    let many = (app.config.database_connections / 4).clamp(1, 8);
    for one in 0..many {
        app.tasks.spawn(work(app.clone(), every(POLL, Place::Worker(one, many))));
    }
    app.tasks.spawn(keep_time(app.clone()));
}

async fn work(app: App, mut polls: Interval) {
    let mut hints = app.hints.subscribe();
    while !app.stop.is_cancelled() {
        match next(&app).await {
            Ok(true) => {}
            Ok(false) => await_work(&app, &mut hints, &mut polls).await,
            Err(error) => {
                tracing::warn!(code = error.code().as_str(), "the queue cannot be read");
                await_work(&app, &mut hints, &mut polls).await;
            }
        }
    }
}

async fn await_work(app: &App, hints: &mut broadcast::Receiver<Hint>, polls: &mut Interval) {
    let told = async {
        // Behind or closed: look at the queue, or leave it to the poll.
        while !matches!(
            hints.recv().await,
            Ok(Hint::Jobs | Hint::Everything) | Err(broadcast::error::RecvError::Lagged(_))
        ) {}
    };
    tokio::select! {
        () = app.stop.cancelled() => {}
        _ = polls.tick() => {}
        () = told => {}
    }
}

async fn keep_time(app: App) {
    let mut rounds = every(ROUND, Place::Deadlines);
    loop {
        tokio::select! {
            () = app.stop.cancelled() => return,
            _ = rounds.tick() => clocks::round(&app).await,
        }
    }
}

/// Does the job that has been due longest; `false` when none is.
async fn next(app: &App) -> Result<bool, ApiError> {
    let Some(held) = queue::claim(app).await? else { return Ok(false) };
    let outcome = if held.is_hopeless() {
        Err(ApiError::Internal(anyhow::anyhow!("begun too often without an end")))
    } else {
        alive(app, &held).await
    };
    let word = if outcome.is_ok() { "done" } else { "failed" };
    metrics::counter!("jobs_attempts_total", "kind" => held.kind.clone(), "outcome" => word)
        .increment(1);
    if let Err(error) = outcome {
        tracing::warn!(
            job = held.id,
            kind = held.kind,
            code = error.code().as_str(),
            "a job failed"
        );
        held.give_back(app, error.code()).await?;
    }
    Ok(true)
}

/// Does the work and renews its lease all the while.
async fn alive(app: &App, held: &Held) -> Result<(), ApiError> {
    let mut working = pin!(timeout(LONGEST, effects::carry_out(app, held)));
    loop {
        tokio::select! {
            outcome = &mut working => {
                return outcome.unwrap_or_else(|_| Err(ApiError::new(
                    ErrorCode::Unavailable, "the job took too long",
                )));
            }
            () = sleep(HEARTBEAT) => {
                // A missed beat is not the end: the lease outlasts two of them.
                if let Err(error) = held.renew(app).await {
                    tracing::warn!(job = held.id, code = error.code().as_str(), "a lease was not renewed");
                }
            }
        }
    }
}

/// Lets deadlines pass and does everything that is due, here and now. For tests and tools.
pub async fn drain(app: &App) -> Result<(), ApiError> {
    clocks::round(app).await;
    while next(app).await? {}
    Ok(())
}
