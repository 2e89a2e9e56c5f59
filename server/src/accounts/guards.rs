//! Failed attempts to sign in, by whom one claims to be: ten, and nobody gets in for a while (SEC-SMS-02).

use crate::db::Tx;
use crate::error::Refused;
use chrono::{DateTime, Duration, Utc};
use protocol::ErrorCode;
use sqlx::PgPool;

/// Failures until a lock.
const MOST: i16 = 10;
const FIRST_LOCK: Duration = Duration::minutes(15);
const LONGEST_LOCK: Duration = Duration::hours(24);

/// Whom one claims to be. Known or not makes no difference: a lock must not tell which accounts exist.
#[derive(Clone, Debug)]
pub struct Subject(String);

impl Subject {
    pub fn phone(phone: &protocol::Phone) -> Self {
        Self(format!("phone:{}", phone.as_str()))
    }

    pub fn username(username: &protocol::staff::Username) -> Self {
        Self(format!("user:{}", username.as_str()))
    }
}

/// The guard of one subject, held until the transaction ends.
pub struct Guard {
    subject: Subject,
    failures: i16,
    locks: i16,
    locked_until: Option<DateTime<Utc>>,
}

/// Takes the subject's guard after whoever held it before has finished.
pub async fn lock(tx: &mut Tx, subject: Subject) -> sqlx::Result<Guard> {
    let now = tx.now;
    sqlx::query!(
        "insert into sign_in_guards (subject, updated_at) values ($1, $2) on conflict do nothing",
        subject.0,
        now,
    )
    .execute(&mut **tx)
    .await?;
    let row = sqlx::query!(
        "select failures, locks, locked_until from sign_in_guards where subject = $1 for update",
        subject.0,
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(Guard { subject, failures: row.failures, locks: row.locks, locked_until: row.locked_until })
}

/// Refuses while locked, without waiting for anybody: to save costly work that would be refused anyway.
pub async fn look(
    db: &PgPool,
    subject: &Subject,
    now: DateTime<Utc>,
) -> sqlx::Result<Result<(), Refused>> {
    let until = sqlx::query_scalar!(
        "select locked_until from sign_in_guards where subject = $1",
        subject.0
    )
    .fetch_optional(db)
    .await?
    .flatten();
    Ok(check(until, now))
}

fn check(locked_until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<(), Refused> {
    let Some(until) = locked_until.filter(|until| *until > now) else { return Ok(()) };
    let wait = (until - now).num_seconds().max(1);
    Err(Refused::new(
        ErrorCode::AccountLocked,
        "too many wrong attempts; wait as long as Retry-After says, or ask the station for help",
    )
    .retry_after(u64::try_from(wait).unwrap_or(1)))
}

impl Guard {
    /// Refuses while locked.
    pub fn check(&self, now: DateTime<Utc>) -> Result<(), Refused> {
        check(self.locked_until, now)
    }

    /// Counts a failure; the tenth locks, each time for longer.
    pub async fn fail(mut self, tx: &mut Tx) -> sqlx::Result<()> {
        self.failures += 1;
        if self.failures >= MOST {
            self.failures = 0;
            self.locked_until = Some(tx.now + duration(self.locks));
            self.locks = self.locks.saturating_add(1);
        }
        self.keep(tx).await
    }

    pub async fn succeed(mut self, tx: &mut Tx) -> sqlx::Result<()> {
        (self.failures, self.locks, self.locked_until) = (0, 0, None);
        self.keep(tx).await
    }

    async fn keep(self, tx: &mut Tx) -> sqlx::Result<()> {
        let now = tx.now;
        sqlx::query!(
            "update sign_in_guards set failures = $2, locks = $3, locked_until = $4, updated_at = $5
             where subject = $1",
            self.subject.0,
            self.failures,
            self.locks,
            self.locked_until,
            now,
        )
        .execute(&mut **tx)
        .await?;
        Ok(())
    }
}

/// 15 min, 30 min, 1 h … a day.
fn duration(locks_before: i16) -> Duration {
    let times = 1 << locks_before.clamp(0, 10);
    (FIRST_LOCK * times).min(LONGEST_LOCK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_rise_to_a_day() {
        assert_eq!(duration(0), Duration::minutes(15));
        assert_eq!(duration(1), Duration::minutes(30));
        assert_eq!(duration(6), Duration::minutes(15 * 64));
        assert_eq!(duration(7), LONGEST_LOCK);
        assert_eq!(duration(i16::MAX), LONGEST_LOCK);
    }
}
