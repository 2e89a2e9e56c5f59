//! How often anybody may ask: counted in this process, or in Redis where there is more than one server.
//!
//! A limit that protects people refuses while Redis is away (fails closed, SEC-SMS-07); one that merely keeps the
//! service comfortable is then counted by each process for itself.

use crate::error::Refused;
use anyhow::Context;
use chrono::{DateTime, Utc};
use protocol::ErrorCode;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::OnceCell;

/// What holds while Redis is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blind {
    /// Nobody passes.
    Closed,
    /// Each process counts for itself.
    Own,
}

/// So many in so long; the window begins with the first.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    pub name: &'static str,
    pub most: u32,
    pub window: Duration,
    pub blind: Blind,
}

pub enum Limits {
    Local(Local),
    Shared(Box<Shared>),
}

impl Limits {
    pub fn of(redis_url: Option<&str>) -> anyhow::Result<Self> {
        let Some(url) = redis_url else { return Ok(Self::Local(Local::default())) };
        let client =
            redis::Client::open(url).context("REDIS_URL is not a Redis address (redis://…)")?;
        Ok(Self::Shared(Box::new(Shared {
            client,
            connection: OnceCell::new(),
            script: redis::Script::new(COUNT),
            own: Local::default(),
            away_until: Mutex::default(),
        })))
    }

    /// Counts one request of `subject`, and refuses it beyond the limit. What a subject is called is never stored.
    pub async fn take(
        &self,
        limit: &Limit,
        subject: &str,
        now: DateTime<Utc>,
    ) -> Result<(), Refused> {
        let key = key(limit, subject);
        let counted = match self {
            Self::Local(local) => local.count(key, limit, now),
            Self::Shared(shared) => match shared.count(&key, limit).await {
                Ok(counted) => counted,
                Err(error) => {
                    tracing::warn!(limit = limit.name, error = %error.category(), "Redis is away");
                    match limit.blind {
                        Blind::Closed => return Err(away()),
                        Blind::Own => shared.own.count(key, limit, now),
                    }
                }
            },
        };
        if counted.requests <= limit.most { Ok(()) } else { Err(too_many(limit, counted.left)) }
    }
}

fn key(limit: &Limit, subject: &str) -> String {
    let hash = Sha256::new().chain_update(limit.name).chain_update([0]).chain_update(subject);
    format!("ala:limit:{}:{}", limit.name, hex::encode(&hash.finalize()[..16]))
}

fn away() -> Refused {
    Refused::new(
        ErrorCode::Unavailable,
        "this cannot be done safely at the moment; try again shortly",
    )
    .retry_after(2)
}

fn too_many(limit: &Limit, left: Duration) -> Refused {
    metrics::counter!("requests_limited_total", "limit" => limit.name).increment(1);
    let seconds = left.as_millis().div_ceil(1_000).max(1);
    Refused::new(ErrorCode::TooManyRequests, "too often; wait as long as Retry-After says")
        .retry_after(u64::try_from(seconds).unwrap_or(1))
}

/// Requests in the current window, this one included, and what is left of the window.
#[derive(Clone, Copy, Debug)]
struct Counted {
    requests: u32,
    left: Duration,
}

/// Counters of this process.
#[derive(Default)]
pub struct Local(Mutex<Counters>);

#[derive(Default)]
struct Counters {
    windows: HashMap<String, Window>,
    /// When windows that are over were last thrown out.
    swept_at: DateTime<Utc>,
}

struct Window {
    ends_at: DateTime<Utc>,
    requests: u32,
}

/// Few enough that sweeping does not show, often enough that memory does not grow.
const SWEEP: Duration = Duration::from_secs(60);

impl Local {
    fn count(&self, key: String, limit: &Limit, now: DateTime<Utc>) -> Counted {
        let mut counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counters.swept_at + SWEEP <= now {
            counters.windows.retain(|_, window| window.ends_at > now);
            counters.swept_at = now;
        }
        let fresh = Window { ends_at: now + limit.window, requests: 0 };
        let window = counters.windows.entry(key).or_insert_with(|| Window { ..fresh });
        if window.ends_at <= now {
            *window = Window { ends_at: now + limit.window, requests: 0 };
        }
        window.requests = window.requests.saturating_add(1);
        let left = (window.ends_at - now).to_std().unwrap_or_default();
        Counted { requests: window.requests, left }
    }
}

/// One round trip; the window is Redis's own, so all servers agree on it.
const COUNT: &str = r"
local requests = redis.call('INCR', KEYS[1])
if requests == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {requests, redis.call('PTTL', KEYS[1])}";

/// A request waits this long at most before Redis counts as away.
const PATIENCE: Duration = Duration::from_millis(250);

/// Whoever asks right after somebody found Redis away does not wait for it too.
const AWAY: Duration = Duration::from_secs(1);

/// Counters in Redis.
pub struct Shared {
    client: redis::Client,
    away_until: Mutex<Option<Instant>>,
    connection: OnceCell<ConnectionManager>,
    script: redis::Script,
    own: Local,
}

impl Shared {
    async fn count(&self, key: &str, limit: &Limit) -> redis::RedisResult<Counted> {
        let away_until = *self.away_until.lock().unwrap_or_else(PoisonError::into_inner);
        if away_until.is_some_and(|until| Instant::now() < until) {
            return Err((redis::ErrorKind::Io, "it was away a moment ago").into());
        }
        let counted = self.ask(key, limit).await;
        let until = counted.is_err().then(|| Instant::now() + AWAY);
        *self.away_until.lock().unwrap_or_else(PoisonError::into_inner) = until;
        counted
    }

    async fn ask(&self, key: &str, limit: &Limit) -> redis::RedisResult<Counted> {
        let mut connection = self.connection().await?.clone();
        let window = u64::try_from(limit.window.as_millis()).unwrap_or(u64::MAX);
        let (requests, left): (u32, i64) =
            self.script.key(key).arg(window).invoke_async(&mut connection).await?;
        let left = Duration::from_millis(u64::try_from(left).unwrap_or_default());
        Ok(Counted { requests, left })
    }

    /// Connects by itself again and again; until it has, every call fails soon.
    async fn connection(&self) -> redis::RedisResult<&ConnectionManager> {
        self.connection
            .get_or_try_init(|| async {
                let config = ConnectionManagerConfig::new()
                    .set_connection_timeout(Some(PATIENCE))
                    .set_response_timeout(Some(PATIENCE))
                    .set_number_of_retries(1)
                    .set_max_delay(Duration::from_millis(100));
                ConnectionManager::new_with_config(self.client.clone(), config).await
            })
            .await
    }
}
