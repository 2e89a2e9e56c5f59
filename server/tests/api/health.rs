//! Alive, ready, away: what the service says of itself, and what its log and figures do not.

use crate::app::{Answer, TestApp};
use crate::disputes::{noise, submitted};
use crate::evidence::jpeg;
use crate::postgres::{self, TestDb};
use axum::http::header;
use futures_util::future::poll_immediate;
use protocol::ErrorCode;
use protocol::account::Role;
use reqwest::Method;
use serde_json::json;
use server::embedded::Embedded;
use server::http::docs::operations;
use server::{db, router, telemetry};
use sqlx::postgres::PgPoolOptions;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tracing_subscriber::fmt::MakeWriter;

async fn ask(test: &TestApp, path: &str) -> Answer {
    Answer::of(&Method::GET, path, test.http.get(format!("{}{path}", test.url))).await
}

#[tokio::test]
async fn ready_means_migrated_reachable_and_not_stopping() {
    let test = TestApp::start().await;
    assert_eq!(ask(&test, "/health/ready").await.status, 200);
    sqlx::query(
        "delete from _sqlx_migrations where version = (select max(version) from _sqlx_migrations)",
    )
    .execute(&test.owner)
    .await
    .unwrap();
    ask(&test, "/health/ready").await.is_refused(503, ErrorCode::Unavailable);
    assert_eq!(ask(&test, "/health/live").await.status, 200);
}

#[tokio::test]
async fn r7_without_its_database_it_says_so_at_once_and_goes_on_when_it_is_back() {
    let mut cluster = Embedded::throwaway().unwrap();
    let options = cluster.options();
    let owner =
        PgPoolOptions::new().max_connections(2).connect_with(options.clone()).await.unwrap();
    db::MIGRATOR.run(&owner).await.unwrap();
    let test = TestApp::start_on(TestDb { owner, options }, &[], |_| {}).await;
    let ana = test.person("陈一", Role::Resident).await;
    submitted(&ana).await;
    cluster.stop().unwrap();
    for _ in 0..3 {
        let began = Instant::now();
        let request = test.http.post(format!("{}/v1/disputes", test.url)).bearer_auth(ana.token());
        let request = request.header("idempotency-key", "while away").json(&noise());
        let response = request.send().await.unwrap();
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
        assert!(response.headers().contains_key(header::RETRY_AFTER));
        Answer::read(response).await.is_refused(503, ErrorCode::Unavailable);
    }
    ask(&test, "/health/ready").await.is_refused(503, ErrorCode::Unavailable);
    cluster.restart().unwrap();
    let back = Instant::now();
    while ask(&test, "/health/ready").await.status != 200 {
        assert!(back.elapsed() < Duration::from_secs(5), "not ready again");
    }
    // Nothing was done while it was away, and the same request is done once now.
    for _ in 0..2 {
        ana.post_with_key("/v1/disputes", noise(), "while away").await.ok();
    }
    let filed: i64 =
        sqlx::query_scalar("select count(*) from disputes").fetch_one(&test.owner).await.unwrap();
    assert_eq!(filed, 2);
}

#[tokio::test]
async fn p1_a_begin_that_nobody_waited_for_leaves_no_open_transaction_behind() {
    let db = postgres::fresh_database(&db::MIGRATOR).await;
    let one = db::app_pool(db.options.clone(), 1);
    let test = TestApp::start_on(db, &[], |parts| parts.db = one).await;
    let mut poisoned = 0;
    for round in 0..150 {
        let mut begin = Box::pin(test.app.db.begin());
        for _ in 0..=round % 3 {
            if poll_immediate(&mut begin).await.is_some() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(begin);
        let mut next = test.app.db.acquire().await.unwrap();
        // Only inside a transaction can a savepoint be set.
        if sqlx::query("savepoint probe").execute(&mut *next).await.is_ok() {
            poisoned += 1;
        }
    }
    assert_eq!(poisoned, 0);
}

/// Everything that the service writes to its log during one test.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

const CANARY: &str = "7c1e9f金丝雀";

#[tokio::test]
async fn the_log_has_a_line_for_each_request_and_nothing_that_people_wrote() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    // With a single subscriber, what other tests' threads want to hear would decide for this one.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let guard = tracing::subscriber::set_default(subscriber);
    let test = TestApp::start().await;
    let ana = test.person("陈一", Role::Resident).await;
    let mut full = noise();
    for field in ["title", "narrative", "place"] {
        full[field] = json!(CANARY);
    }
    full["claims"] = json!([CANARY]);
    full["parties"][1]["name"] = json!(CANARY);
    full["parties"][1]["address"] = json!(CANARY);
    let dispute = ana.post("/v1/disputes", full.clone()).await.ok();
    full["category"] = json!(CANARY);
    ana.post("/v1/disputes", full).await.is_refused(422, ErrorCode::Invalid);
    let (_, document) = router::api();
    for (path, item) in &document.paths.paths {
        for (method, _) in operations(item) {
            let path = path.replace("{id}", dispute["id"].as_str().unwrap());
            for body in
                [json!(CANARY), json!({CANARY: CANARY}), json!({"name": CANARY, "phone": CANARY})]
            {
                let with_query = format!("{path}?after={CANARY}&x={CANARY}");
                ana.request(method.clone(), &with_query, Some(body), Some("key")).await;
            }
        }
    }
    let url = format!("{}/v1/disputes/{}/evidence", test.url, dispute["id"].as_str().unwrap());
    let upload = test.http.post(url).bearer_auth(ana.token()).header("idempotency-key", "file");
    let upload =
        upload.header("x-file-name", "7c1e9f%E9%87%91.jpg").header("content-type", "image/jpeg");
    assert_eq!(upload.body(jpeg(1_000)).send().await.unwrap().status(), 201);
    // A failure of ours, with the database's own words about the row.
    let spoilt = "alter table disputes add constraint none check (length(title) <> 9) not valid";
    sqlx::query(spoilt).execute(&test.owner).await.unwrap();
    let mut spoiling = noise();
    spoiling["title"] = json!("7c1e9f金丝雀");
    ana.post("/v1/disputes", spoiling).await.is_refused(500, ErrorCode::Internal);
    ana.request(Method::GET, &format!("/{CANARY}"), None, None).await;
    drop(guard);
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let lines = |what: &str| log.lines().filter(|line| line.contains(what)).count();
    assert!(lines("route=\"/v1/disputes\"") >= 4, "one line each:\n{log}");
    assert!(lines("internal error") >= 1, "{log}");
    let leaks: Vec<&str> = log
        .lines()
        .filter(|line| {
            line.contains("7c1e9f") || line.contains("陈一") || line.contains("19000000002")
        })
        .collect();
    assert!(leaks.is_empty(), "{leaks:#?}");
}

#[tokio::test]
async fn figures_are_served_on_an_address_of_their_own() {
    let handle = telemetry::recorder().unwrap();
    let test = TestApp::start().await;
    let listener = server::http::metrics::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let url = format!("http://{}/metrics", listener.local_addr().unwrap());
    server::http::metrics::serve(&test.app, listener, handle);
    submitted(&test.person("陈一", Role::Resident).await).await;
    test.advance(chrono::Duration::seconds(90));
    let figures = test.http.get(url).send().await.unwrap().text().await.unwrap();
    for line in ["jobs_waiting 1", "jobs_parked 0", "jobs_oldest_due_seconds 90", "database_up 1"] {
        assert!(figures.lines().any(|found| found == line), "{line} in\n{figures}");
    }
    assert!(figures.contains("database_connections{state=\"idle\"}"), "{figures}");
    assert!(
        figures
            .contains("http_requests_total{method=\"POST\",route=\"/v1/disputes\",status=\"201\"}")
    );
    assert_eq!(ask(&test, "/metrics").await.status, 404, "not for everybody");
}
