//! Sessions step by step, and what the other side can see of a caucus: nothing.

use crate::app::{Person, TestApp};
use crate::mediation::{A, B, JOINT, Mediation};
use crate::rooms::said;
use crate::socket::Socket;
use chrono::{DateTime, Duration, Utc};
use protocol::appointment::AppointmentRole;
use protocol::dispute::{DisputeView, Status, Track};
use protocol::room::{EntryBody, EntryPage, SystemNotice};
use protocol::session::{SessionPhase, SessionView};
use protocol::{ErrorCode, PersonId, RoomId, SessionId};
use serde_json::{Value, json};

fn plan(from: DateTime<Utc>) -> Value {
    json!({"starts_at": from, "ends_at": from + Duration::hours(2), "manner": "video"})
}

async fn scheduled(m: &Mediation<'_>, host: &Person<'_>, in_days: i64) -> SessionView {
    let at = m.test.now() + Duration::days(in_days);
    host.post(&format!("/v1/disputes/{}/sessions", m.id), plan(at)).await.to()
}

async fn step(
    who: &Person<'_>,
    session: SessionId,
    verb: &str,
    body: Option<Value>,
) -> crate::app::Answer {
    let path = format!("/v1/sessions/{session}/{verb}");
    match body {
        Some(body) => who.post(&path, body).await,
        None => who.command(&path).await,
    }
}

async fn done(
    who: &Person<'_>,
    session: SessionId,
    verb: &str,
    body: Option<Value>,
) -> SessionView {
    step(who, session, verb, body).await.to()
}

/// Opens the lobby; these come for themselves, are verified, and know their rights.
async fn ready(m: &Mediation<'_>, host: &Person<'_>, session: SessionId, people: &[&Person<'_>]) {
    done(host, session, "notify", None).await;
    done(host, session, "open", None).await;
    for who in people {
        let view: DisputeView = who.get(&format!("/v1/disputes/{}", m.id)).await.to();
        let body = json!({"person": who.id, "party": view.you_act_for[0], "as": "party"});
        done(who, session, "arrive", Some(body)).await;
        done(host, session, "verify", Some(verified(who.id))).await;
    }
    done(host, session, "confirm-identities", None).await;
    for who in people {
        done(who, session, "acknowledge-rights", None).await;
    }
    done(host, session, "confirm-rights", None).await;
}

fn verified(person: PersonId) -> Value {
    json!({"person": person, "method": "document_seen"})
}

async fn notices(who: &Person<'_>, room: RoomId) -> Vec<SystemNotice> {
    let page: EntryPage = who.get(&format!("/v1/rooms/{room}/entries")).await.to();
    page.entries
        .into_iter()
        .filter_map(|entry| match entry.body {
            EntryBody::System { notice, .. } => Some(notice),
            _ => None,
        })
        .filter(|notice| !matches!(notice, SystemNotice::Opened | SystemNotice::MemberJoined))
        .collect()
}

/// Everything somebody can read.
async fn all_that(m: &Mediation<'_>, who: &Person<'_>, session: SessionId) -> Vec<Value> {
    let mut seen = Vec::new();
    for path in [
        format!("/v1/sessions/{session}"),
        format!("/v1/disputes/{}/sessions", m.id),
        format!("/v1/disputes/{}", m.id),
        format!("/v1/disputes/{}/rooms", m.id),
        "/v1/disputes".to_owned(),
    ] {
        seen.push(who.get(&path).await.ok());
    }
    for room in m.rooms(who).await {
        seen.push(who.get(&format!("/v1/rooms/{}/entries", room.id)).await.ok());
    }
    seen
}

#[tokio::test]
async fn a_session_goes_from_its_plan_to_the_confirmed_record() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let planned = scheduled(&m, &m.mediator, 1).await;
    assert_eq!((planned.number, planned.phase), (1, SessionPhase::Planned));
    let id = planned.id;
    ready(&m, &m.mediator, id, &[&m.ana, &m.ben]).await;
    let talking = done(&m.mediator, id, "joint", Some(json!({}))).await;
    assert_eq!((talking.phase, talking.talking_in), (SessionPhase::InProgress, Some(JOINT)));
    let dispute: DisputeView = m.ana.get(&format!("/v1/disputes/{}", m.id)).await.to();
    assert_eq!(dispute.status, Status::InMediation);
    done(&m.mediator, id, "caucus", Some(json!({"side": "respondent"}))).await;
    let own: SessionView = m.ben.get(&format!("/v1/sessions/{id}")).await.to();
    assert_eq!(own.talking_in, Some(B));
    done(&m.mediator, id, "joint", Some(json!({}))).await;
    step(&m.mediator, id, "end", None).await.is_refused(409, ErrorCode::RecordUnconfirmed);
    let record = json!({"text": "双方同意晚十点后保持安静。"});
    let hash = done(&m.mediator, id, "record", Some(record)).await.record.unwrap().text_hash;
    let wrong = json!({"text_hash": "0".repeat(64)});
    step(&m.ana, id, "confirm-record", Some(wrong)).await.is_refused(409, ErrorCode::TextChanged);
    done(&m.ana, id, "confirm-record", Some(json!({"text_hash": hash}))).await;
    step(&m.mediator, id, "close-record", None).await.is_refused(409, ErrorCode::RecordUnconfirmed);
    let refusal = json!({"person": m.ben.id, "reason": "认为遗漏了其陈述"});
    done(&m.mediator, id, "note-refusal", Some(refusal)).await;
    done(&m.mediator, id, "close-record", None).await;
    assert_eq!(done(&m.mediator, id, "end", None).await.phase, SessionPhase::Ended);
    let joint = m.room(JOINT).await;
    assert_eq!(
        notices(&m.ana, joint).await,
        [SystemNotice::SessionStarted, SystemNotice::SessionEnded]
    );
}

#[tokio::test]
async fn nothing_the_other_side_can_read_or_hear_tells_of_a_caucus() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let id = scheduled(&m, &m.mediator, 1).await.id;
    ready(&m, &m.mediator, id, &[&m.ana, &m.ben]).await;
    done(&m.mediator, id, "joint", Some(json!({}))).await;
    let (joint, caucus) = (m.room(JOINT).await, m.room(A).await);
    let mut phone = Socket::hello(&m.ben, &[(joint, 0)]).await;
    phone.caught_up(joint).await;
    let before = (all_that(&m, &m.ben, id).await, all_that_station(&m, id).await);
    let steps = [
        ("caucus", json!({"side": "applicant"})),
        ("joint", json!({})),
        ("caucus", json!({"side": "applicant"})),
    ];
    for (n, (verb, body)) in steps.into_iter().enumerate() {
        done(&m.mediator, id, verb, Some(body)).await;
        said(&m.ana, caucus, &format!("{n}"), "我的底线是三百元").await;
        let now = (all_that(&m, &m.ben, id).await, all_that_station(&m, id).await);
        assert_eq!(now, before, "after {verb}");
        let own: SessionView = m.ana.get(&format!("/v1/sessions/{id}")).await.to();
        assert_eq!(own.talking_in, (verb == "caucus").then_some(A));
    }
    done(&m.mediator, id, "joint", Some(json!({}))).await;
    assert_eq!(
        notices(&m.ana, caucus).await,
        [SystemNotice::SessionStarted, SystemNotice::SessionEnded].repeat(2)
    );
    assert_eq!(notices(&m.ben, joint).await, [SystemNotice::SessionStarted]);
    let last = said(&m.mediator, joint, "back", "我们继续").await.seq;
    phone.until_seq(joint, last).await;
    let about_the_line =
        |text: &&String| !text.contains(r#""entries""#) && !text.contains(r#""state""#);
    let rest: Vec<&String> = phone.texts.iter().filter(about_the_line).collect();
    assert_eq!(rest.len(), 2, "welcome, caught_up: {rest:?}");
    let mut states: Vec<&String> =
        phone.texts.iter().filter(|text| text.contains(r#""type":"state""#)).collect();
    states.dedup();
    assert_eq!(states.len(), 1, "no state changed: {states:?}");
    assert_eq!(phone.seqs(joint), (1..=last).collect::<Vec<_>>());
}

/// What the respondent is told in the joint room when the talk has begun, and in both rooms after they were heard and all
/// met again.
async fn told_to_ben(first: (&str, Value)) -> [Vec<SystemNotice>; 3] {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let id = scheduled(&m, &m.mediator, 1).await.id;
    ready(&m, &m.mediator, id, &[&m.ana, &m.ben]).await;
    let (joint, own) = (m.room(JOINT).await, m.room(B).await);
    done(&m.mediator, id, first.0, Some(first.1)).await;
    let begun = notices(&m.ben, joint).await;
    let recorded = json!({"side": "respondent", "full_recording": true});
    done(&m.mediator, id, "caucus", Some(recorded)).await;
    done(&m.mediator, id, "joint", Some(json!({"full_recording": true}))).await;
    [begun, notices(&m.ben, joint).await, notices(&m.ben, own).await]
}

#[tokio::test]
async fn nobody_learns_that_a_talk_began_with_the_other_side_or_was_recorded_there() {
    use SystemNotice::{RecordingStarted, SessionEnded, SessionStarted};
    let together = told_to_ben(("joint", json!({}))).await;
    let with_ana = json!({"side": "applicant", "full_recording": true});
    assert_eq!(told_to_ben(("caucus", with_ana)).await, together);
    let [begun, joint, own] = together;
    assert_eq!(begun, [SessionStarted]);
    assert_eq!(joint, [SessionStarted, RecordingStarted]);
    assert_eq!(own, [SessionStarted, RecordingStarted, SessionEnded]);
}

/// What the officer who owns the dispute reads: police are bound by the secrecy of a caucus too.
async fn all_that_station(m: &Mediation<'_>, session: SessionId) -> Vec<Value> {
    let mut seen = Vec::new();
    for path in [format!("/v1/sessions/{session}"), format!("/v1/disputes/{}", m.id)] {
        seen.push(m.officer.get(&path).await.ok());
    }
    seen
}

#[tokio::test]
async fn steps_are_for_whom_they_are_meant_and_a_foreign_session_is_an_unknown_one() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let id = scheduled(&m, &m.officer, 1).await.id;
    step(&m.ana, id, "notify", None).await.is_refused(403, ErrorCode::NotPermitted);
    step(&m.lawyer, id, "open", None).await.is_refused(403, ErrorCode::NotPermitted);
    step(&m.mediator, id, "open", None).await.is_refused(409, ErrorCode::WrongStatus);
    let stranger = test.person("路人", protocol::account::Role::Resident).await;
    let unknown = "ses_00000000000000000000000000000000".parse().unwrap();
    for verb in ["", "/notify", "/joint"] {
        let ask = async |session: SessionId| {
            let path = format!("/v1/sessions/{session}{verb}");
            if verb.is_empty() {
                stranger.get(&path).await
            } else {
                stranger.post(&path, json!({})).await
            }
        };
        let foreign = ask(id).await;
        assert_eq!(foreign, ask(unknown).await);
        foreign.is_refused(404, ErrorCode::NotFound);
    }
    done(&m.mediator, id, "notify", None).await;
    done(&m.mediator, id, "open", None).await;
    let view: DisputeView = m.ben.get(&format!("/v1/disputes/{}", m.id)).await.to();
    let as_ben = json!({"person": m.ana.id, "party": view.you_act_for[0], "as": "party"});
    step(&m.ana, id, "arrive", Some(as_ben)).await.is_refused(403, ErrorCode::NotPermitted);
    step(&m.mediator, id, "confirm-identities", None)
        .await
        .is_refused(409, ErrorCode::IdentityUnverified);
    let cancelled = done(&m.mediator, id, "cancel", Some(json!({"reason": "停电"}))).await;
    assert_eq!(cancelled.phase, SessionPhase::Cancelled);
}

#[tokio::test]
async fn a_mediator_is_in_one_session_at_a_time_and_free_again_when_it_falls_away() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let first = scheduled(&m, &m.mediator, 1).await;
    let path = format!("/v1/disputes/{}/sessions", m.id);
    let overlapping = plan(first.starts_at + Duration::hours(1));
    m.mediator.post(&path, overlapping.clone()).await.is_refused(422, ErrorCode::Invalid);
    let adjoining = plan(first.ends_at);
    m.mediator.post(&path, adjoining).await.ok();
    done(&m.mediator, first.id, "cancel", Some(json!({"reason": "改期"}))).await;
    let sooner =
        json!({"starts_at": first.starts_at, "ends_at": first.ends_at, "manner": "on_site"});
    m.mediator.post(&path, sooner).await.ok();
    let past = plan(test.now() - Duration::days(1));
    m.mediator.post(&path, past).await.is_refused(422, ErrorCode::Invalid);
    m.ana.command(&m.path("/withdraw")).await.ok();
    let left: protocol::session::SessionList = m.mediator.get(&path).await.to();
    assert!(left.sessions.iter().all(|one| one.phase == SessionPhase::Cancelled));
}

/// 程序规定 Art 180, 181, 183.
#[tokio::test]
async fn public_security_mediation_has_its_guards() {
    let test = TestApp::start().await;
    let m = Mediation::accepted(&test, Track::PublicSecurity).await;
    m.staffed(&m.officer, AppointmentRole::Mediator).await;
    let path = format!("/v1/disputes/{}/sessions", m.id);
    let tomorrow = test.now() + Duration::days(1);
    m.officer.post(&path, plan(tomorrow)).await.is_refused(409, ErrorCode::FactsNotEstablished);
    m.officer.command(&m.path("/establish-facts")).await.ok();
    for (statement, id) in [
        ("update parties set role = 'suspect' where person_id = $1", m.ben.id),
        ("update parties set role = 'victim' where person_id = $1", m.ana.id),
        ("update people set born_on = '2010-01-01' where id = $1", m.ana.id),
    ] {
        sqlx::query(statement).bind(id.0).execute(&test.owner).await.unwrap();
    }
    let id = scheduled(&m, &m.officer, 1).await.id;
    ready(&m, &m.officer, id, &[&m.ana]).await;
    let alone = step(&m.officer, id, "joint", Some(json!({}))).await;
    alone.is_refused(409, ErrorCode::RecordingRequired);
    let recorded = json!({"full_recording": true});
    let refused = step(&m.officer, id, "joint", Some(recorded.clone())).await;
    refused.is_refused(409, ErrorCode::GuardianRequired);
    let grown = "update people set born_on = '1990-01-01' where id = $1";
    sqlx::query(grown).bind(m.ana.id.0).execute(&test.owner).await.unwrap();
    let refused = step(&m.officer, id, "joint", Some(recorded.clone())).await;
    refused.is_refused(409, ErrorCode::AttendanceMissing);
    assert!(refused.body["article"].as_str().unwrap().contains("181"));
    let view: DisputeView = m.ben.get(&format!("/v1/disputes/{}", m.id)).await.to();
    let body = json!({"person": m.ben.id, "party": view.you_act_for[0], "as": "party"});
    done(&m.ben, id, "arrive", Some(body)).await;
    done(&m.officer, id, "verify", Some(verified(m.ben.id))).await;
    done(&m.ben, id, "acknowledge-rights", None).await;
    done(&m.officer, id, "joint", Some(recorded)).await;
    let elsewhere = json!({"side": "applicant"});
    let unrecorded = step(&m.officer, id, "caucus", Some(elsewhere)).await;
    unrecorded.is_refused(409, ErrorCode::RecordingRequired);
    let joint = m.rooms(&m.ana).await[0].id;
    assert!(notices(&m.ana, joint).await.contains(&SystemNotice::RecordingStarted));
    let late = plan(tomorrow + Duration::days(20));
    m.officer.post(&path, late).await.is_refused(409, ErrorCode::SessionTooLate);
    scheduled(&m, &m.officer, 3).await;
    let third = plan(tomorrow + Duration::days(4));
    m.officer.post(&path, third).await.is_refused(409, ErrorCode::SessionLimit);
}
