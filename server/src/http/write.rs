//! The one path of every write: begin, claim the key, do, keep the answer, commit, tell.

use crate::app::App;
use crate::audit;
use crate::db::Tx;
use crate::error::{ApiError, Refused};
use crate::http::idempotency::{self, Claim};
use crate::http::{Actor, IdempotencyKey};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::fmt::Display;
use std::marker::PhantomData;

/// The answer to a write, as the bytes that a repetition will get too.
pub struct Written<T> {
    status: StatusCode,
    body: Vec<u8>,
    shape: PhantomData<T>,
}

impl<T> IntoResponse for Written<T> {
    fn into_response(self) -> Response {
        let json = HeaderValue::from_static("application/json");
        (self.status, [(header::CONTENT_TYPE, json)], self.body).into_response()
    }
}

impl<T: DeserializeOwned> Written<T> {
    /// The answer itself, for who does not answer a request.
    pub fn read(&self) -> Result<T, ApiError> {
        Ok(serde_json::from_slice(&self.body).map_err(anyhow::Error::from)?)
    }
}

/// What a write needs to know about the request behind it.
pub struct Request {
    pub actor: Actor,
    pub key: IdempotencyKey,
    pub hash: [u8; 32],
    pub status: StatusCode,
}

impl Request {
    /// A command on something that exists.
    pub fn command(actor: Actor, key: impl Into<IdempotencyKey>, hash: [u8; 32]) -> Self {
        Self { actor, key: key.into(), hash, status: StatusCode::OK }
    }

    /// Something new.
    pub fn create(actor: Actor, key: impl Into<IdempotencyKey>, hash: [u8; 32]) -> Self {
        Self { actor, key: key.into(), hash, status: StatusCode::CREATED }
    }
}

/// What tells two requests without a body apart: what they name.
pub fn bare(named: impl Display) -> [u8; 32] {
    Sha256::digest(named.to_string()).into()
}

impl App {
    /// Runs `work` in a transaction of its own, detached from the connection that asked: a phone that goes
    /// away cannot stop it half-way. Sockets and workers are told after the commit.
    pub async fn write<T, F>(&self, request: Request, work: F) -> Result<Written<T>, ApiError>
    where
        T: Serialize + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx, &'t Actor) -> BoxFuture<'t, Result<T, ApiError>>
            + Send
            + 'static,
    {
        let app = self.clone();
        self.detached(async move { app.write_attached(request, work).await }).await
    }

    /// Runs `work` to its end even when nobody waits for it any more.
    pub async fn detached<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, ApiError>> + Send + 'static,
    ) -> Result<T, ApiError> {
        use tracing::Instrument;
        self.tasks.spawn(work.in_current_span()).await.map_err(|error| {
            ApiError::Internal(anyhow::Error::new(error).context("a write panicked"))
        })?
    }

    async fn write_attached<T, F>(&self, request: Request, work: F) -> Result<Written<T>, ApiError>
    where
        T: Serialize + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx, &'t Actor) -> BoxFuture<'t, Result<T, ApiError>> + Send,
    {
        let Request { actor, key, hash, status } = request;
        let mut tx = self.begin().await?;
        if let Some(key) = &key.0 {
            let now = tx.now;
            if let Claim::Answered { status, body } =
                idempotency::claim(&mut tx, &actor, key, &hash, now).await?
            {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
                return Ok(Written { status, body, shape: PhantomData });
            }
        }
        let answer = work(&mut tx, &actor).await?;
        let body = serde_json::to_vec(&answer).map_err(anyhow::Error::from)?;
        audit::note(&mut tx, &actor, &body).await?;
        if let Some(key) = &key.0 {
            idempotency::keep(&mut tx, actor.account.0, key, status.as_u16(), &body).await?;
        }
        let hints = tx.commit().await?;
        self.tell(hints);
        Ok(Written { status, body, shape: PhantomData })
    }

    /// A write by somebody who is not signed in. A refusal that `work` answers inside `Ok` is kept together with
    /// what was counted for it; an `Err` keeps nothing.
    pub async fn attempt<T, F>(&self, work: F) -> Result<T, ApiError>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<Result<T, Refused>, ApiError>>
            + Send
            + 'static,
    {
        let app = self.clone();
        self.detached(async move {
            let mut tx = app.begin().await?;
            let outcome = work(&mut tx).await?;
            app.tell(tx.commit().await?);
            Ok(outcome?)
        })
        .await
    }

    pub async fn begin(&self) -> Result<Tx, ApiError> {
        Ok(Tx::begin(&self.db, self.clock.now(), self.ids.clone()).await?)
    }
}
