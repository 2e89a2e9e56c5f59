//! The traffic of one lane: two neighbours take dispute after dispute to mediation and talk it over.

use crate::client::{Answer, Client, Write};
use crate::history::{Place, Reading, Seen, Via};
use crate::people::{COMMUNITY, Cast, Person};
use crate::random::Random;
use crate::socket::Line;
use anyhow::{Context, bail};
use protocol::dispute::DisputeView;
use protocol::invitation::ConsentText;
use protocol::lifecycle::Triaged;
use protocol::room::{EntryBody, EntryPage, EntryView, RoomKind, RoomList, RoomView, Said};
use protocol::{DisputeId, RoomId};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio_util::sync::CancellationToken;

/// Messages of each side in one dispute.
const MESSAGES: u32 = 25;
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
    /// To the respondent's live socket, if there is one: then all that they say goes over it first.
    pub line: Option<Line>,
}

impl Lane {
    /// One dispute after the other, until told to stop.
    pub async fn run(self) -> anyhow::Result<()> {
        let mut random = Random::new(self.seed);
        let shown = self.consent_text().await?;
        while !self.stop.is_cancelled() {
            if let Some(dispute) = self.file(&mut random).await? {
                let room = self.lead(dispute, &shown).await?;
                if let Some(line) = &self.line {
                    line.hear(room).await;
                }
                let (one, two) = (Random::new(random.next()), Random::new(random.next()));
                tokio::try_join!(
                    self.talk(&self.cast.applicant, room, one),
                    self.talk(&self.cast.respondent, room, two),
                )?;
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
                return self.lead(dispute, &shown).await;
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
            log: filed_log(self.client.number),
            items: vec![name],
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

    /// From the draft to the room in which both sides meet.
    async fn lead(&self, draft: DisputeView, shown: &Value) -> anyhow::Result<RoomId> {
        let (id, cast) = (draft.id, &self.cast);
        let body = json!({"consenting": draft.you_act_for, "shown": shown});
        let items = &["submitted#1", "consent_given#1"];
        self.command::<DisputeView>(&cast.applicant, id, "submit", body, items).await?;
        let findings = json!({"findings": {"venue": "here"}});
        self.command::<Triaged>(&cast.officer, id, "triage", findings, &["track_chosen#1"]).await?;
        let seen: Option<DisputeView> =
            self.client.read(&cast.respondent, &format!("/v1/disputes/{id}")).await?;
        let own = seen.context("the respondent does not see the dispute")?.you_act_for;
        let party = own.first().context("the respondent is no party")?;
        let body = json!({"party": party, "shown": shown});
        let items = &["consent_given#2"];
        self.command::<DisputeView>(&cast.respondent, id, "consent", body, items).await?;
        let room = joint_room(&self.client, &cast.applicant, id).await?;
        Ok(room.context("an accepted dispute has no joint room")?.id)
    }

    async fn command<T: serde::de::DeserializeOwned>(
        &self,
        who: &Person,
        id: DisputeId,
        verb: &str,
        body: Value,
        items: &[&str],
    ) -> anyhow::Result<T> {
        let write = Write {
            who,
            path: format!("/v1/disputes/{id}/{verb}"),
            body,
            key: format!("{id}-{verb}"),
            log: events_log(id),
            items: items.iter().map(ToString::to_string).collect(),
        };
        match self.client.persist(&write, |_| None).await? {
            Answer::Done(value) => Ok(value),
            Answer::Refused(code) => bail!("{verb} was refused: {code}"),
            Answer::Unknown => bail!("{verb} has no outcome"),
        }
    }

    async fn talk(&self, who: &Person, room: RoomId, mut random: Random) -> anyhow::Result<()> {
        let mut known = 0;
        for _ in 0..MESSAGES {
            if self.stop.is_cancelled() {
                break;
            }
            if let Answer::Refused(code) = self.say(who, room, &mut random).await? {
                bail!("a member's message was refused: {code}");
            }
            if random.chance(4) {
                self.say(&self.stranger.applicant, room, &mut random).await?;
            }
            if random.chance(20) {
                known = self.listen(who, room, known).await?;
            }
        }
        Ok(())
    }

    /// One message in ten is sent twice at once; of those without an answer one in ten is given up, and the others
    /// are sent over HTTP again.
    async fn say(
        &self,
        who: &Person,
        room: RoomId,
        random: &mut Random,
    ) -> anyhow::Result<Answer<Said>> {
        let name = self.name();
        let write = Write {
            who,
            path: format!("/v1/rooms/{room}/entries"),
            body: json!({"client_msg_id": name, "body": {"kind": "text", "text": name}}),
            key: name.clone(),
            log: room_log(room),
            items: vec![name],
        };
        let place = |said: &Said| Some(Place::Seq(said.seq));
        if random.chance(10) {
            let both = (self.attempt(&write, room, place), self.client.once(&write, place));
            tokio::try_join!(both.0, both.1)?;
        }
        match self.attempt(&write, room, place).await? {
            Answer::Unknown if !random.chance(10) => self.client.persist(&write, place).await,
            answer => Ok(answer),
        }
    }

    async fn attempt(
        &self,
        write: &Write<'_>,
        room: RoomId,
        place: impl Fn(&Said) -> Option<Place>,
    ) -> anyhow::Result<Answer<Said>> {
        let is_theirs = write.who.account == self.cast.respondent.account;
        let Some(line) = self.line.as_ref().filter(|_| is_theirs) else {
            return self.client.once(write, place).await;
        };
        let began = self.client.recorder.now();
        let answer = line.say(room, serde_json::from_value(write.body.clone())?).await;
        self.client.note(write, Via::Socket, began, &answer, place);
        Ok(answer)
    }

    /// Reads on from what is known, one page, and says how far that goes.
    async fn listen(&self, who: &Person, room: RoomId, known: i64) -> anyhow::Result<i64> {
        let path = format!("/v1/rooms/{room}/entries?after={known}");
        let page: Option<EntryPage> = self.client.read(who, &path).await?;
        let page = page.context("a member may not read the room")?;
        let until = page.entries.last().map_or(known, |entry| entry.seq);
        self.client.recorder.reading(Reading {
            log: room_log(room),
            reader: who.name.clone(),
            via: Via::Http,
            after: known,
            last: false,
            head: None,
            entries: page.entries.iter().map(seen).collect(),
        });
        Ok(until)
    }
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

pub async fn joint_room(
    client: &Client,
    who: &Person,
    id: DisputeId,
) -> anyhow::Result<Option<RoomView>> {
    let list: Option<RoomList> = client.read(who, &format!("/v1/disputes/{id}/rooms")).await?;
    let rooms = list.map(|list| list.rooms).unwrap_or_default();
    Ok(rooms.into_iter().find(|room| room.address.kind() == RoomKind::Joint))
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

/// An entry as the history knows it: the text of a message is its name.
pub fn seen(entry: &EntryView) -> Seen {
    let item = match &entry.body {
        EntryBody::Text { text } => Some(text.as_str().to_owned()),
        _ => None,
    };
    let content = json!([entry.sender, entry.at, entry.body]).to_string();
    Seen { place: Place::Seq(entry.seq), item, content }
}
