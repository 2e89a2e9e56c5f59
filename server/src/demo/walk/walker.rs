//! Asks the running demo as somebody, prints what was asked and what came back, and stops at a surprise.

use crate::clock::Ids;
use crate::demo::walk::answer::{Answer, cut};
use crate::demo::walk::line::Line;
use crate::demo::walk::people::{Key, Person};
use anyhow::{Context, ensure};
use chrono::{DateTime, Utc};
use protocol::{Problem, RoomId};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;
use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

const ANSWERS_COME_WITHIN: Duration = Duration::from_secs(30);

pub struct Walker {
    pub(super) http: reqwest::Client,
    pub(super) url: String,
    pub(super) data: PathBuf,
    pub(super) logins: HashMap<Key, Login>,
    /// The demo's time; it stands still here but for what the walker moves it.
    pub(super) now: DateTime<Utc>,
    steps: u32,
    chapter: &'static str,
}

pub(super) struct Login {
    pub refresh_token: String,
    /// When one has to sign in anew.
    pub expires_at: DateTime<Utc>,
    /// Gone once the clock has been moved.
    pub access_token: Option<String>,
}

/// What is asked of the service.
pub struct Ask {
    method: Method,
    path: String,
    body: Value,
}

impl Ask {
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: Method::GET, path: path.into(), body: Value::Null }
    }

    pub fn post(path: impl Into<String>, body: Value) -> Self {
        Self { method: Method::POST, path: path.into(), body }
    }

    pub fn put(path: impl Into<String>, body: Value) -> Self {
        Self { method: Method::PUT, path: path.into(), body }
    }

    /// What needs no words.
    pub fn command(path: impl Into<String>) -> Self {
        Self::post(path, Value::Null)
    }
}

/// A file to hand in.
pub struct File {
    pub name: &'static str,
    pub media_type: &'static str,
    pub bytes: &'static [u8],
}

impl Walker {
    pub fn new(url: String, data: PathBuf) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().no_proxy().timeout(ANSWERS_COME_WITHIN).build()?;
        Ok(Self {
            http,
            url,
            data,
            logins: HashMap::new(),
            now: DateTime::UNIX_EPOCH,
            steps: 0,
            chapter: "",
        })
    }

    pub const fn steps(&self) -> u32 {
        self.steps
    }

    /// Where the story stands.
    pub fn place(&self) -> String {
        format!("{}, step {}", self.chapter, self.steps)
    }

    pub const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    pub fn chapter(&mut self, title: &'static str) {
        self.chapter = title;
        println!("\n── {title} ──");
    }

    pub(super) fn begin(&mut self, who: &str, what: &str) {
        self.steps += 1;
        println!("\n{:>4}  {who}: {what}", self.steps);
    }

    /// By somebody who signs in first where that is needed.
    pub async fn by(&mut self, who: &Person, what: &str, ask: Ask) -> anyhow::Result<Answer> {
        let token = self.token(who).await?;
        self.begin(&who.described(), what);
        self.ask(Some(&token), ask).await
    }

    /// By somebody without an account.
    pub async fn by_anybody(&mut self, who: &str, what: &str, ask: Ask) -> anyhow::Result<Answer> {
        self.begin(who, what);
        self.ask(None, ask).await
    }

    /// What has to be refused.
    pub async fn refused(
        &mut self,
        who: &Person,
        what: &str,
        ask: Ask,
        status: StatusCode,
    ) -> anyhow::Result<()> {
        let token = self.token(who).await?;
        self.begin(&who.described(), what);
        let (got, answer) = self.exchange(Some(&token), ask).await?;
        ensure!(got == status, "answered {got} instead of {status}: {answer}");
        let problem: Problem = serde_json::from_value(answer)?;
        println!("        {}: {}", problem.code, problem.detail);
        Ok(())
    }

    pub async fn hand_in(
        &mut self,
        who: &Person,
        what: &str,
        path: &str,
        file: File,
    ) -> anyhow::Result<Answer> {
        let token = self.token(who).await?;
        self.begin(&who.described(), what);
        println!("      POST {path} ({}, {} bytes)", file.media_type, file.bytes.len());
        let request = self.http.post(format!("{}{path}", self.url)).bearer_auth(token);
        let request = request
            .header("idempotency-key", Ids::Random.next().to_string())
            .header("x-file-name", file.name)
            .header("content-type", file.media_type)
            .body(file.bytes);
        done(self.send(request).await?)
    }

    /// A live socket, caught up with everything after the entry that is known.
    pub async fn connect(
        &mut self,
        who: &Person,
        what: &str,
        room: RoomId,
        known: i64,
    ) -> anyhow::Result<Line> {
        let token = self.token(who).await?;
        self.begin(&who.described(), what);
        Line::open(&self.url, (who.name, &token), room, known).await
    }

    pub(super) async fn ask(&self, token: Option<&str>, ask: Ask) -> anyhow::Result<Answer> {
        done(self.exchange(token, ask).await?)
    }

    async fn exchange(
        &self,
        token: Option<&str>,
        Ask { method, path, body }: Ask,
    ) -> anyhow::Result<(StatusCode, Value)> {
        let shown = if body.is_null() { String::new() } else { cut(&body.to_string()) };
        println!("      {method} {path} {shown}");
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.url));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if method != Method::GET {
            request = request.header("idempotency-key", Ids::Random.next().to_string());
        }
        if !body.is_null() {
            request = request.json(&body);
        }
        self.send(request).await
    }

    pub(super) async fn send(
        &self,
        request: RequestBuilder,
    ) -> anyhow::Result<(StatusCode, Value)> {
        let response = request.send().await.with_context(|| {
            format!(
                "{} does not answer: start the demo with `ala demo` and leave it running",
                self.url
            )
        })?;
        let status = response.status();
        println!("      → {status}");
        let text = response.text().await?;
        Ok((status, serde_json::from_str(&text).with_context(|| format!("answered {text}"))?))
    }
}

fn done((status, answer): (StatusCode, Value)) -> anyhow::Result<Answer> {
    ensure!(status.is_success(), "answered {status}: {answer}");
    Ok(Answer(answer))
}
