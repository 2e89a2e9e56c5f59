//! Where files lie: a local folder or an S3 bucket, written part by part.

use crate::error::ApiError;
use anyhow::{Context, bail};
use bytes::{Bytes, BytesMut};
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload};
use protocol::ErrorCode;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;
use url::Url;

/// S3 takes no smaller part but the last.
const S3_PART: usize = 5 << 20;
const LOCAL_PART: usize = 256 << 10;
/// Each file being written holds at most one part in memory: this many at once.
const S3_AT_ONCE: usize = 24;
const LOCAL_AT_ONCE: usize = 160;
/// Who waits longer for a place is told to come back.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Clone)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    /// The local folder, where there is one.
    folder: Option<PathBuf>,
    part: usize,
    places: Arc<Semaphore>,
}

impl Files {
    /// From `file:///folder` or `s3://bucket`, the latter with the usual `AWS_…` variables.
    pub fn at(url: &str) -> anyhow::Result<Self> {
        let parsed = Url::parse(url).context(BAD_URL)?;
        match parsed.scheme() {
            "file" => Self::folder(parsed.to_file_path().ok().context(BAD_URL)?),
            "s3" => Self::s3(AmazonS3Builder::from_env().with_url(url)),
            _ => bail!(BAD_URL),
        }
    }

    pub fn folder(folder: PathBuf) -> anyhow::Result<Self> {
        let why = || format!("cannot keep uploads in {}: make it writable", folder.display());
        std::fs::create_dir_all(&folder).with_context(why)?;
        // An answer "stored" has to survive a power cut.
        let store = LocalFileSystem::new_with_prefix(&folder).with_context(why)?.with_fsync(true);
        let places = Arc::new(Semaphore::new(LOCAL_AT_ONCE));
        Ok(Self { store: Arc::new(store), folder: Some(folder), part: LOCAL_PART, places })
    }

    pub fn s3(builder: AmazonS3Builder) -> anyhow::Result<Self> {
        let store = builder.build().context("the S3 settings (AWS_…) are not complete")?;
        let places = Arc::new(Semaphore::new(S3_AT_ONCE));
        Ok(Self { store: Arc::new(store), folder: None, part: S3_PART, places })
    }

    /// Begins a file; it exists for readers only once finished. Waits while too many are being written.
    pub async fn create(&self, object: &str) -> Result<Writing<'_>, ApiError> {
        let place = timeout(PATIENCE, self.places.acquire())
            .await
            .map_err(|_| ApiError::unavailable())?
            .map_err(anyhow::Error::from)?;
        let upload = self
            .store
            .put_multipart(&Path::from(object))
            .await
            .map_err(|error| store_error(&error))?;
        Ok(Writing { upload, buffer: BytesMut::new(), part: self.part, _place: place })
    }

    pub async fn open(
        &self,
        object: &str,
    ) -> Result<futures_util::stream::BoxStream<'static, object_store::Result<Bytes>>, ApiError>
    {
        let found =
            self.store.get(&Path::from(object)).await.map_err(|error| store_error(&error))?;
        Ok(found.into_stream())
    }

    /// Removes a file and whatever is left of one that was never finished.
    pub async fn remove(&self, object: &str) -> Result<(), ApiError> {
        match self.store.delete(&Path::from(object)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(store_error(&error)),
        }
        if let Some(folder) = &self.folder {
            // The name under which the local store writes before it publishes.
            match tokio::fs::remove_file(folder.join(format!("{object}#1"))).await {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(io_error(&error));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

const BAD_URL: &str = "ALA_OBJECT_STORE_URL has to be file:///folder or s3://bucket";

/// A file being written.
pub struct Writing<'a> {
    upload: Box<dyn MultipartUpload>,
    buffer: BytesMut,
    part: usize,
    _place: SemaphorePermit<'a>,
}

impl Writing<'_> {
    pub async fn write(&mut self, mut bytes: Bytes) -> Result<(), ApiError> {
        while !bytes.is_empty() {
            let room = self.part - self.buffer.len();
            self.buffer.extend_from_slice(&bytes.split_to(room.min(bytes.len())));
            if self.buffer.len() == self.part {
                self.flush().await?;
            }
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), ApiError> {
        // Handed over whole and replaced: the store frees it when the part is written.
        let part = std::mem::take(&mut self.buffer).freeze();
        self.upload.put_part(PutPayload::from(part)).await.map_err(|error| store_error(&error))
    }

    /// On disk, or in the bucket, when this returns.
    pub async fn finish(mut self) -> Result<(), ApiError> {
        if !self.buffer.is_empty() {
            self.flush().await?;
        }
        self.upload.complete().await.map_err(|error| store_error(&error))?;
        Ok(())
    }

    /// Best effort: what stays is removed with the upload's row.
    pub async fn abandon(mut self) {
        if let Err(error) = self.upload.abort().await {
            tracing::warn!(error = %kind_of(&error), "an unfinished file was not removed at once");
        }
    }
}

/// The store is away or full: told as such, never as done.
fn store_error(error: &object_store::Error) -> ApiError {
    let full =
        std::iter::successors(Some(error as &(dyn std::error::Error + 'static)), |e| e.source())
            .find_map(|e| e.downcast_ref::<io::Error>())
            .map(io_error);
    tracing::error!(error = %kind_of(error), "the object store failed");
    full.unwrap_or_else(ApiError::unavailable)
}

fn io_error(error: &io::Error) -> ApiError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ApiError::new(
            ErrorCode::StorageFull,
            "there is no room to store this; nothing was changed, try again later",
        ),
        _ => ApiError::unavailable(),
    }
}

/// Without addresses and names, which an error's text may hold.
fn kind_of(error: &object_store::Error) -> &'static str {
    use object_store::Error as E;
    match error {
        E::NotFound { .. } => "not found",
        E::PermissionDenied { .. } | E::Unauthenticated { .. } => "not permitted",
        E::InvalidPath { .. } => "invalid path",
        E::NotSupported { .. } | E::NotImplemented { .. } => "not supported",
        _ => "input or output failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn a_full_disk_is_told_as_full_and_anything_else_as_away() {
        let mut full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("a device");
        let io = full.write_all(b"x").expect_err("always full");
        let wrapped = |io| object_store::Error::Generic { store: "local", source: Box::new(io) };
        assert_eq!(store_error(&wrapped(io)).code(), ErrorCode::StorageFull);
        let gone = io::Error::from(io::ErrorKind::NotADirectory);
        assert_eq!(store_error(&wrapped(gone)).code(), ErrorCode::Unavailable);
    }

    #[test]
    fn only_folders_and_buckets_are_taken() {
        for url in ["", "http://example.com/", "evidence", "ftp://x/"] {
            assert!(Files::at(url).is_err(), "{url}");
        }
    }
}
