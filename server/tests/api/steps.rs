//! Triage, ownership, endings that need two people, invitations and appointments.

use crate::app::{Answer, Person, TestApp};
use crate::disputes::{filed, noise, submitted};
use chrono::Duration;
use protocol::ErrorCode;
use protocol::account::Role;
use protocol::dispute::{DisputeView, Part, Status, TerminationReason, Timeline, Track};
use protocol::invitation::{
    ConsentText, InvitationFront, InvitationSent, InvitationStatus, InvitationView,
};
use protocol::lifecycle::Triaged;
use protocol::party::{ConsentState, Side};
use reqwest::Method;
use serde_json::{Value, json};

/// Everybody a dispute needs.
pub struct Cast<'a> {
    pub ana: Person<'a>,
    pub officer: Person<'a>,
    pub leader: Person<'a>,
    pub director: Person<'a>,
    pub mediator: Person<'a>,
    pub lawyer: Person<'a>,
}

impl<'a> Cast<'a> {
    pub async fn of(test: &'a TestApp) -> Self {
        Self {
            ana: test.person("陈一", Role::Resident).await,
            officer: test.person("王警官", Role::Officer).await,
            leader: test.person("赵所长", Role::StationLeader).await,
            director: test.person("钱主任", Role::CommitteeDirector).await,
            mediator: test.person("孙调解员", Role::PeoplesMediator).await,
            lawyer: test.person("李律师", Role::Lawyer).await,
        }
    }
}

pub fn path(dispute: &DisputeView, rest: &str) -> String {
    format!("/v1/disputes/{}{rest}", dispute.id)
}

pub async fn shown(test: &TestApp) -> Value {
    let url = format!("{}/v1/consent-text", test.url);
    let current: ConsentText = test.http.get(url).send().await.unwrap().json().await.unwrap();
    json!({"hash": current.hash, "version": current.version, "language": current.language})
}

/// Without an account: what a browser does that follows a link.
pub async fn anybody(test: &TestApp, method: Method, path: &str, body: Option<Value>) -> Answer {
    let mut request = test.http.request(method.clone(), format!("{}{path}", test.url));
    if let Some(body) = body {
        request = request.json(&body);
    }
    Answer::of(&method, path, request).await
}

pub async fn triaged(cast: &Cast<'_>) -> DisputeView {
    let dispute = submitted(&cast.ana).await;
    let body = json!({"findings": {"venue": "here"}});
    let triaged: Triaged = cast.officer.post(&path(&dispute, "/triage"), body).await.to();
    triaged.dispute
}

pub fn party(dispute: &DisputeView, side: Side) -> Value {
    json!(dispute.parties.iter().find(|p| p.side == side).unwrap().id)
}

/// A fresh invitation for the respondent, made by the officer.
pub async fn invited(cast: &Cast<'_>, dispute: &DisputeView) -> (String, String) {
    let body = json!({"party": party(dispute, Side::Respondent)});
    let sent: InvitationSent = cast.officer.post(&path(dispute, "/invitations"), body).await.to();
    let token = sent.link.rsplit('/').next().unwrap().to_owned();
    (token, sent.code)
}

/// Everybody has agreed; a mediator is being found.
pub async fn accepted(cast: &Cast<'_>) -> DisputeView {
    let dispute = triaged(cast).await;
    let (token, code) = invited(cast, &dispute).await;
    let test = cast.ana.test;
    let body = json!({"code": code, "answer": "consent", "shown": shown(test).await});
    anybody(test, Method::POST, &format!("/v1/invitations/{token}/answer"), Some(body)).await.ok();
    cast.officer.get(&path(&dispute, "")).await.to()
}

#[tokio::test]
async fn triage_picks_the_track_and_the_first_to_touch_owns_it() {
    let test = TestApp::start().await;
    let cast = Cast::of(&test).await;
    let dispute = triaged(&cast).await;
    assert_eq!(
        (dispute.status, dispute.track),
        (Status::AwaitingConsent, Some(Track::PeopleMediation))
    );
    assert!(dispute.your_parts.contains(&Part::Owner));
    cast.leader
        .post(&path(&dispute, "/triage"), json!({"findings": {"venue": "here"}}))
        .await
        .is_refused(409, ErrorCode::WrongStatus);
    let to = json!({"to": cast.leader.account, "reason": "轮休"});
    cast.officer.post(&path(&dispute, "/hand-over"), to).await.ok();
    let outsider = json!({"to": cast.lawyer.account, "reason": "轮休"});
    let refused = cast.leader.post(&path(&dispute, "/hand-over"), outsider).await;
    assert_eq!(refused.body["fields"][0]["path"], "to");
    let timeline: Timeline = cast.ana.get(&path(&dispute, "/events")).await.to();
    let told: Vec<(&str, Option<Part>)> =
        timeline.entries.iter().map(|entry| (entry.event.as_str(), entry.by)).collect();
    let (ana, officer) = (Some(Part::Applicant), Some(Part::StationOfficer));
    assert_eq!(told, [("submitted", ana), ("consent_given", ana), ("track_chosen", officer)]);
}

#[tokio::test]
async fn danger_comes_before_everything_and_crime_goes_elsewhere() {
    let test = TestApp::start().await;
    let cast = Cast::of(&test).await;
    let dispute = submitted(&cast.ana).await;
    let triage = path(&dispute, "/triage");
    let danger =
        json!({"findings": {"venue": "here", "emergency": ["weapon"], "suspected_crime": true}});
    let held: Triaged = cast.officer.post(&triage, danger).await.to();
    assert_eq!(held.dispute.status, Status::EmergencyHeld);
    let crime = json!({"findings": {"venue": "here", "suspected_crime": true}});
    let gone: Triaged = cast.officer.post(&triage, crime).await.to();
    assert_eq!(gone.dispute.status, Status::Redirected);
}

#[tokio::test]
async fn no_staff_member_ends_a_dispute_alone() {
    let test = TestApp::start().await;
    let cast = Cast::of(&test).await;
    let dispute = submitted(&cast.ana).await;
    let wish = json!({"ending": "reject", "reason": "other_by_law", "explanation": "法院已受理。"});
    cast.leader.post(&path(&dispute, "/endings"), wish.clone()).await.ok();
    cast.officer
        .post(&path(&dispute, "/endings"), wish)
        .await
        .is_refused(409, ErrorCode::ApprovalPending);
    cast.leader
        .command(&path(&dispute, "/endings/approve"))
        .await
        .is_refused(409, ErrorCode::SecondPersonRequired);
    cast.officer
        .command(&path(&dispute, "/endings/approve"))
        .await
        .is_refused(403, ErrorCode::NotPermitted);
    let seen: DisputeView = cast.ana.get(&path(&dispute, "")).await.to();
    assert!(seen.approval.is_none(), "the wish is the staff's own business");
    let ended: DisputeView = cast.director.command(&path(&dispute, "/endings/approve")).await.to();
    assert_eq!(ended.status, Status::Rejected);
}

#[tokio::test]
async fn an_invitation_is_read_and_answered_without_an_account() {
    let test = TestApp::start().await;
    let cast = Cast::of(&test).await;
    let dispute = triaged(&cast).await;
    let (token, code) = invited(&cast, &dispute).await;
    let page = format!("/v1/invitations/{token}");
    let front: InvitationFront = anybody(&test, Method::GET, &page, None).await.to();
    assert_eq!((front.status, front.station.name.as_str()), (InvitationStatus::Open, "古城派出所"));
    let wrong = if code == "000000" { "000001" } else { "000000" };
    anybody(&test, Method::POST, &format!("{page}/open"), Some(json!({"code": wrong})))
        .await
        .is_refused(401, ErrorCode::WrongCode);
    let view: InvitationView =
        anybody(&test, Method::POST, &format!("{page}/open"), Some(json!({"code": code})))
            .await
            .to();
    assert_eq!(
        (view.applicants.as_slice(), view.side),
        (["陈一".to_owned()].as_slice(), Side::Respondent)
    );
    let answer = format!("{page}/answer");
    let stale = json!({"code": code, "answer": "consent",
        "shown": {"hash": "0".repeat(64), "version": 1, "language": "zh"}});
    anybody(&test, Method::POST, &answer, Some(stale))
        .await
        .is_refused(409, ErrorCode::TextChanged);
    let yes = json!({"code": code, "answer": "consent", "shown": shown(&test).await});
    let done: InvitationFront = anybody(&test, Method::POST, &answer, Some(yes.clone())).await.to();
    assert_eq!(done.status, InvitationStatus::Answered);
    anybody(&test, Method::POST, &answer, Some(yes))
        .await
        .is_refused(409, ErrorCode::AlreadyAnswered);
    let after: DisputeView = cast.ana.get(&path(&dispute, "")).await.to();
    assert_eq!(after.status, Status::Matching);
    let kept: (String, i16) = sqlx::query_as(
        "select language, text_version from consents where invitation_id is not null",
    )
    .fetch_one(&test.owner)
    .await
    .unwrap();
    assert_eq!(kept, ("zh".to_owned(), 1));
}

#[tokio::test]
async fn five_wrong_codes_void_an_invitation_and_so_does_time() {
    let test = TestApp::start().await;
    let cast = Cast::of(&test).await;
    let dispute = triaged(&cast).await;
    let (token, code) = invited(&cast, &dispute).await;
    let open = format!("/v1/invitations/{token}/open");
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        anybody(&test, Method::POST, &open, Some(json!({"code": wrong})))
            .await
            .is_refused(401, ErrorCode::WrongCode);
    }
    anybody(&test, Method::POST, &open, Some(json!({"code": code})))
        .await
        .is_refused(409, ErrorCode::InvitationExpired);
    let (token, code) = invited(&cast, &dispute).await;
    test.advance(Duration::days(20));
    anybody(
        &test,
        Method::POST,
        &format!("/v1/invitations/{token}/open"),
        Some(json!({"code": code})),
    )
    .await
    .is_refused(409, ErrorCode::InvitationExpired);
    anybody(&test, Method::GET, "/v1/invitations/0123", None)
        .await
        .is_refused(404, ErrorCode::NotFound);
}

#[tokio::test]
async fn one_refusal_ends_it() {
    let test = TestApp::start().await;
    let cast = Cast::of(&test).await;
    let dispute = triaged(&cast).await;
    let (token, code) = invited(&cast, &dispute).await;
    let no = json!({"code": code, "answer": "decline"});
    anybody(&test, Method::POST, &format!("/v1/invitations/{token}/answer"), Some(no)).await.ok();
    let after: DisputeView = cast.ana.get(&path(&dispute, "")).await.to();
    assert_eq!(
        (after.status, after.ended_because),
        (Status::Terminated, Some(TerminationReason::Refused))
    );
    let respondent = after.parties.iter().find(|p| p.side == Side::Respondent).unwrap();
    assert_eq!(respondent.consent, ConsentState::Declined);
}

#[tokio::test]
async fn a_minor_answers_through_a_guardian() {
    let test = TestApp::start().await;
    let cast = Cast::of(&test).await;
    let mut body = noise();
    body["parties"][1] = json!({"side": "respondent", "name": "林小二", "born_on": "2015-05-05"});
    let draft: DisputeView = cast.ana.post("/v1/disputes", body).await.to();
    cast.ana.post(&path(&draft, "/submit"), json!({})).await.ok();
    let triage = json!({"findings": {"venue": "here"}});
    let dispute: Triaged = cast.officer.post(&path(&draft, "/triage"), triage).await.to();
    let minor = party(&dispute.dispute, Side::Respondent);
    cast.officer
        .post(&path(&draft, "/invitations"), json!({"party": minor}))
        .await
        .is_refused(409, ErrorCode::GuardianRequired);
    let guardian =
        json!({"party": minor, "kind": "guardian", "name": "林母", "phone": "19000000009"});
    cast.officer.post(&path(&draft, "/representatives"), guardian).await.ok();
    let (token, code) = invited(&cast, &dispute.dispute).await;
    let open = format!("/v1/invitations/{token}/open");
    let view: InvitationView =
        anybody(&test, Method::POST, &open, Some(json!({"code": code}))).await.to();
    assert!(view.answers_for_another);
    let yes = json!({"code": code, "answer": "consent", "shown": shown(&test).await});
    anybody(&test, Method::POST, &format!("/v1/invitations/{token}/answer"), Some(yes)).await.ok();
}

#[tokio::test]
async fn a_mediator_is_appointed_discloses_and_is_accepted_by_all() {
    let test = TestApp::start().await;
    let cast = Cast::of(&test).await;
    let dispute = accepted(&cast).await;
    let appoint = path(&dispute, "/appointments");
    let lawyer = json!({"account": cast.lawyer.account, "role": "mediator"});
    cast.director.post(&appoint, lawyer).await.is_refused(409, ErrorCode::ConflictOfInterest);
    let mediator = json!({"account": cast.mediator.account, "role": "mediator"});
    let assigned: DisputeView = cast.director.post(&appoint, mediator.clone()).await.to();
    assert_eq!(assigned.status, Status::Assigned);
    cast.director.post(&appoint, mediator).await.is_refused(409, ErrorCode::WrongStatus);
    let answers = path(&dispute, "/disclosure-answers");
    let yes = json!({"party": party(&dispute, Side::Applicant), "neutral": cast.mediator.account, "accepts": true});
    cast.ana.post(&answers, yes.clone()).await.is_refused(409, ErrorCode::DisclosurePending);
    assert!(!assigned.neutrals[0].awaits_you);
    cast.mediator
        .post(&path(&dispute, "/disclosure"), json!({"interests": "与双方均无利害关系。"}))
        .await
        .ok();
    let awaits = async |who: &Person<'_>| {
        who.get(&path(&dispute, "")).await.to::<DisputeView>().neutrals[0].awaits_you
    };
    assert!(awaits(&cast.ana).await, "there is something to answer to");
    assert!(!awaits(&cast.mediator).await, "not who acts for nobody");
    let told: DisputeView = cast.ana.post(&answers, yes).await.to();
    assert!(!awaits(&cast.ana).await, "on any device");
    assert_eq!(told.neutrals[0].disclosure.as_deref(), Some("与双方均无利害关系。"));
    assert!(!told.neutrals[0].accepted, "the other side has not answered");
}

#[tokio::test]
async fn a_party_may_refuse_a_mediator_who_then_cannot_come_back() {
    let test = TestApp::start().await;
    let cast = Cast::of(&test).await;
    let dispute = accepted(&cast).await;
    let mediator = json!({"account": cast.mediator.account, "role": "mediator"});
    cast.director.post(&path(&dispute, "/appointments"), mediator.clone()).await.ok();
    cast.mediator.post(&path(&dispute, "/disclosure"), json!({})).await.ok();
    let no = json!({"party": party(&dispute, Side::Applicant), "neutral": cast.mediator.account, "accepts": false});
    let after: DisputeView = cast.ana.post(&path(&dispute, "/disclosure-answers"), no).await.to();
    assert_eq!((after.status, after.neutrals.len()), (Status::Matching, 0));
    cast.director
        .post(&path(&dispute, "/appointments"), mediator)
        .await
        .is_refused(409, ErrorCode::ConflictOfInterest);
}

#[tokio::test]
async fn a_conflict_is_found_at_the_claim() {
    let test = TestApp::start().await;
    let cast = Cast::of(&test).await;
    let dispute = accepted(&cast).await;
    let party_too = test.person("林二", Role::Lawyer).await;
    sqlx::query("update parties set person_id = $1 where dispute_id = $2 and side = 'respondent'")
        .bind(party_too.id.0)
        .bind(dispute.id.0)
        .execute(&test.owner)
        .await
        .unwrap();
    let claim = json!({"role": "invited_lawyer"});
    party_too
        .post(&path(&dispute, "/claim"), claim.clone())
        .await
        .is_refused(403, ErrorCode::NotPermitted);
    let kin = test.person("林三", Role::Lawyer).await;
    sqlx::query("insert into kin values ($1, $2, 'sibling', $3)")
        .bind(kin.id.0)
        .bind(cast.ana.id.0)
        .bind(test.now())
        .execute(&test.owner)
        .await
        .unwrap();
    let check = kin.get(&path(&dispute, "/conflicts")).await.ok();
    assert_eq!(check["conflicts"][0]["kind"], "kin");
    let offered: DisputeView = cast.lawyer.get(&path(&dispute, "")).await.to();
    assert_eq!(
        (offered.your_parts, offered.parties.len(), offered.narrative),
        (vec![Part::Candidate], 0, None)
    );
    let taken: DisputeView = cast.lawyer.post(&path(&dispute, "/claim"), claim).await.to();
    assert_eq!(taken.neutrals[0].part, Part::InvitedLawyer);
    let bars: i64 = sqlx::query_scalar("select count(*) from mediation_bars where person_id = $1")
        .bind(cast.lawyer.id.0)
        .fetch_one(&test.owner)
        .await
        .unwrap();
    assert_eq!(bars, 1);
    let agent = json!({"party": party(&taken, Side::Applicant), "kind": "agent", "name": "李律师",
        "agent_type": "lawyer", "powers": ["attend_and_sign"], "is_me": true});
    cast.lawyer.command(&path(&dispute, "/step-down")).await.ok();
    let _ = filed(&cast.ana).await;
    cast.lawyer
        .post(&path(&dispute, "/representatives"), agent)
        .await
        .is_refused(403, ErrorCode::NotPermitted);
}

#[tokio::test]
async fn who_helped_both_sides_may_not_act_for_one() {
    let test = TestApp::start().await;
    let cast = Cast::of(&test).await;
    let dispute = accepted(&cast).await;
    cast.lawyer.post(&path(&dispute, "/claim"), json!({"role": "invited_lawyer"})).await.ok();
    cast.lawyer.command(&path(&dispute, "/step-down")).await.ok();
    let phone = "19000000088";
    sqlx::query("update accounts set phone = $1 where id = $2")
        .bind(phone)
        .bind(cast.lawyer.account.0)
        .execute(&test.owner)
        .await
        .unwrap();
    let agent = json!({"party": party(&dispute, Side::Applicant), "kind": "agent", "name": "李律师",
        "agent_type": "lawyer", "powers": ["attend_and_sign"], "phone": phone});
    cast.ana
        .post(&path(&dispute, "/representatives"), agent)
        .await
        .is_refused(409, ErrorCode::ConflictOfInterest);
}

#[tokio::test]
async fn nobody_stands_on_one_side_and_acts_for_the_other() {
    let test = TestApp::start().await;
    let cast = Cast::of(&test).await;
    let dispute = triaged(&cast).await;
    let mut own = json!({"side": "applicant", "name": "陈二"});
    cast.ana.post(&path(&dispute, "/parties"), own.clone()).await.ok();
    own["side"] = json!("respondent");
    cast.ana.post(&path(&dispute, "/parties"), own).await.is_refused(403, ErrorCode::NotPermitted);
    sqlx::query("update accounts set phone = '19000000001' where id = $1")
        .bind(cast.ana.account.0)
        .execute(&test.owner)
        .await
        .unwrap();
    let opponent = json!({"party": party(&dispute, Side::Respondent), "kind": "guardian", "name": "陈一",
        "phone": "19000000001"});
    cast.officer
        .post(&path(&dispute, "/representatives"), opponent)
        .await
        .is_refused(409, ErrorCode::ConflictOfInterest);
}

#[tokio::test]
async fn staff_can_call_others_see_the_ends_of_a_number_and_where_violence_is_indicated_nothing() {
    let test = TestApp::start().await;
    let cast = Cast::of(&test).await;
    let dispute = submitted(&cast.ana).await;
    let phone = |view: &DisputeView| view.parties.iter().find_map(|p| p.phone.clone());
    let known = phone(&cast.ana.get(&path(&dispute, "")).await.to());
    assert_eq!(known.as_deref(), Some("190****0002"));
    let findings = json!({"findings": {"venue": "here", "domestic_violence": "protocol_done"}});
    cast.officer.post(&path(&dispute, "/triage"), findings).await.ok();
    assert_eq!(phone(&cast.ana.get(&path(&dispute, "")).await.to()), None);
    let called = phone(&cast.officer.get(&path(&dispute, "")).await.to());
    assert_eq!(called.as_deref(), Some("19000000002"));
}
