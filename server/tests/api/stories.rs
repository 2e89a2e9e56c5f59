//! Whole disputes as people live them, through the public doors alone.
//!
//! Neighbours and noise from the filing to the archive is told by `ala demo walk` (`tests/walk.rs`); a respondent who
//! declines and the second person for a rejection stand in `steps.rs`.

use crate::app::{Answer, COMMUNITY, Person, TestApp};
use crate::mediation::{B, JOINT, Mediation};
use crate::meeting::{Attending, come, command, planned, ready, recorded, step};
use crate::rooms::said;
use crate::socket::Socket;
use crate::steps::{path, shown};
use chrono::{DateTime, Duration, Utc};
use protocol::account::{Me, Role};
use protocol::agreement::{AgreementView, WaitingFor};
use protocol::appointment::AppointmentRole;
use protocol::dispute::{DisputeView, Status, Timeline, Track};
use protocol::lifecycle::Triaged;
use protocol::live::ServerFrame;
use protocol::obligation::{ObligationList, ObligationStatus};
use protocol::party::Side;
use protocol::room::{EntryBody, EntryPage, SystemNotice};
use protocol::session::SessionView;
use protocol::{ErrorCode, PartyId, RoomId};
use reqwest::Method;
use serde_json::{Value, json};
use server::jobs::worker;

/// Somebody who signs in with this number for the first time.
async fn resident<'a>(test: &'a TestApp, phone: &str) -> Person<'a> {
    let signed_in = test.signed_in(phone).await;
    let me: Me = test.get_as(&signed_in.access_token, "/v1/me").await.to();
    Person { test, account: me.account, id: me.person, login: signed_in.login }
}

fn party(view: &DisputeView, side: Side) -> PartyId {
    view.parties.iter().find(|party| party.side == side).unwrap().id
}

/// Time passes, and what falls due is done.
async fn pass(test: &TestApp, by: Duration) {
    test.advance(by);
    worker::drain(&test.app).await.unwrap();
}

/// What a 治安调解协议书 has to say (程序规定 Art 184), with one payment.
fn police_draft(victim: PartyId, suspect: PartyId, due: &str) -> Value {
    json!({
        "form": "written",
        "main_facts": "双方因停车发生口角,林小二推倒张三,致其手臂擦伤。",
        "issues": "医药费的赔偿。",
        "responsibilities": [
            {"party": victim, "text": "言语过激,承担次要责任。"},
            {"party": suspect, "text": "动手推人,承担主要责任。"}
        ],
        "clauses": [
            {"topic": "compensation", "act": "支付医药费", "obligor": suspect, "beneficiary": victim,
             "amount": 30_000, "mode": "cash", "time_limit": {"kind": "by", "date": due}}
        ],
        "public_security": {
            "organ": "古城派出所", "host": "王警官", "others_present": [],
            "occurred_at": "2026-11-01T22:00:00+08:00", "place": "古城社区", "cause": "停车", "course": "推搡",
            "circumstances": "情节较轻", "result": "手臂擦伤"
        }
    })
}

/// A 治安 case with its people: a victim, a minor suspect and the mother, the officer who hosts and the leader.
struct Case<'a> {
    test: &'a TestApp,
    dispute: DisputeView,
    officer: Person<'a>,
    leader: Person<'a>,
    zhang: Person<'a>,
    lin: Person<'a>,
    mother: Person<'a>,
    victim: PartyId,
    suspect: PartyId,
}

impl<'a> Case<'a> {
    /// The officer files it, and the suspect cannot consent alone.
    async fn agreed_to(test: &'a TestApp) -> Self {
        let officer = test.person("王警官", Role::Officer).await;
        let dispute = police_filed(&officer).await;
        let (victim, suspect) =
            (party(&dispute, Side::Applicant), party(&dispute, Side::Respondent));
        let zhang = resident(test, "19000000011").await;
        let lin = resident(test, "19000000012").await;
        let shown = shown(test).await;
        let consent = |party: PartyId| json!({"party": party, "shown": shown});
        zhang.post(&path(&dispute, "/consent"), consent(victim)).await.ok();
        let alone = lin.post(&path(&dispute, "/consent"), consent(suspect)).await;
        alone.is_refused(409, ErrorCode::GuardianRequired);
        let mother =
            json!({"party": suspect, "kind": "guardian", "name": "林母", "phone": "19000000013"});
        officer.post(&path(&dispute, "/representatives"), mother).await.ok();
        let mother = resident(test, "19000000013").await;
        let answer = mother.post(&path(&dispute, "/consent"), consent(suspect)).await;
        assert_eq!(answer.to::<DisputeView>().status, Status::Matching);
        let leader = test.person("赵所长", Role::StationLeader).await;
        Self { test, dispute, officer, leader, zhang, lin, mother, victim, suspect }
    }

    fn path(&self, rest: &str) -> String {
        path(&self.dispute, rest)
    }

    async fn hosted(&self) {
        let host = json!({"account": self.officer.account, "role": "mediator"});
        self.leader.post(&self.path("/appointments"), host).await.ok();
        self.officer.post(&self.path("/disclosure"), json!({"interests": null})).await.ok();
        for (who, party) in [(&self.zhang, self.victim), (&self.mother, self.suspect)] {
            let answer = json!({"party": party, "neutral": self.officer.account, "accepts": true});
            who.post(&self.path("/disclosure-answers"), answer).await.ok();
        }
    }

    async fn plan(&self, at: DateTime<Utc>) -> Answer {
        planned(&self.officer, self.dispute.id, at).await
    }

    fn without_the_mother(&self) -> [Attending<'_>; 2] {
        [
            Attending { who: &self.zhang, party: self.victim, acting: "party" },
            Attending { who: &self.lin, party: self.suspect, acting: "party" },
        ]
    }

    fn everybody(&self) -> [Attending<'_>; 3] {
        let [zhang, lin] = self.without_the_mother();
        [zhang, lin, Attending { who: &self.mother, party: self.suspect, acting: "guardian" }]
    }

    /// The facts first; then nobody talks to a minor whose guardian is not there.
    async fn first_session(&self) {
        let tomorrow = self.test.now() + Duration::days(1);
        self.plan(tomorrow).await.is_refused(409, ErrorCode::FactsNotEstablished);
        self.officer.command(&self.path("/establish-facts")).await.ok();
        let session: SessionView = self.plan(tomorrow).await.to();
        pass(self.test, Duration::days(1)).await;
        ready(&self.officer, &session, &self.without_the_mother()).await;
        let alone = step(&self.officer, &session, "joint", recording()).await;
        alone.is_refused(409, ErrorCode::GuardianRequired);
        come(&self.officer, &session, &self.everybody()[2..]).await;
        command(&self.mother, &session, "acknowledge-rights").await;
        step(&self.officer, &session, "joint", recording()).await.ok();
        recorded(&self.officer, &session, "双方对医药费数额未达成一致。", &self.everybody()).await;
    }

    /// Within seven working days, and there is no third.
    async fn second_session(&self) {
        let late = self.plan(self.test.now() + Duration::days(20)).await;
        late.is_refused(409, ErrorCode::SessionTooLate);
        let in_time = self.test.now() + Duration::days(3);
        let session: SessionView = self.plan(in_time).await.to();
        assert_eq!(session.number, 2);
        pass(self.test, Duration::days(3)).await;
        ready(&self.officer, &session, &self.everybody()).await;
        step(&self.officer, &session, "joint", recording()).await.ok();
        let text = "林小二及其母亲同意支付医药费三百元。";
        recorded(&self.officer, &session, text, &self.everybody()).await;
        let third = self.plan(self.test.now() + Duration::days(1)).await;
        third.is_refused(409, ErrorCode::SessionLimit);
    }

    async fn signed(&self) {
        let path = self.path("/agreement");
        let draft = police_draft(self.victim, self.suspect, "2026-11-20");
        let body = json!({"revision": 0, "draft": draft});
        self.officer.request(Method::PUT, &path, Some(body), None).await.ok();
        let wording: AgreementView = self.officer.command(&format!("{path}/put-up")).await.to();
        let sign = async |who: &Person<'_>, party: PartyId| {
            let body =
                json!({"text_hash": wording.text_hash, "party": party, "method": "electronic"});
            let signed: AgreementView = who.post(&format!("{path}/sign"), body).await.to();
            signed.signing.unwrap().waiting_for
        };
        sign(&self.zhang, self.victim).await;
        // Of limited capacity: together with the guardian (民法典 Art 19).
        assert_eq!(sign(&self.lin, self.suspect).await, WaitingFor::Parties);
        assert_eq!(sign(&self.mother, self.suspect).await, WaitingFor::Mediator);
        let attest = json!({"text_hash": wording.text_hash});
        let effective = self.officer.post(&format!("{path}/sign-as-mediator"), attest).await;
        assert!(effective.to::<AgreementView>().effective_at.is_some());
    }

    async fn status(&self) -> Status {
        self.leader.get(&self.path("")).await.to::<DisputeView>().status
    }
}

/// As it came from the emergency number.
async fn police_filed(officer: &Person<'_>) -> DisputeView {
    let filing = json!({
        "category": "damage_compensation", "source": "police110", "title": "停车引起的推搡",
        "narrative": "因停车发生口角,一方被推倒,手臂擦伤。", "claims": ["赔偿医药费"],
        "community_code": COMMUNITY,
        "parties": [
            {"side": "applicant", "name": "张三", "phone": "19000000011", "role": "victim"},
            {"side": "respondent", "name": "林小二", "phone": "19000000012", "role": "suspect",
             "born_on": "2010-05-05"}
        ]
    });
    let draft: DisputeView = officer.post("/v1/disputes", filing).await.to();
    officer.post(&path(&draft, "/submit"), json!({})).await.ok();
    let findings = json!({"findings": {"venue": "here", "violation": {
        "act": "beating", "from_civil_dispute": true, "slight": true, "cause": "close_relations"}}});
    let triaged: Triaged = officer.post(&path(&draft, "/triage"), findings).await.to();
    assert_eq!(triaged.dispute.track, Some(Track::PublicSecurity));
    triaged.dispute
}

/// One officer alone records everything (程序规定 Art 52).
fn recording() -> Value {
    json!({"full_recording": true})
}

/// 治安调解: a minor suspect with a guardian, two sessions, an agreement that is not kept, the penalty procedure.
#[tokio::test]
async fn a_public_security_case_goes_back_to_the_penalty_procedure_when_nothing_is_paid() {
    let test = TestApp::start().await;
    let case = Case::agreed_to(&test).await;
    case.hosted().await;
    case.first_session().await;
    case.second_session().await;
    case.signed().await;
    let refer = case.path("/refer-for-penalty");
    case.leader.command(&refer).await.is_refused(409, ErrorCode::WrongStatus);
    pass(&test, Duration::days(20)).await;
    let owed: ObligationList = case.zhang.get(&case.path("/obligations")).await.to();
    assert_eq!(owed.obligations[0].status, ObligationStatus::Overdue);
    assert_eq!(case.status().await, Status::Defaulted);
    case.leader.command(&refer).await.ok();
    assert_eq!(case.status().await, Status::PenaltyReferral);
    let timeline: Timeline = case.leader.get(&case.path("/events")).await.to();
    assert_eq!(timeline.entries.last().unwrap().event, "referred_for_penalty");
}

/// 人民调解: a relation may be accepted by both sides once it is told in writing, and it cannot be kept silent.
#[tokio::test]
async fn a_lawyer_related_to_a_party_tells_it_and_the_other_side_may_object() {
    let test = TestApp::start().await;
    let m = Mediation::accepted(&test, Track::PeopleMediation).await;
    m.staffed(&m.mediator, AppointmentRole::Mediator).await;
    let sister = related_to_ben(&test).await;
    let told = sister.get(&m.path("/conflicts")).await.ok();
    assert_eq!(
        (&told["may_take_part"], &told["conflicts"][0]["kind"]),
        (&json!(true), &json!("kin"))
    );
    sister.post(&m.path("/claim"), json!({"role": "invited_lawyer"})).await.ok();
    let silent = sister.post(&m.path("/disclosure"), json!({"interests": null})).await;
    silent.is_refused(409, ErrorCode::ConflictOfInterest);
    assert_eq!(silent.body["fields"][0]["path"], "interests");
    let interests = json!({"interests": "被申请人是我的弟弟。"});
    sister.post(&m.path("/disclosure"), interests).await.ok();
    let seen: DisputeView = m.ana.get(&m.path("")).await.to();
    let lawyer = seen.neutrals.iter().find(|neutral| neutral.account == sister.account).unwrap();
    assert_eq!(lawyer.disclosure.as_deref(), Some("被申请人是我的弟弟。"));
    let no = json!({"party": m.party(&m.ana).await, "neutral": sister.account, "accepts": false});
    let after: DisputeView = m.ana.post(&m.path("/disclosure-answers"), no).await.to();
    assert!(after.neutrals.iter().all(|neutral| neutral.account != sister.account));
    let again = sister.post(&m.path("/claim"), json!({"role": "invited_lawyer"})).await;
    again.is_refused(409, ErrorCode::ConflictOfInterest);
}

/// 治安调解 knows no waiver (程序规定 Art 17), and nobody claims: it is found when somebody is named.
#[tokio::test]
async fn a_relation_excludes_from_a_public_security_case() {
    let test = TestApp::start().await;
    let m = Mediation::accepted(&test, Track::PublicSecurity).await;
    let leader = test.person("孙所长", Role::StationLeader).await;
    let sister = related_to_ben(&test).await;
    let named = async |who: &Person<'_>| {
        let body = json!({"account": who.account, "role": "invited_lawyer"});
        leader.post(&m.path("/appointments"), body).await
    };
    named(&sister).await.is_refused(409, ErrorCode::ConflictOfInterest);
    named(&m.lawyer).await.ok();
    let claim = sister.post(&m.path("/claim"), json!({"role": "invited_lawyer"})).await;
    claim.is_refused(404, ErrorCode::NotFound);
}

async fn related_to_ben(test: &TestApp) -> Person<'_> {
    let sister = test.person("林三", Role::Lawyer).await;
    let kin = json!({"kin": [{"name": "林二", "phone": "19000000002", "relation": "sibling"}]});
    sister.request(Method::PUT, "/v1/me/kin", Some(kin), None).await.ok();
    sister
}

fn texts(entries: impl IntoIterator<Item = EntryBody>) -> Vec<String> {
    let words = |body| match body {
        EntryBody::Text { text } => Some(text.to_string()),
        EntryBody::System { notice, .. } => Some(notice.to_string()),
        _ => None,
    };
    entries.into_iter().filter_map(words).collect()
}

/// What came over the line in one room.
fn heard(phone: &Socket, room: RoomId) -> Vec<String> {
    let of_room = phone.entries.iter().filter(|(of, _)| *of == room);
    texts(of_room.map(|(_, entry)| entry.body.clone()))
}

/// A phone drops out while the mediator begins a caucus with its owner, and once more before an answer comes.
#[tokio::test]
async fn who_drops_out_in_the_middle_of_a_session_finds_the_way_back_and_every_word() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let dispute: DisputeView = m.ben.get(&format!("/v1/disputes/{}", m.id)).await.to();
    let at = test.now() + Duration::days(1);
    let session: SessionView = planned(&m.mediator, m.id, at).await.to();
    let (ana, ben) = (party(&dispute, Side::Applicant), party(&dispute, Side::Respondent));
    let of_ana = Attending { who: &m.ana, party: ana, acting: "party" };
    let of_ben = Attending { who: &m.ben, party: ben, acting: "party" };
    ready(&m.mediator, &session, &[of_ana, of_ben]).await;
    step(&m.mediator, &session, "joint", json!({})).await.ok();
    let (joint, caucus) = (m.room(JOINT).await, m.room(B).await);

    let mut phone = Socket::hello(&m.ben, &[(joint, 0)]).await;
    let known = said(&m.ana, joint, "a1", "每晚都这样").await.seq;
    phone.until_seq(joint, known).await;
    let before = heard(&phone, joint);
    drop(phone);
    said(&m.ana, joint, "a2", "我说完了").await;
    step(&m.mediator, &session, "caucus", json!({"side": "respondent"})).await.ok();
    said(&m.mediator, caucus, "m1", "您怎么看?").await;

    let mut phone = Socket::hello(&m.ben, &[(joint, known)]).await;
    phone.caught_up(joint).await;
    assert_eq!(heard(&phone, joint), ["我说完了"], "what was missed, and nothing twice");
    let now: SessionView = m.ben.get(&format!("/v1/sessions/{}", session.id)).await.to();
    assert_eq!(now.talking_in, Some(B), "the way back");
    phone.send(json!({"type": "subscribe", "room": caucus, "after": 0})).await;
    phone.caught_up(caucus).await;
    assert_eq!(heard(&phone, caucus).last().unwrap(), "您怎么看?");
    phone.say(caucus, "b1", "我可以晚上不拖家具").await;
    drop(phone);

    let mut phone = Socket::hello(&m.ben, &[(caucus, 0)]).await;
    phone.say(caucus, "b1", "我可以晚上不拖家具").await;
    let ack = phone.until(|frame| matches!(frame, ServerFrame::Ack { .. })).await;
    let ServerFrame::Ack { seq, .. } = ack else { unreachable!() };
    phone.until_seq(caucus, seq).await;
    let stored: EntryPage = m.ben.get(&format!("/v1/rooms/{caucus}/entries")).await.to();
    let stored = texts(stored.entries.into_iter().map(|entry| entry.body));
    assert_eq!(stored.iter().filter(|text| *text == "我可以晚上不拖家具").count(), 1);
    assert_eq!(heard(&phone, caucus), stored);

    step(&m.mediator, &session, "joint", json!({})).await.ok();
    recorded(&m.mediator, &session, "双方同意晚十点后安静。", &[of_ana, of_ben]).await;
    let stored: EntryPage = m.ben.get(&format!("/v1/rooms/{joint}/entries")).await.to();
    let stored = texts(stored.entries.into_iter().map(|entry| entry.body));
    assert!(stored.starts_with(&before));
    assert_eq!(stored.last().unwrap(), SystemNotice::SessionEnded.as_str());
    assert!(m.rooms(&m.ana).await.iter().all(|room| room.address != B), "told to nobody else");
}
