//! What the live socket does about silence, and about many who never say who they are.

use crate::app::TestApp;
use crate::live::refused;
use crate::raw::{self, CLOSE, PING, TEXT};
use crate::socket::{Socket, request};
use futures_util::future::join_all;
use protocol::account::Role;
use protocol::live::{ServerFrame, close};
use serde_json::json;
use server::live::{Bounds, Hub};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::{interval, timeout};
use tokio_tungstenite::tungstenite::handshake::client::Request;

/// Longer than any bound set here; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

async fn bounded(settings: &[&str], bounds: Bounds) -> TestApp {
    TestApp::start_changed(settings, |parts| parts.live = Arc::new(Hub::with(bounds))).await
}

#[tokio::test]
async fn sec_ws_07_who_answers_pings_stays_and_who_does_not_is_closed() {
    let (ping_every, silence) = (Duration::from_millis(400), Duration::from_secs(2));
    let test = bounded(&[], Bounds { ping_every, silence, ..Bounds::default() }).await;
    let ana = test.person("陈一", Role::Resident).await;
    let ben = test.person("林二", Role::Resident).await;
    let mut answers = Socket::hello(&ana, &[]).await;
    let mut silent = raw::open(&test).await;
    let hello = json!({"type": "hello", "token": ben.token()}).to_string();
    silent.write_all(&raw::text(hello)).await.unwrap();
    let mut pings = 0;
    let closed = async {
        loop {
            match raw::next(&mut silent).await.expect("a frame before the end") {
                (PING, _) => pings += 1,
                (CLOSE, why) => return raw::code(&why),
                _ => {}
            }
        }
    };
    // Reading is what answers pings.
    let code = tokio::select! {
        code = timeout(PATIENCE, closed) => code.expect("silence ends in time"),
        _ = answers.until(|_| false) => unreachable!("nothing fits"),
    };
    assert_eq!(code, close::GOING_AWAY);
    assert!(pings >= 2, "{pings} pings");
    answers.send(json!({"type": "ping", "t": 1})).await;
    answers.until(|frame| matches!(frame, ServerFrame::Pong { .. })).await;
}

/// A letter now and then keeps no socket: only whole frames are heard.
#[tokio::test]
async fn sec_ws_07_a_frame_that_never_ends_is_silence() {
    let silence = Duration::from_secs(2);
    let test = bounded(&[], Bounds { silence, ..Bounds::default() }).await;
    let ana = test.person("陈一", Role::Resident).await;
    let mut slow = raw::open(&test).await;
    let hello = json!({"type": "hello", "token": ana.token()}).to_string();
    slow.write_all(&[raw::text(hello), raw::head(TEXT, 60_000)].concat()).await.unwrap();
    let (mut reads, mut writes) = slow.split();
    let drip = async {
        let mut pace = interval(silence / 10);
        loop {
            pace.tick().await;
            if writes.write_all(b" ").await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    };
    let code = tokio::select! {
        code = timeout(PATIENCE, raw::close_code(&mut reads)) => code.expect("silence ends in time"),
        () = drip => unreachable!("it has no end"),
    };
    assert_eq!(code, Some(close::GOING_AWAY));
}

/// From one of several addresses, through a proxy of ours.
fn from(test: &TestApp, n: usize) -> Request {
    let mut request = request(test);
    let address = format!("203.0.113.{}", n / 40);
    request.headers_mut().insert("x-forwarded-for", address.parse().unwrap());
    request
}

#[tokio::test]
async fn sec_ws_03_two_hundred_may_wait_before_they_say_who_they_are() {
    let bounds = Bounds { hello_within: Duration::from_secs(600), ..Bounds::default() };
    let test = bounded(&["--trusted-proxies", "1"], bounds).await;
    let ana = test.person("陈一", Role::Resident).await;
    let mut waiting = Vec::new();
    for n in 0..200 {
        waiting.push(Socket::try_open(from(&test, n)).await.unwrap());
    }
    assert_eq!(refused(Socket::try_open(from(&test, 200)).await), 503);
    waiting[0].send(json!({"type": "hello", "token": ana.token()})).await;
    waiting[0].until(|frame| matches!(frame, ServerFrame::Welcome { .. })).await;
    let next = Socket::try_open(from(&test, 200)).await;
    waiting.push(next.expect("who said hello makes room"));
    assert_eq!(refused(Socket::try_open(from(&test, 200)).await), 503);
    waiting.pop();
    while Socket::try_open(from(&test, 200)).await.is_err() {}
}

#[tokio::test]
async fn many_who_come_at_once_wait_in_line_until_they_are_accepted() {
    // The kernel takes in so many and no more by itself: whoever is one too many hears nothing.
    let listener = server::start::listen(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let address = listener.local_addr().unwrap();
    let coming = join_all((0..300).map(|_| TcpStream::connect(address)));
    let came = timeout(PATIENCE, coming).await.expect("there is a place for each");
    assert!(came.iter().all(Result::is_ok));
    let (accepted, _) = listener.accept().await.unwrap();
    assert!(accepted.nodelay().unwrap(), "small frames do not wait for larger ones");
}
