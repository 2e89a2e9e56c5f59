//! Which state the disputes of rooms at hand are in, so that whoever comes back is sent only what is new.

use crate::app::App;
use crate::error::ApiError;
use crate::live::feed::touch;
use crate::live::held;
use crate::live::limits::LOOKED_AT;
use crate::live::open::Live;
use protocol::DisputeId;
use std::collections::{HashMap, HashSet};
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
    /// What somebody has been told of those that have not been looked at since they changed: the oldest of it.
    told: HashMap<DisputeId, i64>,
    /// Since the database was last asked.
    changed: HashSet<DisputeId>,
    at: Option<Instant>,
}

impl Looked {
    fn change(&mut self, dispute: DisputeId) {
        self.versions.remove(&dispute);
        self.told.remove(&dispute);
        self.changed.insert(dispute);
    }

    fn told(&mut self, dispute: DisputeId, version: i64) -> bool {
        if let Some(now) = self.versions.get(&dispute) {
            return version < *now;
        }
        let oldest = self.told.entry(dispute).or_insert(version);
        *oldest = version.min(*oldest);
        false
    }

    /// Answers with those of which somebody has been told something else. What has changed meanwhile may be older here:
    /// the next round looks at it.
    fn learn(&mut self, now: HashMap<DisputeId, i64>) -> Vec<DisputeId> {
        let mut moved = Vec::new();
        for (dispute, version) in now {
            if self.changed.contains(&dispute) {
                continue;
            }
            let told = self.told.remove(&dispute);
            if self.versions.insert(dispute, version).or(told).is_some_and(|old| old != version) {
                moved.push(dispute);
            }
        }
        moved
    }
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
        held(&self.looked).change(dispute);
    }

    /// Somebody has been told this version. True if it is known to be old already.
    pub fn told(&self, dispute: DisputeId, version: i64) -> bool {
        held(&self.looked).told(dispute, version)
    }

    /// Looks at some together; answers with those that are not as they were.
    pub async fn look(&self, app: &App, some: &[DisputeId]) -> Result<Vec<DisputeId>, ApiError> {
        held(&self.looked).changed.clear();
        let now = read(app, some.iter().copied()).await?;
        Ok(held(&self.looked).learn(now))
    }

    /// All have been looked at since then. What is not followed any more is let go; who follows is known before they are told.
    pub fn looked(&self, app: &App, begun: Instant) {
        let mut looked = held(&self.looked);
        let followed = app.live.disputes();
        looked.versions.retain(|dispute, _| followed.contains(dispute));
        looked.told.retain(|dispute, _| followed.contains(dispute));
        looked.changed.clear();
        looked.at = Some(begun);
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
            if !is_so || versions.told(dispute, version) {
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

#[cfg(test)]
mod tests {
    use super::*;

    const DISPUTE: DisputeId = DisputeId(Uuid::from_u128(1));

    fn learn(looked: &mut Looked, version: i64) -> bool {
        looked.changed.clear();
        !looked.learn([(DISPUTE, version)].into()).is_empty()
    }

    #[test]
    fn what_nobody_said_is_noticed_also_right_after_something_was_said() {
        let mut looked = Looked::default();
        assert!(!learn(&mut looked, 1), "nobody has been told anything");
        assert!(!learn(&mut looked, 1));
        assert!(learn(&mut looked, 2));
        looked.change(DISPUTE);
        assert!(!looked.told(DISPUTE, 4));
        assert!(!looked.told(DISPUTE, 3));
        assert!(learn(&mut looked, 4), "one of them has been told of 3");
        assert!(!learn(&mut looked, 4));
        looked.change(DISPUTE);
        assert!(!looked.told(DISPUTE, 5));
        assert!(!learn(&mut looked, 5), "all have been told of 5");
    }

    #[test]
    fn whoever_is_told_what_is_known_to_be_old_is_told_again() {
        let mut looked = Looked::default();
        learn(&mut looked, 2);
        assert!(looked.told(DISPUTE, 1));
        assert!(!looked.told(DISPUTE, 2));
        assert!(!looked.told(DISPUTE, 3));
    }

    #[test]
    fn what_changes_while_it_is_read_is_not_taken_for_known() {
        let mut looked = Looked::default();
        learn(&mut looked, 1);
        looked.change(DISPUTE);
        assert!(looked.learn([(DISPUTE, 1)].into()).is_empty());
        assert_eq!(looked.versions.get(&DISPUTE), None);
        assert!(!looked.told(DISPUTE, 2));
        assert!(learn(&mut looked, 3));
    }
}
