//! Taking a file in: counted, hashed and looked at while it streams into the store.

use crate::app::App;
use crate::error::{ApiError, Refused};
use crate::evidence::files::Writing;
use crate::evidence::name;
use crate::evidence::store::{self, Upload};
use crate::http::{Actor, RequiredKey, Written, write};
use axum::body::{Body, BodyDataStream};
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use domain::evidence::{self, HEAD};
use futures_util::StreamExt;
use protocol::evidence::{EvidenceView, MediaType};
use protocol::{Digest, DisputeId, ErrorCode};
use sha2::{Digest as _, Sha256};
use std::time::Duration;
use tokio::time::timeout;

/// A sender silent for so long has gone.
const SILENCE: Duration = Duration::from_secs(30);
/// Far below the age at which an upload counts as left behind.
const LONGEST: Duration = Duration::from_mins(30);
/// How much of an archive's end is looked at: its directory.
const TAIL: usize = 64 << 10;

/// What the sender says about the file.
pub struct Declared {
    pub media: MediaType,
    pub file_name: String,
    length: Option<u64>,
}

impl Declared {
    pub fn read(headers: &HeaderMap) -> Result<Self, ApiError> {
        let file_name = name::read(headers)?;
        let media = headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(evidence::declared)
            .ok_or_else(not_taken)?;
        if evidence::by_extension(&file_name) != Some(media) {
            return Err(not_what_it_says());
        }
        let length = headers
            .get(header::CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.parse().ok());
        if length.is_some_and(|length: u64| length > evidence::most_bytes(media)) {
            return Err(too_large(media));
        }
        Ok(Self { media, file_name, length })
    }

    /// The room to keep for it.
    pub fn reserve(&self) -> i64 {
        let most = self.length.unwrap_or_else(|| evidence::most_bytes(self.media));
        i64::try_from(most).unwrap_or(i64::MAX)
    }
}

/// A complete file in the store.
#[derive(Clone, Debug)]
pub struct Stored {
    pub media: MediaType,
    pub file_name: String,
    pub bytes: i64,
    pub sha256: Digest,
}

fn not_taken() -> ApiError {
    ApiError::new(
        ErrorCode::FileTypeNotAllowed,
        "send a JPEG, PNG, WebP, HEIC, PDF, MP4, M4A or DOCX file with its Content-Type",
    )
}

fn not_what_it_says() -> ApiError {
    ApiError::new(
        ErrorCode::FileTypeNotAllowed,
        "the file's content, the end of its name and its Content-Type do not agree; send it as what it is",
    )
}

fn too_large(media: MediaType) -> ApiError {
    let most = evidence::most_bytes(media) >> 20;
    ApiError::new(
        ErrorCode::TooLarge,
        format!("the file is too large; at most {most} MiB are taken"),
    )
}

/// The whole of an upload. It runs detached: a sender who goes away leaves nothing behind.
pub async fn receive(
    app: App,
    actor: Actor,
    key: RequiredKey,
    dispute: DisputeId,
    declared: Declared,
    body: Body,
) -> Result<Written<EvidenceView>, ApiError> {
    let mut tx = app.begin().await?;
    let upload = store::reserve(&mut tx, &app.config, &actor, dispute, &declared).await?;
    tx.commit().await?;
    let answer = match keep(&app, &upload, declared, body).await {
        Ok(stored) => record(&app, actor, key, upload.clone(), stored).await,
        Err(error) => Err(error),
    };
    // Recorded uploads are no longer known as such; what still is was refused, or had been answered before.
    if let Err(error) = discard(&app, &upload.object).await {
        tracing::warn!(code = error.code().as_str(), "an upload was left for the next round");
    }
    answer
}

async fn record(
    app: &App,
    actor: Actor,
    key: RequiredKey,
    upload: Upload,
    stored: Stored,
) -> Result<Written<EvidenceView>, ApiError> {
    let hash = Sha256::new()
        .chain_update(upload.dispute.0.as_bytes())
        .chain_update(stored.sha256.as_str())
        .chain_update(&stored.file_name)
        .finalize()
        .into();
    app.write(write::Request::create(actor, key, hash), move |tx, actor| {
        Box::pin(async move { store::record(tx, actor, &upload, &stored).await })
    })
    .await
}

/// Removes the file of an upload that became nothing; the row goes last, so that a crash forgets no file.
pub async fn discard(app: &App, object: &str) -> Result<(), ApiError> {
    let known = sqlx::query_scalar!("select 1 from uploads where object = $1", object)
        .fetch_optional(&app.db)
        .await?;
    if known.is_some() {
        app.files.remove(object).await?;
        store::forget(&mut *app.db.acquire().await?, object).await?;
    }
    Ok(())
}

async fn keep(
    app: &App,
    upload: &Upload,
    declared: Declared,
    body: Body,
) -> Result<Stored, ApiError> {
    let mut file = app.files.create(&upload.object).await?;
    let intake = Intake::new(declared.media);
    match timeout(LONGEST, intake.run(&mut file, body.into_data_stream())).await {
        Ok(Ok((bytes, sha256))) => {
            file.finish().await?;
            let Declared { media, file_name, .. } = declared;
            Ok(Stored { media, file_name, bytes, sha256 })
        }
        Ok(Err(error)) => {
            file.abandon().await;
            Err(error)
        }
        Err(_) => {
            file.abandon().await;
            Err(cut_short())
        }
    }
}

fn cut_short() -> ApiError {
    Refused::new(ErrorCode::Malformed, "the file ended before it was complete; send it again")
        .into()
}

/// What is watched while a file streams past.
struct Intake {
    media: MediaType,
    bytes: u64,
    hash: Sha256,
    head: Vec<u8>,
    tail: Vec<u8>,
}

impl Intake {
    fn new(media: MediaType) -> Self {
        Self { media, bytes: 0, hash: Sha256::new(), head: Vec::new(), tail: Vec::new() }
    }

    async fn run(
        mut self,
        file: &mut Writing<'_>,
        mut body: BodyDataStream,
    ) -> Result<(i64, Digest), ApiError> {
        while let Some(chunk) = timeout(SILENCE, body.next()).await.map_err(|_| cut_short())? {
            let chunk = chunk.map_err(|_| cut_short())?;
            self.watch(&chunk)?;
            file.write(chunk).await?;
        }
        self.end()
    }

    fn watch(&mut self, chunk: &Bytes) -> Result<(), ApiError> {
        self.bytes += chunk.len() as u64;
        if self.bytes > evidence::most_bytes(self.media) {
            return Err(too_large(self.media));
        }
        self.hash.update(chunk);
        let missing = HEAD - self.head.len();
        if missing > 0 {
            self.head.extend(chunk.iter().take(missing));
            if self.head.len() == HEAD && !evidence::fits(self.media, &self.head) {
                return Err(not_what_it_says());
            }
        }
        if self.media == MediaType::Docx {
            self.tail.extend_from_slice(chunk);
            self.tail.drain(..self.tail.len().saturating_sub(TAIL));
        }
        Ok(())
    }

    fn end(self) -> Result<(i64, Digest), ApiError> {
        if self.bytes == 0 {
            return Err(ApiError::new(
                ErrorCode::Malformed,
                "the file is empty; choose another one",
            ));
        }
        let is_document = self.media != MediaType::Docx || evidence::is_text_document(&self.tail);
        if !evidence::fits(self.media, &self.head) || !is_document {
            return Err(not_what_it_says());
        }
        let sha256 = hex::encode(self.hash.finalize()).parse().map_err(anyhow::Error::from)?;
        Ok((i64::try_from(self.bytes).unwrap_or(i64::MAX), sha256))
    }
}
