//! Redis and PostgreSQL hang, die and come back: servers hear one another again, and nothing is missing.

use crate::app::TestApp;
use crate::bus::{Third, ana_and_ben, beside, connection, second, two, types, until_both_hear};
use crate::mediation::{A, JOINT, Mediation};
use crate::redis::Redis;
use crate::rooms::{said, text};
use crate::socket::{Came, Socket};
use protocol::RoomId;
use protocol::live::{ServerFrame, close};
use serde_json::json;
use server::db::Hint;
use server::live::bus::Word;
use std::time::{Duration, Instant};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::broadcast::Receiver;
use tokio::sync::watch;
use tokio::time::timeout;

/// After an outage a server has to be listening again within this.
const HEARS_WITHIN: Duration = Duration::from_secs(3);
/// What the look-round alone promises.
const DELIVERED_WITHIN: Duration = Duration::from_millis(2_500);

enum Outage {
    /// It takes connections and says nothing.
    Hangs,
    Dies,
}

/// People talk all the while: each message is acknowledged and reaches the other server.
async fn outage(kind: Outage, lasting: Duration) {
    let mut redis = Redis::start();
    let test = two(&redis).await;
    let m = Mediation::start(&test).await;
    let joint = m.room(JOINT).await;
    let (mut ana, mut ben) = ana_and_ben(&m, joint).await;
    match kind {
        Outage::Hangs => redis.pause(),
        Outage::Dies => redis.stop(),
    }
    let (began, mut sent, mut slowest) = (Instant::now(), 0, Duration::ZERO);
    while began.elapsed() < lasting {
        sent += 1;
        let asked = Instant::now();
        ana.say(joint, &format!("m{sent}"), "在吗").await;
        let ack = ana.until(|frame| matches!(frame, ServerFrame::Ack { .. })).await;
        let ServerFrame::Ack { seq, .. } = ack else { unreachable!() };
        ben.until_seq(joint, seq).await;
        slowest = slowest.max(asked.elapsed());
        // Two a second is what a socket may send.
        tokio::time::sleep(Duration::from_millis(600)).await;
    }
    println!("{sent} messages, the slowest {slowest:?}");
    assert!(slowest < DELIVERED_WITHIN, "{slowest:?}");
    match kind {
        Outage::Hangs => redis.go_on(),
        Outage::Dies => redis.restart(),
    }
    let back = Instant::now();
    let mut raw = connection(&redis).await;
    timeout(HEARS_WITHIN, until_both_hear(&mut raw)).await.expect("both listen again");
    println!("listening again after {:?}", back.elapsed());
    let third = Third::of(&test);
    let (room, person) = (joint, m.lawyer.id);
    third.says(&mut raw, Word::Hint(Hint::Typing { room, person })).await;
    ana.until(types(person)).await;
    ben.until(types(person)).await;
    assert!(back.elapsed() < HEARS_WITHIN, "{:?}", back.elapsed());
    let last = said(&m.ana, joint, "last", "好").await.seq;
    for phone in [&mut ana, &mut ben] {
        phone.until_seq(joint, last).await;
        assert_eq!(phone.seqs(joint), (1..=last).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn r8_two_seconds_without_redis() {
    outage(Outage::Dies, Duration::from_secs(2)).await;
}

#[tokio::test]
async fn r8_two_seconds_with_a_redis_that_hangs() {
    outage(Outage::Hangs, Duration::from_secs(2)).await;
}

#[tokio::test]
async fn r8_twenty_seconds_without_redis() {
    outage(Outage::Dies, Duration::from_secs(20)).await;
}

#[tokio::test]
async fn r8_twenty_seconds_with_a_redis_that_hangs() {
    outage(Outage::Hangs, Duration::from_secs(20)).await;
}

#[tokio::test]
#[ignore = "takes four minutes: cargo test -p server --test api -- --ignored r8"]
async fn r8_two_minutes_without_redis_and_with_one_that_hangs() {
    outage(Outage::Dies, Duration::from_secs(120)).await;
    outage(Outage::Hangs, Duration::from_secs(120)).await;
}

/// What was said meanwhile is unknown.
async fn until_everything_is_looked_at(hints: &mut Receiver<Hint>) {
    let looked = async { while hints.recv().await.unwrap() != Hint::Everything {} };
    timeout(HEARS_WITHIN, looked).await.expect("everything is looked at");
}

/// Stands between servers and their Redis, and can stop passing on what comes on the lines that there are.
struct Between {
    url: String,
    frozen: watch::Sender<u32>,
    _home: tempfile::TempDir,
}

impl Between {
    fn start(redis: &Redis) -> Self {
        let home = tempfile::tempdir_in("/tmp").unwrap();
        let own = home.path().join("socket");
        let path = |url: &str| url.replace("redis+unix://", "").replace("?protocol=resp3", "");
        let (theirs, listener) = (path(&redis.url()), UnixListener::bind(&own).unwrap());
        let frozen = watch::Sender::new(0);
        let freezing = frozen.clone();
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let mut far = UnixStream::connect(&theirs).await.unwrap();
                let mut freeze = freezing.subscribe();
                tokio::spawn(async move {
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                        // Neither end learns of it.
                        _ = freeze.changed() => std::future::pending().await,
                    }
                });
            }
        });
        Self { url: format!("redis+unix://{}", own.display()), frozen, _home: home }
    }
}

#[tokio::test]
async fn a_line_that_is_dead_and_not_closed_is_found_and_replaced() {
    let redis = Redis::start();
    let line = Between::start(&redis);
    let between = crate::servers::Between { url: line.url.clone(), ..beside(&redis) };
    let test = TestApp::start_two(between, |_| {}).await;
    let mut raw = connection(&redis).await;
    until_both_hear(&mut raw).await;
    let m = Mediation::start(&test).await;
    let joint = m.room(JOINT).await;
    let (mut ana, mut ben) = ana_and_ben(&m, joint).await;
    let began = Instant::now();
    line.frozen.send_modify(|times| *times += 1);
    // Nobody says anything that could fail: only asking the line finds out.
    let (room, third) = (joint, Third::of(&test));
    for (phone, person) in [(&mut ana, m.lawyer.id), (&mut ben, m.mediator.id)] {
        let heard = phone.until(types(person));
        tokio::pin!(heard);
        loop {
            third.says(&mut raw, Word::Hint(Hint::Typing { room, person })).await;
            if timeout(Duration::from_millis(100), &mut heard).await.is_ok() {
                break;
            }
        }
    }
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_server_that_began_without_redis_finds_it() {
    let mut redis = Redis::start();
    redis.stop();
    let test = TestApp::start_two(beside(&redis), |_| {}).await;
    let m = Mediation::start(&test).await;
    let joint = m.room(JOINT).await;
    let (mut ana, _ben) = ana_and_ben(&m, joint).await;
    let mut hints = test.app.hints.subscribe();
    redis.restart();
    let mut raw = connection(&redis).await;
    timeout(HEARS_WITHIN, until_both_hear(&mut raw)).await.expect("both listen");
    until_everything_is_looked_at(&mut hints).await;
    let (room, person) = (joint, m.lawyer.id);
    Third::of(&test).says(&mut raw, Word::Hint(Hint::Typing { room, person })).await;
    ana.until(types(person)).await;
}

#[tokio::test]
async fn a_postgresql_that_hangs_up_is_listened_to_again() {
    let mut redis = Redis::start();
    let test = two(&redis).await;
    let m = Mediation::start(&test).await;
    let joint = m.room(JOINT).await;
    let (mut ana, mut ben) = ana_and_ben(&m, joint).await;
    redis.stop();
    let mut hints = test.app.hints.subscribe();
    until_everything_is_looked_at(&mut hints).await;
    let cut: i64 = sqlx::query_scalar(
        "select count(pg_terminate_backend(pid)) from pg_stat_activity
         where datname = current_database() and query like 'LISTEN%'",
    )
    .fetch_one(&test.owner)
    .await
    .unwrap();
    assert_eq!(cut, 2, "each server listens");
    until_everything_is_looked_at(&mut hints).await;
    // What is typed comes by this way alone, and what is lost is not repeated: so it is typed until it is heard.
    let (began, typing) = (Instant::now(), json!({"type": "typing", "room": joint}));
    let heard = loop {
        ben.send(typing.clone()).await;
        let heard = timeout(Duration::from_millis(600), ana.until(types(m.ben.id))).await;
        if heard.is_ok() || began.elapsed() > Duration::from_secs(10) {
            break heard;
        }
    };
    heard.expect("heard again");
    let seq = said(&m.mediator, joint, "1", "好").await.seq;
    ben.until_seq(joint, seq).await;
    assert_eq!(ben.seqs(joint), (1..=seq).collect::<Vec<_>>());
}

/// A phone that says its messages one after the other, and goes to the other server when it is sent away.
async fn talk(m: &Mediation<'_>, room: RoomId, stop: &tokio::sync::Notify) -> (usize, Vec<u16>) {
    let (mut url, mut closes, mut acked) = (second(m.test), Vec::new(), 0);
    let mut phone = Socket::hello_at(url, &m.ben, &[(room, 0)]).await;
    while acked < 12 {
        let id = format!("b{acked}");
        phone.say(room, &id, &id).await;
        loop {
            match phone.next().await {
                Came::Frame(frame) => match *frame {
                    ServerFrame::Ack { client_msg_id, .. } if client_msg_id.as_str() == id => {
                        acked += 1;
                        break;
                    }
                    ServerFrame::Closing { retry_after, .. } => {
                        assert!((500..8_500).contains(&retry_after.unwrap()));
                    }
                    _ => {}
                },
                Came::Closed(code) => {
                    closes.push(code.expect("a close frame"));
                    url = &m.test.url;
                    let seen = phone.seqs(room).last().copied().unwrap_or_default();
                    let mut next = Socket::hello_at(url, &m.ben, &[(room, seen)]).await;
                    next.entries = std::mem::take(&mut phone.entries);
                    phone = next;
                    break;
                }
            }
        }
        if acked == 4 {
            stop.notify_one();
        }
    }
    let last = said(&m.ana, room, "end", "完").await.seq;
    phone.until_seq(room, last).await;
    assert_eq!(phone.seqs(room), (1..=last).collect::<Vec<_>>(), "nothing missing, nothing twice");
    (acked, closes)
}

#[tokio::test]
async fn r6_one_of_two_servers_stops_and_nobody_loses_anything() {
    let redis = Redis::start();
    let test = two(&redis).await;
    let m = Mediation::start(&test).await;
    let joint = m.room(JOINT).await;
    let leaving = &test.others.as_ref().unwrap().app;
    // In flight on the server that stops: it waits for a lock that is given back only after the stop.
    let mut rival = test.owner.begin().await.unwrap();
    let caucus = m.room(A).await;
    let lock = sqlx::query("select from rooms where id = $1 for update").bind(caucus.0);
    lock.execute(&mut *rival).await.unwrap();
    let request = test.http.post(format!("{}/v1/rooms/{caucus}/entries", second(&test)));
    let request = request.bearer_auth(m.ana.token()).header("idempotency-key", "in-flight");
    let in_flight = tokio::spawn(request.json(&text("in-flight", "等一下")).send());
    crate::app::until_somebody_waits_for_a_lock(&test.owner).await;
    let stop = tokio::sync::Notify::new();
    let stopping = async {
        stop.notified().await;
        leaving.stop.cancel();
        rival.commit().await.unwrap();
        assert!(in_flight.await.unwrap().unwrap().status().is_success());
        leaving.tasks.wait().await;
        let ready = test.http.get(format!("{}/health/ready", second(&test))).send().await;
        assert!(ready.is_err(), "it takes nobody any more");
    };
    // Everybody else goes on by the server that stays.
    test.others.as_ref().unwrap().only_the_first();
    let ((acked, closes), ()) = tokio::join!(talk(&m, joint, &stop), stopping);
    assert_eq!((acked, closes), (12, vec![close::RESTARTING]));
    let stored: Vec<String> = crate::rooms::texts(&m.ana, joint).await;
    let wanted: Vec<String> = (0..12).map(|n| format!("b{n}")).chain(["完".to_owned()]).collect();
    assert_eq!(stored, wanted);
}
