//! The traffic of one lane: two neighbours take dispute after dispute to mediation and talk it over, together and each
//! alone with a mediator who comes late and leaves early.

mod say;
mod talk;

use crate::client::{Answer, Client, Item, Write};
use crate::history::{Place, Seen};
use crate::people::{COMMUNITY, Cast, Person};
use crate::random::Random;
use crate::socket::Line;
use anyhow::{Context, bail, ensure};
use protocol::dispute::DisputeView;
use protocol::invitation::ConsentText;
use protocol::lifecycle::Triaged;
use protocol::party::Side;
use protocol::room::{
    EntryBody, EntryView, RoomAddress, RoomKind, RoomList, RoomView, SystemNotice,
};
use protocol::{DisputeId, PartyId, RoomId};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio_util::sync::CancellationToken;

/// Where no station is in charge.
const NOWHERE: &str = "330203009999";

pub struct Lane {
    pub client: Client,
    pub cast: Arc<Cast>,
    /// People of another lane: what they say here has to be refused.
    pub stranger: Arc<Cast>,
    pub stop: CancellationToken,
    pub seed: u64,
    pub count: AtomicU32,
    /// To the live sockets of those who talk, if there are any: then part of what they say goes over them first.
    pub lines: Option<Lines>,
    /// By how many bytes a message is longer than its name.
    pub padding: usize,
}

pub struct Lines {
    pub applicant: Line,
    pub respondent: Line,
    pub mediator: Line,
}

/// A dispute in which both sides may talk.
pub struct Led {
    pub id: DisputeId,
    /// In the order of the sides.
    parties: [PartyId; 2],
    pub joint: RoomId,
    /// In the order of the sides.
    pub caucus: [RoomId; 2],
}

impl Led {
    fn rooms(&self) -> [RoomId; 3] {
        [self.joint, self.caucus[0], self.caucus[1]]
    }
}

impl Lane {
    /// One dispute after the other, until told to stop.
    pub async fn run(self) -> anyhow::Result<()> {
        let mut random = Random::new(self.seed);
        let shown = self.consent_text().await?;
        while !self.stop.is_cancelled() {
            if let Some(dispute) = self.file(&mut random).await? {
                let led = self.lead(dispute, &shown).await?;
                Box::pin(self.talk(&led, &mut random)).await?;
            }
        }
        Ok(())
    }

    /// One dispute, led to the room in which both sides meet.
    pub async fn room(&self) -> anyhow::Result<RoomId> {
        let mut random = Random::new(self.seed);
        let shown = self.consent_text().await?;
        loop {
            if let Some(dispute) = self.file(&mut random).await? {
                return Ok(self.lead(dispute, &shown).await?.joint);
            }
        }
    }

    /// A name that occurs once in the whole run.
    fn name(&self) -> String {
        format!("c{}-{}", self.client.number, self.count.fetch_add(1, Ordering::Relaxed))
    }

    async fn consent_text(&self) -> anyhow::Result<Value> {
        let text: Option<ConsentText> =
            self.client.read(&self.cast.applicant, "/v1/consent-text").await?;
        let text = text.context("there is no consent text")?;
        Ok(json!({"hash": text.hash, "version": text.version, "language": text.language}))
    }

    /// One filing in ten is for a place where nobody is in charge, and has to be refused.
    async fn file(&self, random: &mut Random) -> anyhow::Result<Option<DisputeView>> {
        let community = if random.chance(10) { NOWHERE } else { COMMUNITY };
        let name = self.name();
        let write = Write {
            who: &self.cast.applicant,
            path: "/v1/disputes".into(),
            body: filing(&self.cast, &name, community),
            key: name.clone(),
            items: vec![Item { log: filed_log(self.client.number), name }],
        };
        let place = |dispute: &DisputeView| Some(Place::Id(dispute.id.to_string()));
        if random.chance(10) {
            tokio::try_join!(self.client.once(&write, place), self.client.once(&write, place))?;
        }
        match self.client.persist(&write, place).await? {
            Answer::Done(dispute) => Ok(Some(dispute)),
            Answer::Refused(code) if community == COMMUNITY => {
                bail!("a filing was refused: {code}")
            }
            Answer::Refused(_) | Answer::Unknown => Ok(None),
        }
    }

    /// From the draft to the rooms in which the sides meet and in which each is alone.
    async fn lead(&self, draft: DisputeView, shown: &Value) -> anyhow::Result<Led> {
        let (id, cast) = (draft.id, &self.cast);
        let first = *draft.you_act_for.first().context("the applicant is no party")?;
        let body = json!({"consenting": draft.you_act_for, "shown": shown});
        let items = happened(id, &["submitted#1", "consent_given#1"]);
        self.command::<DisputeView>(&cast.applicant, id, "submit", body, items).await?;
        let findings = json!({"findings": {"venue": "here"}});
        let items = happened(id, &["track_chosen#1"]);
        self.command::<Triaged>(&cast.officer, id, "triage", findings, items).await?;
        let seen: Option<DisputeView> =
            self.client.read(&cast.respondent, &format!("/v1/disputes/{id}")).await?;
        let own = seen.context("the respondent does not see the dispute")?.you_act_for;
        let second = *own.first().context("the respondent is no party")?;
        let body = json!({"party": second, "shown": shown});
        let items = happened(id, &["consent_given#2"]);
        self.command::<DisputeView>(&cast.respondent, id, "consent", body, items).await?;
        let joint = self.own_rooms(&cast.applicant, id, Side::Applicant).await?;
        let other = self.own_rooms(&cast.respondent, id, Side::Respondent).await?;
        ensure!(joint.0 == other.0, "the sides are not in the same joint room");
        Ok(Led { id, parties: [first, second], joint: joint.0, caucus: [joint.1, other.1] })
    }

    /// The joint room and the caucus of somebody's side: they are in these from the first entry on, and in no other.
    async fn own_rooms(
        &self,
        who: &Person,
        id: DisputeId,
        side: Side,
    ) -> anyhow::Result<(RoomId, RoomId)> {
        let rooms = rooms(&self.client, who, id).await?;
        ensure!(rooms.len() == 2, "a party is in {} rooms", rooms.len());
        let of = |address: RoomAddress| {
            let room = rooms.iter().find(|room| room.address == address);
            room.map(|room| room.id).context("an accepted dispute lacks a room")
        };
        let found = (of(RoomAddress::JOINT)?, of(RoomAddress::Caucus { side })?);
        for room in [found.0, found.1] {
            self.client.recorder.member(room_log(room), &who.name, 1, None);
        }
        Ok(found)
    }

    async fn command<T: serde::de::DeserializeOwned>(
        &self,
        who: &Person,
        id: DisputeId,
        verb: &str,
        body: Value,
        items: Vec<Item>,
    ) -> anyhow::Result<T> {
        let write = Write {
            who,
            path: format!("/v1/disputes/{id}/{verb}"),
            body,
            // Nobody gives a command twice in one dispute.
            key: format!("{id}-{verb}-{}", who.id),
            items,
        };
        match self.client.persist(&write, |_| None).await? {
            Answer::Done(value) => Ok(value),
            Answer::Refused(code) => bail!("{verb} was refused: {code}"),
            Answer::Unknown => bail!("{verb} has no outcome"),
        }
    }
}

/// What a command brings about in the history of its dispute.
fn happened(id: DisputeId, names: &[&str]) -> Vec<Item> {
    names.iter().map(|name| Item { log: events_log(id), name: (*name).into() }).collect()
}

/// A dispute between neighbours, told in a few lines.
pub fn filing(cast: &Cast, title: &str, community: &str) -> Value {
    json!({
        "category": "neighbor", "title": title,
        "narrative": "楼上住户每晚十一点后拖动家具,已持续一个月,多次沟通无果,希望调解。",
        "claims": ["晚十点后不再拖动家具"], "community_code": community,
        "parties": [
            {"side": "applicant", "name": cast.applicant.name, "is_me": true},
            {"side": "respondent", "name": cast.respondent.name, "phone": cast.respondent.phone},
        ]
    })
}

/// Those that somebody is in.
pub async fn rooms(client: &Client, who: &Person, id: DisputeId) -> anyhow::Result<Vec<RoomView>> {
    let list: Option<RoomList> = client.read(who, &format!("/v1/disputes/{id}/rooms")).await?;
    let rooms = list.map(|list| list.rooms).unwrap_or_default();
    Ok(rooms.into_iter().filter(|room| room.address.kind() != RoomKind::Neutrals).collect())
}

pub fn filed_log(client: u32) -> String {
    format!("filed:{client}")
}

pub fn events_log(id: DisputeId) -> String {
    format!("events:{id}")
}

pub fn room_log(id: RoomId) -> String {
    format!("room:{id}")
}

/// An entry as the history knows it: a message begins with its name; who came or left is named by the service.
pub fn seen(entry: &EntryView) -> Seen {
    let item = match &entry.body {
        EntryBody::Text { text } => text.as_str().split(' ').next().map(str::to_owned),
        EntryBody::System { notice, detail: Some(who) } => moved(*notice, who.as_str()),
        _ => None,
    };
    let content = json!([entry.sender, entry.at, entry.body]).to_string();
    Seen { place: Place::Seq(entry.seq), item, content }
}

/// By what the history knows that somebody came or left.
pub fn moved(notice: SystemNotice, who: &str) -> Option<String> {
    let moves = matches!(notice, SystemNotice::MemberJoined | SystemNotice::MemberLeft);
    moves.then(|| format!("{notice} {who}"))
}
