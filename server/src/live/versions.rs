//! Which state the disputes of rooms at hand are in, so that whoever comes back is sent only what is new.

use crate::app::App;
use crate::error::ApiError;
use crate::live::held;
use crate::live::limits::LOOKED_AT;
use protocol::DisputeId;
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Instant;
use uuid::Uuid;

#[derive(Default)]
pub struct Versions(Mutex<Looked>);

#[derive(Default)]
struct Looked {
    versions: HashMap<DisputeId, i64>,
    at: Option<Instant>,
}

impl Versions {
    /// As of a few seconds ago at most.
    pub fn of(&self, dispute: DisputeId) -> Option<i64> {
        let looked = held(&self.0);
        looked.at.filter(|at| at.elapsed() < LOOKED_AT)?;
        looked.versions.get(&dispute).copied()
    }

    /// It is another by now.
    pub fn changed(&self, dispute: DisputeId) {
        held(&self.0).versions.remove(&dispute);
    }

    /// Looks at all of them; answers with those that are not as they were.
    pub async fn look(&self, app: &App) -> Result<Vec<DisputeId>, ApiError> {
        let begun = Instant::now();
        let disputes: Vec<Uuid> = app.live.disputes().into_iter().map(|id| id.0).collect();
        let rows = sqlx::query!(
            r#"select id as "id: DisputeId", version from disputes where id = any ($1)"#,
            &disputes,
        )
        .fetch_all(&app.db)
        .await?;
        let now: HashMap<DisputeId, i64> =
            rows.into_iter().map(|row| (row.id, row.version)).collect();
        let mut looked = held(&self.0);
        let before = std::mem::replace(&mut *looked, Looked { versions: now, at: Some(begun) });
        let moved = looked.versions.iter().filter(|(dispute, version)| {
            before.versions.get(dispute).is_some_and(|before| before != *version)
        });
        Ok(moved.map(|(dispute, _)| *dispute).collect())
    }
}
