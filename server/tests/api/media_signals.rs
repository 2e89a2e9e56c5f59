//! Signals pass between two in the same media room and epoch, on whatever servers they are, and nowhere else.

use crate::app::TestApp;
use crate::media::{by_video, caucus, joined, moved, shown};
use crate::mediation::Mediation;
use crate::socket::{Came, Socket};
use protocol::live::ServerFrame;
use protocol::{ErrorCode, MediaRoomId, PersonId};
use serde_json::{Value, json};

async fn signal(from: &mut Socket, room: MediaRoomId, to: PersonId, data: Value) {
    from.send(json!({"type": "signal", "media_room": room, "to": to, "data": data})).await;
}

async fn refused(from: &mut Socket) {
    let error = from.until(|frame| matches!(frame, ServerFrame::Error { .. })).await;
    let ServerFrame::Error { problem, .. } = error else { unreachable!() };
    assert_eq!(problem.code, ErrorCode::NotFound);
}

async fn until_signal(to: &mut Socket) -> (MediaRoomId, PersonId, Value) {
    let frame = to.until(|frame| matches!(frame, ServerFrame::Signal { .. })).await;
    let ServerFrame::Signal { media_room, from, data } = frame else { unreachable!() };
    (media_room, from, data)
}

#[tokio::test]
async fn two_in_a_room_signal_in_order_and_nobody_else_can() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let session = by_video(&m, 0).await;
    let mut ana = Socket::hello(&m.ana, &[]).await;
    let mut ben = Socket::hello(&m.ben, &[]).await;
    let room = joined(&m.ana, &session).await.media.media_room.unwrap();
    signal(&mut ana, room, m.ben.id, json!(1)).await;
    refused(&mut ana).await;
    signal(&mut ben, room, m.ana.id, json!(1)).await;
    refused(&mut ben).await;
    joined(&m.ben, &session).await;
    for n in 0..5 {
        signal(&mut ana, room, m.ben.id, json!({"n": n})).await;
    }
    for n in 0..5 {
        assert_eq!(until_signal(&mut ben).await, (room, m.ana.id, json!({"n": n})));
    }
    signal(&mut ana, room, m.ana.id, json!(1)).await;
    refused(&mut ana).await;
    let unknown = "mrm_00000000000000000000000000000000".parse().unwrap();
    signal(&mut ana, unknown, m.ben.id, json!(1)).await;
    refused(&mut ana).await;
    assert!(!ana.texts.iter().any(|text| text.contains(r#""type":"signal""#)));
}

#[tokio::test]
async fn what_was_sent_before_a_move_is_not_delivered_after_it() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let session = by_video(&m, 0).await;
    let joint = joined(&m.ana, &session).await.media.media_room.unwrap();
    joined(&m.ben, &session).await;
    joined(&m.mediator, &session).await;
    let mut ana = Socket::hello(&m.ana, &[]).await;
    // Ben is not connected yet when it is sent.
    signal(&mut ana, joint, m.ben.id, json!("early")).await;
    ana.send(json!({"type": "ping", "t": 1})).await;
    ana.until(|frame| matches!(frame, ServerFrame::Pong { .. })).await;
    caucus(&m, &session, "applicant").await;
    let mut ben = Socket::hello(&m.ben, &[]).await;
    signal(&mut ana, joint, m.ben.id, json!("late")).await;
    refused(&mut ana).await;
    let apart = moved(&m.ana, &session).await.media.media_room.unwrap();
    moved(&m.mediator, &session).await;
    for room in [joint, apart] {
        signal(&mut ben, room, m.ana.id, json!("across")).await;
        refused(&mut ben).await;
        signal(&mut ana, room, m.ben.id, json!("across")).await;
        refused(&mut ana).await;
    }
    let mut mediator = Socket::hello(&m.mediator, &[]).await;
    signal(&mut ana, apart, m.mediator.id, json!("inside")).await;
    assert_eq!(until_signal(&mut mediator).await, (apart, m.ana.id, json!("inside")));
    ben.send(json!({"type": "ping", "t": 2})).await;
    while !matches!(ben.next().await, Came::Frame(frame) if matches!(*frame, ServerFrame::Pong { .. }))
    {
    }
    assert!(!ben.texts.iter().any(|text| text.contains("early") || text.contains("inside")));
}

/// Both are still there, but somebody else was put out in between.
#[tokio::test]
async fn what_was_sent_in_one_epoch_is_not_delivered_in_the_next() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let session = by_video(&m, 0).await;
    let room = joined(&m.ana, &session).await.media.media_room.unwrap();
    for who in [&m.ben, &m.lawyer] {
        joined(who, &session).await;
    }
    let mut ana = Socket::hello(&m.ana, &[]).await;
    // Ben is not connected yet when it is sent.
    signal(&mut ana, room, m.ben.id, json!("early")).await;
    ana.send(json!({"type": "ping", "t": 1})).await;
    ana.until(|frame| matches!(frame, ServerFrame::Pong { .. })).await;
    m.lawyer.command(&m.path("/step-down")).await.ok();
    assert_eq!(shown(&m.ben, &session).await.epoch, Some(2));
    let mut ben = Socket::hello(&m.ben, &[]).await;
    signal(&mut ana, room, m.ben.id, json!("late")).await;
    assert_eq!(until_signal(&mut ben).await, (room, m.ana.id, json!("late")));
}

/// No hint crosses between the two servers: what carries it is the row, and the look-round finds it.
#[tokio::test]
async fn two_on_different_servers_of_one_database_signal_and_are_told() {
    let one = TestApp::start().await;
    let two = one.beside(&[]).await;
    let m = Mediation::start(&one).await;
    let session = by_video(&m, 0).await;
    let ben_there = m.ben.at(&two);
    let mut ana = Socket::hello(&m.ana, &[]).await;
    let mut ben = Socket::hello(&ben_there, &[]).await;
    let room = joined(&m.ana, &session).await.media.media_room.unwrap();
    assert_eq!(joined(&ben_there, &session).await.media.others, [m.ana.id]);
    ana.until(|frame| matches!(frame, ServerFrame::Media { media } if media.others == [m.ben.id]))
        .await;
    signal(&mut ana, room, m.ben.id, json!("offer")).await;
    assert_eq!(until_signal(&mut ben).await, (room, m.ana.id, json!("offer")));
    signal(&mut ben, room, m.ana.id, json!("answer")).await;
    assert_eq!(until_signal(&mut ana).await, (room, m.ben.id, json!("answer")));
    caucus(&m, &session, "respondent").await;
    ben.until(|frame| matches!(frame, ServerFrame::Media { media } if media.standing == protocol::media::MediaStanding::Leaving))
        .await;
    assert_eq!(shown(&ben_there, &session).await, shown(&m.ben, &session).await);
}
