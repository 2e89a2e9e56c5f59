//! What happens next in a dispute: for whom it is to do, and by when.

use crate::agreed::Agreed;
use crate::app::{Person, TestApp};
use crate::disputes::submitted;
use crate::mediation::Mediation;
use crate::meeting::{planned, step};
use crate::steps::{Cast, accepted, path, triaged};
use domain::calendar::end_of;
use protocol::dispute::{DisputePage, DisputeView, NextCode, NextStep};
use protocol::party::Side;
use protocol::session::SessionList;
use serde_json::json;

async fn next(who: &Person<'_>, dispute: &DisputeView) -> NextStep {
    who.get(&path(dispute, "")).await.to::<DisputeView>().next
}

async fn code(who: &Person<'_>, dispute: &DisputeView) -> NextCode {
    next(who, dispute).await.code
}

#[tokio::test]
async fn who_has_to_do_something_is_told_so_and_nobody_else() {
    let test = TestApp::start().await;
    let cast = Cast::of(&test).await;
    let new = submitted(&cast.ana).await;
    assert_eq!(code(&cast.officer, &new).await, NextCode::YouTriage);
    assert_eq!(code(&cast.ana, &new).await, NextCode::StationTriages);
    let page: DisputePage = cast.officer.get("/v1/disputes").await.to();
    assert_eq!(page.disputes[0].next.code, NextCode::StationTriages, "a list addresses nobody");
    let waiting = triaged(&cast).await;
    assert_eq!(code(&cast.ana, &waiting).await, NextCode::PartiesConsent, "she has agreed");
    let dispute = accepted(&cast).await;
    assert_eq!(code(&cast.director, &dispute).await, NextCode::YouAppoint);
    assert_eq!(code(&cast.ana, &dispute).await, NextCode::MediatorIsFound);
}

#[tokio::test]
async fn interests_are_for_the_mediator_to_tell_and_then_for_the_parties_to_answer() {
    let test = TestApp::start().await;
    let cast = Cast::of(&test).await;
    let dispute = accepted(&cast).await;
    let mediator = json!({"account": cast.mediator.account, "role": "mediator"});
    cast.director.post(&path(&dispute, "/appointments"), mediator).await.ok();
    assert_eq!(code(&cast.mediator, &dispute).await, NextCode::YouTellInterests);
    assert_eq!(code(&cast.ana, &dispute).await, NextCode::InterestsAreTold);
    cast.mediator.post(&path(&dispute, "/disclosure"), json!({})).await.ok();
    assert_eq!(code(&cast.mediator, &dispute).await, NextCode::InterestsAreTold);
    assert_eq!(code(&cast.ana, &dispute).await, NextCode::YouAnswerNeutral);
    let party = dispute.parties.iter().find(|party| party.side == Side::Applicant).unwrap().id;
    let yes = json!({"party": party, "neutral": cast.mediator.account, "accepts": true});
    cast.ana.post(&path(&dispute, "/disclosure-answers"), yes).await.ok();
    assert_eq!(code(&cast.ana, &dispute).await, NextCode::InterestsAreTold);
}

#[tokio::test]
async fn before_a_session_its_hour_is_told_and_not_the_limit_of_the_mediation() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let at = test.now() + chrono::Duration::hours(3);
    planned(&m.mediator, m.id, at).await.ok();
    let shown: DisputeView = m.ana.get(&m.path("")).await.to();
    assert_eq!((shown.next.code, shown.next.due_at), (NextCode::SessionIsHeld, Some(at)));
}

#[tokio::test]
async fn a_mediation_that_goes_on_waits_for_its_next_session() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    m.in_session(&m.mediator).await;
    let told = async || m.ana.get(&m.path("")).await.to::<DisputeView>().next;
    assert_eq!(told().await.code, NextCode::MediationGoesOn);
    let at = test.now() + chrono::Duration::hours(30);
    planned(&m.mediator, m.id, at).await.ok();
    let page: DisputePage = m.ana.get("/v1/disputes").await.to();
    for next in [&told().await, &page.disputes[0].next] {
        assert_eq!((next.code, next.due_at), (NextCode::SessionIsHeld, Some(at)));
    }
    let sessions: SessionList = m.ana.get(&m.path("/sessions")).await.to();
    let next = sessions.sessions.iter().find(|session| session.starts_at == at).unwrap();
    step(&m.mediator, next, "cancel", json!({"reason": "停电"})).await.ok();
    assert_eq!(told().await.code, NextCode::MediationGoesOn);
}

#[tokio::test]
async fn once_an_agreement_is_in_effect_the_first_promise_counts_and_then_the_next() {
    let test = TestApp::start().await;
    let agreed = Agreed::in_mediation(&test).await;
    agreed.in_effect().await;
    loop {
        let open: Vec<_> = agreed
            .obligations()
            .await
            .into_iter()
            .filter(|one| one.performed_on.is_none())
            .collect();
        let shown = agreed.dispute(&agreed.ana).await;
        let first = open.iter().map(|one| one.due_on).min();
        assert_eq!(shown.next.due_at, first.map(end_of));
        let Some(one) = open.iter().min_by_key(|one| one.due_on) else { break };
        assert_eq!(shown.next.code, NextCode::PromisesAreKept);
        agreed.confirm(one).await;
    }
    assert_eq!(agreed.dispute(&agreed.ana).await.next.code, NextCode::StationVisits);
}
