//! Connections to the database that have just been used. A process of the database that has just stored something does it
//! again at less cost than one that has slept, so the one used last goes first; the pool would hand them out in turn.

use crate::live::held;
use sqlx::Postgres;
use sqlx::pool::PoolConnection;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Unused for so long, it may be gone: the pool finds out.
const WARM: Duration = Duration::from_secs(1);

/// A connection, once there is need of one.
pub type Db = Option<PoolConnection<Postgres>>;

#[derive(Default)]
pub struct Warm(Mutex<Vec<(PoolConnection<Postgres>, Instant)>>);

impl Warm {
    pub fn take(&self) -> Db {
        let mut all = held(&self.0);
        let (db, used) = all.pop()?;
        if used.elapsed() < WARM {
            return Some(db);
        }
        // The others have not been used for longer.
        all.clear();
        None
    }

    pub fn give_back(&self, db: Db) {
        held(&self.0).extend(db.map(|db| (db, Instant::now())));
    }
}
