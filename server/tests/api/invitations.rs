//! Invitations that nobody can answer any more: how long they are good, and who is told.

use crate::app::{Person, TestApp, until_somebody_waits_for_a_lock};
use crate::steps::{Cast, anybody, invited, party, path, triaged};
use chrono::Duration;
use protocol::ErrorCode;
use protocol::dispute::Status;
use protocol::invitation::InvitationSent;
use protocol::notice::{NoticeKind, NoticePage};
use protocol::party::Side;
use reqwest::Method;
use serde_json::json;
use server::jobs::worker;

/// How often somebody was told that an invitation lapsed, after everything due was done.
async fn told(who: &Person<'_>) -> usize {
    worker::drain(&who.test.app).await.unwrap();
    let page: NoticePage = who.get("/v1/notices?limit=100").await.to();
    page.notices.iter().filter(|notice| notice.kind == NoticeKind::InvitationLapsed).count()
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
