//! One whole world: a server on a database of its own, with a clock and ids that are handed in.

use crate::app::{COMMUNITY, Person, TestApp};
use crate::history::{Common, Secret, Step, Who};
use crate::observed::Observed;
use crate::socket::Socket;
use chrono::Duration;
use protocol::account::Role;
use protocol::dispute::DisputeView;
use protocol::evidence::EvidenceView;
use protocol::live::ServerFrame;
use protocol::room::{EntryPage, RoomAddress, RoomList};
use protocol::{AccountId, DisputeId, EvidenceId, LoginId, PartyId, PersonId, RoomId};
use reqwest::Method;
use serde_json::{Value, json};
use server::clock::Ids;
use server::live::{Bounds, Hub};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

pub struct World {
    pub test: TestApp,
    number: usize,
    ids: Arc<AtomicU64>,
    people: [(AccountId, PersonId, LoginId); 6],
}

/// One dispute in one world.
struct Stage<'a> {
    world: &'a World,
    history: u64,
    step: u64,
    ana: Person<'a>,
    ben: Person<'a>,
    mediator: Person<'a>,
    /// Was among the neutrals and is no more.
    former: Person<'a>,
    dispute: DisputeId,
    joint: RoomId,
    caucus_a: RoomId,
    caucus_b: RoomId,
    neutrals: RoomId,
    phone: Option<Socket>,
    pieces: Vec<EvidenceId>,
    secrets: Vec<EvidenceId>,
    last_piece: Option<EvidenceId>,
    seen: Observed,
}

impl World {
    pub async fn start(number: usize) -> Self {
        let ids = Arc::new(AtomicU64::new(0));
        let counting = Ids::Counting(ids.clone());
        let test = TestApp::start_changed(&[], move |parts| {
            parts.ids = counting;
            // Frames that a round brings come at no fixed moment: only what is told is compared.
            let look_round = std::time::Duration::from_secs(36_000);
            parts.live = Arc::new(Hub::with(Bounds { look_round, ..Bounds::default() }));
        })
        .await;
        let cast = [
            ("陈一", Role::Resident),
            ("林二", Role::Resident),
            ("王警官", Role::Officer),
            ("孙所长", Role::StationLeader),
            ("周调解", Role::PeoplesMediator),
            ("吴律师", Role::Lawyer),
        ];
        let mut people = Vec::new();
        for (name, role) in cast {
            let person = test.person(name, role).await;
            people.push((person.account, person.id, person.login));
        }
        // As if signed in with the number that the filings name.
        sqlx::query(
            "with mine as (update accounts set phone = '19000000002' where id = $1 returning person_id)
             update people set phone = '19000000002' where id in (select person_id from mine)",
        )
        .bind(people[1].0.0)
        .execute(&test.owner)
        .await
        .unwrap();
        Self { test, number, ids, people: people.try_into().unwrap() }
    }

    fn person(&self, n: usize) -> Person<'_> {
        let (account, id, login) = self.people[n];
        Person { test: &self.test, account, id, login }
    }

    /// Ids depend on the step and on nothing else; those of a caucus are a range of their own.
    fn at(&self, history: u64, step: u64, secret: bool) {
        let secret = if secret { (1 << 62) | ((self.number as u64) << 60) } else { 0 };
        self.ids.store(secret | (1 << 58) | (history << 32) | (step << 16), Ordering::SeqCst);
    }

    pub async fn perform(&self, history: u64, steps: &[Step]) -> Observed {
        self.test.advance(Duration::minutes(20));
        let mut stage = Stage::set(self, history).await;
        for step in steps {
            match *step {
                Step::Common(what) => {
                    stage.next(false);
                    self.test.advance(Duration::seconds(1));
                    stage.common(what).await;
                }
                Step::Only(world, what) => {
                    stage.next(true);
                    if world == self.number {
                        stage.secret(what).await;
                    }
                }
            }
        }
        stage.end().await
    }
}

async fn shown(test: &TestApp) -> Value {
    let url = format!("{}/v1/consent-text", test.url);
    let current: Value = test.http.get(url).send().await.unwrap().json().await.unwrap();
    json!({"hash": current["hash"], "version": current["version"], "language": current["language"]})
}

impl<'a> Stage<'a> {
    /// Accepted, with a mediator, and with a lawyer who has left.
    async fn set(world: &'a World, history: u64) -> Self {
        world.at(history, 0, false);
        let [ana, ben, officer, leader, mediator, former] =
            [0, 1, 2, 3, 4, 5].map(|n| world.person(n));
        let filing = json!({
            "category": "neighbor", "title": "楼上夜间噪音", "narrative": "每晚十一点后拖动家具。",
            "claims": ["晚十点后不再拖动家具"], "community_code": COMMUNITY,
            "parties": [
                {"side": "applicant", "name": "陈一", "is_me": true},
                {"side": "respondent", "name": "林二", "phone": "19000000002"}
            ]
        });
        let draft: DisputeView = ana.post("/v1/disputes", filing).await.to();
        let path = |rest: &str| format!("/v1/disputes/{}{rest}", draft.id);
        let shown = shown(&world.test).await;
        let of_ana = draft.you_act_for[0];
        ana.post(&path("/submit"), json!({"consenting": [of_ana], "shown": shown})).await.ok();
        officer.post(&path("/triage"), json!({"findings": {"venue": "here"}})).await.ok();
        let seen: DisputeView = ben.get(&path("")).await.to();
        let of_ben = seen.you_act_for[0];
        ben.post(&path("/consent"), json!({"party": of_ben, "shown": shown})).await.ok();
        let parties = [(&ana, of_ana), (&ben, of_ben)];
        staffed(&leader, &mediator, "mediator", &parties, draft.id).await;
        staffed(&leader, &former, "invited_lawyer", &parties, draft.id).await;
        former.command(&path("/step-down")).await.ok();
        let rooms = mediator.get(&path("/rooms")).await.to::<RoomList>().rooms;
        let [joint, caucus_a, caucus_b, neutrals] =
            RoomAddress::ALL.map(|at| rooms.iter().find(|room| room.address == at).unwrap().id);
        let mut stage = Self {
            world,
            history,
            step: 0,
            ana,
            ben,
            mediator,
            former,
            dispute: draft.id,
            joint,
            caucus_a,
            caucus_b,
            neutrals,
            phone: None,
            pieces: vec![],
            secrets: vec![],
            last_piece: None,
            seen: Observed::default(),
        };
        stage.connect(0).await;
        stage
    }

    fn next(&mut self, secret: bool) {
        self.step += 1;
        self.world.at(self.history, self.step, secret);
    }

    fn who(&self, who: Who) -> Person<'a> {
        match who {
            Who::Ana => self.ana,
            Who::Ben => self.ben,
            Who::Mediator => self.mediator,
        }
    }

    async fn say(&self, who: Person<'a>, room: RoomId, id: &str, text: &str) {
        let body = json!({"client_msg_id": id, "body": {"kind": "text", "text": text}});
        who.post(&format!("/v1/rooms/{room}/entries"), body).await.ok();
    }

    async fn common(&mut self, what: Common) {
        let (id, step) = (format!("c{}", self.step), self.step);
        match what {
            Common::SayInJoint(who) => self.say(self.who(who), self.joint, &id, "您好").await,
            Common::SayToBen(true) => self.say(self.ben, self.caucus_b, &id, "我想单独谈").await,
            Common::SayToBen(false) => self.say(self.mediator, self.caucus_b, &id, "请讲").await,
            Common::SayAmongNeutrals => self.say(self.mediator, self.neutrals, &id, "记录").await,
            Common::Read(who) => {
                let path = format!("/v1/rooms/{}/read", self.joint);
                self.who(who).post(&path, json!({"seq": step})).await.ok();
            }
            Common::HandIn(who) => {
                let piece = self.hand_in(self.who(who), step).await;
                self.pieces.push(piece);
                if matches!(who, Who::Ana) {
                    self.last_piece = Some(piece);
                }
            }
            Common::ShowLast => {
                if let Some(piece) = self.last_piece {
                    self.ana.command(&format!("/v1/evidence/{piece}/share")).await.ok();
                    self.phone.as_mut().unwrap().state().await;
                }
            }
            Common::Typing => self.typing().await,
            Common::Reconnect => {
                drop(self.phone.take());
                self.gone(self.ben).await;
                self.connect(i64::try_from(step).unwrap()).await;
            }
            Common::Guess => self.guess().await,
            Common::Reuse => {
                self.say(self.mediator, self.joint, &format!("m{step}"), "一").await;
                let path = format!("/v1/rooms/{}/entries", self.joint);
                let body = json!({"client_msg_id": "s", "body": {"kind": "text", "text": "二"}});
                self.observe(self.ben, Method::POST, &path, Some(body)).await;
            }
            Common::Look => self.look().await,
        }
        self.caught_up().await;
    }

    /// The canary stands for what is confidential; no byte outside the caucus may hold it.
    async fn secret(&mut self, what: Secret) {
        let step = self.step;
        match what {
            Secret::Say { by_mediator, times } => {
                let who = if by_mediator { self.mediator } else { self.ana };
                for n in 0..times {
                    let canary = format!("canary-{}-{step}-{n}", self.world.number);
                    self.say(who, self.caucus_a, &format!("s{step}-{n}"), &canary).await;
                }
            }
            Secret::Read => {
                let path = format!("/v1/rooms/{}/read", self.caucus_a);
                for who in [self.ana, self.mediator] {
                    who.post(&path, json!({"seq": step})).await.ok();
                }
            }
            Secret::HandIn => {
                let piece = self.hand_in(self.ana, 1_000 + step).await;
                self.secrets.push(piece);
            }
            Secret::Download => {
                if let Some(piece) = self.secrets.last() {
                    self.mediator.get(&format!("/v1/evidence/{piece}/content")).await.ok();
                }
            }
            Secret::Visit => {
                let mut device = Socket::hello(&self.ana, &[(self.caucus_a, 0)]).await;
                device.caught_up(self.caucus_a).await;
                device.send(json!({"type": "typing", "room": self.caucus_a})).await;
                device.send(json!({"type": "ping", "t": 1})).await;
                device.until(|frame| matches!(frame, ServerFrame::Pong { .. })).await;
                drop(device);
                self.gone(self.ana).await;
            }
            Secret::Reuse => self.say(self.mediator, self.caucus_a, "s", "canary").await,
        }
    }

    async fn hand_in(&self, who: Person<'a>, n: u64) -> EvidenceId {
        let mut file = b"\xff\xd8\xff\xe0\0\x10JFIF".to_vec();
        file.extend(n.to_be_bytes());
        let url = format!("{}/v1/disputes/{}/evidence", self.world.test.url, self.dispute);
        let request = self.world.test.http.post(url).bearer_auth(who.token()).body(file);
        let request = request.header("content-type", "image/jpeg").header("x-file-name", "a.jpg");
        let request = request.header("idempotency-key", format!("{}-{n}", self.history));
        let piece: EvidenceView = request.send().await.unwrap().json().await.unwrap();
        piece.id
    }

    async fn typing(&mut self) {
        let mut device = Socket::hello(&self.mediator, &[(self.joint, 0)]).await;
        device.caught_up(self.joint).await;
        device.send(json!({"type": "typing", "room": self.joint})).await;
        drop(device);
        let phone = self.phone.as_mut().unwrap();
        phone.until(|frame| matches!(frame, ServerFrame::Presence { online: false, .. })).await;
    }

    /// Until the server has seen that somebody's sockets are closed.
    async fn gone(&self, who: Person<'a>) {
        let waiting = async {
            while !self.world.test.app.live.of_login(who.login).is_empty() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(20), waiting).await.unwrap();
    }

    /// The respondent's device, with what it had before in hand.
    async fn connect(&mut self, after: i64) {
        let mut phone = Socket::hello(&self.ben, &[(self.joint, after.min(3))]).await;
        phone.caught_up(self.joint).await;
        phone.state().await;
        phone.send(json!({"type": "subscribe", "room": self.caucus_b, "after": 0})).await;
        phone.caught_up(self.caucus_b).await;
        phone.state().await;
        self.phone = Some(phone);
    }

    async fn observe(&mut self, who: Person<'a>, method: Method, path: &str, body: Option<Value>) {
        let url = format!("{}{path}", self.world.test.url);
        let mut request =
            self.world.test.http.request(method.clone(), url).bearer_auth(who.token());
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        self.seen.answer(&format!("{method} {path}"), response).await;
    }

    /// Addresses that only the other side could know, or that never were.
    async fn guess(&mut self) {
        let room = self.caucus_a;
        let mut paths = vec![
            format!("/v1/rooms/{room}/entries"),
            format!("/v1/rooms/{}/entries", self.neutrals),
        ];
        // A piece as the other side would have handed it in, in either world.
        for world in [0, 1] {
            for step in 1..self.step {
                let base =
                    (1 << 62) | (world << 60) | (1 << 58) | (self.history << 32) | (step << 16);
                if step + 3 > self.step {
                    let id = EvidenceId(Uuid::from_u128(u128::from(base) + 4_u128));
                    paths.push(format!("/v1/evidence/{id}/content"));
                }
            }
        }
        for path in paths {
            self.observe(self.ben, Method::GET, &path, None).await;
        }
        let body = json!({"client_msg_id": "x", "body": {"kind": "text", "text": "在吗"}});
        let path = format!("/v1/rooms/{room}/entries");
        self.observe(self.ben, Method::POST, &path, Some(body)).await;
        let path = format!("/v1/rooms/{room}/read");
        self.observe(self.ben, Method::POST, &path, Some(json!({"seq": 1}))).await;
    }

    /// Everything that the respondent can ask for, and what is left to the former neutral.
    async fn look(&mut self) {
        let of = format!("/v1/disputes/{}", self.dispute);
        let mut paths: Vec<String> =
            ["", "/rooms", "/events", "/evidence", "/sessions", "/obligations", "/agreement"]
                .map(|rest| format!("{of}{rest}"))
                .into();
        paths.extend(["/v1/disputes".into(), "/v1/notices".into(), "/v1/me".into()]);
        for room in [self.joint, self.caucus_b] {
            paths.push(format!("/v1/rooms/{room}/entries?limit=500"));
        }
        for piece in self.pieces.clone() {
            paths.push(format!("/v1/evidence/{piece}/content"));
        }
        for path in paths {
            self.observe(self.ben, Method::GET, &path, None).await;
        }
        for room in [self.joint, self.caucus_a, self.caucus_b, self.neutrals] {
            let path = format!("/v1/rooms/{room}/entries?limit=500");
            self.observe(self.former, Method::GET, &path, None).await;
        }
    }

    /// Waits until the device has what can be read.
    async fn caught_up(&mut self) {
        for room in [self.joint, self.caucus_b] {
            let path = format!("/v1/rooms/{room}/entries?limit=500");
            let page: EntryPage = self.ben.get(&path).await.to();
            let last = page.entries.last().unwrap().seq;
            self.phone.as_mut().unwrap().until_seq(room, last).await;
        }
    }

    async fn end(mut self) -> Observed {
        self.next(false);
        self.say(self.ben, self.caucus_b, "end", "再见").await;
        self.ana.command(&format!("/v1/disputes/{}/withdraw", self.dispute)).await.ok();
        self.phone.as_mut().unwrap().state().await;
        self.caught_up().await;
        let phone = self.phone.as_mut().unwrap();
        phone.send(json!({"type": "ping", "t": 1})).await;
        phone.until(|frame| matches!(frame, ServerFrame::Pong { .. })).await;
        self.look().await;
        let phone = self.phone.take().unwrap();
        for kind in ["welcome", "state", "presence", "typing", "read", "pong", "error", "left"] {
            for text in &phone.texts {
                let frame: Value = serde_json::from_str(text).unwrap();
                if frame["type"] == kind {
                    self.seen.note(kind, text.as_str());
                }
            }
        }
        // Each room has an order of its own; between rooms there is none.
        for room in [self.joint, self.caucus_b] {
            for (_, entry) in phone.entries.iter().filter(|(of, _)| *of == room) {
                self.seen.note(format!("entry {room}"), serde_json::to_vec(entry).unwrap());
            }
        }
        drop(phone);
        self.gone(self.ben).await;
        self.seen
    }
}

/// Appointed, has told that there is nothing to tell, and is accepted by both sides.
async fn staffed(
    leader: &Person<'_>,
    who: &Person<'_>,
    role: &str,
    parties: &[(&Person<'_>, PartyId); 2],
    dispute: DisputeId,
) {
    let path = format!("/v1/disputes/{dispute}");
    let body = json!({"account": who.account, "role": role});
    leader.post(&format!("{path}/appointments"), body).await.ok();
    who.post(&format!("{path}/disclosure"), json!({"interests": null})).await.ok();
    for (party, of) in parties {
        let answer = json!({"party": of, "neutral": who.account, "accepts": true});
        party.post(&format!("{path}/disclosure-answers"), answer).await.ok();
    }
}
