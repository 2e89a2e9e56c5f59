//! Steps on the demo's stage: requests of its people, through the same doors as everybody's, in this process.

use crate::app::App;
use crate::demo::directory::{Directory, Known};
use crate::http::serve::Peer;
use crate::router;
use anyhow::{Context, bail};
use axum::Router;
use axum::body::Body;
use chrono::{DateTime, Duration, Utc};
use http::{Method, Request, header};
use http_body_util::BodyExt;
use serde_json::Value;
use std::net::{Ipv4Addr, SocketAddr};
use tower::ServiceExt;

pub struct Stage {
    pub app: App,
    pub directory: Directory,
    router: Router,
}

impl Stage {
    pub fn new(app: App, directory: Directory) -> Self {
        Self { router: router::router(app.clone()), app, directory }
    }

    /// The stage has a manual clock: what happened last week happens last week.
    pub fn at(&self, moment: DateTime<Utc>) {
        self.app.clock.advance(moment - self.app.clock.now());
    }

    pub fn wait(&self, by: Duration) {
        self.app.clock.advance(by);
    }

    pub async fn get(&self, who: Known, path: &str) -> anyhow::Result<Value> {
        self.ask(who, Method::GET, path, &Value::Null).await
    }

    pub async fn post(&self, who: Known, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.ask(who, Method::POST, path, body).await
    }

    /// A command without a body.
    pub async fn command(&self, who: Known, path: &str) -> anyhow::Result<Value> {
        self.ask(who, Method::POST, path, &Value::Null).await
    }

    pub async fn ask(
        &self,
        who: Known,
        method: Method,
        path: &str,
        body: &Value,
    ) -> anyhow::Result<Value> {
        let token = self.app.tokens.issue(who.account, who.login, 1, self.app.clock.now())?.0;
        let request = Request::builder()
            .method(&method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", self.app.ids.next().to_string())
            .extension(Peer(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))))
            .body(if body.is_null() { Body::empty() } else { Body::from(body.to_string()) })?;
        let response = self.router.clone().oneshot(request).await?;
        let status = response.status();
        let bytes = response.into_body().collect().await?.to_bytes();
        if !status.is_success() {
            bail!("{method} {path} {body}: {status} {}", String::from_utf8_lossy(&bytes));
        }
        serde_json::from_slice(&bytes).with_context(|| format!("{method} {path}"))
    }
}

/// A text field of an answer.
pub fn text(answer: &Value, pointer: &str) -> anyhow::Result<String> {
    let found = answer.pointer(pointer).and_then(Value::as_str);
    Ok(found.with_context(|| format!("no {pointer} in {answer}"))?.to_owned())
}
