//! Where "now" and new ids come from. Handed in everywhere, so that tests can hold both still.

use chrono::{DateTime, Duration, Utc};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use uuid::Uuid;

#[derive(Clone, Debug)]
pub enum Clock {
    System,
    /// The system's, moved ahead by so many milliseconds. For the demo, where weeks have to pass in a minute.
    Shifted(Arc<AtomicI64>),
    /// Stands still until told to move; milliseconds since 1970.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    pub fn manual(start: DateTime<Utc>) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(start.timestamp_millis())))
    }

    pub fn shifted(by: Duration) -> Self {
        Self::Shifted(Arc::new(AtomicI64::new(by.num_milliseconds())))
    }

    /// To the microsecond, as PostgreSQL keeps it: what is answered now equals what is read later.
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => wall(),
            Self::Shifted(millis) => wall() + Duration::milliseconds(millis.load(Ordering::SeqCst)),
            Self::Manual(millis) => {
                DateTime::from_timestamp_millis(millis.load(Ordering::SeqCst)).unwrap_or_default()
            }
        }
    }

    /// Moves a manual or shifted clock; the system's does not listen.
    pub fn advance(&self, by: Duration) {
        if let Self::Manual(millis) | Self::Shifted(millis) = self {
            millis.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
fn wall() -> DateTime<Utc> {
    let now = Utc::now();
    DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
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
