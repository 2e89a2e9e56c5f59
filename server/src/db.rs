//! The database: pools, and the one shape of a write.

use crate::clock::Ids;
use anyhow::Context;
use chrono::{DateTime, Utc};
use protocol::{DisputeId, LoginId, PersonId, RoomId};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Executor, PgConnection, PgPool, Postgres, Transaction};
use std::ops::{Deref, DerefMut};
use std::time::Duration;

pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("../migrations");

/// Under the two seconds within which an unreachable database has to be told as 503.
const ACQUIRE: Duration = Duration::from_millis(1_500);

/// A connection that was not used for so long may be gone.
pub const LONG_IDLE: Duration = Duration::from_secs(1);

/// A connection is not used for longer than this.
pub const LIFETIME: Duration = Duration::from_secs(900);

/// The role that owns nothing. Whoever the URL names, the server works as this role.
pub const APP_ROLE: &str = "ala_app";

pub fn app_pool(options: PgConnectOptions, size: u32) -> PgPool {
    pool(size)
        // sqlx may hand on a connection whose `begin` was cancelled half-way, with the transaction still open.
        .after_release(|connection, _| {
            Box::pin(async move {
                connection.execute("rollback").await?;
                Ok(true)
            })
        })
        .connect_lazy_with(session(options, "2s"))
}

/// One statement at a time, never in a transaction and never cancelled. Who writes in one room for long does not hold up
/// the others: what does not get its number at once is stored in another way.
pub fn log_pool(options: PgConnectOptions, size: u32) -> PgPool {
    pool(size)
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for > LONG_IDLE {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_lazy_with(session(options, "100ms"))
}

fn pool(size: u32) -> PgPoolOptions {
    PgPoolOptions::new().max_connections(size).acquire_timeout(ACQUIRE).max_lifetime(LIFETIME)
}

fn session(options: PgConnectOptions, lock_timeout: &str) -> PgConnectOptions {
    options
        .options([
            ("role", APP_ROLE),
            ("statement_timeout", "5s"),
            ("lock_timeout", lock_timeout),
            ("idle_in_transaction_session_timeout", "10s"),
            ("timezone", "UTC"),
            // The rollback on release would warn, nearly every time, that there is nothing to roll back.
            ("client_min_messages", "error"),
        ])
        .application_name("ala")
        .log_statements(tracing::log::LevelFilter::Trace)
}

pub async fn migrate(owner: &PgConnectOptions) -> anyhow::Result<()> {
    let mut connection = owner.clone().connect().await.context(
        "cannot reach the database to migrate it; check DATABASE_URL or ALA_MIGRATION_URL",
    )?;
    MIGRATOR.run(&mut connection).await.context("the database could not be migrated")?;
    Ok(())
}

/// What sockets and workers are told once the transaction has committed. A lost hint loses nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hint {
    Dispute(DisputeId),
    Room(RoomId),
    /// Somebody has read so far.
    Read {
        room: RoomId,
        person: PersonId,
        seq: i64,
    },
    /// The login has ended: its sockets close.
    Login(LoginId),
    /// Somebody's place in the media has changed, or a signal is there for them.
    Media(PersonId),
    Typing {
        room: RoomId,
        person: PersonId,
    },
    Jobs,
    /// Hints may have been lost: whatever one waits for may have happened.
    Everything,
}

/// An open transaction with the moment and the ids it works with.
pub struct Tx {
    inner: Transaction<'static, Postgres>,
    pub now: DateTime<Utc>,
    pub ids: Ids,
    hints: Vec<Hint>,
}

impl Tx {
    pub async fn begin(db: &PgPool, now: DateTime<Utc>, ids: Ids) -> sqlx::Result<Self> {
        Ok(Self { inner: db.begin().await?, now, ids, hints: Vec::new() })
    }

    /// To be told after the commit, and only then.
    pub fn hint(&mut self, hint: Hint) {
        if !self.hints.contains(&hint) {
            self.hints.push(hint);
        }
    }

    pub async fn commit(self) -> sqlx::Result<Vec<Hint>> {
        self.inner.commit().await?;
        Ok(self.hints)
    }
}

impl Deref for Tx {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.inner
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.inner
    }
}
