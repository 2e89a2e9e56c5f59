//! Invitations that nobody can answer any more: how long they are good, and who is told.

use crate::app::{Answer, Person, TestApp, until_somebody_waits_for_a_lock};
use crate::steps::{Cast, anybody, invited, party, path, triaged};
use chrono::Duration;
use domain::calendar::local_day;
use protocol::ErrorCode;
use protocol::dispute::Status;
use protocol::invitation::{InvitationList, InvitationSent, InvitationState, InvitationStatus};
use protocol::notice::{NoticeKind, NoticePage};
use protocol::party::Side;
use reqwest::Method;
use serde_json::{Value, json};
use server::jobs::worker;

/// How often somebody was told that an invitation lapsed, after everything due was done.
async fn told(who: &Person<'_>) -> usize {
    told_of(who, NoticeKind::InvitationLapsed).await
}

async fn told_of(who: &Person<'_>, kind: NoticeKind) -> usize {
    worker::drain(&who.test.app).await.unwrap();
    let page: NoticePage = who.get("/v1/notices?limit=100").await.to();
    page.notices.iter().filter(|notice| notice.kind == kind).count()
}

async fn a_week_to_answer() -> TestApp {
    TestApp::start_changed(&[], |parts| parts.rules.clocks.invitation_days = 7).await
}

#[tokio::test]
async fn the_owner_is_told_when_an_invitation_lapses_while_the_dispute_waits() {
    let test = a_week_to_answer().await;
    let cast = Cast::of(&test).await;
    let dispute = triaged(&cast).await;
    // Seven days end at 24:00 of the seventh.
    test.advance(Duration::days(7) + Duration::hours(15) - Duration::seconds(1));
    assert_eq!(told(&cast.officer).await, 0);
    test.advance(Duration::seconds(1));
    assert_eq!(told(&cast.officer).await, 1);
    assert_eq!(told(&cast.officer).await, 1, "once");
    for other in [&cast.ana, &cast.leader, &cast.director] {
        assert_eq!(told(other).await, 0);
    }
    let again = json!({"party": party(&dispute, Side::Respondent)});
    let sent: InvitationSent = cast.officer.post(&path(&dispute, "/invitations"), again).await.to();
    assert_eq!(sent.expires_at.to_rfc3339(), "2026-11-16T16:00:00+00:00", "no longer than waited");
    test.advance(sent.expires_at - test.now());
    assert_eq!(told(&cast.officer).await, 1, "that it has ended says it all");
    let ended = cast.officer.get(&path(&dispute, "")).await.ok();
    assert_eq!(ended["status"], json!(Status::Terminated));
}

#[tokio::test]
async fn who_was_invited_anew_or_has_answered_is_nobody_s_worry() {
    let test = a_week_to_answer().await;
    let cast = Cast::of(&test).await;
    let dispute = triaged(&cast).await;
    let (token, code) = invited(&cast, &dispute).await;
    for _ in 0..5 {
        let wrong = json!({"code": if code == "000000" { "000001" } else { "000000" }});
        anybody(&test, Method::POST, &format!("/v1/invitations/{token}/open"), Some(wrong)).await;
    }
    test.advance(Duration::days(5));
    let (token, code) = invited(&cast, &dispute).await;
    test.advance(Duration::days(3));
    assert_eq!(told(&cast.officer).await, 0, "the newer one is open");
    let yes = json!({"code": code, "answer": "consent", "shown": crate::steps::shown(&test).await});
    anybody(&test, Method::POST, &format!("/v1/invitations/{token}/answer"), Some(yes)).await.ok();
    test.advance(Duration::days(10));
    assert_eq!(told(&cast.officer).await, 0);
}

#[tokio::test]
async fn the_owner_is_told_when_wrong_codes_void_an_invitation() {
    let test = TestApp::start().await;
    let cast = Cast::of(&test).await;
    let (token, code) = invited(&cast, &triaged(&cast).await).await;
    let open = format!("/v1/invitations/{token}/open");
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for expected in [0, 0, 0, 0, 1] {
        let refused = anybody(&test, Method::POST, &open, Some(json!({"code": wrong}))).await;
        refused.is_refused(401, ErrorCode::WrongCode);
        assert_eq!(told(&cast.officer).await, expected);
    }
    let refused = anybody(&test, Method::POST, &open, Some(json!({"code": code}))).await;
    refused.is_refused(409, ErrorCode::InvitationExpired);
    assert_eq!(told(&cast.officer).await, 1);
}

#[tokio::test]
async fn a_try_at_an_invitation_waits_for_the_one_before_it() {
    let test = TestApp::start().await;
    let cast = Cast::of(&test).await;
    let (token, code) = invited(&cast, &triaged(&cast).await).await;
    let mut rival = test.owner.begin().await.unwrap();
    sqlx::query("update invitations set tries = 5, voided_at = created_at where voided_at is null")
        .execute(&mut *rival)
        .await
        .unwrap();
    let open = format!("/v1/invitations/{token}/open");
    let body = Some(json!({"code": code}));
    let (answer, ()) = tokio::join!(anybody(&test, Method::POST, &open, body), async {
        until_somebody_waits_for_a_lock(&test.owner).await;
        rival.commit().await.unwrap();
    });
    answer.is_refused(409, ErrorCode::InvitationExpired);
}

/// What somebody with the link wishes.
async fn wish(test: &TestApp, token: &str, body: Value) -> Answer {
    anybody(test, Method::POST, &format!("/v1/invitations/{token}/wishes"), Some(body)).await
}

#[tokio::test]
async fn who_is_invited_asks_for_a_call_and_says_when_it_suits_without_an_account() {
    let test = TestApp::start().await;
    let cast = Cast::of(&test).await;
    let dispute = triaged(&cast).await;
    test.advance(Duration::minutes(1));
    let (token, code) = invited(&cast, &dispute).await;
    let day = local_day(test.now() + Duration::days(3));
    let call = json!({"code": code, "call": true});
    let asked: InvitationState = wish(&test, &token, call.clone()).await.to();
    assert_eq!((asked.call_asked_at, asked.status), (Some(test.now()), InvitationStatus::Open));
    test.advance(Duration::minutes(5));
    let again: InvitationState = wish(&test, &token, call).await.to();
    assert_eq!(again.call_asked_at, asked.call_asked_at, "it stands as asked first");
    let evening = json!({"date": day, "part": "evening"});
    let morning = json!({"date": day, "part": "morning"});
    let times = json!({"code": code, "times": [evening, morning, evening]});
    let said: InvitationState = wish(&test, &token, times).await.to();
    assert_eq!(json!(said.times), json!([morning, evening]), "in order, each once");
    assert_eq!(said.call_asked_at, asked.call_asked_at);
    assert_eq!(told_of(&cast.officer, NoticeKind::CallAsked).await, 1);
    assert_eq!(told_of(&cast.officer, NoticeKind::TimesSuggested).await, 1);
    assert_eq!(told_of(&cast.ana, NoticeKind::CallAsked).await, 0, "it is the station's business");
    // Neither is an answer.
    let yes = json!({"code": code, "answer": "consent", "shown": crate::steps::shown(&test).await});
    anybody(&test, Method::POST, &format!("/v1/invitations/{token}/answer"), Some(yes)).await.ok();
    let later: InvitationState =
        wish(&test, &token, json!({"code": code, "times": [morning]})).await.to();
    assert_eq!((later.times.len(), later.status), (1, InvitationStatus::Answered));
    let list: InvitationList = cast.officer.get(&path(&dispute, "/invitations")).await.to();
    assert_eq!(list.invitations[0].id, later.id, "the newest first");
    assert_eq!(json!(list.invitations[0]), json!(later));
    assert!(list.invitations[1..].iter().all(|old| old.status == InvitationStatus::Void));
}

#[tokio::test]
async fn wishes_need_the_code_and_are_few_and_soon() {
    let test = TestApp::start().await;
    let cast = Cast::of(&test).await;
    let (token, code) = invited(&cast, &triaged(&cast).await).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let refused = wish(&test, &token, json!({"code": wrong, "call": true})).await;
    refused.is_refused(401, ErrorCode::WrongCode);
    let day = |days| local_day(test.now() + Duration::days(days));
    let times = |days: &[i64]| {
        let times = days.iter().map(|n| json!({"date": day(*n), "part": "morning"}));
        json!({"code": code, "times": times.collect::<Vec<_>>()})
    };
    for bad in [times(&[-1]), times(&[61]), times(&[1, 2, 3, 4, 5, 6, 7])] {
        wish(&test, &token, bad).await.is_refused(422, ErrorCode::Invalid);
    }
    assert_eq!(told_of(&cast.officer, NoticeKind::TimesSuggested).await, 0);
    for n in 0..10 {
        wish(&test, &token, times(&[0, 60, n + 1])).await.ok();
    }
    let refused = wish(&test, &token, times(&[20])).await;
    refused.is_refused(429, ErrorCode::TooManyRequests);
    wish(&test, &token, times(&[0, 60, 10])).await.ok();
}

#[tokio::test]
async fn a_wish_waits_for_the_one_before_it() {
    let test = TestApp::start().await;
    let cast = Cast::of(&test).await;
    let (token, code) = invited(&cast, &triaged(&cast).await).await;
    let mut rival = test.owner.begin().await.unwrap();
    let id: uuid::Uuid = sqlx::query_scalar(
        "select id from invitations where voided_at is null and answered_at is null for update",
    )
    .fetch_one(&mut *rival)
    .await
    .unwrap();
    let body = json!({"code": code, "call": true});
    let (answer, ()) = tokio::join!(wish(&test, &token, body), async {
        until_somebody_waits_for_a_lock(&test.owner).await;
        sqlx::query("update invitations set call_asked_at = created_at where id = $1")
            .bind(id)
            .execute(&mut *rival)
            .await
            .unwrap();
        rival.commit().await.unwrap();
    });
    answer.ok();
    assert_eq!(told_of(&cast.officer, NoticeKind::CallAsked).await, 0, "the other has told it");
}
