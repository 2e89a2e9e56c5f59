//! The session: everybody comes in, they talk together, one side talks alone with the mediator, the record.

use super::mediation::{Dispute, Mediation};
use super::phone::Phone;
use crate::people::Person;
use crate::tokens::now;
use anyhow::{Context, ensure};
use chrono::Duration;
use protocol::RoomId;
use protocol::party::Side;
use protocol::room::{RoomAddress, RoomList};
use protocol::session::SessionView;
use serde_json::{Value, json};
use std::time::Instant;

/// For the plan to reach the server before its time has come.
const AHEAD: Duration = Duration::seconds(30);

impl Mediation<'_> {
    pub(super) async fn meet(&self, dispute: &Dispute) -> anyhow::Result<()> {
        let host = &self.cast.mediator;
        let starts_at = now() + AHEAD;
        let plan = json!({"starts_at": starts_at, "ends_at": starts_at + Duration::hours(2), "manner": "video"});
        let path = dispute.path("/sessions");
        let session: SessionView = self.post("plan", host, &path, plan).await?;
        let steps = format!("/v1/sessions/{}", session.id);
        let host_step = async |step: &'static str, verb: &str, body: Value| {
            self.done(step, host, &format!("{steps}/{verb}"), body).await
        };
        host_step("notify", "notify", Value::Null).await?;
        host_step("open", "open", Value::Null).await?;
        for (who, party) in self.sides(dispute) {
            let body = json!({"person": who.id, "party": party, "as": "party"});
            self.done("arrive", who, &format!("{steps}/arrive"), body).await?;
            let body = json!({"person": who.id, "method": "document_seen"});
            host_step("verify", "verify", body).await?;
        }
        host_step("identities", "confirm-identities", Value::Null).await?;
        for (who, _) in self.sides(dispute) {
            let path = format!("{steps}/acknowledge-rights");
            self.done("acknowledge", who, &path, Value::Null).await?;
        }
        host_step("rights", "confirm-rights", Value::Null).await?;
        host_step("joint", "joint", json!({})).await?;
        self.talk(dispute, RoomAddress::JOINT, self.messages).await?;
        host_step("caucus", "caucus", json!({"side": "applicant"})).await?;
        let alone = RoomAddress::Caucus { side: Side::Applicant };
        self.talk(dispute, alone, self.messages / 2).await?;
        host_step("joint", "joint", json!({})).await?;
        let body = json!({"text": "双方同意晚十点后保持安静,并赔偿五百元。"});
        let read: SessionView = self.post("record", host, &format!("{steps}/record"), body).await?;
        let hash = read.record.context("there is no record")?.text_hash;
        for (who, _) in self.sides(dispute) {
            let body = json!({"text_hash": hash});
            self.done("confirm_record", who, &format!("{steps}/confirm-record"), body).await?;
        }
        host_step("close_record", "close-record", Value::Null).await?;
        host_step("end", "end", Value::Null).await
    }

    /// Everybody who is in the room speaks in turn, and all the others hear it.
    async fn talk(
        &self,
        dispute: &Dispute,
        address: RoomAddress,
        messages: u32,
    ) -> anyhow::Result<()> {
        let list: RoomList =
            self.get("rooms", &self.cast.mediator, &dispute.path("/rooms")).await?;
        let room = list.rooms.iter().find(|room| room.address == address);
        let room = room.context("a room is missing")?.id;
        let mut phones = Vec::new();
        for who in self.members(address) {
            let began = Instant::now();
            phones.push(Phone::open(self.server, who, room).await?);
            self.desk.took("connect", began.elapsed());
        }
        ensure!(!phones.is_empty(), "nobody is in the room");
        for message in 0..messages {
            self.say(&mut phones, message, room).await?;
        }
        Ok(())
    }

    async fn say(&self, phones: &mut [Phone], message: u32, room: RoomId) -> anyhow::Result<()> {
        let began = Instant::now();
        let speaker = usize::try_from(message)? % phones.len();
        let id = format!("m{message}");
        let seq = phones[speaker].say(&id, &format!("第{message}句 {room}")).await?;
        self.desk.took("message", began.elapsed());
        for phone in phones.iter_mut() {
            phone.hear(seq).await?;
        }
        self.desk.took("heard", began.elapsed());
        Ok(())
    }

    fn members(&self, address: RoomAddress) -> Vec<&Person> {
        let cast = self.cast;
        match address.side() {
            None => vec![&cast.mediator, &cast.applicant, &cast.respondent],
            Some(Side::Applicant) => vec![&cast.mediator, &cast.applicant],
            Some(Side::Respondent) => vec![&cast.mediator, &cast.respondent],
        }
    }
}
