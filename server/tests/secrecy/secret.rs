//! What happens on the applicant's side and among the neutrals, in one world only: no trace of it reaches anybody else.

use crate::app::{Answer, Person};
use crate::history::Secret;
use crate::observed::CANARY;
use crate::socket::Socket;
use crate::stage::{Paper, SMALL, Stage, Talk};
use protocol::live::ServerFrame;
use protocol::media::Admission;
use serde_json::{Value, json};

impl<'a> Stage<'a> {
    /// Takes its turn in both worlds, and happens in one.
    pub async fn secret(&mut self, here: bool, what: Secret) {
        self.next(true);
        let there = if here { self.in_caucus(what).await } else { vec![] };
        self.listen().await;
        // While it is so, not only when it is over: a device asks for its place again and again.
        let is_about_sound = matches!(what, Secret::Sound | Secret::Apart { .. } | Secret::Back);
        if is_about_sound && self.sound && self.talk == Talk::Elsewhere {
            self.sound().await;
        }
        self.leave_sound(there).await;
    }

    fn canary(&self, n: u64) -> String {
        format!("{CANARY}{}-{}-{n}", self.world.number, self.step)
    }

    /// Answers with who came into the sound of the caucus, with their turns.
    async fn in_caucus(&mut self, what: Secret) -> Vec<(Person<'a>, i64)> {
        let (step, room) = (self.step, self.cast.caucus_a);
        match what {
            Secret::Say { by_mediator, times } => {
                let who = if by_mediator { self.mediator } else { self.ana };
                for n in 0..u64::from(times) {
                    self.text(who, room, &format!("s{step}-{n}"), &self.canary(n)).await.ok();
                }
            }
            Secret::SayAmongNeutrals => {
                let id = format!("s{step}");
                let neutrals = self.cast.neutrals;
                self.text(self.mediator, neutrals, &id, &self.canary(0)).await.ok();
            }
            Secret::Read => {
                let path = format!("/v1/rooms/{room}/read");
                for who in [self.ana, self.mediator] {
                    self.post(who, &path, json!({"seq": step})).await.ok();
                }
            }
            Secret::HandIn => self.hand_in_secretly().await,
            Secret::Show => {
                if let Some(piece) = self.secrets.last() {
                    let shown =
                        json!({"kind": "image", "evidence": piece, "caption": self.canary(0)});
                    self.say(self.ana, room, &format!("s{step}"), shown).await.ok();
                }
            }
            Secret::Download => {
                if let Some(piece) = self.secrets.last() {
                    self.mediator.get(&format!("/v1/evidence/{piece}/content")).await.ok();
                }
            }
            Secret::Visit => self.visit().await,
            // Said again it is the same, however often.
            Secret::Reuse => {
                let text = format!("{CANARY}{}", self.world.number);
                self.text(self.mediator, room, "s", &text).await.ok();
            }
            Secret::Apart { recorded } => self.go_apart(recorded).await,
            Secret::Back => self.come_back().await,
            Secret::Sound => return self.secret_sound().await,
            Secret::Draft(times) => {
                if self.paper == Paper::Draft && !self.is_replaced() {
                    for n in 0..u64::from(times) {
                        self.write_draft(&self.canary(n)).await.ok();
                    }
                }
            }
            Secret::AgreeToMeet => {
                if self.withheld {
                    let body = json!({"party": self.cast.of_ana});
                    self.post(self.ana, &self.of_dispute("/agree-to-meet"), body).await.ok();
                }
            }
        }
        vec![]
    }

    async fn hand_in_secretly(&mut self) {
        let piece = self.hand_in(self.ana, 1_000 + self.step, SMALL).await.unwrap();
        // Or the other side would guess at something that is in no world.
        assert_eq!(piece, self.secret_piece(self.world.number, self.step));
        self.secrets.push(piece);
    }

    async fn visit(&self) {
        let room = self.cast.caucus_a;
        let mut device = Socket::hello(&self.ana, &[(room, 0)]).await;
        device.caught_up(room).await;
        device.send(json!({"type": "typing", "room": room})).await;
        device.send(json!({"type": "ping", "t": 1})).await;
        device.until(|frame| matches!(frame, ServerFrame::Pong { .. })).await;
        drop(device);
        self.gone(self.ana).await;
    }

    /// The session goes to the applicant's caucus.
    pub async fn to_ana(&self, recorded: bool) -> Answer {
        let body = json!({
            "side": "applicant", "full_recording": recorded, "officer_present": true
        });
        self.post(self.mediator, &self.of_session("/caucus"), body).await
    }

    pub async fn joint(&self, recorded: bool) -> Answer {
        let body = json!({"full_recording": recorded, "officer_present": true});
        self.post(self.mediator, &self.of_session("/joint"), body).await
    }

    async fn go_apart(&mut self, recorded: bool) {
        if self.talk == Talk::Elsewhere && !self.apart && !self.is_replaced() {
            self.to_ana(recorded).await.ok();
            self.apart = true;
        }
    }

    async fn come_back(&mut self) {
        if self.apart && !self.withheld && self.talk == Talk::Elsewhere && !self.is_replaced() {
            self.joint(false).await.ok();
            self.apart = false;
        }
    }

    /// Both come into the sound of the caucus and are recorded.
    async fn secret_sound(&mut self) -> Vec<(Person<'a>, i64)> {
        let mut turns = Vec::new();
        if !self.apart || self.is_replaced() || self.talk != Talk::Elsewhere {
            return turns;
        }
        for who in [self.mediator, self.ana] {
            let path = self.of_session("/media/join");
            let there: Admission = self.post(who, &path, Value::Null).await.to();
            turns.push((who, there.media.turn));
        }
        let announce = self.of_session("/media/announce-recording");
        self.post(self.mediator, &announce, Value::Null).await.ok();
        let answer = self.of_session("/media/answer-recording");
        self.post(self.ana, &answer, json!({"consents": true})).await.ok();
        turns
    }

    async fn leave_sound(&self, there: Vec<(Person<'a>, i64)>) {
        for (who, turn) in there {
            let leave = self.of_session("/media/leave");
            self.post(who, &leave, json!({"turn": turn})).await.ok();
        }
    }
}
