//! The live socket, over real connections: resume, secrecy, limits, and every way it is closed.

use super::start;
use crate::app::TestApp;
use crate::mediation::{A, JOINT, Mediation};
use crate::raw;
use crate::rooms::said;
use crate::socket::{Socket, request};
use protocol::ErrorCode;
use protocol::live::{ServerFrame, close};
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::tungstenite::Error;

#[tokio::test]
async fn a_socket_gets_the_backlog_then_the_state_then_what_is_said() {
    let test = start().await;
    let m = Mediation::start(&test).await;
    let joint = m.room(JOINT).await;
    let first = said(&m.ana, joint, "1", "您好").await.seq;
    let mut ben = Socket::hello(&m.ben, &[(joint, 0)]).await;
    assert_eq!(ben.caught_up(joint).await, first);
    let ServerFrame::State { version, dispute, rooms } = ben.state().await else { unreachable!() };
    assert_eq!(dispute.id, m.id);
    assert_eq!(version, dispute.version);
    assert_eq!(json!(rooms), json!(m.rooms(&m.ben).await), "the same as a fresh read");
    ben.say(joint, "b1", "收到").await;
    let ack = ben.until(|frame| matches!(frame, ServerFrame::Ack { .. })).await;
    let ServerFrame::Ack { seq, room, .. } = ack else { unreachable!() };
    assert_eq!((seq, room), (first + 1, joint));
    said(&m.mediator, joint, "m1", "好的").await;
    ben.until_seq(joint, seq + 1).await;
    assert_eq!(ben.said(joint), ["您好", "收到", "好的"]);
    assert_eq!(ben.seqs(joint), (1..=seq + 1).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_state_that_one_has_is_not_sent_again_until_it_is_another() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let joint = m.room(JOINT).await;
    let mut ben = Socket::hello(&m.ben, &[(joint, 0)]).await;
    let ServerFrame::State { version, .. } = ben.state().await else { unreachable!() };
    drop(ben);
    let live = &test.app.live;
    // Also right after a start, when the server does not know the version either.
    for (known, looked, sent) in
        [(version - 1, false, 1), (version, false, 0), (version - 1, true, 1), (version, true, 0)]
    {
        if looked {
            while live.versions.of(m.id).is_none() {
                tokio::task::yield_now().await;
            }
        } else {
            live.versions.changed(m.id);
        }
        let mut ben = Socket::open(&test).await;
        let hello = json!({
            "type": "hello", "token": m.ben.token(), "cursors": {joint.to_string(): 0},
            "states": {m.id.to_string(): known},
        });
        ben.send(hello).await;
        ben.caught_up(joint).await;
        pong(&mut ben).await;
        // Whatever state was on its way has been sent.
        while !live.versions.is_sure() || !live.hungry.is_idle() {
            tokio::task::yield_now().await;
        }
        pong(&mut ben).await;
        let states = ben.texts.iter().filter(|text| text.contains(r#""type":"state""#)).count();
        assert_eq!(states, sent);
        if looked && sent == 0 {
            m.lawyer.command(&m.path("/step-down")).await.ok();
            let ServerFrame::State { version: new, .. } = ben.state().await else { unreachable!() };
            assert!(new > version);
        }
    }
}

async fn pong(socket: &mut Socket) {
    socket.send(json!({"type": "ping", "t": 1})).await;
    socket.until(|frame| matches!(frame, ServerFrame::Pong { .. })).await;
}

#[tokio::test]
async fn who_comes_back_in_the_middle_of_it_misses_nothing_and_gets_nothing_twice() {
    let test = start().await;
    let m = Mediation::start(&test).await;
    let joint = m.room(JOINT).await;
    let start = m.rooms(&m.ben).await[0].head;
    let talk = async {
        for n in 0..60 {
            let who = if n % 2 == 0 { &m.ana } else { &m.mediator };
            said(who, joint, &format!("t{n}"), &format!("{n}")).await;
        }
    };
    let listen = async {
        let (mut cursor, mut seen) = (start, Vec::new());
        while cursor < start + 60 {
            let mut phone = Socket::hello(&m.ben, &[(joint, cursor)]).await;
            let wanted = (cursor + 7).min(start + 60);
            phone.until_seq(joint, wanted).await;
            seen.extend(phone.seqs(joint));
            cursor = *seen.last().unwrap();
        }
        seen
    };
    let ((), seen) = tokio::join!(talk, listen);
    assert_eq!(seen, (start + 1..=start + 60).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_lost_hint_costs_time_and_no_entry() {
    let test = start().await;
    let m = Mediation::start(&test).await;
    let joint = m.room(JOINT).await;
    let mut ben = Socket::hello(&m.ben, &[(joint, 0)]).await;
    ben.caught_up(joint).await;
    let seq: i64 = sqlx::query_scalar("select seq from append_room_entries(array[$1::uuid], array[$2::uuid], array['x'], array[$3], array[null::uuid], now(), true)")
        .bind(m.ana.id.0)
        .bind(joint.0)
        .bind(r#"{"kind":"text","text":"没有提示"}"#)
        .fetch_one(&test.owner)
        .await
        .unwrap();
    ben.until_seq(joint, seq).await;
    assert_eq!(ben.said(joint), ["没有提示"]);
}

#[tokio::test]
async fn a_message_sent_again_is_acknowledged_the_same_and_another_is_refused() {
    let test = start().await;
    let m = Mediation::start(&test).await;
    let joint = m.room(JOINT).await;
    let mut ana = Socket::hello(&m.ana, &[]).await;
    let mut acks = Vec::new();
    for _ in 0..3 {
        ana.say(joint, "one", "您好").await;
        let ack = ana.until(|frame| matches!(frame, ServerFrame::Ack { .. })).await;
        acks.push(serde_json::to_value(ack).unwrap());
    }
    assert!(acks.iter().all(|ack| *ack == acks[0]), "{acks:?}");
    ana.say(joint, "one", "再见").await;
    let refused = ana.until(|frame| matches!(frame, ServerFrame::Refused { .. })).await;
    let ServerFrame::Refused { client_msg_id, problem } = refused else { unreachable!() };
    assert_eq!((client_msg_id.as_str(), problem.code), ("one", ErrorCode::MessageIdReused));
}

#[tokio::test]
async fn nothing_of_a_caucus_reaches_the_other_sides_socket() {
    let test = start().await;
    let m = Mediation::start(&test).await;
    let (joint, caucus) = (m.room(JOINT).await, m.room(A).await);
    let unknown = "rom_00000000000000000000000000000000".parse().unwrap();
    let mut ben = Socket::hello(&m.ben, &[(joint, 0), (caucus, 0), (unknown, 0)]).await;
    ben.caught_up(joint).await;
    let mut ana = Socket::hello(&m.ana, &[(caucus, 0)]).await;
    ana.caught_up(caucus).await;
    for room in [caucus, unknown] {
        ben.send(json!({"type": "subscribe", "room": room, "after": 0})).await;
        ben.send(json!({"type": "typing", "room": room})).await;
        ben.send(json!({"type": "read", "room": room, "seq": 1})).await;
        ben.say(room, "x", "在吗").await;
    }
    for _ in 0..2 {
        ben.until(|frame| matches!(frame, ServerFrame::Refused { .. })).await;
    }
    ana.say(caucus, "a1", "底线三百元").await;
    ana.until_seq(caucus, 1).await;
    let last = said(&m.mediator, joint, "j", "请继续").await.seq;
    ben.until_seq(joint, last).await;
    let about = |room: protocol::RoomId| {
        let own = ben.texts.iter().filter(|text| text.contains(&room.to_string()));
        own.map(|text| text.replace(&room.to_string(), "")).collect::<Vec<_>>()
    };
    assert_eq!(about(caucus), about(unknown), "a foreign room is an unknown one");
    assert_eq!(about(caucus).len(), 4, "hello, subscribe, typing, read");
    let refusals = ben.texts.iter().filter(|text| text.contains(r#""refused""#));
    assert!(
        refusals.clone().count() == 2
            && refusals.collect::<std::collections::BTreeSet<_>>().len() == 1
    );
    assert!(ben.texts.iter().all(|text| !text.contains("底线")), "{:?}", ben.texts);
    assert_eq!(ben.seqs(joint), (1..=last).collect::<Vec<_>>());
}

#[tokio::test]
async fn whoever_leaves_is_told_so_and_gets_nothing_more() {
    let test = start().await;
    let m = Mediation::start(&test).await;
    let caucus = m.room(A).await;
    let mut lawyer = Socket::hello(&m.lawyer, &[(caucus, 0)]).await;
    lawyer.caught_up(caucus).await;
    m.lawyer.command(&m.path("/step-down")).await.ok();
    lawyer.until(|frame| matches!(frame, ServerFrame::Left { room } if *room == caucus)).await;
    said(&m.ana, caucus, "1", "律师走了").await;
    lawyer.send(json!({"type": "subscribe", "room": caucus})).await;
    let error = lawyer.until(|frame| matches!(frame, ServerFrame::Error { .. })).await;
    let ServerFrame::Error { problem, .. } = error else { unreachable!() };
    assert_eq!(problem.code, ErrorCode::NotPermitted);
    assert_eq!(lawyer.said(caucus), Vec::<&str>::new());
}

#[tokio::test]
async fn members_see_each_other_come_type_read_and_go() {
    let test = start().await;
    let m = Mediation::start(&test).await;
    let joint = m.room(JOINT).await;
    let mut ana = Socket::hello(&m.ana, &[(joint, 0)]).await;
    let head = ana.caught_up(joint).await;
    let mut ben = Socket::hello(&m.ben, &[(joint, 0)]).await;
    ben.caught_up(joint).await;
    let of_ben = |online: bool| {
        let ben = m.ben.id;
        move |frame: &ServerFrame| matches!(frame, ServerFrame::Presence { person, online: now, .. } if *person == ben && *now == online)
    };
    ana.until(of_ben(true)).await;
    ben.send(json!({"type": "typing", "room": joint})).await;
    ana.until(|frame| matches!(frame, ServerFrame::Typing { person, .. } if *person == m.ben.id))
        .await;
    ben.send(json!({"type": "read", "room": joint, "seq": head})).await;
    ana.until(|frame| matches!(frame, ServerFrame::Read { person, seq, .. } if *person == m.ben.id && *seq == head))
        .await;
    ben.send(json!({"type": "ping", "t": 7})).await;
    let pong = ben.until(|frame| matches!(frame, ServerFrame::Pong { .. })).await;
    assert_eq!(serde_json::to_value(pong).unwrap()["heads"][joint.to_string()], head);
    drop(ben);
    ana.until(of_ben(false)).await;
}

#[tokio::test]
async fn a_person_has_three_sockets_and_the_oldest_makes_way() {
    let test = start().await;
    let ana = test.person("陈一", protocol::account::Role::Resident).await;
    let mut sockets = Vec::new();
    for _ in 0..4 {
        sockets.push(Socket::hello(&ana, &[]).await);
    }
    assert_eq!(sockets[0].until_closed().await, Some(close::REPLACED));
    sockets[1].send(json!({"type": "ping", "t": 1})).await;
    sockets[1].until(|frame| matches!(frame, ServerFrame::Pong { .. })).await;
}

#[tokio::test]
async fn an_address_has_fifty_sockets_and_they_come_back_when_closed() {
    let test = start().await;
    let mut sockets = Vec::new();
    for _ in 0..50 {
        sockets.push(Socket::open(&test).await);
    }
    assert_eq!(refused(Socket::try_open(request(&test)).await), 429);
    sockets.pop();
    while Socket::try_open(request(&test)).await.is_err() {}
}

pub fn refused(outcome: Result<Socket, Error>) -> u16 {
    match outcome {
        Err(Error::Http(response)) => response.status().as_u16(),
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("a socket was opened"),
    }
}

#[tokio::test]
async fn only_pages_of_our_origins_and_clients_of_our_protocol_get_a_socket() {
    let test = start().await;
    for (origin, expected) in [
        ("http://127.0.0.1:8080", None),
        ("http://127.0.0.1:80800", Some(403)),
        ("https://127.0.0.1:8080", Some(403)),
        ("http://127.0.0.1:8080.example.net", Some(403)),
        ("null", Some(403)),
    ] {
        let mut request = request(&test);
        request.headers_mut().insert("origin", origin.parse().unwrap());
        let outcome = Socket::try_open(request).await;
        match expected {
            None => drop(outcome.unwrap()),
            Some(status) => assert_eq!(refused(outcome), status, "{origin}"),
        }
    }
    let mut without = request(&test);
    without.headers_mut().remove("sec-websocket-protocol");
    assert_eq!(refused(Socket::try_open(without).await), 400);
    let plain = test.http.get(format!("{}/v1/live", test.url)).send().await.unwrap();
    assert_eq!(plain.status(), 400);
}

#[tokio::test]
async fn a_client_that_does_not_read_is_closed_and_harms_nobody() {
    let test = start().await;
    let m = Mediation::start(&test).await;
    let joint = m.room(JOINT).await;
    let hello = json!({"type": "hello", "token": m.ben.token(), "cursors": {joint.to_string(): 0}});
    let mut stalled = raw::open(&test).await;
    stalled.write_all(&raw::text(hello.to_string())).await.unwrap();
    let mut ana = Socket::hello(&m.ana, &[(joint, 0)]).await;
    ana.until(|frame| matches!(frame, ServerFrame::Presence { person, online: true, .. } if *person == m.ben.id))
        .await;
    let long = "长".repeat(4_000);
    let gone = |frame: &ServerFrame| matches!(frame, ServerFrame::Presence { person, online: false, .. } if *person == m.ben.id);
    let talk = async {
        for n in 0.. {
            said(&m.mediator, joint, &format!("m{n}"), &long).await;
        }
    };
    tokio::select! {
        () = talk => {}
        _ = ana.until(gone) => {}
    }
    assert_eq!(raw::close_code(&mut stalled).await, Some(close::TOO_SLOW));
    let last = said(&m.mediator, joint, "last", "完").await.seq;
    ana.until_seq(joint, last).await;
    assert_eq!(ana.seqs(joint), (1..=last).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_server_that_stops_sends_every_socket_away_with_a_time_to_come_back() {
    let test = start().await;
    let ana = test.person("陈一", protocol::account::Role::Resident).await;
    let mut signed_in = Socket::hello(&ana, &[]).await;
    let mut waiting = Socket::open(&test).await;
    test.stop();
    let closing = signed_in.until(|frame| matches!(frame, ServerFrame::Closing { .. })).await;
    let ServerFrame::Closing { code, retry_after } = closing else { unreachable!() };
    assert_eq!(code, close::RESTARTING);
    assert!((500..8_500).contains(&retry_after.unwrap()));
    assert_eq!(signed_in.until_closed().await, Some(close::RESTARTING));
    assert_eq!(waiting.until_closed().await, Some(close::RESTARTING));
    test.stopped().await;
}
