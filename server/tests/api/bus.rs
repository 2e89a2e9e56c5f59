//! Two servers and what they tell one another: at once, ids alone, and nothing that is forged, doubled or late.

use crate::app::{Person, TestApp};
use crate::mediation::{A, JOINT, Mediation};
use crate::redis::Redis;
use crate::rooms::said;
use crate::servers::Between;
use crate::socket::Socket;
use ::redis::aio::MultiplexedConnection;
use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use protocol::account::Role;
use protocol::live::{ServerFrame, close};
use protocol::{PersonId, RoomId};
use serde_json::json;
use server::accounts::codes::CodeKey;
use server::db::Hint;
use server::live::bus::{CHANNELS, Seal, Word};
use server::live::{Bounds, Hub};
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::time::timeout;

/// Longer than anything promised; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

impl Redis {
    /// For two servers; it ends with them, or is stopped before so many sockets or requests.
    pub fn between(mut self, stops: Option<(usize, usize)>) -> Between {
        Between { url: self.url(), stops, stop: Box::new(move || self.stop()) }
    }
}

/// For a test that keeps the Redis in its own hands.
pub fn beside(redis: &Redis) -> Between {
    Between { url: redis.url(), stops: None, stop: Box::new(|| ()) }
}

pub async fn connection(redis: &Redis) -> MultiplexedConnection {
    let client = ::redis::Client::open(redis.url()).unwrap();
    client.get_multiplexed_async_connection().await.unwrap()
}

/// Somebody who has the servers' secret, or another one, and speaks to them as a third.
pub struct Third {
    seal: Seal,
    me: [u8; 16],
}

impl Third {
    pub fn of(test: &TestApp) -> Self {
        let secret = CodeKey::from_file(&test.data.path().join("code-secret")).unwrap();
        Self { seal: Seal(secret.between_servers().unwrap()), me: [3; 16] }
    }

    pub fn stranger() -> Self {
        let secret = CodeKey::ephemeral().unwrap();
        Self { seal: Seal(secret.between_servers().unwrap()), me: [4; 16] }
    }

    pub fn payload(&self, word: Word) -> (&'static str, Vec<u8>) {
        self.seal.pack(&self.me, &[word]).pop().unwrap()
    }

    pub async fn says(&self, to: &mut MultiplexedConnection, word: Word) {
        let (channel, payload) = self.payload(word);
        publish(to, channel, &payload).await;
    }
}

async fn publish(to: &mut MultiplexedConnection, channel: &str, payload: &[u8]) {
    let publish = ::redis::cmd("SPUBLISH").arg(channel).arg(payload).to_owned();
    publish.query_async::<i64>(to).await.unwrap();
}

/// Returns when both servers listen on every channel.
pub async fn until_both_hear(redis: &mut MultiplexedConnection) {
    let hearing = async {
        for channel in CHANNELS {
            while listeners(redis, channel).await != 2 {
                tokio::task::yield_now().await;
            }
        }
    };
    timeout(PATIENCE, hearing).await.expect("both listen");
}

async fn listeners(redis: &mut MultiplexedConnection, channel: &str) -> i64 {
    let ask = ::redis::cmd("PUBSUB").arg("SHARDNUMSUB").arg(channel).to_owned();
    let (_, many): (String, i64) = ask.query_async(redis).await.unwrap();
    many
}

pub async fn two(redis: &Redis) -> TestApp {
    let test = TestApp::start_two(beside(redis), |_| {}).await;
    until_both_hear(&mut connection(redis).await).await;
    test
}

pub fn second(test: &TestApp) -> &str {
    &test.others.as_ref().unwrap().url
}

pub fn types(who: PersonId) -> impl Fn(&ServerFrame) -> bool {
    move |frame| matches!(frame, ServerFrame::Typing { person, .. } if *person == who)
}

pub fn is_online(who: PersonId, wanted: bool) -> impl Fn(&ServerFrame) -> bool {
    move |frame| matches!(frame, ServerFrame::Presence { person, online, .. } if *person == who && *online == wanted)
}

/// Both are there and know of each other: ana on the first server, ben on the second.
pub async fn ana_and_ben(m: &Mediation<'_>, room: RoomId) -> (Socket, Socket) {
    let mut ana = Socket::hello_at(&m.test.url, &m.ana, &[(room, 0)]).await;
    ana.caught_up(room).await;
    let mut ben = Socket::hello_at(second(m.test), &m.ben, &[(room, 0)]).await;
    ben.caught_up(room).await;
    ana.until(is_online(m.ben.id, true)).await;
    (ana, ben)
}

#[tokio::test]
async fn what_is_committed_on_one_server_is_read_on_the_other_at_once_with_redis_or_without() {
    let mut redis = Redis::start();
    let test = two(&redis).await;
    let m = Mediation::start(&test).await;
    let joint = m.room(JOINT).await;
    let (mut ana, mut ben) = ana_and_ben(&m, joint).await;
    for (round, stopped) in [(0, false), (1, true)] {
        if stopped {
            redis.stop();
        }
        let began = Instant::now();
        for n in 0..10 {
            ana.say(joint, &format!("{round}-{n}"), "您好").await;
            let ack = ana.until(|frame| matches!(frame, ServerFrame::Ack { .. })).await;
            let ServerFrame::Ack { seq, .. } = ack else { unreachable!() };
            ben.until_seq(joint, seq).await;
        }
        // By looking round every two seconds alone, ten one after the other would take twenty.
        assert!(began.elapsed() < Duration::from_secs(6), "{:?}", began.elapsed());
    }
}

#[tokio::test]
async fn what_is_forged_or_garbled_is_not_heard_and_what_is_doubled_changes_nothing() {
    let redis = Redis::start();
    let test = two(&redis).await;
    let m = Mediation::start(&test).await;
    let joint = m.room(JOINT).await;
    let (mut ana, mut ben) = ana_and_ben(&m, joint).await;
    let mut raw = connection(&redis).await;
    let (ours, stranger) = (Third::of(&test), Third::stranger());
    let (room, person) = (joint, m.lawyer.id);
    let shown = [
        Word::Hint(Hint::Typing { room, person }),
        Word::Hint(Hint::Read { room, person, seq: 1 }),
        Word::Here { room, person },
    ];
    for word in shown {
        stranger.says(&mut raw, word).await;
        let (channel, payload) = ours.payload(word);
        let mut changed = payload.clone();
        changed[40] ^= 1;
        for forged in [&payload[..payload.len() - 1], &changed, b"", b"{\"room\":1}", &[1; 6_000]] {
            publish(&mut raw, channel, forged).await;
        }
        let forged = BASE64_STANDARD_NO_PAD.encode(stranger.payload(word).1);
        for notice in [forged.as_str(), "", "no base64 at all!"] {
            let notify = sqlx::query("select pg_notify('ala_bus', $1)").bind(notice);
            notify.execute(&test.owner).await.unwrap();
        }
    }
    // What the first server itself says is not news to it, and a hint repeated is read once.
    for _ in 0..200 {
        ours.says(&mut raw, Word::Hint(Hint::Room(joint))).await;
        ours.says(&mut raw, Word::Hint(Hint::Login(m.ana.login))).await;
    }
    let seq = said(&m.mediator, joint, "1", "还在吗").await.seq;
    for phone in [&mut ana, &mut ben] {
        phone.until_seq(joint, seq).await;
        assert_eq!(phone.seqs(joint), (1..=seq).collect::<Vec<_>>());
        let about = phone.texts.iter().filter(|text| {
            text.contains(&person.to_string())
                && ["presence", "typing", "read"]
                    .iter()
                    .any(|kind| text.contains(&format!("\"type\":\"{kind}\"")))
        });
        assert_eq!(about.collect::<Vec<_>>(), Vec::<&String>::new());
    }
    // The same words by somebody who has the secret are shown: the above could have failed.
    ours.says(&mut raw, shown[0]).await;
    ana.until(types(person)).await;
    ben.until(types(person)).await;
}

/// As MONITOR writes it.
fn escaped(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        match byte {
            b'\\' | b'"' => write!(text, "\\{}", char::from(*byte)),
            b'\n' => write!(text, "\\n"),
            b'\r' => write!(text, "\\r"),
            b'\t' => write!(text, "\\t"),
            7 => write!(text, "\\a"),
            8 => write!(text, "\\b"),
            0x20..=0x7e => write!(text, "{}", char::from(*byte)),
            _ => write!(text, "\\x{byte:02x}"),
        }
        .unwrap();
    }
    text
}

/// Everything that Redis is told from now on.
async fn overhear(redis: &Redis) -> Arc<Mutex<String>> {
    let path = redis.url().replace("redis+unix://", "").replace("?protocol=resp3", "");
    let mut line = UnixStream::connect(path).await.unwrap();
    line.write_all(b"MONITOR\r\n").await.unwrap();
    let mut start = [0; 5];
    line.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"+OK\r\n");
    let heard = Arc::new(Mutex::new(String::new()));
    let keep = heard.clone();
    tokio::spawn(async move {
        let mut bytes = vec![0; 65_536];
        while let Ok(many @ 1..) = line.read(&mut bytes).await {
            keep.lock().unwrap().push_str(&String::from_utf8_lossy(&bytes[..many]));
        }
    });
    heard
}

#[tokio::test]
async fn redis_learns_ids_and_nothing_that_people_wrote_or_are_called() {
    const CANARY: &str = "canary-7c1e9f";
    let redis = Redis::start();
    let heard = overhear(&redis).await;
    let test = two(&redis).await;
    let m = Mediation::start(&test).await;
    let (joint, caucus) = (m.room(JOINT).await, m.room(A).await);
    let (mut ana, mut ben) = ana_and_ben(&m, joint).await;
    ana.say(joint, CANARY, &format!("{CANARY} 金丝雀")).await;
    said(&m.ana, caucus, CANARY, CANARY).await;
    ana.send(json!({"type": "typing", "room": joint})).await;
    ben.until(types(m.ana.id)).await;
    ana.send(json!({"type": "read", "room": joint, "seq": 1})).await;
    ben.until(|frame| matches!(frame, ServerFrame::Read { .. })).await;
    let mut raw = connection(&redis).await;
    let keys: Vec<String> = ::redis::cmd("KEYS").arg("*").query_async(&mut raw).await.unwrap();
    assert!(keys.iter().all(|key| key.starts_with("ala:limit:")), "{keys:?}");
    let _: () = ::redis::cmd("SET").arg("the end").arg(1).query_async(&mut raw).await.unwrap();
    let heard = loop {
        let heard = heard.lock().unwrap().clone();
        if heard.contains("the end") {
            break heard;
        }
        tokio::task::yield_now().await;
    };
    for id in [joint.0, caucus.0, m.ana.id.0] {
        assert!(heard.contains(&escaped(id.as_bytes())), "ids are told, and found by this search");
    }
    let base64 = BASE64_STANDARD_NO_PAD.encode(CANARY);
    for secret in [CANARY, "金丝雀", "陈一", "林二", "周调解", &base64[..16]] {
        assert!(!heard.contains(&escaped(secret.as_bytes())), "{secret} in what Redis was told");
    }
}

#[tokio::test]
async fn whoever_a_dead_server_had_is_gone_soon_and_whoever_a_stopping_one_had_at_once() {
    let redis = Redis::start();
    let beat = Duration::from_millis(300);
    let bounds = Bounds { beat, ..Bounds::default() };
    let change = |parts: &mut server::app::Parts| parts.live = Arc::new(Hub::with(bounds));
    let test = TestApp::start_two(beside(&redis), change).await;
    let mut raw = connection(&redis).await;
    until_both_hear(&mut raw).await;
    let m = Mediation::start(&test).await;
    let joint = m.room(JOINT).await;
    let (mut ana, _ben) = ana_and_ben(&m, joint).await;
    // A third server says that the lawyer is with it, and never again.
    let dead = Third::of(&test);
    let (room, person) = (joint, m.lawyer.id);
    dead.says(&mut raw, Word::Here { room, person }).await;
    ana.until(is_online(person, true)).await;
    let began = Instant::now();
    ana.until(is_online(person, false)).await;
    assert!(began.elapsed() >= beat * 2, "{:?}", began.elapsed());
    // Ben's server lives all the while and has said so again and again.
    let of_ben = ana
        .texts
        .iter()
        .filter(|text| text.contains("\"online\":false") && text.contains(&m.ben.id.to_string()));
    assert_eq!(of_ben.count(), 0);
    dead.says(&mut raw, Word::Here { room, person }).await;
    ana.until(is_online(person, true)).await;
    dead.says(&mut raw, Word::Bye).await;
    ana.until(is_online(person, false)).await;
    test.others.as_ref().unwrap().app.stop.cancel();
    ana.until(is_online(m.ben.id, false)).await;
}

/// Sockets on the other server, each of which what happens on the first has to end.
async fn revoked(stopped: bool) {
    const WITHIN: Duration = Duration::from_secs(5);
    let mut redis = Redis::start();
    let test = two(&redis).await;
    let m = Mediation::start(&test).await;
    let (caucus, other) = (m.room(A).await, second(&test));
    let operator = test.person("管理员", Role::Operator).await;
    let mut logged_out = Socket::hello_at(other, &m.ana, &[(caucus, 0)]).await;
    let mut disabled = Socket::hello_at(other, &m.officer, &[]).await;
    let mut removed = Socket::hello_at(other, &m.lawyer, &[(caucus, 0)]).await;
    logged_out.caught_up(caucus).await;
    removed.caught_up(caucus).await;
    if stopped {
        redis.stop();
    }
    let delete = |who: &Person<'_>, path: String| {
        test.http.delete(format!("{}{path}", test.url)).bearer_auth(who.token()).send()
    };
    let began = Instant::now();
    assert!(
        delete(&m.ana, format!("/v1/logins/{}", m.ana.login)).await.unwrap().status().is_success()
    );
    assert_eq!(logged_out.until_closed().await, Some(close::NOT_AUTHENTICATED));
    assert!(began.elapsed() < WITHIN, "{:?}", began.elapsed());
    let began = Instant::now();
    operator.command(&format!("/v1/staff-accounts/{}/disable", m.officer.account)).await.ok();
    assert_eq!(disabled.until_closed().await, Some(close::NOT_AUTHENTICATED));
    assert!(began.elapsed() < WITHIN, "{:?}", began.elapsed());
    let began = Instant::now();
    m.lawyer.command(&m.path("/step-down")).await.ok();
    removed.until(|frame| matches!(frame, ServerFrame::Left { room } if *room == caucus)).await;
    assert!(began.elapsed() < WITHIN, "{:?}", began.elapsed());
    removed.send(json!({"type": "subscribe", "room": caucus})).await;
    removed.until(|frame| matches!(frame, ServerFrame::Error { .. })).await;
}

#[tokio::test]
async fn r18_what_is_taken_away_on_one_server_is_gone_from_sockets_of_another_within_five_seconds()
{
    revoked(false).await;
}

#[tokio::test]
async fn r18_and_the_same_while_redis_is_away() {
    revoked(true).await;
}

#[tokio::test]
async fn requests_are_counted_by_both_servers_together_and_by_each_alone_without_redis() {
    let mut redis = Redis::start();
    let five = |parts: &mut server::app::Parts| parts.config.requests_per_minute = 5;
    let test = TestApp::start_two(beside(&redis), five).await;
    let ana = test.person("陈一", Role::Resident).await;
    let ben = test.person("林二", Role::Resident).await;
    let passed = async |who: &Person<'_>| {
        let mut passed = 0;
        for _ in 0..14 {
            passed += u32::from(who.get("/v1/me").await.status.is_success());
        }
        passed
    };
    assert_eq!(passed(&ana).await, 5);
    redis.stop();
    assert_eq!(passed(&ben).await, 10);
}

#[tokio::test]
async fn the_account_that_the_manual_gives_a_server_is_enough_and_not_more() {
    let redis = Redis::start();
    let heard = overhear(&redis).await;
    let manual = include_str!("../../../docs/OPERATIONS.md");
    let line = manual.split('`').find(|text| text.starts_with("ACL SETUSER ala")).unwrap();
    let mut raw = connection(&redis).await;
    let mut words = line.split(' ');
    let mut command = ::redis::cmd(words.next().unwrap());
    for word in words {
        command.arg(if word == ">…" { ">secret" } else { word });
    }
    let _: () = command.query_async(&mut raw).await.unwrap();
    let url = format!("{}&user=ala&pass=secret", redis.url());
    let test = TestApp::start_two(Between { url: url.clone(), ..beside(&redis) }, |_| {}).await;
    until_both_hear(&mut raw).await;
    let m = Mediation::start(&test).await;
    let joint = m.room(JOINT).await;
    let (mut ana, mut ben) = ana_and_ben(&m, joint).await;
    ana.send(json!({"type": "typing", "room": joint})).await;
    ben.until(types(m.ana.id)).await;
    // Said by Redis, which notes what it has carried out, and not by PostgreSQL instead.
    let carried_out = async {
        while !heard.lock().unwrap().contains("SPUBLISH") {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, carried_out).await.expect("said by Redis");
    // Refused where requests cannot be counted.
    assert_eq!(test.ask(crate::accounts::PHONE).await.status, 202);
    let client = ::redis::Client::open(url).unwrap();
    let mut ours = client.get_multiplexed_async_connection().await.unwrap();
    for forbidden in [
        &["FLUSHALL"][..],
        &["KEYS", "*"],
        &["CONFIG", "GET", "*"],
        &["GET", "other"],
        &["SPUBLISH", "other", "x"],
    ] {
        let mut command = ::redis::cmd(forbidden[0]);
        for word in &forbidden[1..] {
            command.arg(*word);
        }
        let refused = command.query_async::<::redis::Value>(&mut ours).await.unwrap_err();
        assert_eq!(refused.code(), Some("NOPERM"), "{forbidden:?}: {refused}");
    }
}
