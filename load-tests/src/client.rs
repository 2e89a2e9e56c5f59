//! One HTTP client that knows what an answer proves: stored, definitely not stored, or neither.

use crate::history::{Attempt, Outcome, Place, Recorder, Via};
use crate::people::Person;
use anyhow::ensure;
use protocol::Problem;
use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// Longer than the server may take to say that it cannot.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// Longer than a restart takes.
const RETRY_FOR: Duration = Duration::from_secs(90);
const PAUSE: Duration = Duration::from_millis(20);

pub enum Answer<T> {
    Done(T),
    Refused(String),
    Unknown,
}

/// A write and the names under which the history knows it.
pub struct Write<'a> {
    pub who: &'a Person,
    pub path: String,
    pub body: Value,
    /// `Idempotency-Key`, the same for every attempt.
    pub key: String,
    pub items: Vec<Item>,
}

/// Something that is to stand in a log.
#[derive(Clone)]
pub struct Item {
    pub log: String,
    pub name: String,
}

#[derive(Clone)]
pub struct Client {
    pub number: u32,
    pub recorder: Arc<Recorder>,
    /// One request goes to the first, the next to the second, a retry to yet another.
    urls: Arc<[String]>,
    next: Arc<AtomicUsize>,
    http: reqwest::Client,
}

/// An attempt under way, written down when it is over. One that is given up before it has an answer may be stored all
/// the same.
pub struct Trying<'a> {
    client: &'a Client,
    write: &'a Write<'a>,
    via: Via,
    began: u64,
    outcome: Outcome,
}

impl Trying<'_> {
    pub fn end<T>(mut self, answer: &Answer<T>, place: impl Fn(&T) -> Option<Place>) {
        self.outcome = match answer {
            Answer::Done(value) => Outcome::Acked { place: place(value) },
            Answer::Refused(code) => Outcome::Refused { code: code.clone() },
            Answer::Unknown => Outcome::Unknown,
        };
    }
}

impl Drop for Trying<'_> {
    fn drop(&mut self) {
        let recorder = &self.client.recorder;
        let ended = recorder.now();
        for item in &self.write.items {
            recorder.attempt(Attempt {
                log: item.log.clone(),
                item: item.name.clone(),
                client: self.client.number,
                via: self.via,
                began: self.began,
                ended,
                outcome: self.outcome.clone(),
            });
        }
    }
}

impl Client {
    /// From an address of its own, if one is told.
    pub fn new(
        number: u32,
        urls: &[String],
        from: Option<IpAddr>,
        recorder: Arc<Recorder>,
    ) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().no_proxy().timeout(ANSWER_WITHIN);
        let http = http.local_address(from).build()?;
        Ok(Self { number, recorder, urls: urls.into(), next: Arc::default(), http })
    }

    /// One attempt, written down.
    pub async fn once<T: DeserializeOwned>(
        &self,
        write: &Write<'_>,
        place: impl Fn(&T) -> Option<Place>,
    ) -> anyhow::Result<Answer<T>> {
        let attempt = self.begin(write, Via::Http);
        let answer: Answer<T> = self
            .ask(Method::POST, write.who, &write.path, Some((write.key.as_str(), &write.body)))
            .await?;
        attempt.end(&answer, place);
        Ok(answer)
    }

    pub fn begin<'a>(&'a self, write: &'a Write<'a>, via: Via) -> Trying<'a> {
        Trying { client: self, write, via, began: self.recorder.now(), outcome: Outcome::Unknown }
    }

    /// The same request with the same key until the answer is definite.
    pub async fn persist<T: DeserializeOwned>(
        &self,
        write: &Write<'_>,
        place: impl Fn(&T) -> Option<Place>,
    ) -> anyhow::Result<Answer<T>> {
        let began = Instant::now();
        loop {
            match self.once(write, &place).await? {
                Answer::Unknown => {}
                definite => return Ok(definite),
            }
            ensure!(began.elapsed() < RETRY_FOR, "no definite answer to {}", write.path);
            sleep(PAUSE).await;
        }
    }

    /// Reads until there is an answer; what may not be read is nothing.
    pub async fn read<T: DeserializeOwned>(
        &self,
        who: &Person,
        path: &str,
    ) -> anyhow::Result<Option<T>> {
        let began = Instant::now();
        loop {
            match self.ask(Method::GET, who, path, None).await? {
                Answer::Done(value) => return Ok(Some(value)),
                Answer::Refused(_) => return Ok(None),
                Answer::Unknown => {}
            }
            ensure!(began.elapsed() < RETRY_FOR, "no answer to {path}");
            sleep(PAUSE).await;
        }
    }

    /// One request, with what a write has besides: its key and its body.
    pub async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        who: &Person,
        path: &str,
        write: Option<(&str, &Value)>,
    ) -> anyhow::Result<Answer<T>> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % self.urls.len();
        let url = format!("{}{path}", self.urls[turn]);
        let mut request = self.http.request(method, url).bearer_auth(who.token()?);
        if let Some((key, body)) = write {
            request = request.header("idempotency-key", key);
            if !body.is_null() {
                request = request.json(body);
            }
        }
        let Ok(response) = request.send().await else { return Ok(Answer::Unknown) };
        let status = response.status();
        let Ok(body) = response.bytes().await else { return Ok(Answer::Unknown) };
        if status.is_success() {
            return Ok(Answer::Done(serde_json::from_slice(&body)?));
        }
        // Whatever fails on the server's side says nothing definite about a write.
        if status.is_server_error() {
            return Ok(Answer::Unknown);
        }
        let problem: Problem = serde_json::from_slice(&body)?;
        Ok(Answer::Refused(problem.code.to_string()))
    }
}
