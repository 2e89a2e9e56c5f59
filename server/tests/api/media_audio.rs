//! Sound over a WebSocket: to those in the same media room and epoch, and to nobody else.

use crate::app::TestApp;
use crate::audio::{Audio, packet, request};
use crate::live::refused as status_of;
use crate::media::{by_video, caucus, joined, media, moved};
use crate::mediation::Mediation;
use crate::socket::Socket;
use protocol::live::close;
use protocol::media::WRONG_SERVER;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

#[tokio::test]
async fn a_voice_reaches_the_others_unread_and_in_order() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let session = by_video(&m, 0).await;
    let mut sockets = Vec::new();
    for who in [&m.mediator, &m.ana, &m.ben] {
        sockets.push(Audio::ready(&test, &joined(who, &session).await.token).await);
    }
    for socket in &mut sockets {
        socket.until_people(2).await;
    }
    let mut sent = Vec::new();
    for seq in 0..20 {
        let sound = vec![u8::try_from(seq).unwrap(); 80];
        sockets[1].say(seq, &sound).await;
        sent.push((m.ana.id, packet(seq, &sound)));
    }
    sockets[1].say(20, &[7; 1_275]).await;
    sent.push((m.ana.id, packet(20, &[7; 1_275])));
    for listener in [0, 2] {
        sockets[listener].until_heard(21).await;
        assert_eq!(sockets[listener].heard, sent);
    }
    sockets[0].say(0, b"x").await;
    sockets[1].until_heard(1).await;
    assert_eq!(sockets[1].heard, [(m.mediator.id, packet(0, b"x"))], "nobody hears themselves");
    let again = Audio::ready(&test, &joined(&m.ben, &session).await.token).await;
    assert_eq!(sockets[2].closed().await, close::REPLACED);
    drop(again);
    sockets[0].until_people(1).await;
}

#[tokio::test]
async fn a_move_cuts_everybody_off_and_each_is_heard_only_where_they_belong() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let session = by_video(&m, 0).await;
    let mut before = Vec::new();
    for who in [&m.mediator, &m.ana, &m.ben] {
        let token = joined(who, &session).await.token;
        before.push((Audio::ready(&test, &token).await, token));
    }
    caucus(&m, &session, "applicant").await;
    for (socket, token) in &mut before {
        assert_eq!(socket.closed().await, close::NOT_ALLOWED);
        let mut again = Audio::hello(&test, token).await;
        assert_eq!(again.closed().await, close::NOT_AUTHENTICATED, "a token of before the move");
    }
    let ana = moved(&m.ana, &session).await;
    let mediator = moved(&m.mediator, &session).await;
    let ben = joined(&m.ben, &session).await;
    for (_, token) in &before {
        let mut again = Audio::hello(&test, token).await;
        assert_eq!(again.closed().await, close::NOT_AUTHENTICATED, "nor after it");
    }
    let mut ben = Audio::ready(&test, &ben.token).await;
    let mut ana = Audio::ready(&test, &ana.token).await;
    let mut mediator = Audio::ready(&test, &mediator.token).await;
    ana.until_people(1).await;
    for seq in 0..10 {
        ana.say(seq, "底线三百元".as_bytes()).await;
    }
    mediator.until_heard(10).await;
    // The joint room hears its own next, and nothing else before it.
    let lawyer = joined(&m.lawyer, &session).await;
    assert_ne!(lawyer.media.media_room, None);
    step_back(&m, &session).await;
    assert_eq!(ana.closed().await, close::NOT_ALLOWED);
    assert_eq!((ben.people.len(), ben.heard.len()), (0, 0));
    let back = moved(&m.mediator, &session).await;
    let mut mediator = Audio::ready(&test, &back.token).await;
    mediator.until_people(1).await;
    mediator.say(0, b"joint").await;
    ben.until_heard(1).await;
    assert_eq!(ben.heard, [(m.mediator.id, packet(0, b"joint"))]);
}

async fn step_back(m: &Mediation<'_>, session: &protocol::session::SessionView) {
    crate::meeting::step(&m.mediator, session, "joint", json!({})).await.ok();
}

#[tokio::test]
async fn who_leaves_or_whose_login_ends_is_cut_off_within_five_seconds() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let session = by_video(&m, 0).await;
    let mut ana = Audio::ready(&test, &joined(&m.ana, &session).await.token).await;
    let mut ben = Audio::ready(&test, &joined(&m.ben, &session).await.token).await;
    media(&m.ana, &session, "leave", json!({"turn": 1})).await.ok();
    assert_eq!(ana.closed().await, close::NOT_ALLOWED);
    let began = std::time::Instant::now();
    sqlx::query("update logins set ended_at = now() where id = $1")
        .bind(m.ben.login.0)
        .execute(&test.owner)
        .await
        .unwrap();
    assert_eq!(ben.closed().await, close::NOT_ALLOWED);
    assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
    let mut lapsed = Audio::ready(&test, &joined(&m.ana, &session).await.token).await;
    test.advance(chrono::Duration::minutes(2));
    assert_eq!(lapsed.closed().await, close::NOT_ALLOWED);
}

#[tokio::test]
async fn each_bad_message_has_its_close_code() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let session = by_video(&m, 0).await;
    let hello = |token: &str| Message::text(json!({"token": token}).to_string());
    for (first, expected) in [
        (hello("x"), close::NOT_AUTHENTICATED),
        (hello(&m.ana.token()), close::NOT_AUTHENTICATED),
        (Message::text("{"), close::POLICY),
        (Message::text(r#"{"token":"x","y":1}"#), close::POLICY),
        (Message::binary(packet(0, b"x")), close::POLICY),
        (hello(&"x".repeat(1_100)), close::TOO_BIG),
        (hello(&"x".repeat(2_000)), close::TOO_BIG),
    ] {
        let mut audio = Audio::open(&test).await;
        audio.send(first.clone()).await;
        assert_eq!(audio.closed().await, expected, "{first:?}");
    }
    let mut silent = Audio::open(&test).await;
    assert_eq!(silent.closed().await, close::NOT_AUTHENTICATED);
    for (message, expected) in [
        (Message::binary(packet(0, &[0; 1_276])), close::TOO_BIG),
        (Message::binary(packet(0, &[])), close::POLICY),
        (Message::text("{}"), close::POLICY),
    ] {
        let token = joined(&m.ana, &session).await.token;
        let mut audio = Audio::ready(&test, &token).await;
        audio.send(message).await;
        assert_eq!(audio.closed().await, expected);
    }
    let mut audio = Audio::ready(&test, &joined(&m.ana, &session).await.token).await;
    for seq in 0..200 {
        audio.say(seq, b"x").await;
    }
    assert_eq!(audio.closed().await, close::TOO_FAST);
}

#[tokio::test]
async fn only_pages_of_our_origins_get_an_audio_socket() {
    let test = TestApp::start().await;
    let mut foreign = request(&test);
    foreign.headers_mut().insert("origin", "https://example.net".parse().unwrap());
    assert_eq!(status_of(Socket::try_open(foreign).await), 403);
    let mut live = request(&test);
    live.headers_mut().insert("sec-websocket-protocol", "ala.v1".parse().unwrap());
    assert_eq!(status_of(Socket::try_open(live).await), 400);
}

#[tokio::test]
async fn those_in_one_room_meet_on_one_server_and_another_takes_over_when_it_is_gone() {
    let one = TestApp::start_with(&["--media-url", "https://one.example"]).await;
    let two = one.beside(&["--media-url", "https://two.example"]).await;
    let m = Mediation::start(&one).await;
    let session = by_video(&m, 0).await;
    let ana = joined(&m.ana, &session).await;
    let ben = joined(&m.ben.at(&two), &session).await;
    assert_eq!(ana.audio_url, "wss://one.example/v1/media");
    assert_eq!(ben.audio_url, ana.audio_url, "told by the other server");
    let mut wrong = Audio::hello(&two, &ben.token).await;
    assert_eq!(wrong.next().await, Some(WRONG_SERVER), "at once, before anything else");
    let mut at_home = Audio::ready(&one, &ana.token).await;
    let mut other = Audio::ready(&one, &ben.token).await;
    other.say(0, b"x").await;
    at_home.until_heard(1).await;
    // Nobody keeps it any more: whoever is asked next has it.
    one.app.stop.cancel();
    assert_eq!(at_home.closed().await, close::RESTARTING);
    two.advance(chrono::Duration::seconds(31));
    let ben = joined(&m.ben.at(&two), &session).await;
    assert_eq!(ben.audio_url, "wss://two.example/v1/media");
    Audio::ready(&two, &ben.token).await;
}
