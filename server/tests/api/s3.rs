//! A small server that speaks as much of the S3 API as storing, reading and removing files takes.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::put;
use object_store::aws::AmazonS3Builder;
use server::evidence::files::Files;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

#[derive(Clone, Default)]
pub struct Bucket(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    objects: HashMap<String, Bytes>,
    parts: HashMap<String, BTreeMap<u32, Bytes>>,
    /// How many parts finished uploads had.
    sizes: Vec<Vec<usize>>,
    /// Everything is answered with this from now on.
    broken: Option<StatusCode>,
}

type Parameters = Query<HashMap<String, String>>;

impl Bucket {
    /// Serves the bucket on loopback and answers with a store that uses it.
    pub async fn serve(&self) -> Files {
        let doors = put(write).post(begin_or_complete).get(read).head(read).delete(remove);
        let router = Router::new()
            .route("/files/{object}", doors)
            .layer(axum::extract::DefaultBodyLimit::disable())
            .with_state(self.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let retry = object_store::RetryConfig { max_retries: 0, ..Default::default() };
        let builder = AmazonS3Builder::new()
            .with_bucket_name("files")
            .with_endpoint(endpoint)
            .with_region("test")
            .with_access_key_id("test")
            .with_secret_access_key("test")
            .with_allow_http(true)
            .with_retry(retry);
        Files::s3(builder).unwrap()
    }

    pub fn objects(&self) -> usize {
        self.0.lock().unwrap().objects.len()
    }

    pub fn unfinished(&self) -> usize {
        self.0.lock().unwrap().parts.len()
    }

    pub fn part_sizes(&self) -> Vec<Vec<usize>> {
        self.0.lock().unwrap().sizes.clone()
    }

    pub fn breaks(&self, status: Option<StatusCode>) {
        self.0.lock().unwrap().broken = status;
    }
}

async fn write(
    State(bucket): State<Bucket>,
    Path(object): Path<String>,
    Query(query): Parameters,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut inner = bucket.0.lock().unwrap();
    if let Some(status) = inner.broken {
        return status.into_response();
    }
    assert!(headers["authorization"].to_str().unwrap().starts_with("AWS4-HMAC-SHA256 "));
    match (query.get("uploadId"), query.get("partNumber")) {
        (Some(id), Some(number)) => {
            let Some(parts) = inner.parts.get_mut(id) else {
                return StatusCode::NOT_FOUND.into_response();
            };
            parts.insert(number.parse().unwrap(), body);
        }
        _ => {
            inner.objects.insert(object, body);
        }
    }
    [("etag", "\"0\"")].into_response()
}

async fn begin_or_complete(
    State(bucket): State<Bucket>,
    Path(object): Path<String>,
    Query(query): Parameters,
) -> Response {
    let mut inner = bucket.0.lock().unwrap();
    if let Some(status) = inner.broken {
        return status.into_response();
    }
    let Some(id) = query.get("uploadId") else {
        inner.parts.insert(format!("of-{object}"), BTreeMap::new());
        return format!(
            "<InitiateMultipartUploadResult><UploadId>of-{object}</UploadId></InitiateMultipartUploadResult>"
        )
        .into_response();
    };
    let parts = inner.parts.remove(id).unwrap();
    inner.sizes.push(parts.values().map(Bytes::len).collect());
    let whole: Vec<u8> = parts.into_values().flatten().collect();
    inner.objects.insert(object, whole.into());
    "<CompleteMultipartUploadResult><ETag>\"0\"</ETag></CompleteMultipartUploadResult>"
        .into_response()
}

async fn read(State(bucket): State<Bucket>, Path(object): Path<String>) -> Response {
    let inner = bucket.0.lock().unwrap();
    let headers = [("etag", "\"0\""), ("last-modified", "Mon, 02 Nov 2026 01:00:00 GMT")];
    match (inner.broken, inner.objects.get(&object)) {
        (Some(status), _) => status.into_response(),
        (None, Some(body)) => (headers, body.clone()).into_response(),
        (None, None) => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn remove(
    State(bucket): State<Bucket>,
    Path(object): Path<String>,
    Query(query): Parameters,
) -> StatusCode {
    let mut inner = bucket.0.lock().unwrap();
    if let Some(status) = inner.broken {
        return status;
    }
    match query.get("uploadId") {
        Some(id) => inner.parts.remove(id).map(|_| ()),
        None => inner.objects.remove(&object).map(|_| ()),
    };
    StatusCode::NO_CONTENT
}
