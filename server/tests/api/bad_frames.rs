//! Every kind of bad input to the live socket has its row: the exact answer or close code. None makes the server keep
//! a room for somebody it does not know, and none harms somebody else in the same room.

use super::start;
use crate::app::TestApp;
use crate::live_document;
use crate::mediation::{A, B, JOINT, Mediation};
use crate::raw;
use crate::socket::Socket;
use chrono::Duration;
use protocol::RoomId;
use protocol::account::Role;
use protocol::live::ServerFrame;
use serde_json::{Value, json};
use std::time::Instant;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::{interval, timeout};

#[path = "bad_frames/before.rs"]
mod before;
#[path = "bad_frames/signed_in.rs"]
mod signed_in;
#[path = "bad_frames/transport.rs"]
mod transport;

/// Longer than any answer takes; a row that waits this long has failed.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(15);
/// Within this everybody else has what was said, whatever is sent meanwhile.
const BOUND: std::time::Duration = std::time::Duration::from_millis(2_500);
/// How often somebody else says something.
const PACE: std::time::Duration = std::time::Duration::from_millis(500);
/// What a ping says that only asks whether the socket still lives.
const ALIVE: i64 = 424_242;

/// How a socket is before a row begins.
enum As {
    /// Connected, to this address, with this behind the request.
    Nobody(String, Vec<u8>),
    /// Signed in with this token and, where there is one, listening to a room.
    Somebody(String, Option<RoomId>),
}

/// What is sent, and all that comes; what comes several times in a row stands here once.
struct Row {
    what: &'static str,
    by: As,
    sent: Vec<Vec<u8>>,
    comes: Vec<&'static str>,
}

/// What rows are made of.
struct World {
    /// Somebody's good token, and others of theirs that are good no more.
    token: String,
    expired: String,
    ended: String,
    replayed: String,
    /// Of somebody else.
    foreign_token: String,
    /// Of somebody who was in the room and left it.
    left: String,
    joint: RoomId,
    /// That somebody's own, which nobody listens to.
    own: RoomId,
    foreign: RoomId,
}

impl World {
    async fn of(test: &TestApp, m: &Mediation<'_>) -> Self {
        let [joint, own, foreign] = [m.room(JOINT).await, m.room(A).await, m.room(B).await];
        let earlier = test.now() - Duration::minutes(11);
        let issue = |who: &crate::app::Person<'_>, at| {
            test.app.tokens.issue(who.account, who.login, 1, at).unwrap().0
        };
        let out = test.sign_in(m.ana.account, m.ana.id).await;
        let refreshed = test.sign_in(m.ana.account, m.ana.id).await;
        for (change, login) in [
            ("update logins set ended_at = now() where id = $1", out.login),
            ("update logins set generation = 3, parent = 2 where id = $1", refreshed.login),
        ] {
            sqlx::query(change).bind(login.0).execute(&test.owner).await.unwrap();
        }
        m.lawyer.command(&m.path("/step-down")).await.ok();
        Self {
            token: m.ana.token(),
            expired: issue(&m.ana, earlier),
            ended: out.token(),
            replayed: refreshed.token(),
            foreign_token: test.person("何三", Role::Resident).await.token(),
            left: m.lawyer.token(),
            joint,
            own,
            foreign,
        }
    }
}

fn hello(token: &str, cursors: &Value) -> Vec<u8> {
    raw::text(json!({"type": "hello", "token": token, "cursors": cursors}).to_string())
}

impl As {
    /// A room from this entry on.
    async fn open(&self, test: &TestApp, after: i64) -> TcpStream {
        let (token, room) = match self {
            Self::Nobody(address, behind) => return raw::open_at(test, address, behind).await,
            Self::Somebody(token, room) => (token, room),
        };
        let cursors: serde_json::Map<String, Value> =
            room.iter().map(|room| (room.to_string(), json!(after))).collect();
        let mut tcp = raw::open(test).await;
        tcp.write_all(&hello(token, &cursors.into())).await.unwrap();
        let last = if room.is_some() { "caught_up" } else { "welcome" };
        loop {
            let word = timeout(PATIENCE, come(&mut tcp)).await.expect("welcome");
            assert!(["welcome", "caught_up"].contains(&word.as_str()), "{word}");
            if word == last {
                break;
            }
        }
        tcp
    }
}

/// The next that comes, in a word or two.
async fn come(tcp: &mut TcpStream) -> String {
    loop {
        let Some((first, payload)) = raw::next(tcp).await else { return "gone".into() };
        match first {
            raw::TEXT => {
                let text = String::from_utf8(payload).unwrap();
                live_document::check(&text);
                if let Some(word) = word(&serde_json::from_str(&text).unwrap()) {
                    return word;
                }
            }
            raw::CLOSE => return format!("closed {}", raw::code(&payload)),
            raw::PONG => return "answered".into(),
            raw::PING => {}
            other => panic!("{other:#x}"),
        }
    }
}

/// Nothing for what others do in the room.
fn word(frame: &Value) -> Option<String> {
    let kind = frame["type"].as_str().unwrap();
    let code = |problem: &Value| problem["code"].as_str().unwrap().to_owned();
    Some(match kind {
        "entries" | "state" | "presence" | "typing" | "read" => return None,
        "error" | "refused" => format!("{kind} {}", code(&frame["problem"])),
        "closing" => format!("closing {}", frame["code"]),
        "pong" if frame["t"] == ALIVE => "alive".into(),
        _ => kind.to_owned(),
    })
}

/// All that comes on a socket, until it is closed or all that is expected has come and it still lives.
async fn comes(tcp: &mut TcpStream, expected: usize) -> Vec<String> {
    let (mut came, mut asked) = (Vec::<String>::new(), false);
    loop {
        if came.len() >= expected && !std::mem::replace(&mut asked, true) {
            let ping = json!({"type": "ping", "t": ALIVE}).to_string();
            // Where it is closed already, that comes.
            let _ = tcp.write_all(&raw::text(ping)).await;
        }
        let Ok(word) = timeout(PATIENCE, come(tcp)).await else {
            came.push("nothing more".into());
            return came;
        };
        if word == "alive" {
            return came;
        }
        let is_end = word == "gone" || word.starts_with("closed ");
        if came.last() != Some(&word) {
            came.push(word);
        }
        if is_end {
            return came;
        }
    }
}

/// Two others in the room, who go on talking.
struct Others<'a> {
    m: &'a Mediation<'a>,
    room: RoomId,
    listens: Socket,
    said: usize,
}

impl Others<'_> {
    /// The last entry that was heard.
    fn last(&self) -> i64 {
        self.listens.seqs(self.room).last().copied().unwrap()
    }

    /// Somebody says something again and again, and the other hears it in time.
    async fn talk(&mut self, until: &Notify) {
        let mut talks = Socket::hello(&self.m.ben, &[(self.room, self.last())]).await;
        let mut pace = interval(PACE);
        pace.tick().await;
        loop {
            self.round(&mut talks).await;
            tokio::select! {
                biased;
                () = until.notified() => return,
                _ = pace.tick() => {}
            }
        }
    }

    async fn round(&mut self, talks: &mut Socket) {
        let began = Instant::now();
        self.said += 1;
        talks.say(self.room, &format!("m{}", self.said), "在").await;
        let ack = talks.until(|frame| matches!(frame, ServerFrame::Ack { .. })).await;
        let ServerFrame::Ack { seq, .. } = ack else { unreachable!() };
        self.listens.until_seq(self.room, seq).await;
        assert!(began.elapsed() < BOUND, "heard after {:?}", began.elapsed());
    }
}

async fn play(test: &TestApp, row: &Row, after: i64) -> Vec<String> {
    let mut tcp = row.by.open(test, after).await;
    // Where the server has had enough it reads no more; what it said is still to be read.
    let _ = tcp.write_all(&row.sent.concat()).await;
    let ends = row.comes.last().is_some_and(|last| last.starts_with("closed "));
    comes(&mut tcp, if ends { usize::MAX } else { row.comes.len() }).await
}

#[tokio::test]
async fn each_bad_input_has_its_answer_or_its_close_code_and_harms_nobody() {
    let test = start().await;
    let m = Mediation::start(&test).await;
    let world = World::of(&test, &m).await;
    let mut listens = Socket::hello(&m.mediator, &[(world.joint, 0)]).await;
    listens.caught_up(world.joint).await;
    let mut others = Others { m: &m, room: world.joint, listens, said: 0 };
    let mut failed = Vec::new();
    for (rows, are_known) in [(before::rows(&world), false), (signed_in::rows(&world), true)] {
        for row in rows {
            let (over, said, last) = (Notify::new(), others.said, others.last());
            let played = async {
                let came = play(&test, &row, last).await;
                over.notify_one();
                came
            };
            let (came, ()) = tokio::join!(played, others.talk(&over));
            assert!(others.said > said, "nobody talked during: {}", row.what);
            if came != row.comes {
                failed.push(format!("{}: {came:?} instead of {:?}", row.what, row.comes));
            }
            let kept: Vec<RoomId> = test.app.live.rooms().iter().map(|room| room.id).collect();
            assert!(kept.iter().all(|room| *room == world.joint), "{} keeps {kept:?}", row.what);
            let theirs = test.app.live.sockets_of(m.ana.id);
            assert!(are_known || theirs.is_empty(), "{} signs in", row.what);
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
    let heard = others.listens.seqs(world.joint);
    assert!(heard.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{heard:?}");
    assert_eq!(
        others.listens.said(world.joint).iter().filter(|said| **said == "在").count(),
        others.said
    );
}
