//! Repeating a write is safe: the first answer is kept in the write's own transaction.

use crate::error::ApiError;
use crate::http::Actor;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono::{DateTime, Utc};
use protocol::ErrorCode;
use sqlx::PgConnection;
use uuid::Uuid;

/// The `Idempotency-Key` of a request, if it has one.
#[derive(Clone, Debug, Default)]
pub struct IdempotencyKey(pub Option<String>);

/// The `Idempotency-Key` of a request that creates or signs; such a request needs one.
#[derive(Clone, Debug)]
pub struct RequiredKey(pub String);

const HEADER: &str = "idempotency-key";
pub const LONGEST: usize = 100;

fn read(parts: &Parts) -> Result<Option<String>, ApiError> {
    let Some(value) = parts.headers.get(HEADER) else { return Ok(None) };
    value
        .to_str()
        .ok()
        .filter(|key| (1..=LONGEST).contains(&key.len()))
        .map(|key| Some(key.to_owned()))
        .ok_or_else(|| {
            ApiError::new(
                ErrorCode::Malformed,
                "the Idempotency-Key has to be 1 to 100 visible ASCII characters",
            )
        })
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        read(parts).map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for RequiredKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        read(parts)?.map(Self).ok_or_else(|| {
            ApiError::new(
                ErrorCode::IdempotencyKeyRequired,
                "send an Idempotency-Key header with a new random value, and the same one when you retry",
            )
        })
    }
}

impl From<RequiredKey> for IdempotencyKey {
    fn from(key: RequiredKey) -> Self {
        Self(Some(key.0))
    }
}

/// What a key turned out to be.
pub enum Claim {
    /// New: carry the request out and keep the answer.
    Fresh,
    /// Seen with the same request: this was the answer.
    Answered { status: u16, body: Vec<u8> },
}

/// Takes the key for this transaction. A rival with the same key waits here until the first one is done.
pub async fn claim(
    tx: &mut PgConnection,
    actor: &Actor,
    key: &str,
    hash: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<Claim, ApiError> {
    let taken = sqlx::query!(
        "insert into idempotency_keys (account_id, key, operation, request_hash, created_at)
         values ($1, $2, $3, $4, $5) on conflict do nothing",
        actor.account.0,
        key,
        actor.operation,
        hash.as_slice(),
        now,
    )
    .execute(&mut *tx)
    .await?
    .rows_affected();
    if taken == 1 {
        return Ok(Claim::Fresh);
    }
    let first = sqlx::query!(
        "select operation, request_hash, status, body from idempotency_keys
         where account_id = $1 and key = $2",
        actor.account.0,
        key,
    )
    .fetch_one(tx)
    .await?;
    if first.operation != actor.operation || first.request_hash != hash {
        return Err(ApiError::new(
            ErrorCode::IdempotencyKeyReused,
            "this Idempotency-Key was used for another request; send a new one",
        ));
    }
    let (Some(status), Some(body)) = (first.status, first.body) else {
        return Err(ApiError::unavailable());
    };
    Ok(Claim::Answered { status: u16::try_from(status).unwrap_or(200), body })
}

pub async fn keep(
    tx: &mut PgConnection,
    account: Uuid,
    key: &str,
    status: u16,
    body: &[u8],
) -> sqlx::Result<()> {
    sqlx::query!(
        "update idempotency_keys set status = $3, body = $4 where account_id = $1 and key = $2",
        account,
        key,
        i16::try_from(status).unwrap_or(200),
        body,
    )
    .execute(tx)
    .await?;
    Ok(())
}
