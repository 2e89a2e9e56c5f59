//! The durable log: what is said at once is committed together, and each entry keeps its place, its neighbours and its
//! answer.

use crate::app::{Person, TestApp, until_somebody_waits_for_a_lock};
use crate::mediation::{A, B, JOINT, Mediation, NEUTRALS};
use crate::rooms::texts;
use futures_util::future::join_all;
use protocol::room::{EntryBody, Said, Say};
use protocol::{ErrorCode, RoomId};
use serde_json::{Value, json};
use server::error::ApiError;

/// Handed over at this moment; the answer comes later.
fn saying(
    who: &Person<'_>,
    room: RoomId,
    id: &str,
    text: &str,
) -> impl Future<Output = Result<Said, ApiError>> + use<> {
    let body = EntryBody::Text { text: text.parse().unwrap() };
    who.test.app.say(who.id, room, Say { client_msg_id: id.parse().unwrap(), body })
}

#[tokio::test]
async fn what_is_said_at_once_keeps_its_order_in_every_room_without_a_hole() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let rooms = [m.room(JOINT).await, m.room(A).await, m.room(NEUTRALS).await];
    let mut answers = Vec::new();
    for n in 0..200 {
        for room in rooms {
            answers.push(saying(&m.mediator, room, &format!("m{n}"), &n.to_string()));
        }
    }
    let answers: Vec<Said> = join_all(answers).await.into_iter().map(Result::unwrap).collect();
    for room in rooms {
        let seqs: Vec<i64> = answers.iter().filter(|a| a.room == room).map(|a| a.seq).collect();
        let first = seqs[0];
        assert_eq!(seqs, (first..first + 200).collect::<Vec<_>>());
        let stored: Vec<(i64, String)> = sqlx::query_as(
            "select seq, body from room_entries where room_id = $1 and seq >= $2 order by seq",
        )
        .bind(room.0)
        .bind(first)
        .fetch_all(&test.owner)
        .await
        .unwrap();
        for (n, (seq, body)) in stored.iter().enumerate() {
            let body: Value = serde_json::from_str(body).unwrap();
            assert_eq!((*seq, &body["text"]), (seqs[n], &json!(n.to_string())));
        }
        assert_eq!(stored.len(), 200);
    }
}

/// Each of these stands in one call with the others, and none of them disturbs another.
#[tokio::test]
async fn every_entry_of_a_commit_has_an_answer_of_its_own() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let (joint, caucus) = (m.room(JOINT).await, m.room(B).await);
    let nowhere = "rom_00000000000000000000000000000000".parse().unwrap();
    let all = [
        saying(&m.ana, joint, "1", "一"),
        saying(&m.ana, joint, "1", "一"),
        saying(&m.ana, joint, "1", "另一句"),
        saying(&m.ana, caucus, "1", "不该到这里"),
        saying(&m.ana, nowhere, "1", "没有这个房间"),
        saying(&m.ben, joint, "1", "二"),
    ];
    let answers = join_all(all).await;
    let told: Vec<Result<i64, ErrorCode>> = answers
        .into_iter()
        .map(|answer| answer.map(|said| said.seq).map_err(|error| error.code()))
        .collect();
    let first = *told[0].as_ref().unwrap();
    let (reused, foreign) = (Err(ErrorCode::MessageIdReused), Err(ErrorCode::NotFound));
    assert_eq!(told, [Ok(first), Ok(first), reused, foreign, foreign, Ok(first + 1)]);
    assert_eq!(texts(&m.ben, joint).await, ["一", "二"]);
}

/// A fault that nobody foresaw, here a rule of the database that one text breaks.
#[tokio::test]
async fn an_entry_that_cannot_be_stored_takes_no_other_with_it() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let joint = m.room(JOINT).await;
    sqlx::query(
        "alter table room_entries add constraint no_such_text check (body not like '%坏%')",
    )
    .execute(&test.owner)
    .await
    .unwrap();
    let mut rival = test.owner.begin().await.unwrap();
    sqlx::query("select from rooms where id = $1 for update")
        .bind(joint.0)
        .execute(&mut *rival)
        .await
        .unwrap();
    let first = tokio::spawn(saying(&m.ana, joint, "0", "先"));
    until_somebody_waits_for_a_lock(&test.owner).await;
    // Handed over while the first still waits: one call has all three.
    let all = [
        saying(&m.ana, joint, "1", "一"),
        saying(&m.ben, joint, "1", "坏"),
        saying(&m.mediator, joint, "1", "二"),
    ];
    rival.commit().await.unwrap();
    let first = first.await.unwrap().unwrap().seq;
    let told: Vec<Result<i64, ErrorCode>> = join_all(all)
        .await
        .into_iter()
        .map(|answer| answer.map(|said| said.seq).map_err(|error| error.code()))
        .collect();
    assert_eq!(told, [Ok(first + 1), Err(ErrorCode::Internal), Ok(first + 2)]);
}

#[tokio::test]
async fn who_talks_elsewhere_does_not_wait_for_a_room_that_is_being_changed() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let (joint, neutrals) = (m.room(JOINT).await, m.room(NEUTRALS).await);
    let mut rival = test.owner.begin().await.unwrap();
    sqlx::query("select from rooms where id = $1 for update")
        .bind(joint.0)
        .execute(&mut *rival)
        .await
        .unwrap();
    let first = tokio::spawn(saying(&m.ana, joint, "1", "先说的"));
    let elsewhere = saying(&m.mediator, neutrals, "1", "别处");
    let second = tokio::spawn(saying(&m.ben, joint, "1", "后说的"));
    elsewhere.await.unwrap();
    until_somebody_waits_for_a_lock(&test.owner).await;
    rival.commit().await.unwrap();
    let (first, second) = (first.await.unwrap().unwrap(), second.await.unwrap().unwrap());
    assert_eq!(second.seq, first.seq + 1);
}

#[tokio::test]
async fn a_picture_is_shown_only_where_everybody_may_see_it() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let [joint, own, other] = [m.room(JOINT).await, m.room(A).await, m.room(B).await];
    let evidence = crate::evidence::handed_in(&m.ana, m.id).await;
    let show = async |who: &Person<'_>, room: RoomId, id: &str| {
        let body = json!({"kind": "image", "evidence": evidence});
        let body = json!({"client_msg_id": id, "body": body});
        who.post(&format!("/v1/rooms/{room}/entries"), body).await
    };
    show(&m.ana, own, "1").await.ok();
    show(&m.mediator, other, "1").await.is_refused(422, ErrorCode::Invalid);
    let refused = show(&m.ana, joint, "1").await;
    assert_eq!(
        refused.is_refused(422, ErrorCode::Invalid).body["fields"][0]["path"],
        "body.evidence"
    );
    m.ana.command(&format!("/v1/evidence/{evidence}/share")).await.ok();
    show(&m.ana, joint, "1").await.ok();
    let unknown = "evd_00000000000000000000000000000000";
    let body = json!({"client_msg_id": "2", "body": {"kind": "image", "evidence": unknown}});
    let path = format!("/v1/rooms/{joint}/entries");
    m.ana.post(&path, body).await.is_refused(422, ErrorCode::Invalid);
    // Whoever is in no room of it learns nothing by trying.
    let stranger = test.person("路人", protocol::account::Role::Resident).await;
    show(&stranger, joint, "1").await.is_refused(404, ErrorCode::NotFound);
}
