//! Visits, risk levels and closing.

use crate::agreed::Agreed;
use crate::app::{Person, TestApp};
use chrono::Duration;
use protocol::ErrorCode;
use protocol::account::Role;
use protocol::dispute::Status;
use protocol::follow_up::{RouteList, VisitList, VisitStatus, VisitView};
use protocol::risk::{RiskLevel, RiskView};
use serde_json::{Value, json};

fn found(at: &str, residual: RiskLevel) -> Value {
    json!({
        "visited_at": at, "manner": "in_person", "performance": "on_track", "satisfaction": "satisfied",
        "residual_risk": residual
    })
}

async fn visits(it: &Agreed<'_>) -> Vec<VisitView> {
    it.officer.get(&it.path("/visits")).await.to::<VisitList>().visits
}

async fn days_due(it: &Agreed<'_>) -> Vec<String> {
    let all = visits(it).await;
    let due = all.iter().filter(|visit| visit.status == VisitStatus::Due);
    due.map(|visit| visit.due_on.to_string()).collect()
}

async fn record(who: &Person<'_>, visit: &VisitView, body: Value) -> crate::app::Answer {
    who.post(&format!("/v1/visits/{}/record", visit.id), body).await
}

#[tokio::test]
async fn a_station_visits_what_is_due_and_writes_down_what_it_found() {
    let test = TestApp::start().await;
    let it = Agreed::in_mediation(&test).await;
    it.in_effect().await;
    let route: RouteList = it.grid.get("/v1/visits/due").await.to();
    assert!(route.stops.is_empty());
    test.advance(Duration::days(8));
    let route: RouteList = it.grid.get("/v1/visits/due?on=2026-11-20").await.to();
    let stops: Vec<_> = route.stops.iter().map(|s| (s.due_on.to_string(), s.overdue)).collect();
    assert_eq!(stops, [("2026-11-09".into(), true), ("2026-11-17".into(), false)]);
    assert_eq!(route.stops[0].people.len(), 2);
    let elsewhere = test.person_at("李警官", Role::Officer, test.place.other_station).await;
    assert!(elsewhere.get("/v1/visits/due?on=2027-12-31").await.to::<RouteList>().stops.is_empty());
    it.ana.get("/v1/visits/due").await.is_refused(403, ErrorCode::NotPermitted);
    it.ana.get(&it.path("/visits")).await.is_refused(403, ErrorCode::NotPermitted);
    let first = &visits(&it).await[0];
    let tomorrow =
        record(&it.grid, first, found("2026-11-11T10:00:00+08:00", RiskLevel::Green)).await;
    assert_eq!(
        tomorrow.is_refused(422, ErrorCode::Invalid).body["fields"][0]["path"],
        "visited_at"
    );
    let good = found("2026-11-09T10:00:00+08:00", RiskLevel::Green);
    it.ana
        .post(&format!("/v1/visits/{}/record", first.id), good.clone())
        .await
        .is_refused(403, ErrorCode::NotPermitted);
    let foreign = record(&elsewhere, first, good.clone()).await;
    let unknown = "/v1/visits/vst_00000000000000000000000000000000/record";
    assert_eq!(foreign, elsewhere.post(unknown, good.clone()).await);
    let done: VisitView = record(&it.grid, first, good.clone()).await.to();
    assert_eq!(done.status, VisitStatus::Done);
    record(&it.grid, first, good).await.is_refused(409, ErrorCode::AlreadyAnswered);
}

#[tokio::test]
async fn signs_of_escalation_need_measures_and_raise_the_level() {
    let test = TestApp::start().await;
    let it = Agreed::in_mediation(&test).await;
    it.in_effect().await;
    assert_eq!(days_due(&it).await, ["2026-11-09", "2026-11-17", "2026-12-17"]);
    let first = &visits(&it).await[0];
    let mut seen = found("2026-11-02T09:00:00+08:00", RiskLevel::Red);
    seen["escalation"] = json!(["threat"]);
    let refused = record(&it.officer, first, seen.clone()).await;
    assert_eq!(refused.is_refused(422, ErrorCode::Invalid).body["fields"][0]["path"], "measures");
    seen["measures"] = json!("已当场训诫,通报派出所领导。");
    record(&it.officer, first, seen).await.ok();
    assert_eq!(it.dispute(&it.officer).await.risk_level, Some(RiskLevel::Red));
    assert_eq!(
        days_due(&it).await,
        ["2026-11-03", "2026-11-05", "2026-11-17", "2026-12-02", "2026-12-17", "2027-02-01"]
    );
}

#[tokio::test]
async fn a_person_confirms_the_level_and_only_the_leader_goes_below() {
    let test = TestApp::start().await;
    let it = Agreed::in_mediation(&test).await;
    it.in_effect().await;
    let path = it.path("/risk");
    let say = |signs: &[&str], level: &str, note: Option<&str>| json!({"findings": {"signs": signs, "calls": 1, "people": 2}, "level": level, "note": note});
    it.ana.post(&path, say(&[], "green", None)).await.is_refused(403, ErrorCode::NotPermitted);
    let orange = say(&["injury", "long_grudge"], "orange", None);
    let confirmed: RiskView = it.officer.post(&path, orange).await.to();
    assert_eq!((confirmed.before, confirmed.level), (RiskLevel::Green, RiskLevel::Orange));
    assert_eq!((confirmed.assessment.score, confirmed.assessment.reasons.len()), (35, 2));
    assert_eq!(days_due(&it).await.len(), 5);
    let refused = it.officer.post(&path, say(&["threat"], "orange", None)).await;
    assert_eq!(refused.is_refused(422, ErrorCode::Invalid).body["fields"][0]["path"], "note");
    let lower = say(&["threat"], "orange", Some("已经和好。"));
    it.officer.post(&path, lower.clone()).await.is_refused(403, ErrorCode::NotPermitted);
    it.officer.post(&path, say(&[], "green", None)).await.is_refused(403, ErrorCode::NotPermitted);
    it.leader.post(&path, lower).await.ok();
    it.leader.post(&path, say(&[], "green", None)).await.ok();
    assert_eq!(it.dispute(&it.leader).await.risk_level, Some(RiskLevel::Green));
    assert_eq!(days_due(&it).await, ["2026-11-09", "2026-11-17", "2026-12-17"]);
    assert_eq!(it.dispute(&it.ana).await.risk_level, None, "not told to the parties");
}

#[tokio::test]
async fn people_s_mediation_closes_when_done_and_visited() {
    let test = TestApp::start().await;
    let it = Agreed::in_mediation(&test).await;
    it.set_level(RiskLevel::Yellow).await;
    it.in_effect().await;
    let close = it.path("/close");
    it.leader.command(&close).await.is_refused(409, ErrorCode::WrongStatus);
    for obligation in it.obligations().await {
        it.confirm(&obligation).await;
    }
    assert_eq!(it.status().await, Status::Performed);
    it.leader.command(&close).await.is_refused(409, ErrorCode::VisitsOpen);
    it.leader.command(&it.path("/archive")).await.is_refused(409, ErrorCode::WrongStatus);
    for visit in visits(&it).await {
        record(&it.officer, &visit, found("2026-11-02T09:00:00+08:00", RiskLevel::Green))
            .await
            .ok();
    }
    it.ana.command(&close).await.is_refused(403, ErrorCode::NotPermitted);
    it.mediator.command(&close).await.ok();
    assert_eq!(it.status().await, Status::Closed);
    it.director.command(&it.path("/archive")).await.ok();
    assert_eq!(it.status().await, Status::Archived);
}

#[tokio::test]
async fn a_default_closes_only_when_the_parties_know_how_to_go_on() {
    let test = TestApp::start().await;
    let it = Agreed::in_mediation(&test).await;
    it.in_effect().await;
    test.advance(Duration::days(60));
    let mut tx = test.app.begin().await.unwrap();
    let now = tx.now;
    let due = server::obligations::due(&mut tx, now).await.unwrap();
    server::obligations::expire(&mut tx, &test.app.rules, due[0]).await.unwrap();
    tx.commit().await.unwrap();
    for visit in visits(&it).await {
        record(&it.officer, &visit, found("2026-12-20T09:00:00+08:00", RiskLevel::Green))
            .await
            .ok();
    }
    let close = it.path("/close");
    it.leader.command(&close).await.is_refused(409, ErrorCode::ObligationsOpen);
    it.confirm(&it.obligations().await[1]).await;
    it.leader.command(&close).await.is_refused(409, ErrorCode::WrongStatus);
    it.leader.post(&it.path("/advise-suit"), json!({"text": "可以向人民法院起诉。"})).await.ok();
    it.leader.command(&close).await.ok();
    assert_eq!(it.status().await, Status::Closed);
}
