//! Places in the media of a session: one for everybody, and nothing of a caucus outside it.

use crate::app::{Answer, Person, TestApp, until_so_many_wait_for_a_lock};
use crate::mediation::{Mediation, NEUTRALS};
use crate::meeting::{Attending, planned, ready, step};
use crate::socket::Socket;
use chrono::Duration;
use protocol::ErrorCode;
use protocol::account::Role;
use protocol::appointment::AppointmentRole;
use protocol::dispute::Track;
use protocol::live::ServerFrame;
use protocol::media::{Admission, MediaStanding, MediaView, RecordingState};
use protocol::party::Side;
use protocol::room::{EntryPage, RoomAddress, SystemNotice};
use protocol::session::SessionView;
use serde_json::{Value, json};
use std::collections::HashMap;

/// A session by video in which both sides talk together.
pub async fn by_video(m: &Mediation<'_>, hours_from_now: i64) -> SessionView {
    let at = m.test.now() + Duration::hours(hours_from_now);
    let plan = json!({"starts_at": at, "ends_at": at + Duration::hours(1), "manner": "video"});
    let session: SessionView = m.mediator.post(&m.path("/sessions"), plan).await.to();
    let (ana, ben) = (m.party(&m.ana).await, m.party(&m.ben).await);
    let attending = [(&m.ana, ana), (&m.ben, ben)];
    let attending = attending.map(|(who, party)| Attending { who, party, acting: "party" });
    ready(&m.mediator, &session, &attending).await;
    step(&m.mediator, &session, "joint", json!({})).await.to()
}

pub async fn media(who: &Person<'_>, session: &SessionView, verb: &str, body: Value) -> Answer {
    step(who, session, &format!("media/{verb}"), body).await
}

pub async fn join(who: &Person<'_>, session: &SessionView) -> Answer {
    who.command(&format!("/v1/sessions/{}/media/join", session.id)).await
}

pub async fn joined(who: &Person<'_>, session: &SessionView) -> Admission {
    join(who, session).await.to()
}

pub async fn shown(who: &Person<'_>, session: &SessionView) -> MediaView {
    who.get(&format!("/v1/sessions/{}/media", session.id)).await.to()
}

/// Confirms the leaving that is asked for, and joins where the talk goes on.
pub async fn moved(who: &Person<'_>, session: &SessionView) -> Admission {
    let turn = shown(who, session).await.turn;
    media(who, session, "confirm-left", json!({"turn": turn})).await.ok();
    joined(who, session).await
}

pub async fn caucus(m: &Mediation<'_>, session: &SessionView, side: &str) {
    step(&m.mediator, session, "caucus", json!({"side": side})).await.ok();
}

#[tokio::test]
async fn a_move_needs_the_confirmation_of_leaving_and_leads_where_one_belongs() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let session = by_video(&m, 0).await;
    let mediator = joined(&m.mediator, &session).await;
    let ana = joined(&m.ana, &session).await;
    let ben = joined(&m.ben, &session).await;
    let joint = mediator.media.media_room;
    assert_eq!((ana.media.media_room, ben.media.media_room), (joint, joint));
    let mut others = ben.media.others.clone();
    others.sort();
    let mut expected = vec![m.mediator.id, m.ana.id];
    expected.sort();
    assert_eq!(others, expected);

    caucus(&m, &session, "applicant").await;
    let leaving = shown(&m.ana, &session).await;
    assert_eq!((leaving.standing, &leaving.others), (MediaStanding::Leaving, &vec![]));
    let refused = join(&m.ana, &session).await;
    refused.is_refused(409, ErrorCode::MediaPlaceHeld);
    assert_eq!(refused.body["retry_after"], 120);
    let early = media(&m.ana, &session, "confirm-left", json!({"turn": leaving.turn - 1})).await;
    early.is_refused(409, ErrorCode::WrongStatus);
    let there = moved(&m.ana, &session).await;
    assert_ne!(there.media.media_room, joint);
    assert_eq!(there.media.room, Some(RoomAddress::Caucus { side: Side::Applicant }));
    assert_eq!(moved(&m.mediator, &session).await.media.others, [m.ana.id]);

    let stayed = shown(&m.ben, &session).await;
    assert_eq!(
        (stayed.media_room, stayed.standing, &stayed.others),
        (joint, MediaStanding::In, &vec![])
    );
    assert_eq!(stayed.epoch, Some(2), "who moved out leads nobody in");

    step(&m.mediator, &session, "joint", json!({})).await.ok();
    join(&m.mediator, &session).await.is_refused(409, ErrorCode::MediaPlaceHeld);
    assert_eq!(moved(&m.mediator, &session).await.media.others, [m.ben.id]);
    let old = there.media.media_room;
    moved(&m.ana, &session).await;
    caucus(&m, &session, "applicant").await;
    assert_ne!(moved(&m.ana, &session).await.media.media_room, old, "a caucus gets a new room");
}

#[tokio::test]
async fn who_vanishes_is_gone_after_two_minutes_and_may_come_back() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let session = by_video(&m, 0).await;
    joined(&m.mediator, &session).await;
    joined(&m.ana, &session).await;
    caucus(&m, &session, "applicant").await;
    test.advance(Duration::seconds(119));
    join(&m.ana, &session).await.is_refused(409, ErrorCode::MediaPlaceHeld);
    test.advance(Duration::seconds(1));
    assert_eq!(shown(&m.ana, &session).await.standing, MediaStanding::Out);
    let there = joined(&m.ana, &session).await;
    assert_eq!(there.media.room, Some(RoomAddress::Caucus { side: Side::Applicant }));
    assert_eq!(there.media.others, [], "the mediator has vanished too");
}

#[tokio::test]
async fn there_is_media_only_in_a_talk_that_was_appointed_by_video_or_telephone() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let on_site = m.in_session(&m.mediator).await;
    join(&m.ana, &on_site).await.is_refused(409, ErrorCode::WrongStatus);
    let later = test.now() + Duration::hours(5);
    let session: SessionView = planned(&m.mediator, m.id, later).await.to();
    join(&m.ana, &session).await.is_refused(409, ErrorCode::WrongStatus);

    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let session = by_video(&m, 0).await;
    let stranger = test.person("外人", Role::Resident).await;
    join(&stranger, &session).await.is_refused(404, ErrorCode::NotFound);
    join(&m.officer, &session).await.is_refused(403, ErrorCode::NotPermitted);
    step(&m.ana, &session, "depart", json!({"person": m.ana.id})).await.ok();
    join(&m.ana, &session).await.is_refused(409, ErrorCode::IdentityUnverified);
}

#[tokio::test]
async fn six_are_in_a_media_room_at_most() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let session = by_video(&m, 0).await;
    let there = joined(&m.mediator, &session).await;
    let room = there.media.media_room.unwrap();
    for _ in 0..5 {
        let extra = test.person("外人", Role::Resident).await;
        sqlx::query(
            "insert into media_places (person_id, turn, standing, session_id, room_id, epoch, until)
             values ($1, 1, 'in', $2, $3, 1, $4)",
        )
        .bind(extra.id.0)
        .bind(session.id.0)
        .bind(room.0)
        .bind(test.now() + Duration::minutes(1))
        .execute(&test.owner)
        .await
        .unwrap();
    }
    join(&m.ana, &session).await.is_refused(409, ErrorCode::MediaRoomFull);
    join(&m.mediator, &session).await.ok();
}

#[tokio::test]
async fn one_person_joining_two_sessions_at_once_gets_into_one() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    sqlx::query("update accounts set phone = '19000000003' where phone = '19000000002'")
        .execute(&test.owner)
        .await
        .unwrap();
    let mut other = Mediation::accepted(&test, Track::PeopleMediation).await;
    other.mediator = m.mediator;
    other.staffed(&other.mediator, AppointmentRole::Mediator).await;
    let (one, two) = (by_video(&m, 0).await, by_video(&other, 3).await);
    joined(&m.mediator, &one).await;
    let turn = shown(&m.mediator, &one).await.turn;
    media(&m.mediator, &one, "leave", json!({"turn": turn})).await.ok();
    // Both have decided on their dispute and wait for the person's one place.
    let mut rival = test.owner.begin().await.unwrap();
    sqlx::query("select from media_places where person_id = $1 for update")
        .bind(m.mediator.id.0)
        .execute(&mut *rival)
        .await
        .unwrap();
    let (first, second, ()) =
        tokio::join!(join(&m.mediator, &one), join(&m.mediator, &two), async {
            until_so_many_wait_for_a_lock(&test.owner, 2).await;
            rival.commit().await.unwrap();
        });
    let (inside, outside) =
        if first.status.is_success() { (first, second) } else { (second, first) };
    inside.ok();
    outside.is_refused(409, ErrorCode::MediaPlaceHeld);
    let twice =
        sqlx::query("insert into media_places (person_id, turn, standing) values ($1, 0, 'out')")
            .bind(m.mediator.id.0)
            .execute(&test.owner)
            .await
            .unwrap_err();
    let constraint = twice.into_database_error().unwrap();
    assert_eq!(constraint.constraint(), Some("media_places_one_a_person"));
}

#[tokio::test]
async fn who_loses_the_part_or_the_login_is_out_and_the_others_are_told() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let session = by_video(&m, 0).await;
    joined(&m.lawyer, &session).await;
    joined(&m.mediator, &session).await;
    let mut ana = Socket::hello(&m.ana, &[]).await;
    joined(&m.ana, &session).await;
    let others = |wanted: usize| move |frame: &ServerFrame| matches!(frame, ServerFrame::Media { media } if media.others.len() == wanted);
    ana.until(others(2)).await;
    m.lawyer.command(&m.path("/step-down")).await.ok();
    ana.until(others(1)).await;
    sqlx::query("update logins set ended_at = now() where id = $1")
        .bind(m.mediator.login.0)
        .execute(&test.owner)
        .await
        .unwrap();
    ana.until(others(0)).await;
    let standing: String =
        sqlx::query_scalar("select standing from media_places where person_id = $1")
            .bind(m.mediator.id.0)
            .fetch_one(&test.owner)
            .await
            .unwrap();
    assert_eq!(standing, "out");
}

#[tokio::test]
async fn by_the_socket_one_joins_is_told_to_leave_and_moves() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let session = by_video(&m, 0).await;
    let mut ana = Socket::hello(&m.ana, &[]).await;
    ana.send(json!({"type": "media", "session": session.id, "step": "join"})).await;
    ana.until(|frame| matches!(frame, ServerFrame::Admitted { admission } if admission.media.standing == MediaStanding::In))
        .await;
    caucus(&m, &session, "applicant").await;
    let told = ana
        .until(|frame| matches!(frame, ServerFrame::Media { media } if media.standing == MediaStanding::Leaving))
        .await;
    let ServerFrame::Media { media } = told else { unreachable!() };
    ana.send(json!({"type": "media", "session": session.id, "step": "confirm_left"})).await;
    ana.until(|frame| matches!(frame, ServerFrame::Error { problem, .. } if problem.code == ErrorCode::Invalid))
        .await;
    let confirm =
        json!({"type": "media", "session": session.id, "step": "confirm_left", "turn": media.turn});
    ana.send(confirm).await;
    ana.until(|frame| matches!(frame, ServerFrame::Media { media } if media.standing == MediaStanding::Out))
        .await;
    ana.send(json!({"type": "media", "session": session.id, "step": "join"})).await;
    let admitted = ana.until(|frame| matches!(frame, ServerFrame::Admitted { .. })).await;
    let ServerFrame::Admitted { admission } = admitted else { unreachable!() };
    assert_eq!(admission.media.room, Some(RoomAddress::Caucus { side: Side::Applicant }));
    let noted: Vec<String> = sqlx::query_scalar(
        "select operation from audit_entries where account_id = $1 and operation like 'media%' order by operation",
    )
    .bind(m.ana.account.0)
    .fetch_all(&test.owner)
    .await
    .unwrap();
    assert_eq!(noted, ["media_confirm_left", "media_join", "media_join"]);
}

#[tokio::test]
async fn a_recording_is_announced_agreed_to_by_all_logged_and_ended_by_any_refusal() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let session = by_video(&m, 0).await;
    let answer = |consents: bool| json!({"consents": consents});
    media(&m.ana, &session, "answer-recording", answer(true))
        .await
        .is_refused(409, ErrorCode::WrongStatus);
    for who in [&m.mediator, &m.ana] {
        joined(who, &session).await;
    }
    let announce = |who| media(who, &session, "announce-recording", json!({}));
    announce(&m.ana).await.is_refused(403, ErrorCode::NotPermitted);
    announce(&m.mediator).await.ok();
    let due = shown(&m.ana, &session).await.recording;
    assert_eq!((due.state, due.your_answer_is_due), (RecordingState::Announced, true));
    let state = async |who: &Person<'_>| shown(who, &session).await.recording.state;
    media(&m.ana, &session, "answer-recording", answer(true)).await.ok();
    assert_eq!(state(&m.mediator).await, RecordingState::On);
    joined(&m.ben, &session).await;
    assert_eq!(state(&m.mediator).await, RecordingState::Announced, "Ben was not asked");
    media(&m.ben, &session, "answer-recording", answer(true)).await.ok();
    assert_eq!(state(&m.ben).await, RecordingState::On);
    media(&m.ana, &session, "answer-recording", answer(false)).await.ok();
    assert_eq!(state(&m.mediator).await, RecordingState::Off);
    let log: Vec<String> = sqlx::query_scalar("select deed from media_recording_log order by seq")
        .fetch_all(&test.owner)
        .await
        .unwrap();
    assert_eq!(log, ["announced", "consented", "consented", "refused"]);
    let told = notices(&m.ben, &m).await;
    assert_eq!(
        told,
        [
            SystemNotice::RecordingStarted,
            SystemNotice::RecordingStarted,
            SystemNotice::RecordingStopped
        ]
    );
    for statement in
        ["update media_recording_log set deed = 'consented'", "delete from media_recording_log"]
    {
        let denied = sqlx::query(statement).execute(&test.app.db).await.unwrap_err();
        assert_eq!(denied.into_database_error().unwrap().code().as_deref(), Some("42501"));
    }
}

async fn notices(who: &Person<'_>, m: &Mediation<'_>) -> Vec<SystemNotice> {
    let joint = m.room(RoomAddress::JOINT).await;
    let page: EntryPage = who.get(&format!("/v1/rooms/{joint}/entries")).await.to();
    page.entries
        .into_iter()
        .filter_map(|entry| match entry.body {
            protocol::room::EntryBody::System { notice, .. } => Some(notice),
            _ => None,
        })
        .filter(|notice| {
            matches!(notice, SystemNotice::RecordingStarted | SystemNotice::RecordingStopped)
        })
        .collect()
}

/// What one side observes must not depend on what goes on in the caucus of the other.
#[tokio::test]
async fn nothing_of_the_media_of_a_caucus_reaches_the_other_side() {
    let (quiet, lively) = (observed(false).await, observed(true).await);
    assert!(quiet.len() > 6, "{quiet:#?}");
    assert_eq!(quiet, lively);
}

async fn observed(lively: bool) -> Vec<Value> {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let session = by_video(&m, 0).await;
    let joint = m.room(RoomAddress::JOINT).await;
    for who in [&m.mediator, &m.lawyer, &m.ana] {
        joined(who, &session).await;
    }
    let mut ben = Socket::hello(&m.ben, &[(joint, 0)]).await;
    ben.caught_up(joint).await;
    ben.state().await;
    joined(&m.ben, &session).await;
    let alone = |frame: &ServerFrame| matches!(frame, ServerFrame::Media { media } if media.others.is_empty());
    ben.until(|frame| matches!(frame, ServerFrame::Media { media } if media.others.len() == 3))
        .await;
    caucus(&m, &session, "applicant").await;
    ben.until(alone).await;
    for who in [&m.mediator, &m.lawyer, &m.ana] {
        let turn = shown(who, &session).await.turn;
        media(who, &session, "confirm-left", json!({"turn": turn})).await.ok();
    }
    let mut secret = String::from("none");
    if lively {
        secret = inside(&m, &session).await;
    }
    ben.send(json!({"type": "ping", "t": 1})).await;
    ben.until(|frame| matches!(frame, ServerFrame::Pong { .. })).await;
    joined(&m.ben, &session).await;
    // Whatever was hinted at before it has been looked at.
    ben.until(|frame| matches!(frame, ServerFrame::Media { media } if media.turn == 2)).await;
    let mut seen = ben.texts.clone();
    for path in ["media", ""] {
        let path = format!("/v1/sessions/{}/{path}", session.id);
        seen.push(m.ben.get(path.trim_end_matches('/')).await.body.to_string());
    }
    let refused = media(&m.ben, &session, "confirm-left", json!({"turn": 1})).await;
    seen.push(refused.body.to_string());
    assert!(seen.iter().all(|text| !text.contains(&secret)), "{seen:#?}");
    normal(&seen)
}

/// People come, connect, are recorded and go, in the caucus. Answers with its id.
async fn inside(m: &Mediation<'_>, session: &SessionView) -> String {
    let ana = joined(&m.ana, session).await;
    let room = ana.media.media_room.unwrap();
    let mut socket = Socket::hello(&m.ana, &[]).await;
    for who in [&m.mediator, &m.lawyer] {
        joined(who, session).await;
    }
    let offer =
        json!({"type": "signal", "media_room": room, "to": m.mediator.id, "data": {"sdp": "v=0"}});
    socket.send(offer).await;
    socket.send(json!({"type": "ping", "t": 1})).await;
    socket.until(|frame| matches!(frame, ServerFrame::Pong { .. })).await;
    media(&m.mediator, session, "announce-recording", json!({})).await.ok();
    media(&m.ana, session, "answer-recording", json!({"consents": true})).await.ok();
    let turn = shown(&m.lawyer, session).await.turn;
    media(&m.lawyer, session, "leave", json!({"turn": turn})).await.ok();
    assert!(m.rooms(&m.ana).await.iter().all(|room| room.address != NEUTRALS));
    room.to_string()
}

/// Ids are random in every run: each is named by the order in which it appears, and lists that are in the order of
/// ids are sorted.
fn normal(texts: &[String]) -> Vec<Value> {
    let mut names = HashMap::new();
    texts.iter().map(|text| named(serde_json::from_str(text).unwrap(), &mut names)).collect()
}

fn named(value: Value, names: &mut HashMap<String, usize>) -> Value {
    match value {
        Value::String(text) => name(text, names).into(),
        Value::Array(items) => items.into_iter().map(|item| named(item, names)).collect(),
        Value::Object(fields) => {
            let mut all = serde_json::Map::new();
            for (field, mut value) in fields {
                if let (Some(list), "others" | "neutrals") = (value.as_array_mut(), &*field) {
                    let known = |one: &Value| names.get(one.as_str().unwrap_or_default()).copied();
                    list.sort_by_key(|one| (one["name"].to_string(), known(one)));
                }
                all.insert(name(field, names), named(value, names));
            }
            all.into()
        }
        other => other,
    }
}

fn name(text: String, names: &mut HashMap<String, usize>) -> String {
    if text.len() != 36 || text.as_bytes()[3] != b'_' {
        return text;
    }
    let next = names.len();
    format!("{}#{}", &text[..3], names.entry(text.clone()).or_insert(next))
}
