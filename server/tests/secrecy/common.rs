//! What happens in both worlds alike.

use crate::app::Answer;
use crate::history::{Common, Who};
use crate::socket::Socket;
use crate::stage::{LARGE, Paper, SMALL, Stage, Talk};
use protocol::agreement::AgreementView;
use protocol::live::ServerFrame;
use protocol::media::MediaView;
use protocol::session::SessionView;
use protocol::{Digest, PartyId};
use reqwest::Method;
use serde_json::{Value, json};
use server::jobs::worker;

impl Stage<'_> {
    pub async fn common(&mut self, what: Common) {
        self.next(false);
        match what {
            Common::Begin { .. }
            | Common::TalkToBen { .. }
            | Common::TalkTogether { .. }
            | Common::Sound(_)
            | Common::Close => self.talk(what).await,
            Common::Draft
            | Common::PutUp
            | Common::SignedByBen
            | Common::SignedByAll
            | Common::Reopen => self.paper(what).await,
            Common::AgreeToMeet => self.agree_to_meet().await,
            Common::Replace => self.replace().await,
            Common::Work => worker::drain(&self.world.test.app).await.unwrap(),
            Common::Guess => self.guess().await,
            Common::Look => self.look_at_dispute().await,
            Common::Reconnect(after) => {
                self.quit_sound().await;
                self.heard_of_media();
                drop(self.phone.take());
                self.gone(self.ben).await;
                self.connect(after).await;
            }
            _ => self.in_rooms(what).await,
        }
        self.listen().await;
    }

    /// How it went is the same in both worlds too, whoever it was.
    pub fn went(&mut self, what: &str, answer: &Answer) {
        self.seen.note(what, answer.status.as_str());
    }

    async fn in_rooms(&mut self, what: Common) {
        let (id, step, joint) = (format!("c{}", self.step), self.step, self.cast.joint);
        let own = self.cast.caucus_b;
        match what {
            Common::SayInJoint(who) => {
                let said = self.text(self.who(who), joint, &id, "您好").await;
                self.went("say", &said);
            }
            Common::SayToBen(true) => {
                self.text(self.ben, own, &id, "我想单独谈").await.ok();
            }
            Common::SayToBen(false) => {
                let said = self.text(self.mediator, own, &id, "请讲").await;
                self.went("say", &said);
            }
            Common::SayAmongNeutrals => {
                let said = self.text(self.mediator, self.cast.neutrals, &id, "记录").await;
                self.went("say", &said);
            }
            Common::Read(who) => {
                let path = format!("/v1/rooms/{joint}/read");
                let read = self.post(self.who(who), &path, json!({"seq": step})).await;
                self.went("read", &read);
            }
            Common::HandIn(who) => {
                let size = if matches!(who, Who::Ben) { LARGE } else { SMALL };
                match self.hand_in(self.who(who), step, size).await {
                    Ok(piece) => {
                        self.pieces.push(piece);
                        if matches!(who, Who::Ana) {
                            self.last_piece = Some(piece);
                        }
                    }
                    Err(status) => self.seen.note("refused", status.to_string()),
                }
            }
            Common::ShowLast => {
                if let Some(piece) = self.last_piece {
                    self.post(self.ana, &format!("/v1/evidence/{piece}/share"), Value::Null).await;
                }
            }
            Common::Typing => self.typing().await,
            Common::Reuse => {
                self.text(self.mediator, joint, &format!("m{step}"), "一").await;
                self.world.after(self.history, step);
                let path = format!("/v1/rooms/{joint}/entries");
                let body = json!({"client_msg_id": "s", "body": {"kind": "text", "text": "二"}});
                self.observe(self.ben, Method::POST, &path, Some(body)).await;
            }
            _ => unreachable!("{what:?} is done elsewhere"),
        }
    }

    async fn typing(&mut self) {
        if self.withheld {
            return;
        }
        let joint = self.cast.joint;
        let mut device = Socket::hello(&self.mediator, &[(joint, 0)]).await;
        device.caught_up(joint).await;
        device.state().await;
        // That somebody has come and gone at once would be told as one.
        self.quiet().await;
        device.send(json!({"type": "typing", "room": joint})).await;
        drop(device);
        let phone = self.phone.as_mut().unwrap();
        phone.until(|frame| matches!(frame, ServerFrame::Presence { online: false, .. })).await;
    }

    async fn talk(&mut self, what: Common) {
        if self.cast.session.is_none() || self.is_replaced() {
            return;
        }
        match (what, self.talk) {
            (Common::Begin { apart_in, recorded }, Talk::None) => {
                self.apart = self.withheld || apart_in == Some(self.world.number);
                // Where it begins is what differs; so does whether it is recorded there.
                let begun =
                    if self.apart { self.to_ana(recorded).await } else { self.joint(false).await };
                self.went("begin", &begun);
                self.talk = Talk::Elsewhere;
            }
            (Common::TalkToBen { recorded }, Talk::Elsewhere) => {
                self.quit_sound().await;
                let body = json!({
                    "side": "respondent", "full_recording": recorded, "officer_present": true
                });
                let moved = self.post(self.mediator, &self.of_session("/caucus"), body).await;
                self.went("caucus", &moved);
                (self.talk, self.apart) = (Talk::WithBen, false);
            }
            (Common::TalkTogether { recorded }, Talk::WithBen) => {
                self.apart = self.withheld;
                let moved = if self.apart {
                    self.to_ana(recorded).await
                } else {
                    self.joint(recorded).await
                };
                self.went("together", &moved);
                self.talk = Talk::Elsewhere;
            }
            (Common::TalkTogether { .. }, Talk::Elsewhere) if self.apart && !self.withheld => {
                self.joint(false).await;
                self.apart = false;
            }
            (Common::Sound(true), Talk::Elsewhere) if !self.withheld => self.sound().await,
            (Common::Sound(false), _) => self.quit_sound().await,
            (Common::Close, Talk::Elsewhere | Talk::WithBen) => self.close().await,
            _ => {}
        }
    }

    /// Comes into the sound of the joint room, or stays there.
    pub async fn sound(&mut self) {
        self.world.after(self.history, self.step);
        let path = self.of_session("/media/join");
        let joined = self.post(self.ben, &path, Value::Null).await;
        self.went("sound", &joined);
        self.sound |= joined.status.is_success();
        self.heard_media().await;
    }

    pub async fn quit_sound(&mut self) {
        if !std::mem::take(&mut self.sound) {
            return;
        }
        let view: MediaView = self.ben.get(&self.of_session("/media")).await.to();
        let body = json!({"turn": view.turn});
        let left = self.post(self.ben, &self.of_session("/media/leave"), body).await;
        self.went("quit", &left);
        self.heard_media().await;
    }

    /// Until the device knows of the respondent's place what can be asked for.
    async fn heard_media(&mut self) {
        let now: MediaView = self.ben.get(&self.of_session("/media")).await.to();
        self.seen.note("media", serde_json::to_vec(&now).unwrap());
        let phone = self.phone.as_mut().unwrap();
        let told = |text: &String| match serde_json::from_str(text) {
            Ok(ServerFrame::Media { media }) => Some(*media),
            _ => None,
        };
        let last = phone.texts.iter().rev().find_map(told);
        // A device that came when all was over is not told so.
        let is_known = last.as_ref() == Some(&now) || (last.is_none() && now.media_room.is_none());
        if !is_known {
            phone
                .until(|frame| matches!(frame, ServerFrame::Media { media } if **media == now))
                .await;
        }
    }

    async fn close(&mut self) {
        self.quit_sound().await;
        let body = json!({"text": "双方陈述了噪音的时间和影响。"});
        let record = self.post(self.mediator, &self.of_session("/record"), body).await;
        self.went("record", &record);
        let hash = record.to::<SessionView>().record.unwrap().text_hash;
        for who in [self.ana, self.ben] {
            let body = json!({"text_hash": hash});
            let confirmed = self.post(who, &self.of_session("/confirm-record"), body).await;
            self.went("confirm", &confirmed);
        }
        for verb in ["/close-record", "/end"] {
            let done = self.post(self.mediator, &self.of_session(verb), Value::Null).await;
            self.went(verb, &done);
        }
        (self.talk, self.apart) = (Talk::Over, false);
    }

    pub fn draft(&self, facts: &str) -> Value {
        let (ana, ben) = (self.cast.of_ana, self.cast.of_ben);
        json!({
            "form": "written", "main_facts": facts, "issues": "今后的作息。",
            "responsibilities": [{"party": ana, "text": "次要责任。"}, {"party": ben, "text": "主要责任。"}],
            "clauses": [{
                "topic": "undertaking", "act": "晚十点后不再拖动家具", "obligor": ben, "beneficiary": ana,
                "mode": "forbearance", "time_limit": {"kind": "standing"}
            }]
        })
    }

    /// Writes it from where it is, however often it was written before.
    pub async fn write_draft(&self, facts: &str) -> Answer {
        let path = self.of_dispute("/agreement");
        let known = self.mediator.get(&path).await;
        let revision = if known.status.is_success() {
            known.to::<AgreementView>().revision.unwrap()
        } else {
            0
        };
        let body = json!({"revision": revision, "draft": self.draft(facts)});
        self.act(self.mediator, Method::PUT, &path, body).await
    }

    async fn paper(&mut self, what: Common) {
        if self.talk == Talk::None || self.is_replaced() {
            return;
        }
        let hash = async |stage: &Self| {
            let path = stage.of_dispute("/agreement");
            stage.mediator.get(&path).await.to::<AgreementView>().text_hash.unwrap()
        };
        match (what, self.paper) {
            (Common::Draft, Paper::None | Paper::Draft) => {
                let written = self.write_draft("夜间噪音。").await;
                self.went("draft", &written);
                self.paper = Paper::Draft;
            }
            (Common::PutUp, Paper::Draft) => {
                self.write_draft("夜间噪音,双方发生口角。").await;
                let path = self.of_dispute("/agreement/put-up");
                let up = self.post(self.mediator, &path, Value::Null).await;
                self.went("put up", &up);
                self.paper = Paper::Up;
            }
            (Common::Reopen, Paper::Up) => {
                let path = self.of_dispute("/agreement/reopen");
                let done = self.post(self.mediator, &path, Value::Null).await;
                self.went("reopen", &done);
                self.paper = Paper::Draft;
            }
            (Common::SignedByBen, Paper::Up) => {
                let body = signature(self.cast.of_ben, &hash(self).await);
                let signed = self.post(self.ben, &self.of_dispute("/agreement/sign"), body).await;
                self.went("sign", &signed);
            }
            (Common::SignedByAll, Paper::Up) => {
                let hash = hash(self).await;
                for (who, party) in [(self.ana, self.cast.of_ana), (self.ben, self.cast.of_ben)] {
                    let body = signature(party, &hash);
                    let signed = self.post(who, &self.of_dispute("/agreement/sign"), body).await;
                    self.went("sign", &signed);
                }
                let body = json!({"text_hash": hash});
                let path = self.of_dispute("/agreement/sign-as-mediator");
                let signed = self.post(self.mediator, &path, body).await;
                self.went("sign", &signed);
                self.paper = Paper::Signed;
            }
            _ => {}
        }
    }

    async fn agree_to_meet(&mut self) {
        if !self.withheld {
            return;
        }
        let path = self.of_dispute("/agree-to-meet");
        for (who, party) in [(self.ana, self.cast.of_ana), (self.ben, self.cast.of_ben)] {
            let agreed = self.post(who, &path, json!({"party": party})).await;
            self.went("agree to meet", &agreed);
        }
        self.withheld = false;
        if self.talk == Talk::Elsewhere && self.cast.session.is_some() && !self.is_replaced() {
            let body = json!({"officer_present": true});
            let moved = self.post(self.mediator, &self.of_session("/joint"), body).await;
            self.went("together", &moved);
            self.apart = false;
        }
        let room = self.cast.joint;
        let phone = self.phone.as_mut().unwrap();
        phone.send(json!({"type": "subscribe", "room": room, "after": 0})).await;
        phone.caught_up(room).await;
        phone.state().await;
    }

    /// Whoever comes knows nothing of what was said before.
    async fn replace(&mut self) {
        if self.is_replaced() || self.paper == Paper::Signed {
            return;
        }
        self.quit_sound().await;
        let (leader, other) =
            (self.world.person(self.cast.leader), self.world.person(self.cast.other));
        self.post(self.mediator, &self.of_dispute("/step-down"), Value::Null).await.ok();
        let body = json!({"account": other.account, "role": "mediator"});
        self.post(leader, &self.of_dispute("/appointments"), body).await;
        let path = self.of_dispute("/disclosure");
        self.post(other, &path, json!({"interests": null})).await.ok();
        for (who, party) in [(self.ana, self.cast.of_ana), (self.ben, self.cast.of_ben)] {
            let body = json!({"party": party, "neutral": other.account, "accepts": true});
            let answered = self.post(who, &self.of_dispute("/disclosure-answers"), body).await;
            self.went("accept", &answered);
        }
        self.mediator = other;
        for room in [self.cast.joint, self.cast.caucus_a, self.cast.caucus_b, self.cast.neutrals] {
            let path = format!("/v1/rooms/{room}/entries?limit=500");
            let read = other.get(&path).await.body.to_string();
            if read.contains(crate::observed::CANARY) {
                self.seen.fault(format!("who came later reads {read}"));
            }
        }
    }
}

fn signature(party: PartyId, hash: &Digest) -> Value {
    json!({"text_hash": hash, "party": party, "method": "electronic"})
}
