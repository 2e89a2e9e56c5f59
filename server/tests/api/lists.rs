//! Lists of disputes: what staff see at a glance, and what can be asked for.

use crate::app::{Person, TestApp};
use crate::disputes::submitted;
use crate::mediation::{A, JOINT, Mediation};
use crate::rooms::said;
use crate::steps::{Cast, accepted, path, triaged};
use protocol::DisputeId;
use protocol::account::Role;
use protocol::appointment::AppointmentRole;
use protocol::dispute::{DisputePage, DisputeSummary, Track};
use protocol::risk::RiskLevel;
use serde_json::json;

async fn all(who: &Person<'_>, query: &str) -> Vec<DisputeSummary> {
    let page: DisputePage = who.get(&format!("/v1/disputes?{query}")).await.to();
    page.disputes
}

async fn ids(who: &Person<'_>, query: &str) -> Vec<DisputeId> {
    all(who, query).await.into_iter().map(|dispute| dispute.id).collect()
}

#[tokio::test]
async fn the_list_counts_what_others_said_in_the_rooms_one_is_in() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let unread = async |who| all(who, "").await[0].unread;
    let (joint, caucus) = (m.room(JOINT).await, m.room(A).await);
    said(&m.ben, joint, "1", "您好").await;
    said(&m.lawyer, caucus, "1", "只说给您听").await;
    for (who, count) in [(&m.ana, 2), (&m.ben, 0), (&m.lawyer, 1), (&m.mediator, 2)] {
        assert_eq!(unread(who).await, count);
    }
    m.ana.post(&format!("/v1/rooms/{joint}/read"), json!({"seq": 99})).await.ok();
    assert_eq!(unread(&m.ana).await, 1);
    assert_eq!(unread(&m.officer).await, 0, "who is in no room is told of none");
}

#[tokio::test]
async fn staff_find_what_is_theirs_what_is_late_and_what_waits_for_approval() {
    let test = TestApp::start().await;
    let cast = Cast::of(&test).await;
    let dispute = triaged(&cast).await;
    let untouched = submitted(&cast.ana).await;
    assert_eq!(ids(&cast.officer, "scope=owned").await, [dispute.id]);
    assert_eq!(ids(&cast.leader, "scope=owned").await, []);
    assert_eq!(ids(&cast.officer, "track=people_mediation").await, [dispute.id]);
    assert_eq!(ids(&cast.officer, "track=public_security").await, []);
    assert_eq!(ids(&cast.officer, "late=true").await, []);
    assert_eq!(ids(&cast.officer, "waits_for_approval=true").await, []);
    let ending = json!({"ending": "return", "reason": "other_by_law", "explanation": "材料不全。"});
    cast.officer.post(&path(&dispute, "/endings"), ending).await.ok();
    for staff in [&cast.officer, &cast.leader] {
        assert_eq!(ids(staff, "waits_for_approval=true").await, [dispute.id]);
    }
    test.advance(dispute.next.due_at.unwrap() - test.now() + chrono::Duration::seconds(1));
    assert!(ids(&cast.officer, "late=true").await.contains(&dispute.id));
    let lines = all(&cast.leader, "").await;
    let line = |id| lines.iter().find(|line| line.id == id).unwrap().desk.clone().unwrap();
    let touched = line(dispute.id);
    assert_eq!(touched.owner.as_deref(), Some("王警官"));
    assert!(touched.waits_for_approval);
    let new = line(untouched.id);
    assert_eq!(
        (new.owner, new.waits_for_approval, new.risk_level),
        (None, false, RiskLevel::Green)
    );
}

#[tokio::test]
async fn a_party_finds_out_nothing_of_what_staff_see() {
    let test = TestApp::start().await;
    let cast = Cast::of(&test).await;
    let dispute = triaged(&cast).await;
    let ending = json!({"ending": "return", "reason": "other_by_law", "explanation": "材料不全。"});
    cast.officer.post(&path(&dispute, "/endings"), ending).await.ok();
    assert_eq!(ids(&cast.ana, "waits_for_approval=true").await, [], "not even by asking for them");
    let lines = all(&cast.ana, "").await;
    assert!(lines.len() == 1 && lines[0].desk.is_none());
}

#[tokio::test]
async fn who_helps_is_offered_what_still_wants_them_and_apart_from_what_is_theirs() {
    let test = TestApp::start().await;
    let cast = Cast::of(&test).await;
    let dispute = accepted(&cast).await;
    for who in [&cast.lawyer, &cast.mediator] {
        assert_eq!(ids(who, "scope=offered").await, [dispute.id]);
        assert_eq!(ids(who, "").await, [], "an offer is no part in it");
    }
    for who in [&cast.ana, &cast.officer, &cast.director] {
        assert_eq!(ids(who, "scope=offered").await, []);
    }
}

#[tokio::test]
async fn a_lawyer_is_offered_what_has_a_mediator_until_a_lawyer_is_there() {
    let test = TestApp::start().await;
    let m = Mediation::accepted(&test, Track::PeopleMediation).await;
    m.staffed(&m.mediator, AppointmentRole::Mediator).await;
    let other = test.person("周律师", Role::Lawyer).await;
    let colleague = test.person("吴调解员", Role::PeoplesMediator).await;
    assert_eq!(ids(&m.lawyer, "scope=offered").await, [m.id]);
    assert_eq!(ids(&colleague, "scope=offered").await, [], "it has its mediator");
    assert_eq!(ids(&m.mediator, "scope=offered").await, [], "who is in it already");
    m.lawyer.post(&m.path("/claim"), json!({"role": "invited_lawyer"})).await.ok();
    assert_eq!(ids(&m.lawyer, "").await, [m.id]);
    for lawyer in [&m.lawyer, &other] {
        assert_eq!(ids(lawyer, "scope=offered").await, []);
    }
    m.lawyer.command(&m.path("/step-down")).await.ok();
    assert_eq!(ids(&other, "scope=offered").await, [m.id]);
}
