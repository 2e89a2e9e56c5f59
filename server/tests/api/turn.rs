//! Credentials for TURN, held against a real coturn.

use crate::app::TestApp;
use crate::coturn::Coturn;
use crate::media::{by_video, join, joined, media};
use crate::mediation::Mediation;
use chrono::{Duration, Utc};
use protocol::ErrorCode;
use protocol::media::IceServer;
use serde_json::json;
use server::clock::Clock;

pub const SECRET: &str = "a secret of more than thirty-two bytes, for one test";

pub async fn start(urls: &str, clock: Clock) -> TestApp {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("{SECRET}\n")).unwrap();
    let path = file.path().to_str().unwrap();
    let settings = ["--turn-urls", urls, "--turn-secret-file", path];
    TestApp::start_changed(&settings, |parts| parts.clock = clock).await
}

pub fn turn(servers: &[IceServer]) -> (String, String) {
    let turn = servers.iter().find(|server| server.urls[0].starts_with("turn")).unwrap();
    (turn.username.clone().unwrap(), turn.credential.clone().unwrap())
}

/// The client counts as it goes on.
fn came_through(said: &str) -> bool {
    let mut counts = said.split("tot_recv_msgs=").skip(1);
    counts.any(|count| count.starts_with(|c: char| matches!(c, '1'..='9')))
}

#[tokio::test]
async fn a_credential_gets_an_allocation_until_it_expires_and_no_other_does() {
    let coturn = Coturn::start(SECRET);
    let urls = format!("stun:127.0.0.1:{0},turn:127.0.0.1:{0}?transport=udp", coturn.port);
    let clock = Clock::manual(Utc::now());
    let test = start(&urls, clock).await;
    let m = Mediation::start(&test).await;
    let session = by_video(&m, 0).await;
    let servers = joined(&m.ana, &session).await.ice_servers;
    assert_eq!(servers.len(), 2);
    assert_eq!((&servers[0].username, &servers[0].credential), (&None, &None), "STUN needs none");
    let (name, password) = turn(&servers);
    let expires: i64 = name.split(':').next().unwrap().parse().unwrap();
    assert!(expires - test.now().timestamp() <= 600);
    assert!(!name.contains(&m.ana.id.to_string()), "a TURN server learns nobody's name");
    let (got, said) = coturn.allocate(&name, &password);
    assert!(got, "{said}");
    assert!(came_through(&said), "nothing came through: {said}");

    let later = format!("{}:x", expires + 3_600);
    for (name, password) in [(name.as_str(), "wrong"), (later.as_str(), password.as_str())] {
        let (got, said) = coturn.allocate(name, password);
        assert!(!got, "{said}");
    }

    // One that was given a quarter of an hour ago.
    let test = start(&urls, Clock::manual(Utc::now() - Duration::minutes(15))).await;
    let m = Mediation::start(&test).await;
    let session = by_video(&m, 0).await;
    let (name, password) = turn(&joined(&m.ana, &session).await.ice_servers);
    let (got, said) = coturn.allocate(&name, &password);
    assert!(!got, "{said}");
}

#[tokio::test]
async fn credentials_are_for_who_is_admitted_and_are_not_kept() {
    let test = start("turn:127.0.0.1:3478", Clock::manual(Utc::now())).await;
    let m = Mediation::start(&test).await;
    let session = by_video(&m, 0).await;
    let first = turn(&joined(&m.ana, &session).await.ice_servers);
    assert_ne!(first, turn(&joined(&m.ana, &session).await.ice_servers), "each time others");
    join(&m.officer, &session).await.is_refused(403, ErrorCode::NotPermitted);
    let out = media(&m.ana, &session, "leave", json!({"turn": 2})).await.ok();
    assert!(!out.to_string().contains("credential"));
    let kept: i64 = sqlx::query_scalar(
        "select count(*) from idempotency_keys where convert_from(body, 'UTF8') like '%credential%'",
    )
    .fetch_one(&test.owner)
    .await
    .unwrap();
    assert_eq!(kept, 0);
}
