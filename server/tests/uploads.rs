//! Many uploads at once take little memory. A process of its own: nothing else may be measured with it.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    dead_code,
    reason = "helpers shared with the other tests fail by panicking, and this one needs few of them"
)]

#[path = "api/app.rs"]
mod app;
#[path = "api/contract.rs"]
mod contract;
#[path = "support/postgres.rs"]
mod postgres;
#[path = "api/servers.rs"]
mod servers;

use app::{Person, TestApp};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use protocol::account::Role;
use serde_json::json;
use std::fs;
use std::io;

const MIB: u64 = 1 << 20;

/// In KiB, as the kernel counts it.
fn memory(line: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let found = status.lines().find_map(|it| it.strip_prefix(line)).unwrap();
    found.trim().trim_end_matches(" kB").parse().unwrap()
}

/// A photo that is made while it is sent.
fn photo(mib: usize) -> reqwest::Body {
    let first = Bytes::from_static(
        b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0 a photo of a staircase",
    );
    let block = Bytes::from(vec![7; 64 << 10]);
    let rest = stream::iter(std::iter::repeat_n(block, mib * 16 - 1));
    reqwest::Body::wrap_stream(stream::iter([first]).chain(rest).map(Ok::<_, io::Error>))
}

async fn hand_in(person: &Person<'_>, dispute: &str, key: String) {
    let url = format!("{}/v1/disputes/{dispute}/evidence", person.test.url);
    let request = person.test.http.post(url).bearer_auth(person.token());
    let request = request.header("content-type", "image/jpeg").header("x-file-name", "a.jpg");
    let response = request.header("idempotency-key", key).body(photo(10)).send().await.unwrap();
    assert_eq!(response.status(), 201, "{}", response.text().await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn p20_fifty_uploads_of_ten_mebibytes_at_once_take_less_than_64_mebibytes() {
    // Each upload waits for a connection a few times; here memory is measured, not patience.
    let test = TestApp::start_with(&["--database-connections", "50"]).await;
    let mut people = Vec::new();
    for _ in 0..10 {
        let person = test.person("陈一", Role::Resident).await;
        let filed = person.post("/v1/disputes", noise()).await.ok();
        people.push((person, filed["id"].as_str().unwrap().to_owned()));
    }
    hand_in(&people[0].0, &people[0].1, "warm".into()).await;
    let before = memory("VmRSS:");
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let all = (0..50).map(|n| {
        let (person, dispute) = &people[n % 10];
        hand_in(person, dispute, n.to_string())
    });
    futures_util::future::join_all(all).await;
    let grown = memory("VmHWM:").saturating_sub(before) * 1024;
    println!("50 × 10 MiB took {} MiB at most", grown / MIB);
    assert!(grown < 64 * MIB, "{} MiB", grown / MIB);
}

fn noise() -> serde_json::Value {
    json!({
        "category": "neighbor", "title": "楼上夜间噪音", "narrative": "已持续一个月。",
        "community_code": app::COMMUNITY,
        "parties": [
            {"side": "applicant", "name": "陈一", "is_me": true}, {"side": "respondent", "name": "林二"}
        ]
    })
}
