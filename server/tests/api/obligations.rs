//! What was promised: done, late, contested, released, or handed on.

use crate::agreed::Agreed;
use crate::app::{Person, TestApp};
use crate::evidence::handed_in;
use chrono::{DateTime, Duration, Utc};
use protocol::account::Role;
use protocol::dispute::Status;
use protocol::evidence::EvidencePage;
use protocol::notice::{NoticeKind, NoticePage};
use protocol::obligation::{
    ObligationDeed, ObligationList, ObligationStatus, ObligationView, PerformanceOutcome,
};
use protocol::{ErrorCode, EvidenceId};
use serde_json::json;
use server::jobs::worker;
use server::obligations;
use uuid::Uuid;

/// What the reconciler does in a round; how many became overdue.
async fn lapse(test: &TestApp) -> usize {
    let mut tx = test.app.begin().await.unwrap();
    let now = tx.now;
    let due = obligations::due(&mut tx, now).await.unwrap();
    for id in &due {
        obligations::expire(&mut tx, &test.app.rules, *id).await.unwrap();
    }
    tx.commit().await.unwrap();
    due.len()
}

#[tokio::test]
async fn two_instalments_one_on_time_and_one_late() {
    let test = TestApp::start().await;
    let it = Agreed::in_mediation(&test).await;
    it.in_effect().await;
    let [first, second] = &it.obligations().await[..] else { panic!("two instalments") };
    assert_eq!(first.amount_in_words.as_deref(), Some("500元(大写:伍佰元整)"));
    let paid = json!({"note": "已转账。"});
    it.on(&it.ana, first, "report", Some(paid.clone()))
        .await
        .is_refused(403, ErrorCode::NotPermitted);
    it.on(&it.ben, first, "confirm", None).await.is_refused(403, ErrorCode::NotPermitted);
    it.on(&it.ben, first, "report", Some(paid.clone())).await.ok();
    let done = it.confirm(first).await;
    assert_eq!((done.status, done.late), (ObligationStatus::Performed, false));
    assert_eq!(it.status().await, Status::Performing);
    it.on(&it.ana, first, "confirm", None).await.is_refused(409, ErrorCode::WrongStatus);
    test.advance(Duration::days(44));
    assert_eq!(lapse(&test).await, 0, "its day is not over");
    test.advance(Duration::hours(15));
    assert_eq!(lapse(&test).await, 1);
    assert_eq!(lapse(&test).await, 0);
    assert_eq!(it.status().await, Status::Defaulted);
    let list: ObligationList = it.ben.get(&it.path("/obligations")).await.to();
    assert_eq!(list.outcome, Some(PerformanceOutcome::PartlyPerformed));
    it.mediator.command(&it.path("/urge")).await.ok();
    it.ben.command(&it.path("/urge")).await.is_refused(403, ErrorCode::NotPermitted);
    it.on(&it.ben, second, "report", Some(paid)).await.ok();
    let late = it.confirm(second).await;
    assert_eq!((late.status, late.late), (ObligationStatus::Performed, true));
    let deeds: Vec<_> = late.history.iter().map(|step| step.deed).collect();
    assert_eq!(
        deeds,
        [ObligationDeed::BecameOverdue, ObligationDeed::Reported, ObligationDeed::Performed]
    );
    assert_eq!(it.status().await, Status::Performed);
}

#[tokio::test]
async fn what_is_contested_is_established_by_somebody_who_looked() {
    let test = TestApp::start().await;
    let it = Agreed::in_mediation(&test).await;
    it.in_effect().await;
    let first = &it.obligations().await[0];
    let reason = || Some(json!({"reason": "没有收到。"}));
    it.on(&it.ana, first, "contest", reason()).await.is_refused(409, ErrorCode::WrongStatus);
    it.on(&it.ben, first, "report", Some(json!({}))).await.ok();
    it.on(&it.ana, first, "contest", reason()).await.ok();
    let finding =
        |performed: bool| Some(json!({"performed": performed, "finding": "已核对回单。"}));
    it.on(&it.ben, first, "establish", finding(true))
        .await
        .is_refused(403, ErrorCode::NotPermitted);
    let open: ObligationView = it.on(&it.mediator, first, "establish", finding(false)).await.to();
    assert_eq!(open.status, ObligationStatus::Pending);
    it.on(&it.ben, first, "report", Some(json!({}))).await.ok();
    let done: ObligationView = it.on(&it.officer, first, "establish", finding(true)).await.to();
    assert_eq!(done.status, ObligationStatus::Performed);
    assert_eq!(done.history.last().unwrap().text.as_deref(), Some("已核对回单。"));
}

#[tokio::test]
async fn what_is_found_unperformed_after_its_day_is_a_default() {
    let test = TestApp::start().await;
    let it = Agreed::in_mediation(&test).await;
    it.in_effect().await;
    let first = &it.obligations().await[0];
    it.on(&it.ben, first, "report", Some(json!({}))).await.ok();
    test.advance(Duration::days(20));
    assert_eq!(
        lapse(&test).await,
        0,
        "it was reported; whether it is true is not the clock's to say"
    );
    it.on(&it.ana, first, "contest", Some(json!({"reason": "没有收到。"}))).await.ok();
    let finding = json!({"performed": false, "finding": "银行无入账记录。"});
    let late: ObligationView = it.on(&it.leader, first, "establish", Some(finding)).await.to();
    assert_eq!(late.status, ObligationStatus::Overdue);
    assert_eq!(it.status().await, Status::Defaulted);
}

#[tokio::test]
async fn the_parties_are_told_how_to_go_on_after_a_default() {
    let test = TestApp::start().await;
    let it = Agreed::in_mediation(&test).await;
    it.in_effect().await;
    let told = json!({"text": "可以向人民法院起诉。"});
    let path = it.path("/advise-suit");
    it.mediator.post(&path, told.clone()).await.is_refused(409, ErrorCode::WrongStatus);
    test.advance(Duration::days(60));
    assert_eq!(lapse(&test).await, 2);
    it.mediator.post(&path, told).await.ok();
    let kept: String =
        sqlx::query_scalar("select text from advice").fetch_one(&test.owner).await.unwrap();
    assert_eq!(kept, "可以向人民法院起诉。");
    it.mediator
        .command(&it.path("/refer-for-penalty"))
        .await
        .is_refused(403, ErrorCode::NotPermitted);
    it.leader.command(&it.path("/refer-for-penalty")).await.is_refused(409, ErrorCode::WrongStatus);
    for obligation in it.obligations().await {
        it.on(&it.ana, &obligation, "waive", None).await.ok();
    }
    assert_eq!(it.status().await, Status::Performed, "released is done");
}

#[tokio::test]
async fn police_hand_a_default_to_the_penalty_procedure() {
    let test = TestApp::start().await;
    let it = Agreed::before_police(&test).await;
    it.police_in_effect().await;
    it.leader.command(&it.path("/refer-for-penalty")).await.is_refused(409, ErrorCode::WrongStatus);
    test.advance(Duration::days(20));
    assert_eq!(lapse(&test).await, 1);
    it.leader.command(&it.path("/close")).await.is_refused(409, ErrorCode::ObligationsOpen);
    it.ben.command(&it.path("/refer-for-penalty")).await.is_refused(403, ErrorCode::NotPermitted);
    it.leader.command(&it.path("/refer-for-penalty")).await.ok();
    assert_eq!(it.status().await, Status::PenaltyReferral);
    let second = &it.obligations().await[1];
    it.on(&it.ben, second, "report", Some(json!({}))).await.is_refused(409, ErrorCode::WrongStatus);
    test.advance(Duration::days(60));
    assert_eq!(lapse(&test).await, 0, "the clock leaves it alone, too");
    let route = it.officer.get("/v1/visits/due").await.ok();
    assert_eq!(route["stops"], json!([]), "nothing is left to visit");
}

#[tokio::test]
async fn an_agent_without_the_power_does_not_dispose_of_a_claim() {
    let test = TestApp::start().await;
    let it = Agreed::in_mediation(&test).await;
    it.in_effect().await;
    let agent = test.person("甲", Role::Resident).await;
    it.acts_for(&agent, it.applicant, "agent", &["receive_documents"]).await;
    let first = &it.obligations().await[0];
    it.on(&agent, first, "confirm", None).await.is_refused(403, ErrorCode::PowerMissing);
    let stranger = test.person("路人", Role::Resident).await;
    let foreign = it.on(&stranger, first, "confirm", None).await;
    let unknown = "/v1/obligations/obl_00000000000000000000000000000000/confirm";
    assert_eq!(foreign, stranger.command(unknown).await);
    foreign.is_refused(404, ErrorCode::NotFound);
}

#[tokio::test]
async fn the_clock_waits_for_who_acts_and_then_finds_it_done() {
    let test = TestApp::start().await;
    let it = Agreed::in_mediation(&test).await;
    it.in_effect().await;
    test.advance(Duration::days(20));
    let mut rival = test.owner.begin().await.unwrap();
    sqlx::query("select id from disputes where id = $1 for update")
        .bind(it.id.0)
        .execute(&mut *rival)
        .await
        .unwrap();
    sqlx::query(
        "update obligations set status = 'performed', performed_on = due_on, version = version + 1
         where clause = 0",
    )
    .execute(&mut *rival)
    .await
    .unwrap();
    let first = it.obligations().await[0].id;
    let mut tx = test.app.begin().await.unwrap();
    let (outcome, ()) = tokio::join!(obligations::expire(&mut tx, &test.app.rules, first), async {
        crate::app::until_somebody_waits_for_a_lock(&test.owner).await;
        rival.commit().await.unwrap();
    });
    assert_eq!(outcome.unwrap_err().code(), ErrorCode::WrongStatus);
}

/// How often somebody was told this, after everything due was done.
async fn told(who: &Person<'_>, kind: NoticeKind) -> usize {
    worker::drain(&who.test.app).await.unwrap();
    let page: NoticePage = who.get("/v1/notices?limit=100").await.to();
    page.notices.iter().filter(|notice| notice.kind == kind).count()
}

#[tokio::test]
async fn who_owes_is_reminded_at_nine_on_the_days_named_and_on_the_day_itself() {
    let test = TestApp::start().await;
    let it = Agreed::in_mediation(&test).await;
    it.in_effect().await;
    let mut soon = 0;
    // Due on 16 November: seven days, three days and one day before.
    for day in ["09", "13", "15"] {
        let at: DateTime<Utc> = format!("2026-11-{day}T09:00:00+08:00").parse().unwrap();
        test.advance(at - test.now() - Duration::seconds(1));
        assert_eq!(told(&it.ben, NoticeKind::DueSoon).await, soon, "before {day}");
        test.advance(Duration::seconds(1));
        soon += 1;
        assert_eq!(told(&it.ben, NoticeKind::DueSoon).await, soon, "on {day}");
    }
    assert_eq!(told(&it.ben, NoticeKind::DueToday).await, 0);
    test.advance(Duration::days(1));
    assert_eq!(told(&it.ben, NoticeKind::DueToday).await, 1);
    assert_eq!(told(&it.ana, NoticeKind::DueToday).await, 0, "nothing is owed by her");
}

/// 人民调解法 Art 33: both together, within thirty days from effect.
#[tokio::test]
async fn both_sides_are_warned_ten_and_three_days_before_the_court_can_no_longer_be_asked() {
    let test = TestApp::start().await;
    let it = Agreed::in_mediation(&test).await;
    it.in_effect().await;
    let warned = async || {
        [
            told(&it.ana, NoticeKind::ConfirmationEnds).await,
            told(&it.ben, NoticeKind::ConfirmationEnds).await,
        ]
    };
    // In effect on 2 November, so until the end of 2 December.
    test.advance(Duration::days(20) - Duration::seconds(1));
    assert_eq!(warned().await, [0, 0]);
    test.advance(Duration::seconds(1));
    assert_eq!(warned().await, [1, 1]);
    test.advance(Duration::days(7) - Duration::seconds(1));
    assert_eq!(warned().await, [1, 1]);
    test.advance(Duration::seconds(1));
    assert_eq!(warned().await, [2, 2]);
    test.advance(Duration::days(60));
    assert_eq!(warned().await, [2, 2]);
    for other in [&it.mediator, &it.officer, &it.director] {
        assert_eq!(told(other, NoticeKind::ConfirmationEnds).await, 0);
    }
}

#[tokio::test]
async fn nobody_is_warned_of_a_confirmation_that_no_court_gives_or_of_a_closed_file() {
    let test = TestApp::start().await;
    let it = Agreed::before_police(&test).await;
    it.police_in_effect().await;
    test.advance(Duration::days(40));
    assert_eq!(told(&it.ana, NoticeKind::ConfirmationEnds).await, 0, "治安调解 is not confirmed");
    let test = TestApp::start().await;
    let it = Agreed::in_mediation(&test).await;
    it.in_effect().await;
    sqlx::query("update disputes set status = 'closed'").execute(&test.owner).await.unwrap();
    test.advance(Duration::days(40));
    assert_eq!(told(&it.ana, NoticeKind::ConfirmationEnds).await, 0);
}

#[tokio::test]
async fn who_owes_is_reminded_until_nothing_is_open() {
    let test = TestApp::start().await;
    let it = Agreed::in_mediation(&test).await;
    it.in_effect().await;
    let reminded = async |who: &Person<'_>| told(who, NoticeKind::DueSoon).await;
    assert_eq!(reminded(&it.ben).await, 0);
    test.advance(Duration::days(13));
    assert_eq!(reminded(&it.ben).await, 3, "seven days, three days and one day before");
    assert_eq!(reminded(&it.ana).await, 0, "nothing is owed by her");
    let [first, second] = &it.obligations().await[..] else { panic!("two instalments") };
    it.confirm(first).await;
    it.confirm(second).await;
    test.advance(Duration::days(35));
    assert_eq!(reminded(&it.ben).await, 3);
}

#[tokio::test]
async fn proof_is_shown_to_the_other_side_with_the_report_and_is_ones_own() {
    let test = TestApp::start().await;
    let it = Agreed::in_mediation(&test).await;
    it.in_effect().await;
    let [first, _] = &it.obligations().await[..] else { panic!("two instalments") };
    let (proof, hers) = (handed_in(&it.ben, it.id).await, handed_in(&it.ana, it.id).await);
    let unknown = EvidenceId(Uuid::from_u128(1));
    let report =
        async |evidence| it.on(&it.ben, first, "report", Some(json!({"evidence": evidence}))).await;
    // What is hers alone and what does not exist are the same to him.
    for not_his in [hers, unknown] {
        report(not_his).await.is_refused(422, ErrorCode::Invalid);
    }
    let she_sees = async || {
        let page: EvidencePage = it.ana.get(&it.path("/evidence")).await.to();
        page.evidence.iter().any(|piece| piece.id == proof)
    };
    assert!(!she_sees().await);
    let reported: ObligationView = report(proof).await.to();
    assert_eq!(reported.status, ObligationStatus::Reported);
    assert_eq!(reported.history.last().and_then(|step| step.evidence), Some(proof));
    assert!(she_sees().await);
}
