//! Which state the disputes of rooms at hand are in, so that whoever comes back is sent only what is new.

use crate::app::App;
use crate::error::ApiError;
use crate::live::feed::touch;
use crate::live::held;
use crate::live::limits::LOOKED_AT;
use crate::live::open::Live;
use protocol::DisputeId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Instant;
use tokio::sync::Notify;
use uuid::Uuid;

#[derive(Default)]
pub struct Versions {
    looked: Mutex<Looked>,
    unsure: Mutex<Unsure>,
    asked: Notify,
}

#[derive(Default)]
struct Unsure {
    waiting: Vec<Known>,
    /// The database has been asked for others of them and has not answered yet.
    is_asking: bool,
}

/// Somebody has the state of a dispute from before, in this version.
struct Known {
    live: Arc<Live>,
    dispute: DisputeId,
    version: i64,
}

#[derive(Default)]
struct Looked {
    versions: HashMap<DisputeId, i64>,
    at: Option<Instant>,
}

impl Versions {
    /// As of a few seconds ago at most.
    pub fn of(&self, dispute: DisputeId) -> Option<i64> {
        let looked = held(&self.looked);
        looked.at.filter(|at| at.elapsed() < LOOKED_AT)?;
        looked.versions.get(&dispute).copied()
    }

    /// It is another by now.
    pub fn changed(&self, dispute: DisputeId) {
        held(&self.looked).versions.remove(&dispute);
    }

    /// Looks at all of them; answers with those that are not as they were.
    pub async fn look(&self, app: &App) -> Result<Vec<DisputeId>, ApiError> {
        let begun = Instant::now();
        let now = read(app, app.live.disputes()).await?;
        let mut looked = held(&self.looked);
        let before = std::mem::replace(&mut *looked, Looked { versions: now, at: Some(begun) });
        let moved = looked.versions.iter().filter(|(dispute, version)| {
            before.versions.get(dispute).is_some_and(|before| before != *version)
        });
        Ok(moved.map(|(dispute, _)| *dispute).collect())
    }

    /// Whether what somebody has from before is still so, is asked for all together who come at the same time.
    pub fn compare(&self, live: Arc<Live>, dispute: DisputeId, version: i64) {
        held(&self.unsure).waiting.push(Known { live, dispute, version });
        self.asked.notify_one();
    }

    /// Nobody waits to be compared.
    pub fn is_sure(&self) -> bool {
        let unsure = held(&self.unsure);
        unsure.waiting.is_empty() && !unsure.is_asking
    }

    fn ask(&self) -> Vec<Known> {
        let mut unsure = held(&self.unsure);
        unsure.is_asking = true;
        std::mem::take(&mut unsure.waiting)
    }
}

pub async fn run(app: &App) {
    app.stop.run_until_cancelled(answer(app)).await;
}

async fn answer(app: &App) {
    let versions = &app.live.versions;
    loop {
        versions.asked.notified().await;
        let unsure = versions.ask();
        let now = read(app, unsure.iter().map(|known| known.dispute)).await;
        for Known { live, dispute, version } in unsure {
            // What could not be found out is told, which is tried until it succeeds.
            let is_so = now.as_ref().is_ok_and(|now| now.get(&dispute) == Some(&version));
            if !is_so {
                touch(app, &live, dispute);
            }
        }
        held(&versions.unsure).is_asking = false;
    }
}

async fn read(
    app: &App,
    disputes: impl IntoIterator<Item = DisputeId>,
) -> Result<HashMap<DisputeId, i64>, ApiError> {
    let disputes: Vec<Uuid> = disputes.into_iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"select id as "id: DisputeId", version from disputes where id = any ($1)"#,
        &disputes,
    )
    .fetch_all(&app.db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.version)).collect())
}
