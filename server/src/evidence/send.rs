//! Giving a file out: hashed again on the way, and never completed when it is not what was handed in.

use crate::app::App;
use crate::audit;
use crate::error::ApiError;
use crate::evidence::name;
use crate::evidence::store::{self, Found};
use crate::http::Actor;
use anyhow::anyhow;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, TryStreamExt};
use protocol::{Digest, EvidenceId};
use sha2::{Digest as _, Sha256};
use std::io;

const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");

pub async fn content(app: &App, actor: &Actor, id: EvidenceId) -> Result<Response, ApiError> {
    // What cannot be noted is not given out.
    let mut tx = app.begin().await?;
    let found = store::look(&mut tx, id, actor).await?;
    audit::note(&mut tx, actor, b"{}").await?;
    tx.commit().await?;
    if found.damaged_at.is_some() {
        return Err(damaged());
    }
    let file = app.files.open(&found.object).await?;
    let headers = headers(&found)?;
    let checked = Check::new(app.clone(), id, &found, file).stream();
    Ok((headers, Body::from_stream(checked)).into_response())
}

fn damaged() -> ApiError {
    ApiError::Internal(anyhow!("a file differs from what was handed in"))
}

fn headers(found: &Found) -> Result<[(HeaderName, HeaderValue); 5], ApiError> {
    let value = |text: String| HeaderValue::from_str(&text).map_err(anyhow::Error::from);
    let digest = hex::decode(found.view.sha256.as_str()).map_err(anyhow::Error::from)?;
    Ok([
        (header::CONTENT_TYPE, value(found.view.media_type.to_string())?),
        (header::CONTENT_LENGTH, HeaderValue::from(found.view.size_bytes)),
        (header::CONTENT_DISPOSITION, value(name::attachment(&found.view.file_name))?),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("sandbox; default-src 'none'; frame-ancestors 'none'"),
        ),
        (REPR_DIGEST, value(format!("sha-256=:{}:", BASE64_STANDARD.encode(digest)))?),
    ])
}

/// Holds back the last bytes until the whole is known to be right: a reader never takes a changed file for whole.
struct Check {
    app: App,
    id: EvidenceId,
    sha256: Digest,
    file: BoxStream<'static, object_store::Result<Bytes>>,
    hash: Sha256,
    held: Option<Bytes>,
}

impl Check {
    fn new(
        app: App,
        id: EvidenceId,
        found: &Found,
        file: BoxStream<'static, object_store::Result<Bytes>>,
    ) -> Self {
        let sha256 = found.view.sha256.clone();
        Self { app, id, sha256, file, hash: Sha256::new(), held: None }
    }

    fn stream(self) -> impl futures_util::Stream<Item = io::Result<Bytes>> + Send {
        stream::try_unfold(Some(self), |state| async move {
            match state {
                Some(check) => check.step().await,
                None => Ok(None),
            }
        })
        .try_filter(|bytes| std::future::ready(!bytes.is_empty()))
    }

    /// The next bytes to send, and what comes after them.
    async fn step(mut self) -> io::Result<Option<(Bytes, Option<Self>)>> {
        if let Some(chunk) = self.file.next().await {
            let chunk = chunk.map_err(io::Error::other)?;
            self.hash.update(&chunk);
            let ready = self.held.replace(chunk).unwrap_or_default();
            return Ok(Some((ready, Some(self))));
        }
        if hex::encode(self.hash.finalize()) != self.sha256.as_str() {
            note_damage(&self.app, self.id).await;
            return Err(io::Error::other("the file differs from what was handed in"));
        }
        Ok(self.held.map(|last| (last, None)))
    }
}

/// From now on the piece is answered with an error, and an operator has something to find.
async fn note_damage(app: &App, id: EvidenceId) {
    tracing::error!(evidence = %id, "a file differs from what was handed in");
    metrics::counter!("evidence_damaged_total").increment(1);
    if let Err(error) = record_damage(app, id).await {
        tracing::error!(code = error.code().as_str(), "damage was not noted");
    }
}

async fn record_damage(app: &App, id: EvidenceId) -> Result<(), ApiError> {
    let mut tx = app.begin().await?;
    let now = tx.now;
    sqlx::query!(
        "update evidence set damaged_at = coalesce(damaged_at, $2) where id = $1",
        id as EvidenceId,
        now,
    )
    .execute(&mut *tx)
    .await?;
    audit::note_system(&mut tx, "evidence_damaged", &id.to_string()).await?;
    tx.commit().await?;
    Ok(())
}
