//! Filing and the first steps of a dispute.

use crate::app::{COMMUNITY, Person, TestApp};
use protocol::ErrorCode;
use protocol::account::Role;
use protocol::dispute::{DisputePage, DisputeView, Part, Status};
use serde_json::{Value, json};

pub fn noise() -> Value {
    json!({
        "category": "neighbor", "title": "楼上夜间噪音",
        "narrative": "楼上住户每晚十一点后拖动家具,已持续一个月。",
        "claims": ["晚十点后不再拖动家具"], "community_code": COMMUNITY,
        "parties": [
            {"side": "applicant", "name": "陈一", "is_me": true},
            {"side": "respondent", "name": "林二", "phone": "19000000002"}
        ]
    })
}

pub async fn filed(person: &Person<'_>) -> DisputeView {
    person.post("/v1/disputes", noise()).await.to()
}

pub async fn submitted(person: &Person<'_>) -> DisputeView {
    let draft = filed(person).await;
    let path = format!("/v1/disputes/{}/submit", draft.id);
    let shown = crate::steps::shown(person.test).await;
    person.post(&path, json!({"consenting": draft.you_act_for, "shown": shown})).await.to()
}

#[tokio::test]
async fn a_dispute_is_filed_once_however_often_the_request_is_repeated() {
    let test = TestApp::start().await;
    let ana = test.person("陈一", Role::Resident).await;
    let first = ana.post_with_key("/v1/disputes", noise(), "one").await;
    let again = ana.post_with_key("/v1/disputes", noise(), "one").await;
    assert_eq!(first.status.as_u16(), 201, "{}", first.body);
    assert_eq!(first, again);
    let mut other = noise();
    other["title"] = json!("别的事");
    ana.post_with_key("/v1/disputes", other, "one")
        .await
        .is_refused(422, ErrorCode::IdempotencyKeyReused);
    let page: DisputePage = ana.get("/v1/disputes").await.to();
    assert_eq!(page.disputes.len(), 1);
    assert_eq!(page.disputes[0].your_parts, [Part::Applicant]);
}

#[tokio::test]
async fn a_key_is_good_for_one_operation_on_one_dispute() {
    let test = TestApp::start().await;
    let ana = test.person("陈一", Role::Resident).await;
    let (first, second) = (submitted(&ana).await, submitted(&ana).await);
    let command = async |dispute: &DisputeView, verb: &str| {
        let path = format!("/v1/disputes/{}/{verb}", dispute.id);
        ana.request(reqwest::Method::POST, &path, None, Some("one")).await
    };
    let done = command(&first, "withdraw").await;
    assert_eq!(command(&first, "withdraw").await, done);
    for (dispute, verb) in [(&first, "endings/approve"), (&second, "withdraw")] {
        command(dispute, verb).await.is_refused(422, ErrorCode::IdempotencyKeyReused);
    }
    let untouched: DisputeView = ana.get(&format!("/v1/disputes/{}", second.id)).await.to();
    assert_eq!(untouched.status, Status::Submitted);
}

#[tokio::test]
async fn a_draft_is_its_filers_alone_and_the_station_sees_it_once_submitted() {
    let test = TestApp::start().await;
    let ana = test.person("陈一", Role::Resident).await;
    let officer = test.person("王警官", Role::Officer).await;
    let stranger = test.person("路人", Role::Resident).await;
    let elsewhere = test.person_at("李警官", Role::Officer, test.place.other_station).await;
    let draft = filed(&ana).await;
    let path = format!("/v1/disputes/{}", draft.id);
    assert_eq!(draft.status, Status::Draft);
    officer.get(&path).await.is_refused(404, ErrorCode::NotFound);
    submitted_path(&ana, &path).await;
    let seen: DisputeView = officer.get(&path).await.to();
    assert_eq!((seen.status, seen.your_parts), (Status::Submitted, vec![Part::StationOfficer]));
    for outsider in [stranger, elsewhere] {
        let foreign = outsider.get(&path).await;
        let unknown = outsider.get("/v1/disputes/dsp_00000000000000000000000000000000").await;
        assert_eq!(foreign, unknown);
        foreign.is_refused(404, ErrorCode::NotFound);
    }
}

async fn submitted_path(person: &Person<'_>, path: &str) {
    person.post(&format!("{path}/submit"), json!({})).await.ok();
}

#[tokio::test]
async fn a_party_may_step_back_and_nobody_else() {
    let test = TestApp::start().await;
    let ana = test.person("陈一", Role::Resident).await;
    let officer = test.person("王警官", Role::Officer).await;
    let dispute = submitted(&ana).await;
    let path = format!("/v1/disputes/{}/withdraw", dispute.id);
    officer.command(&path).await.is_refused(403, ErrorCode::NotPermitted);
    let after: DisputeView = ana.command(&path).await.to();
    assert_eq!(after.status, Status::Terminated);
    ana.command(&path).await.is_refused(409, ErrorCode::WrongStatus);
}

#[tokio::test]
async fn bad_input_is_told_by_code_and_path() {
    let test = TestApp::start().await;
    let ana = test.person("陈一", Role::Resident).await;
    let mut bad = noise();
    bad["parties"][1]["phone"] = json!("12");
    let refused = ana.post("/v1/disputes", bad).await;
    refused.is_refused(422, ErrorCode::Invalid);
    assert_eq!(refused.body["fields"][0]["path"], "parties[1].phone");
    let mut unknown = noise();
    unknown["fee"] = json!(1);
    ana.post("/v1/disputes", unknown).await.is_refused(422, ErrorCode::Invalid);
    let mut nowhere = noise();
    nowhere["community_code"] = json!("999999999999");
    let refused = ana.post("/v1/disputes", nowhere).await;
    assert_eq!(refused.body["fields"][0]["path"], "community_code");
    let mut huge = noise();
    huge["narrative"] = json!("长".repeat(300 * 1024));
    ana.post("/v1/disputes", huge).await.is_refused(413, ErrorCode::TooLarge);
    ana.request(reqwest::Method::POST, "/v1/disputes", Some(noise()), None)
        .await
        .is_refused(400, ErrorCode::IdempotencyKeyRequired);
}
