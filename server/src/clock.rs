//! Where "now" and new ids come from. Handed in everywhere, so that tests can hold both still.

use chrono::{DateTime, Duration, Utc};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use uuid::Uuid;

#[derive(Clone, Debug)]
pub enum Clock {
    System,
    /// Stands still until told to move; milliseconds since 1970.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    pub fn manual(start: DateTime<Utc>) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(start.timestamp_millis())))
    }

    /// To the microsecond, as PostgreSQL keeps it: what is answered now equals what is read later.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => {
                let now = Utc::now();
                DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
            }
            Self::Manual(millis) => {
                DateTime::from_timestamp_millis(millis.load(Ordering::SeqCst)).unwrap_or_default()
            }
        }
    }

    /// Moves a manual clock; the system's does not listen.
    pub fn advance(&self, by: Duration) {
        if let Self::Manual(millis) = self {
            millis.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
        }
    }
}

#[derive(Clone, Debug)]
pub enum Ids {
    Random,
    /// 1, 2, 3 … for snapshots.
    Counting(Arc<AtomicU64>),
}

impl Ids {
    #[expect(clippy::disallowed_methods, reason = "the one place that makes ids")]
    pub fn next(&self) -> Uuid {
        match self {
            Self::Random => Uuid::new_v4(),
            Self::Counting(last) => {
                Uuid::from_u128(u128::from(last.fetch_add(1, Ordering::SeqCst) + 1))
            }
        }
    }
}
