//! What leaves the servers other than to people's devices: text messages, the log, Redis, numbers about the service.

use crate::observed::{CANARY, holds};
use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::Value;
use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tracing_subscriber::{EnvFilter, fmt, prelude::*};

/// Takes text messages, as the real one does.
#[derive(Clone, Default)]
pub struct Gateway(Arc<Mutex<Vec<(String, Value)>>>);

impl Gateway {
    pub async fn start(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/send", listener.local_addr().unwrap());
        let router = Router::new().route("/send", post(take)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        url
    }

    /// What was sent to this number.
    pub fn sent_to(&self, phone: &str) -> Vec<String> {
        let all = self.0.lock().unwrap();
        let theirs = all.iter().filter(|(_, body)| body["phone"] == phone);
        theirs.map(|(key, body)| format!("{key} {body}")).collect()
    }
}

async fn take(State(gateway): State<Gateway>, headers: http::HeaderMap, Json(body): Json<Value>) {
    let key = headers["idempotency-key"].to_str().unwrap().to_owned();
    gateway.0.lock().unwrap().push((key, body));
}

/// Bytes that went by, and the first that hold a canary.
#[derive(Default)]
pub struct Watched {
    bytes: AtomicUsize,
    caught: Mutex<Option<String>>,
}

impl Watched {
    fn see(&self, bytes: &[u8]) {
        self.bytes.fetch_add(bytes.len(), Ordering::Relaxed);
        if holds(bytes, CANARY) {
            let text = String::from_utf8_lossy(bytes).into_owned();
            self.caught.lock().unwrap().get_or_insert(text);
        }
    }

    pub fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    pub fn caught(&self) -> Option<String> {
        self.caught.lock().unwrap().clone()
    }
}

static LOG: LazyLock<Watched> = LazyLock::new(Watched::default);

struct Lines;

impl Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        LOG.see(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Everything that the server says about itself, and more of it than an operator would ask for.
pub fn log() -> &'static Watched {
    static STARTED: LazyLock<()> = LazyLock::new(|| {
        let lines = fmt::layer().json().flatten_event(true).with_writer(|| Lines);
        let filter = EnvFilter::new("info,server=trace,sqlx=info");
        tracing_subscriber::registry().with(filter).with(lines).init();
    });
    LazyLock::force(&STARTED);
    &LOG
}

/// Sees every command that any server gives to this Redis, until it is stopped.
pub async fn watch_redis(url: &str) -> Arc<Watched> {
    let path = url.trim_start_matches("redis+unix://").split('?').next().unwrap();
    let mut line = UnixStream::connect(path).await.unwrap();
    line.write_all(b"MONITOR\r\n").await.unwrap();
    let watched = Arc::new(Watched::default());
    let seen = watched.clone();
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok(more) = line.read_buf(&mut kept).await {
            if more == 0 {
                return;
            }
            // Whole lines: a canary may come in two pieces.
            let end = kept.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            let rest = kept.split_off(end);
            seen.see(&kept);
            kept = rest;
        }
    });
    watched
}
