//! Who is told what: those concerned, never the one who did it, and nobody else.

use crate::agreed::Agreed;
use crate::app::{Person, TestApp};
use crate::disputes::submitted;
use crate::mediation::Mediation;
use crate::meeting::planned;
use crate::steps::{Cast, triaged};
use protocol::ErrorCode;
use protocol::account::Role;
use protocol::notice::{NoticeKind, NoticePage, NoticeView};
use serde_json::json;
use server::jobs::worker;

#[tokio::test]
async fn those_concerned_are_told_and_nobody_else() {
    let test = TestApp::start().await;
    let ana = test.person("陈一", Role::Resident).await;
    let officer = test.person("王警官", Role::Officer).await;
    let elsewhere = test.person_at("李警官", Role::Officer, test.place.other_station).await;
    let stranger = test.person("路人", Role::Resident).await;
    let dispute = submitted(&ana).await;
    worker::drain(&test.app).await.unwrap();
    let page: NoticePage = officer.get("/v1/notices").await.to();
    assert_eq!((page.notices.len(), page.unread), (1, 1));
    assert_eq!(page.notices[0].kind, NoticeKind::Submitted);
    assert_eq!(page.notices[0].dispute, Some(dispute.id));
    for other in [ana, elsewhere, stranger] {
        assert_eq!(other.get("/v1/notices").await.to::<NoticePage>().notices, []);
    }
}

#[tokio::test]
async fn a_respondent_who_was_never_asked_is_told_nothing() {
    let test = TestApp::start().await;
    let ana = test.person("陈一", Role::Resident).await;
    let dispute = submitted(&ana).await;
    ana.command(&format!("/v1/disputes/{}/withdraw", dispute.id)).await.ok();
    worker::drain(&test.app).await.unwrap();
    let told: Vec<String> = sqlx::query_scalar(
        "select n.kind from notices n join parties p using (person_id) where p.side = 'respondent'",
    )
    .fetch_all(&test.owner)
    .await
    .unwrap();
    assert_eq!(told, [""; 0]);
}

#[tokio::test]
async fn reading_is_one_s_own_and_counts_once() {
    let test = TestApp::start().await;
    let officer = test.person("王警官", Role::Officer).await;
    let colleague = test.person("李警官", Role::Officer).await;
    let ana = test.person("陈一", Role::Resident).await;
    for _ in 0..3 {
        submitted(&ana).await;
    }
    worker::drain(&test.app).await.unwrap();
    let first: NoticePage = officer.get("/v1/notices?limit=2").await.to();
    let next = first.next.clone().unwrap();
    let rest: NoticePage = officer.get(&format!("/v1/notices?limit=2&after={next}")).await.to();
    assert_eq!((first.notices.len(), rest.notices.len(), rest.next), (2, 1, None));
    let path = format!("/v1/notices/{}/read", first.notices[0].id);
    colleague.command(&path).await.is_refused(404, ErrorCode::NotFound);
    let read: NoticeView = officer.command(&path).await.to();
    test.advance(chrono::Duration::hours(1));
    assert_eq!(officer.command(&path).await.to::<NoticeView>(), read);
    let unread: NoticePage = officer.get("/v1/notices?unread=true").await.to();
    assert_eq!((unread.unread, unread.notices.len()), (2, 2));
    officer.get("/v1/notices?after=x").await.is_refused(422, ErrorCode::Invalid);
    officer.get("/v1/notices?limit=101").await.is_refused(422, ErrorCode::Invalid);
}

#[tokio::test]
async fn text_messages_say_that_there_is_news_and_nothing_else() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    m.in_session(&m.mediator).await;
    m.ana.command(&format!("/v1/disputes/{}/withdraw", m.id)).await.ok();
    let mut sent: Vec<(String, String)> = Vec::new();
    while let Some(held) = server::jobs::queue::claim(&test.app).await.unwrap() {
        server::jobs::effects::carry_out(&test.app, &held).await.unwrap();
        let now: Vec<(String, String)> = sqlx::query_as(
            "select phone, body from text_messages where kind = 'notice' and phone is not null",
        )
        .fetch_all(&test.owner)
        .await
        .unwrap();
        sent.extend(now.into_iter().filter(|text| !text.1.is_empty()));
    }
    sent.sort();
    sent.dedup();
    // Scheduled and ended within ten minutes: one message, to the party who has a phone and did not do it.
    let neutral = "【阿拉调解】您有一条新的调解消息 http://127.0.0.1:8080/app/notices".to_owned();
    assert_eq!(sent, [("19000000002".to_owned(), neutral)]);
    let queued: i64 =
        sqlx::query_scalar("select count(*) from text_messages where kind = 'notice'")
            .fetch_one(&test.owner)
            .await
            .unwrap();
    assert_eq!(queued, 1);
}

#[tokio::test]
async fn a_session_is_told_by_text_message_although_there_was_one_a_moment_ago() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let sent = async || -> i64 {
        worker::drain(&test.app).await.unwrap();
        sqlx::query_scalar("select count(*) from text_messages where kind = 'notice'")
            .fetch_one(&test.owner)
            .await
            .unwrap()
    };
    let before = sent().await;
    assert!(before > 0, "of the interests that were told");
    test.advance(chrono::Duration::minutes(2));
    planned(&m.mediator, m.id, test.now()).await.ok();
    assert_eq!(sent().await, before + 1);
    planned(&m.mediator, m.id, test.now() + chrono::Duration::hours(5)).await.ok();
    assert_eq!(sent().await, before + 1, "twice in a minute would be too much");
}

#[tokio::test]
async fn who_has_agreed_is_not_asked_whether_they_agree() {
    let test = TestApp::start().await;
    let cast = Cast::of(&test).await;
    let dispute = triaged(&cast).await;
    worker::drain(&test.app).await.unwrap();
    let asked: Vec<String> = sqlx::query_scalar(
        "select p.side from notices n join parties p using (person_id)
         where n.kind = 'consent_asked' and n.dispute_id = $1",
    )
    .bind(dispute.id.0)
    .fetch_all(&test.owner)
    .await
    .unwrap();
    assert_eq!(asked, ["respondent"], "the applicant agreed with her filing");
}

#[tokio::test]
async fn a_text_message_waits_for_the_hours_in_which_one_may_be_reached() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    // It is nine in the morning.
    let evening = json!({"contact_hours": {"from": 18, "until": 22}});
    m.ben.request(reqwest::Method::PATCH, "/v1/me", Some(evening), None).await.ok();
    m.ana.command(&format!("/v1/disputes/{}/withdraw", m.id)).await.ok();
    let outcomes = async || -> Vec<Option<String>> {
        worker::drain(&test.app).await.unwrap();
        let asked = "select outcome from text_messages where kind = 'notice'";
        sqlx::query_scalar(asked).fetch_all(&test.owner).await.unwrap()
    };
    assert_eq!(outcomes().await, [None]);
    test.advance(chrono::Duration::minutes(8 * 60 + 59));
    assert_eq!(outcomes().await, [None]);
    // A code that one asks for oneself does not wait.
    assert_eq!(test.sent("19000000002").await.code.len(), 6);
    test.advance(chrono::Duration::minutes(2));
    assert_eq!(outcomes().await, [Some("sent".to_owned())]);
}

async fn kinds(who: &Person<'_>) -> Vec<NoticeKind> {
    let page: NoticePage = who.get("/v1/notices").await.to();
    page.notices.into_iter().map(|notice| notice.kind).collect()
}

#[tokio::test]
async fn who_has_to_sign_next_is_told_when_all_parties_have_and_not_before() {
    let test = TestApp::start().await;
    let it = Agreed::in_mediation(&test).await;
    let wording = it.put_up(&it.draft()).await;
    it.sign(&it.ana, it.applicant, &wording).await.ok();
    assert!(!kinds(&it.mediator).await.contains(&NoticeKind::PartiesSigned));
    it.sign(&it.ben, it.respondent, &wording).await.ok();
    for next in [&it.mediator, &it.director] {
        assert!(kinds(next).await.contains(&NoticeKind::PartiesSigned));
    }
    it.attest(&it.mediator, "sign-as-mediator", &wording).await.ok();
    let told = kinds(&it.director).await;
    assert_eq!(told.iter().filter(|kind| **kind == NoticeKind::PartiesSigned).count(), 1);
}

#[tokio::test]
async fn each_step_of_performing_is_told_to_whoever_waits_for_it() {
    let test = TestApp::start().await;
    let it = Agreed::in_mediation(&test).await;
    it.in_effect().await;
    let [first, second] = &it.obligations().await[..] else { panic!("two instalments") };
    it.on(&it.ben, first, "report", Some(json!({}))).await.ok();
    assert!(kinds(&it.ana).await.contains(&NoticeKind::PerformanceReported));
    it.on(&it.ana, first, "contest", Some(json!({"reason": "没有收到。"}))).await.ok();
    for told in [&it.ben, &it.mediator, &it.officer] {
        assert!(kinds(told).await.contains(&NoticeKind::PerformanceContested));
    }
    let finding = |performed: bool| Some(json!({"performed": performed, "finding": "已核对。"}));
    it.on(&it.officer, first, "establish", finding(false)).await.ok();
    for told in [&it.ana, &it.ben] {
        assert!(kinds(told).await.contains(&NoticeKind::PerformanceMissing));
    }
    it.on(&it.officer, first, "establish", finding(true))
        .await
        .is_refused(409, ErrorCode::WrongStatus);
    it.on(&it.ben, first, "report", Some(json!({}))).await.ok();
    it.on(&it.ana, first, "confirm", None).await.ok();
    assert!(kinds(&it.ben).await.contains(&NoticeKind::PerformanceConfirmed));
    it.on(&it.ana, second, "waive", None).await.ok();
    assert!(kinds(&it.ben).await.contains(&NoticeKind::Waived));
}
