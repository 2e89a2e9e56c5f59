//! The demo's data: as many and as various as its files say, and every row what its events lead to.

use crate::app::TestApp;
use crate::postgres::{self, TestDb};
use axum::body::Body;
use axum::http::Request;
use clap::Parser;
use domain::dispute::{Dispute, Event, PublicSecurity, evolve};
use protocol::DisputeId;
use protocol::dispute::{Category, Status};
use protocol::party::ConsentState;
use serde_json::json;
use server::app::App;
use server::config::Config;
use server::demo::{clock, data, seed};
use server::disputes::store;
use server::http::serve::Peer;
use server::notify::sms::Sms;
use server::start;
use sqlx::PgPool;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Instant;
use tower::ServiceExt;
use uuid::Uuid;

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    config: Config,
}

async fn seeded() -> (App, PgPool) {
    let TestDb { owner, options } = postgres::fresh_database(&server::db::MIGRATOR).await;
    let folder = concat!(env!("CARGO_TARGET_TMPDIR"), "/demo");
    let config = Arguments::parse_from(["ala", "--data", folder]).config;
    let now = crate::app::MONDAY.parse().unwrap();
    (seed::seed(config, options, now).await.unwrap(), owner)
}

fn counted<T: ToString>(all: impl Iterator<Item = T>) -> BTreeMap<String, i64> {
    all.fold(BTreeMap::new(), |mut counts, one| {
        *counts.entry(one.to_string()).or_default() += 1;
        counts
    })
}

async fn count_by(owner: &PgPool, column: &str) -> BTreeMap<String, i64> {
    let statement = format!("select {column}, count(*) from disputes group by 1");
    let rows: Vec<(String, i64)> =
        sqlx::query_as(sqlx::AssertSqlSafe(statement)).fetch_all(owner).await.unwrap();
    rows.into_iter().collect()
}

#[tokio::test]
async fn every_dispute_stands_where_its_file_says_and_is_what_its_events_lead_to() {
    let begun = Instant::now();
    let (app, owner) = seeded().await;
    let took = begun.elapsed();
    let data = data::disputes().unwrap();
    assert!(data.len() >= 24);
    for category in Category::ALL {
        assert!(data.iter().any(|dispute| dispute.category == *category), "{category}");
    }
    assert_eq!(count_by(&owner, "status").await, counted(data.iter().map(|d| d.status)));
    assert_eq!(count_by(&owner, "category").await, counted(data.iter().map(|d| d.category)));
    assert_eq!(count_by(&owner, "source").await, counted(data.iter().map(|d| d.source)));
    let ids: Vec<Uuid> =
        sqlx::query_scalar("select id from disputes").fetch_all(&owner).await.unwrap();
    for id in ids {
        follows_from_its_events(&app, &owner, DisputeId(id)).await;
    }
    let devices: i64 =
        sqlx::query_scalar("select count(*) from logins").fetch_one(&owner).await.unwrap();
    assert_eq!(devices, 0, "nobody stays signed in");
    eprintln!("filled in {took:?}");
}

async fn follows_from_its_events(app: &App, owner: &PgPool, id: DisputeId) {
    let mut db = app.db.acquire().await.unwrap();
    let (row, _) = store::look_any(&mut db, id, domain::dispute::SYSTEM).await.unwrap();
    let events: Vec<serde_json::Value> =
        sqlx::query_scalar("select event from dispute_events where dispute_id = $1 order by seq")
            .bind(id.0)
            .fetch_all(owner)
            .await
            .unwrap();
    let folded = events.into_iter().fold(as_filed(&row), |dispute, event| {
        let event: Event = serde_json::from_value(event).unwrap();
        evolve(dispute, &event)
    });
    assert_eq!(folded, row);
}

/// The draft that it once was: what filing writes is no event.
fn as_filed(row: &Dispute) -> Dispute {
    let mut parties = row.parties.clone();
    for party in &mut parties {
        (party.consent, party.has_guardian) = (ConsentState::Pending, false);
    }
    Dispute {
        version: 0,
        status: Status::Draft,
        track: None,
        owner: None,
        parties,
        neutrals: vec![],
        approval: None,
        public_security: PublicSecurity::default(),
        step_due_at: None,
        limit_at: None,
        extension_asked: [].into(),
        sessions_held: 0,
        first_session_at: None,
        advice_given: false,
        ended_because: None,
        ..row.clone()
    }
}

#[test]
fn the_demo_has_people_of_every_role() {
    use protocol::account::Role;
    let staff = data::staff().unwrap();
    for role in Role::ALL.iter().filter(|role| role.is_staff()) {
        assert!(staff.iter().any(|member| member.role == *role), "{role}");
    }
    let of = |role| staff.iter().filter(|member| member.role == role).count();
    assert!(of(Role::Lawyer) >= 6 && of(Role::PeoplesMediator) >= 5);
    assert!(data::residents().unwrap().len() >= 12);
    assert!(data::residents().unwrap().iter().all(|r| r.phone.starts_with("1900000")));
}

#[tokio::test]
async fn only_the_demo_has_a_clock_that_can_be_moved() {
    let test = TestApp::start().await;
    let url = format!("{}/demo/clock", test.url);
    let asked = test.http.get(&url).send().await.unwrap();
    let moved = test.http.post(&url).json(&json!({"advance_hours": 1})).send().await.unwrap();
    assert_eq!((asked.status().as_u16(), moved.status().as_u16()), (404, 404));
}

#[tokio::test]
async fn the_demo_s_clock_is_moved_from_this_machine_alone_and_remembers_it() {
    let folder = tempfile::tempdir().unwrap();
    let TestDb { options, .. } = postgres::fresh_database(&server::db::MIGRATOR).await;
    let data = folder.path().to_str().unwrap();
    let config = Arguments::parse_from(["ala", "--data", data]).config;
    let mut parts = start::parts(config, options).unwrap();
    parts.clock = clock::open(folder.path()).unwrap();
    let app = App::new(parts);
    let ask = async |from: [u8; 4], hours: u32| {
        let request = Request::post("/demo/clock")
            .header("content-type", "application/json")
            .extension(Peer(SocketAddr::from((from, 1))))
            .body(Body::from(json!({"advance_hours": hours}).to_string()))
            .unwrap();
        clock::routes(app.clone()).oneshot(request).await.unwrap().status().as_u16()
    };
    let before = app.clock.now();
    assert_eq!(ask([203, 0, 113, 7], 5).await, 404);
    assert_eq!(ask([127, 0, 0, 1], 48).await, 200);
    assert!(app.clock.now() - before >= chrono::Duration::hours(48));
    let again = clock::open(folder.path()).unwrap();
    assert!(again.now() - before >= chrono::Duration::hours(48), "it survives a restart");
    assert!(again.now() - before < chrono::Duration::hours(49));
    assert_eq!(ask([127, 0, 0, 1], 9_999_999).await, 422);
}

#[test]
fn texts_are_kept_in_a_file_in_development_alone() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let sms = |env| Sms::of(&Arguments::parse_from(["ala", "--data", data, "--env", env]).config);
    assert!(sms("development").is_ok());
    assert!(sms("production").is_err(), "without a gateway nothing is sent, nor written down");
}
