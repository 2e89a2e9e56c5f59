//! The demo's clock: it runs with the system's, can be moved ahead, and remembers by how much.

use crate::app::App;
use crate::clock::Clock;
use crate::error::ApiError;
use crate::http::Json;
use crate::http::serve::Peer;
use crate::jobs::worker;
use anyhow::Context;
use axum::Router;
use axum::extract::{Extension, State};
use axum::routing::get;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Ten years: beyond that, dates stop making sense long before they overflow.
const FURTHEST: Duration = Duration::days(3_652);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_hours: u32,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Now {
    pub now: DateTime<Utc>,
}

pub fn file(data: &Path) -> PathBuf {
    data.join("demo-clock-minutes-ahead")
}

/// The clock as it was when the demo last ran.
pub fn open(data: &Path) -> anyhow::Result<Clock> {
    let file = file(data);
    let minutes = match std::fs::read_to_string(&file) {
        Ok(text) => text
            .trim()
            .parse()
            .with_context(|| format!("{} holds no number; remove it", file.display()))?,
        Err(error) if error.kind() == ErrorKind::NotFound => 0,
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", file.display())),
    };
    Ok(Clock::shifted(Duration::minutes(minutes)))
}

/// Replaced as a whole: a crash leaves the old number or the new one.
fn keep(data: &Path, ahead: Duration) -> anyhow::Result<()> {
    let mut new = NamedTempFile::new_in(data)?;
    writeln!(new, "{}", ahead.num_minutes())?;
    new.persist(file(data)).context("cannot keep the demo's clock")?;
    Ok(())
}

/// Only the demo has these doors, and only for programs on the same machine.
pub fn routes(app: App) -> Router {
    Router::new().route("/demo/clock", get(read).post(advance)).with_state(app)
}

fn only_from_here(peer: Peer) -> Result<(), ApiError> {
    if peer.0.ip().to_canonical().is_loopback() { Ok(()) } else { Err(ApiError::not_found()) }
}

async fn read(
    State(app): State<App>,
    Extension(peer): Extension<Peer>,
) -> Result<Json<Now>, ApiError> {
    only_from_here(peer)?;
    Ok(Json::of(Now { now: app.clock.now() }))
}

/// Answers when everything that became due has been done.
async fn advance(
    State(app): State<App>,
    Extension(peer): Extension<Peer>,
    Json { value, .. }: Json<Advance>,
) -> Result<Json<Now>, ApiError> {
    only_from_here(peer)?;
    let by = Duration::hours(value.advance_hours.into());
    let Clock::Shifted(ahead) = &app.clock else { return Err(ApiError::not_found()) };
    let after = Duration::milliseconds(ahead.load(std::sync::atomic::Ordering::SeqCst)) + by;
    if after > FURTHEST {
        return Err(ApiError::invalid(
            "advance_hours",
            "the clock is far ahead already; start over with `ala demo --reset`",
        ));
    }
    keep(&app.config.data, after)?;
    app.clock.advance(by);
    worker::drain(&app).await?;
    Ok(Json::of(Now { now: app.clock.now() }))
}
