//! Limits, in the process and in a real Redis, and where requests come from.

use crate::accounts::PHONE;
use crate::app::{Answer, TestApp};
use crate::redis::Redis;
use chrono::{DateTime, Utc};
use protocol::ErrorCode;
use protocol::account::Role;
use reqwest::StatusCode;
use serde_json::json;
use server::http::limits::{Blind, Limit, Limits};
use std::time::Duration;

const SHORT: Limit =
    Limit { name: "short", most: 3, window: Duration::from_millis(200), blind: Blind::Own };
const LONG: Limit =
    Limit { name: "long", most: 3, window: Duration::from_secs(600), blind: Blind::Own };

fn moment(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_793_000_000_000 + millis).unwrap()
}

/// What holds for both: so many pass, the next is told to wait, others are not touched, and it ends.
async fn contract(limits: &Limits, subject: &str) {
    let other = format!("{subject} other");
    for _ in 0..3 {
        limits.take(&LONG, subject, moment(0)).await.unwrap();
    }
    let refused = limits.take(&LONG, subject, moment(0)).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::TooManyRequests);
    assert!((1..=600).contains(&refused.retry_after.unwrap()), "{refused:?}");
    limits.take(&LONG, &other, moment(0)).await.unwrap();
    let same_subject_other_limit = limits.take(&SHORT, subject, moment(0)).await;
    same_subject_other_limit.unwrap();
    for _ in 0..2 {
        limits.take(&SHORT, subject, moment(0)).await.unwrap();
    }
    // The one ends by the clock it is given, the other by its own: asked until it does.
    let mut asked = 0;
    while limits.take(&SHORT, subject, moment(asked)).await.is_err() {
        asked += 1;
    }
    assert!(asked > 0, "the limit did not hold");
    limits.take(&LONG, subject, moment(asked)).await.unwrap_err();
}

#[tokio::test]
async fn counted_in_the_process() {
    contract(&Limits::of(None).unwrap(), "process").await;
}

#[tokio::test]
async fn counted_in_redis_for_all_servers_together() {
    let url = crate::redis::url();
    contract(&Limits::of(Some(&url)).unwrap(), "redis").await;
    let servers = [Limits::of(Some(&url)).unwrap(), Limits::of(Some(&url)).unwrap()];
    for turn in 0..3 {
        servers[turn % 2].take(&LONG, "shared", moment(0)).await.unwrap();
    }
    for server in &servers {
        server.take(&LONG, "shared", moment(0)).await.unwrap_err();
    }
}

#[tokio::test]
async fn without_redis_what_protects_is_closed_and_what_comforts_is_counted_here() {
    let mut redis = Redis::start();
    let limits = Limits::of(Some(&redis.url())).unwrap();
    let guarded = Limit { blind: Blind::Closed, ..LONG };
    limits.take(&guarded, "somebody", moment(0)).await.unwrap();
    redis.stop();
    let refused = limits.take(&guarded, "somebody", moment(0)).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Unavailable);
    for _ in 0..3 {
        limits.take(&LONG, "somebody", moment(0)).await.unwrap();
    }
    limits.take(&LONG, "somebody", moment(0)).await.unwrap_err();
    redis.restart();
    // Heard again as soon as the connection is made anew.
    while limits.take(&guarded, "somebody else", moment(0)).await.is_err() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_server_that_began_without_redis_finds_it_later() {
    let mut redis = Redis::start();
    redis.stop();
    let limits = Limits::of(Some(&redis.url())).unwrap();
    let guarded = Limit { blind: Blind::Closed, ..LONG };
    limits.take(&guarded, "somebody", moment(0)).await.unwrap_err();
    redis.restart();
    while limits.take(&guarded, "somebody", moment(0)).await.is_err() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn redis_learns_no_names() {
    let redis = Redis::start();
    let limits = Limits::of(Some(&redis.url())).unwrap();
    limits.take(&LONG, "203.0.113.77", moment(0)).await.unwrap();
    let client = redis::Client::open(redis.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let keys: Vec<String> = redis::cmd("KEYS").arg("*").query_async(&mut connection).await.unwrap();
    assert_eq!(keys.len(), 1);
    assert!(!keys[0].contains("203"), "{keys:?}");
}

/// Asks for a code as if from this address, through one proxy of ours.
async fn ask_from(test: &TestApp, phone: u32, address: &str) -> Answer {
    let request = test
        .http
        .post(format!("{}/v1/login-codes", test.url))
        .header("x-forwarded-for", format!("8.8.8.8, {address}"))
        .json(&json!({"phone": format!("1900000{phone:04}")}));
    Answer::read(request.send().await.unwrap()).await
}

#[tokio::test]
async fn one_address_gets_ten_codes_in_ten_minutes_and_its_neighbourhood_fifty_an_hour() {
    let test = TestApp::start_with(&["--trusted-proxies", "1"]).await;
    let mut phone = 0;
    let mut next = || {
        phone += 1;
        phone
    };
    for host in 1..=5 {
        for _ in 0..10 {
            let answer = ask_from(&test, next(), &format!("203.0.113.{host}")).await;
            assert_eq!(answer.status, StatusCode::ACCEPTED);
        }
        let refused = ask_from(&test, next(), &format!("203.0.113.{host}")).await;
        refused.is_refused(429, ErrorCode::TooManyRequests);
        assert_eq!(refused.body["retry_after"], 600);
    }
    let neighbour = ask_from(&test, next(), "203.0.113.200").await;
    neighbour.is_refused(429, ErrorCode::TooManyRequests);
    assert_eq!(neighbour.body["retry_after"], 3_600);
    assert_eq!(ask_from(&test, next(), "198.51.100.1").await.status, StatusCode::ACCEPTED);
    test.advance(chrono::Duration::hours(1));
    assert_eq!(ask_from(&test, next(), "203.0.113.1").await.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn without_redis_nobody_gets_a_code_and_everything_else_goes_on() {
    let mut redis = Redis::start();
    let test = TestApp::start_with(&["--redis-url", &redis.url()]).await;
    let ana = test.person("陈一", Role::Resident).await;
    assert_eq!(test.ask(PHONE).await.status, StatusCode::ACCEPTED);
    redis.stop();
    test.ask("19000000002").await.is_refused(503, ErrorCode::Unavailable);
    ana.get("/v1/disputes").await.ok();
}

#[tokio::test]
async fn sec_sms_03_one_device_gets_five_codes_an_hour_wherever_it_asks_from() {
    let test = TestApp::start_with(&["--trusted-proxies", "1"]).await;
    let ask = async |n: u32, device: &str| {
        let request = test
            .http
            .post(format!("{}/v1/login-codes", test.url))
            .header("x-forwarded-for", format!("203.0.{n}.1"))
            .json(&json!({"phone": format!("1900000{n:04}"), "installation": device}));
        Answer::read(request.send().await.unwrap()).await
    };
    for n in 0..5 {
        assert_eq!(ask(n, "0123456789abcdef").await.status, StatusCode::ACCEPTED);
    }
    let refused = ask(5, "0123456789abcdef").await;
    refused.is_refused(429, ErrorCode::TooManyRequests);
    assert_eq!(refused.body["retry_after"], 3_600);
    assert_eq!(ask(6, "fedcba9876543210").await.status, StatusCode::ACCEPTED);
    ask(7, "short").await.is_refused(422, ErrorCode::Invalid);
    test.advance(chrono::Duration::hours(1));
    assert_eq!(ask(8, "0123456789abcdef").await.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn an_account_may_ask_so_often_a_minute_and_others_are_not_touched() {
    let test = TestApp::start_with(&["--requests-per-minute", "5"]).await;
    let ana = test.person("陈一", Role::Resident).await;
    let ben = test.person("赵四", Role::Resident).await;
    for _ in 0..5 {
        ana.get("/v1/me").await.ok();
    }
    let url = format!("{}/v1/me", test.url);
    let refused = test.http.get(url).bearer_auth(ana.token()).send().await.unwrap();
    assert_eq!(refused.headers()["retry-after"], "60");
    Answer::read(refused).await.is_refused(429, ErrorCode::TooManyRequests);
    ben.get("/v1/me").await.ok();
    test.advance(chrono::Duration::minutes(1));
    ana.get("/v1/me").await.ok();
}

#[tokio::test]
async fn too_many_wrong_codes_in_an_hour_raise_the_alarm_once() {
    let test = TestApp::start().await;
    let mut alarms = 0;
    for _ in 0..502 {
        alarms += u32::from(server::accounts::alarm::failed_code(&test.app).await);
    }
    assert_eq!(alarms, 1);
    test.advance(chrono::Duration::hours(1));
    assert!(!server::accounts::alarm::failed_code(&test.app).await);
}
