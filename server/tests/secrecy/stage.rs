//! One dispute in one world: who is there, how far it is, and the respondent's device.

use crate::app::{Answer, Person};
use crate::history::{Start, Who};
use crate::model::Cast;
use crate::observed::Observed;
use crate::socket::{Came, Socket};
use crate::world::World;
use chrono::Duration;
use protocol::live::ServerFrame;
use protocol::{EvidenceId, RoomId};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// Longer than anything takes; who waits this long has failed.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);
const TICK: std::time::Duration = std::time::Duration::from_millis(1);

/// What a side may hand in altogether; the applicant's are small, and two of the respondent's leave no room for one.
pub const ROOM_FOR_EVIDENCE: &str = "1000";
pub const SMALL: usize = 18;
pub const LARGE: usize = 495;

/// Where the talk is as far as the respondent is to know: the same in both worlds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Talk {
    None,
    /// Together, or where the joint room is withheld not with the respondent.
    Elsewhere,
    WithBen,
    Over,
}

/// How far the agreement is: the same in both worlds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    None,
    Draft,
    Up,
    Signed,
}

pub struct Stage<'a> {
    pub world: &'a World,
    pub history: u64,
    pub step: u64,
    pub cast: Cast,
    pub ana: Person<'a>,
    pub ben: Person<'a>,
    pub mediator: Person<'a>,
    pub talk: Talk,
    /// Whether the session is in the applicant's caucus, in this world.
    pub apart: bool,
    pub withheld: bool,
    pub paper: Paper,
    /// Whether the respondent is in the sound of the joint room.
    pub sound: bool,
    pub phone: Option<Socket>,
    /// Texts of the device that are noted already.
    heard: usize,
    pub pieces: Vec<EvidenceId>,
    pub secrets: Vec<EvidenceId>,
    pub last_piece: Option<EvidenceId>,
    pub seen: Observed,
}

impl<'a> Stage<'a> {
    pub async fn set(world: &'a World, history: u64, start: Start, cast: &Cast) -> Self {
        world.at(history, 0, false);
        let mut stage = Self {
            world,
            history,
            step: 0,
            cast: *cast,
            ana: world.person(cast.ana),
            ben: world.person(cast.ben),
            mediator: world.person(cast.mediator),
            talk: Talk::None,
            apart: false,
            withheld: start == Start::Withheld,
            paper: Paper::None,
            sound: false,
            phone: None,
            heard: 0,
            pieces: vec![],
            secrets: vec![],
            last_piece: None,
            seen: Observed::default(),
        };
        stage.connect(0).await;
        stage.listen().await;
        stage
    }

    pub fn next(&mut self, secret: bool) {
        self.step += 1;
        self.world.at(self.history, self.step, secret);
        if !secret {
            self.world.test.advance(Duration::seconds(1));
        }
    }

    pub const fn who(&self, who: Who) -> Person<'a> {
        match who {
            Who::Ana => self.ana,
            Who::Ben => self.ben,
            Who::Mediator => self.mediator,
        }
    }

    /// Whether another mediator has come.
    pub fn is_replaced(&self) -> bool {
        self.mediator.account == self.cast.other.account
    }

    pub fn of_dispute(&self, rest: &str) -> String {
        format!("/v1/disputes/{}{rest}", self.cast.dispute)
    }

    /// A step of the session, if there is one.
    pub fn of_session(&self, rest: &str) -> String {
        format!("/v1/sessions/{}{rest}", self.cast.session.unwrap())
    }

    /// What somebody does; when this returns, everybody who listens has been told.
    pub async fn act(&self, who: Person<'a>, method: Method, path: &str, body: Value) -> Answer {
        let body = (!body.is_null()).then_some(body);
        let key = Uuid::new_v4().to_string();
        let answer = who.request(method, path, body, Some(&key)).await;
        self.quiet().await;
        answer
    }

    pub async fn post(&self, who: Person<'a>, path: &str, body: Value) -> Answer {
        self.act(who, Method::POST, path, body).await
    }

    pub async fn say(&self, who: Person<'a>, room: RoomId, id: &str, body: Value) -> Answer {
        let say = json!({"client_msg_id": id, "body": body});
        let path = format!("/v1/rooms/{room}/entries");
        let answer = who.request(Method::POST, &path, Some(say), None).await;
        self.quiet().await;
        answer
    }

    pub async fn text(&self, who: Person<'a>, room: RoomId, id: &str, text: &str) -> Answer {
        self.say(who, room, id, json!({"kind": "text", "text": text})).await
    }

    /// Until the server has read what has changed and told it: nothing is on its way to anybody.
    pub async fn quiet(&self) {
        let live = &self.world.test.app.live;
        let is_told = || {
            live.rooms().iter().all(|room| room.last().is_some() && room.is_told())
                && live.sockets().iter().all(|one| !one.listening.lock().unwrap().is_fed)
        };
        until(is_told).await;
    }

    /// Until the server has seen that somebody's sockets are closed.
    pub async fn gone(&self, who: Person<'a>) {
        let live = &self.world.test.app.live;
        until(|| live.of_login(who.login).is_empty()).await;
    }

    /// A picture of so many bytes.
    pub async fn hand_in(&self, who: Person<'a>, n: u64, size: usize) -> Result<EvidenceId, u16> {
        let mut file = b"\xff\xd8\xff\xe0\0\x10JFIF".to_vec();
        file.extend(n.to_be_bytes());
        file.resize(size, 0);
        let url = format!("{}{}", self.world.test.url, self.of_dispute("/evidence"));
        let request = self.world.test.http.post(url).bearer_auth(who.token()).body(file);
        let request = request.header("content-type", "image/jpeg").header("x-file-name", "a.jpg");
        let request = request.header("idempotency-key", format!("{}-{n}", self.history));
        let answer = Answer::read(request.send().await.unwrap()).await;
        self.quiet().await;
        if !answer.status.is_success() {
            return Err(answer.status.as_u16());
        }
        Ok(serde_json::from_value(answer.body["id"].clone()).unwrap())
    }

    /// The respondent's device, with what it had before in hand.
    pub async fn connect(&mut self, after: i64) {
        let (joint, own) = (self.cast.joint, self.cast.caucus_b);
        let cursors = if self.withheld { vec![] } else { vec![(joint, after)] };
        let mut phone = Socket::hello(&self.ben, &cursors).await;
        // The state follows, in its own time.
        if !self.withheld {
            phone.caught_up(joint).await;
            phone.state().await;
        }
        self.quiet().await;
        phone.send(json!({"type": "subscribe", "room": own, "after": 0})).await;
        phone.caught_up(own).await;
        phone.state().await;
        self.heard = 0;
        self.phone = Some(phone);
    }

    /// Notes what the respondent's device was told in this step. Between rooms there is no order, and the same state is
    /// read once or twice when it is told of twice at the same time.
    pub async fn listen(&mut self) {
        // What the device asked for has been carried out; then what follows from it has been sent; then it
        // is here. What the first pong says of rooms may be late.
        self.pong().await;
        self.phone.as_mut().unwrap().texts.pop();
        self.quiet().await;
        self.pong().await;
        let phone = self.phone.as_mut().unwrap();
        let mut new: Vec<String> = phone.texts[self.heard..].to_vec();
        self.heard = phone.texts.len();
        // What is told of media goes its own way, and is waited for where something is to come.
        new.retain(|text| !text.contains(r#""type":"media""#));
        new.sort();
        let mut states = new.clone();
        states.dedup();
        new.retain(|text| !text.contains(r#""type":"state""#));
        states.retain(|text| text.contains(r#""type":"state""#));
        for text in new.into_iter().chain(states) {
            self.seen.note(format!("frame in step {}", self.step), text);
        }
    }

    async fn pong(&mut self) {
        let phone = self.phone.as_mut().unwrap();
        phone.send(json!({"type": "ping", "t": self.step})).await;
        loop {
            match phone.next().await {
                Came::Frame(frame) if matches!(*frame, ServerFrame::Pong { .. }) => break,
                Came::Frame(_) => {}
                Came::Closed(code) => panic!("the respondent's device is closed with {code:?}"),
            }
        }
    }

    /// What was told of media, in its order.
    pub fn heard_of_media(&mut self) {
        let phone = self.phone.as_ref().unwrap();
        let mut frames: Vec<String> = phone.texts.clone();
        frames.retain(|text| text.contains(r#""type":"media""#));
        for frame in frames {
            self.seen.note("frame of media", frame);
        }
    }
}

/// Waits until it is so.
async fn until(is_so: impl Fn() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::time::sleep(TICK).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("it comes to be so in time");
}
