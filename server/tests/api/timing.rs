//! Whoever holds a watch finds out no more than the answers say: whether a number or a name is known (SEC-SMS-06).

use crate::accounts::{PHONE, other_than};
use crate::app::TestApp;
use crate::staff::enrolled;
use chrono::Duration as Span;
use protocol::ErrorCode;
use protocol::account::Role;
use std::time::{Duration, Instant};

const UNKNOWN: &str = "19000000009";

/// The medians of two things done in turns, so that whatever else the machine does meets both alike.
async fn medians(
    rounds: usize,
    mut prepare: impl AsyncFnMut(),
    mut act: impl AsyncFnMut(usize),
) -> [Duration; 2] {
    let mut took = [Vec::new(), Vec::new()];
    for round in 0..rounds {
        prepare().await;
        for which in [round % 2, (round + 1) % 2] {
            let begun = Instant::now();
            act(which).await;
            took[which].push(begun.elapsed());
        }
    }
    took.map(|mut all| {
        all.sort_unstable();
        all[all.len() / 2]
    })
}

/// Wide enough for a busy machine, narrow enough for a password that is not hashed.
#[track_caller]
fn are_alike([known, unknown]: [Duration; 2]) {
    let bound = Duration::from_millis(5) + known.min(unknown) / 3;
    assert!(known.abs_diff(unknown) < bound, "known {known:?}, unknown {unknown:?}");
}

#[tokio::test]
async fn asking_for_a_code_takes_as_long_for_an_unknown_number() {
    let test = TestApp::start().await;
    test.signed_in(PHONE).await;
    let ask = async |which: usize| {
        assert_eq!(test.ask([PHONE, UNKNOWN][which]).await.status.as_u16(), 202);
    };
    are_alike(medians(41, async || test.advance(Span::hours(3)), ask).await);
}

#[tokio::test]
async fn a_wrong_code_is_answered_alike_and_as_soon_for_an_unknown_number() {
    let test = TestApp::start().await;
    test.signed_in(PHONE).await;
    let sent = std::sync::Mutex::new(Vec::new());
    let prepare = async || {
        test.advance(Span::hours(3));
        forget_failures(&test).await;
        let codes = vec![test.sent(PHONE).await, test.sent(UNKNOWN).await];
        *sent.lock().unwrap() = codes;
    };
    let act = async |which: usize| {
        let (id, wrong) = {
            let sent = sent.lock().unwrap();
            (sent[which].id, other_than(&sent[which].code))
        };
        let answer = test.enter([PHONE, UNKNOWN][which], id, wrong).await;
        answer.is_refused(401, ErrorCode::WrongCode);
    };
    are_alike(medians(41, prepare, act).await);
}

/// So that nobody is locked out while this is measured.
async fn forget_failures(test: &TestApp) {
    sqlx::query("delete from sign_in_guards").execute(&test.owner).await.unwrap();
}

#[tokio::test]
async fn a_wrong_password_takes_as_long_for_an_unknown_name() {
    let test = TestApp::start().await;
    let operator = test.person("管理员", Role::Operator).await;
    enrolled(&test, &operator, "wang").await;
    let act = async |which: usize| {
        let answer = test.staff_sign_in(["wang", "nobody"][which], "a wrong password", None).await;
        answer.is_refused(401, ErrorCode::WrongCredentials);
    };
    are_alike(medians(15, async || forget_failures(&test).await, act).await);
}
