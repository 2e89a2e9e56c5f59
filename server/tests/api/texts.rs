//! Text messages through a real HTTP gateway on this machine.

use crate::accounts::PHONE;
use crate::app::TestApp;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use chrono::Duration;
use protocol::TextMessageId;
use serde_json::{Value, json};
use server::jobs::{clocks, worker};
use server::notify::sms;
use std::sync::{Arc, Mutex};

/// What the gateway was asked, and what it will answer next.
#[derive(Clone, Default)]
struct Gateway {
    asked: Arc<Mutex<Vec<(String, String, Value)>>>,
    answers: Arc<Mutex<Vec<StatusCode>>>,
}

impl Gateway {
    async fn start(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/send", listener.local_addr().unwrap());
        let router = Router::new().route("/send", post(take)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        url
    }

    fn will_answer(&self, status: StatusCode) {
        self.answers.lock().unwrap().push(status);
    }

    fn asked(&self) -> Vec<(String, String, Value)> {
        self.asked.lock().unwrap().clone()
    }
}

async fn take(
    State(gateway): State<Gateway>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> (StatusCode, [(&'static str, &'static str); 1]) {
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    let asked = (header("authorization"), header("idempotency-key"), body);
    gateway.asked.lock().unwrap().push(asked);
    let status = gateway.answers.lock().unwrap().pop().unwrap_or(StatusCode::OK);
    (status, [("location", "/send")])
}

async fn start() -> (TestApp, Gateway) {
    let gateway = Gateway::default();
    let url = gateway.start().await;
    let settings = ["--sms-gateway-url", &url, "--sms-gateway-token", "known"];
    (TestApp::start_with(&settings).await, gateway)
}

/// The text message that the only queued job is to send.
async fn queued(test: &TestApp) -> TextMessageId {
    let payload: Value =
        sqlx::query_scalar("select payload from jobs where kind = 'send_text' and done_at is null")
            .fetch_one(&test.owner)
            .await
            .unwrap();
    payload["message"].as_str().unwrap().parse().unwrap()
}

type Kept = (Option<String>, Option<String>, Option<String>);

async fn kept(test: &TestApp) -> Kept {
    let all = sqlx::query_as("select phone, body, outcome from text_messages");
    all.fetch_one(&test.owner).await.unwrap()
}

#[tokio::test]
async fn a_text_message_is_sent_once_with_its_key_and_then_forgotten() {
    let (test, gateway) = start().await;
    test.ask(PHONE).await.ok();
    let message = queued(&test).await;
    sms::deliver(&test.app, message).await.unwrap();
    sms::deliver(&test.app, message).await.unwrap();
    let asked = gateway.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!((asked[0].0.as_str(), &asked[0].1), ("Bearer known", &message.to_string()));
    assert_eq!(asked[0].2["phone"], PHONE);
    assert!(asked[0].2["text"].as_str().unwrap().contains("验证码"));
    assert_eq!(kept(&test).await, (None, None, Some("sent".into())));
}

#[tokio::test]
async fn a_gateway_in_trouble_is_asked_again_with_the_same_key() {
    let (test, gateway) = start().await;
    test.ask(PHONE).await.ok();
    let message = queued(&test).await;
    for status in [StatusCode::SERVICE_UNAVAILABLE, StatusCode::UNAUTHORIZED, StatusCode::FOUND] {
        gateway.will_answer(status);
        sms::deliver(&test.app, message).await.unwrap_err();
    }
    sms::deliver(&test.app, message).await.unwrap();
    let keys: Vec<_> = gateway.asked().into_iter().map(|(_, key, _)| key).collect();
    assert_eq!(keys, vec![message.to_string(); 4], "no redirect is followed");
}

#[tokio::test]
async fn what_is_refused_or_too_late_is_forgotten_unsent() {
    let (test, gateway) = start().await;
    test.ask(PHONE).await.ok();
    gateway.will_answer(StatusCode::UNPROCESSABLE_ENTITY);
    sms::deliver(&test.app, queued(&test).await).await.unwrap();
    assert_eq!(kept(&test).await, (None, None, Some("refused".into())));
    let (test, gateway) = start().await;
    test.ask(PHONE).await.ok();
    test.advance(Duration::minutes(5));
    sms::deliver(&test.app, queued(&test).await).await.unwrap();
    assert_eq!(kept(&test).await, (None, None, Some("expired".into())));
    assert_eq!(gateway.asked(), []);
}

#[tokio::test]
async fn the_worker_sends_what_is_queued_and_tidies_what_came_too_late() {
    let (test, gateway) = start().await;
    test.ask(PHONE).await.ok();
    worker::drain(&test.app).await.unwrap();
    assert_eq!((gateway.asked().len(), kept(&test).await.2.as_deref()), (1, Some("sent")));
    let (test, gateway) = start().await;
    test.ask(PHONE).await.ok();
    gateway.will_answer(StatusCode::BAD_GATEWAY);
    worker::drain(&test.app).await.unwrap();
    assert!(kept(&test).await.1.is_some(), "kept for the next attempt");
    test.advance(Duration::minutes(5));
    clocks::round(&test.app).await;
    assert_eq!(kept(&test).await, (None, None, Some("expired".into())));
    assert_eq!(gateway.asked().len(), 1);
}

#[tokio::test]
async fn the_job_says_neither_number_nor_text() {
    let test = TestApp::start().await;
    test.ask(PHONE).await.ok();
    let payload: Value =
        sqlx::query_scalar("select payload from jobs").fetch_one(&test.owner).await.unwrap();
    let message = queued(&test).await;
    assert_eq!(payload, json!({"kind": "send_text", "message": message}));
    sms::deliver(&test.app, message).await.unwrap();
}
