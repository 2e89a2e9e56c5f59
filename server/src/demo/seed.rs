//! Fills an empty database with the demo's people and disputes.

use crate::app::{App, Parts};
use crate::clock::Clock;
use crate::config::Config;
use crate::demo::stage::Stage;
use crate::demo::{data, directory, lead};
use crate::jobs::worker;
use crate::start;
use chrono::{DateTime, Duration, Utc};
use sqlx::postgres::PgConnectOptions;

/// Longer than the oldest dispute: people were there before they quarrelled.
const BEFORE: Duration = Duration::days(60);

/// An interrupted seeding is noticed and begun anew, so its commits need not each wait for the disk.
const FAST: [(&str, &str); 1] = [("synchronous_commit", "off")];

/// By the steps that people would have taken, on a clock of its own that ends at `now`.
pub async fn seed(
    config: Config,
    database: PgConnectOptions,
    now: DateTime<Utc>,
) -> anyhow::Result<App> {
    let database = database.options(FAST);
    let parts = Parts { clock: Clock::manual(now - BEFORE), ..start::parts(config, database)? };
    let stage_app = App::new(parts);
    let directory = directory::fill(&stage_app).await?;
    let stage = Stage::new(stage_app, directory);
    let mut disputes = data::disputes()?;
    disputes.sort_by_key(|dispute| -dispute.days_ago);
    for dispute in &disputes {
        lead::lead(&stage, dispute, now).await?;
    }
    stage.at(now);
    worker::drain(&stage.app).await?;
    directory::sign_out(&stage.app).await?;
    Ok(stage.app)
}
