//! Connections to the database that have just been used. A process of the database that has just stored something does it
//! again at less cost than one that has slept, so the one used last goes first; the pool would hand them out in turn.

use crate::db::{LIFETIME, LONG_IDLE};
use crate::live::held;
use sqlx::pool::PoolConnection;
use sqlx::{Connection, PgConnection, PgPool, Postgres};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// For one that may be gone to answer.
const ANSWER: Duration = Duration::from_millis(500);

/// A connection, once there is need of one.
pub type Db = Option<Kept>;

pub struct Kept {
    db: PoolConnection<Postgres>,
    since: Instant,
    used: Instant,
}

#[derive(Default)]
pub struct Warm(Mutex<Vec<Kept>>);

impl Warm {
    pub fn take(&self) -> Db {
        held(&self.0).pop()
    }

    pub fn give_back(&self, db: Db) {
        held(&self.0).extend(db);
    }
}

impl Drop for Warm {
    /// The pool would take them back in a task, for which there may be no runtime any more.
    fn drop(&mut self) {
        for kept in held(&self.0).drain(..) {
            drop(kept.db.detach());
        }
    }
}

impl Kept {
    async fn is_there(&mut self) -> bool {
        self.used.elapsed() < LONG_IDLE
            || matches!(timeout(ANSWER, self.db.ping()).await, Ok(Ok(())))
    }
}

/// This one, as long as it is good; otherwise one of the pool.
pub async fn ready<'a>(pool: &PgPool, db: &'a mut Db) -> sqlx::Result<&'a mut PgConnection> {
    if db.as_ref().is_some_and(|kept| kept.since.elapsed() > LIFETIME) {
        // The pool ends it.
        *db = None;
    }
    if let Some(kept) = db
        && !kept.is_there().await
    {
        discard(db);
    }
    let now = Instant::now();
    let kept = match db {
        Some(kept) => kept,
        None => db.insert(Kept { db: pool.acquire().await?, since: now, used: now }),
    };
    kept.used = now;
    Ok(&mut kept.db)
}

/// Nobody uses it again. The pool would ask whether it is there, for as long as that takes.
pub fn discard(db: &mut Db) {
    if let Some(mut kept) = db.take() {
        kept.db.close_on_drop();
    }
}
