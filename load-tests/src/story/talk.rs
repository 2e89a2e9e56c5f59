//! Who talks in the rooms of one dispute, who comes and goes meanwhile, and who tries to overhear.

use super::{Lane, Led, events_log, happened, moved, room_log, seen};
use crate::client::{Answer, Item};
use crate::history::{Reading, Via};
use crate::people::Person;
use crate::random::Random;
use crate::socket::Line;
use anyhow::bail;
use protocol::RoomId;
use protocol::dispute::DisputeView;
use protocol::room::{EntryPage, SystemNotice};
use serde_json::{Value, json};

/// Of each side in each of its rooms.
const MESSAGES: u32 = 60;
/// Of the mediator in each room, before taking leave and while doing so.
const WORDS: u32 = 6;

/// Somebody in a room, and by which way they speak there.
pub(super) struct Speaker<'a> {
    pub who: &'a Person,
    pub room: RoomId,
    pub line: Option<&'a Line>,
}

/// Somebody who has no business in the room.
struct Outsider<'a> {
    who: &'a Person,
    line: Option<&'a Line>,
}

impl Lane {
    pub(super) async fn talk(&self, led: &Led, random: &mut Random) -> anyhow::Result<()> {
        let (ana, ben) = (&self.cast.applicant, &self.cast.respondent);
        let lines = self.lines.as_ref();
        let (to_ana, to_ben) = (lines.map(|l| &l.applicant), lines.map(|l| &l.respondent));
        for (line, caucus) in [(to_ana, led.caucus[0]), (to_ben, led.caucus[1])] {
            for room in [led.joint, caucus] {
                hear(line, room, Some(0)).await;
            }
        }
        let stranger = || Outsider { who: &self.stranger.applicant, line: None };
        let mut at = |who, room, line, outsider| {
            let speaker = Speaker { who, room, line };
            self.stretch(speaker, outsider, Random::new(random.next()))
        };
        let other = |who, line| Outsider { who, line };
        tokio::try_join!(
            at(ana, led.joint, to_ana, stranger()),
            at(ben, led.joint, to_ben, stranger()),
            at(ana, led.caucus[0], to_ana, other(ben, to_ben)),
            at(ben, led.caucus[1], None, other(ana, to_ana)),
            self.come_and_go(led, Random::new(!self.seed)),
        )?;
        Ok(())
    }

    async fn stretch(
        &self,
        speaker: Speaker<'_>,
        outsider: Outsider<'_>,
        mut random: Random,
    ) -> anyhow::Result<()> {
        let mut known = 0;
        for _ in 0..MESSAGES {
            if self.stop.is_cancelled() {
                break;
            }
            if let Answer::Refused(code) = self.say(&speaker, &mut random).await? {
                bail!("a member's message was refused: {code}");
            }
            if random.chance(4) {
                self.pry(&outsider, speaker.room, &mut random).await?;
            }
            if random.chance(15) {
                known = self.listen(speaker.who, speaker.room, known).await?.unwrap_or(known);
            }
        }
        Ok(())
    }

    /// Tries everything by which somebody could get in.
    async fn pry(
        &self,
        outsider: &Outsider<'_>,
        room: RoomId,
        random: &mut Random,
    ) -> anyhow::Result<()> {
        if let Some(line) = outsider.line {
            line.pry(room).await;
        }
        self.listen(outsider.who, room, 0).await?;
        let speaker = Speaker { who: outsider.who, room, line: None };
        if let Answer::Done(said) = self.say(&speaker, random).await? {
            bail!("entry {} of {room} is somebody's who is not in there", said.seq);
        }
        Ok(())
    }

    /// A mediator is appointed, accepted by both sides, talks in all rooms, and steps down while still talking.
    async fn come_and_go(&self, led: &Led, mut random: Random) -> anyhow::Result<()> {
        let (cast, id) = (&self.cast, led.id);
        let who = &cast.mediator;
        let body = json!({"account": who.account, "role": "mediator"});
        self.command::<Value>(&cast.leader, id, "appointments", body, vec![]).await?;
        let body = json!({"interests": null});
        self.command::<Value>(who, id, "disclosure", body, vec![]).await?;
        let answer = |party| json!({"party": party, "neutral": who.account, "accepts": true});
        let (first, second) = (answer(led.parties[0]), answer(led.parties[1]));
        let (verb, answered) = ("disclosure-answers", happened(id, &["disclosure_answered#1"]));
        self.command::<Value>(&cast.applicant, id, verb, first, answered).await?;
        let came = self.moves(led, SystemNotice::MemberJoined, "disclosure_answered#2");
        self.command::<DisputeView>(&cast.respondent, id, verb, second, came).await?;
        let line = self.lines.as_ref().map(|lines| &lines.mediator);
        for room in led.rooms() {
            hear(line, room, None).await;
        }
        self.mediate(led, line, &mut random).await?;
        let gone = self.moves(led, SystemNotice::MemberLeft, "neutral_stood_down#1");
        let (_, ()) = tokio::try_join!(
            self.command::<DisputeView>(who, id, "step-down", json!(null), gone),
            self.mediate(led, line, &mut random),
        )?;
        for room in led.rooms() {
            self.listen(who, room, 0).await?;
        }
        Ok(())
    }

    /// Coming and going is an entry in every room, which has to be there once and in time like any other.
    fn moves(&self, led: &Led, notice: SystemNotice, event: &str) -> Vec<Item> {
        let rooms = led.rooms().into_iter().filter_map(|room| {
            Some(Item { log: room_log(room), name: moved(notice, &self.cast.mediator.name)? })
        });
        rooms.chain([Item { log: events_log(led.id), name: event.into() }]).collect()
    }

    async fn mediate(
        &self,
        led: &Led,
        line: Option<&Line>,
        random: &mut Random,
    ) -> anyhow::Result<()> {
        for _ in 0..WORDS {
            for room in led.rooms() {
                // Refused is what may come of it once the place is given up.
                self.say(&Speaker { who: &self.cast.mediator, room, line }, random).await?;
            }
        }
        Ok(())
    }

    /// Reads on from what is known, one page, and says how far that goes; nothing for whom the room does not exist.
    async fn listen(&self, who: &Person, room: RoomId, known: i64) -> anyhow::Result<Option<i64>> {
        let path = format!("/v1/rooms/{room}/entries?after={known}");
        let page: Option<EntryPage> = self.client.read(who, &path).await?;
        let Some(page) = page else { return Ok(None) };
        let first = page.entries.first().map_or(known + 1, |entry| entry.seq);
        // Whoever came late begins with what was said then.
        let after = if known == 0 { first - 1 } else { known };
        self.client.recorder.reading(Reading {
            log: room_log(room),
            reader: who.name.clone(),
            via: Via::Http,
            after,
            last: false,
            head: None,
            entries: page.entries.iter().map(seen).collect(),
            times: Vec::new(),
        });
        page.entries.last().map_or(Ok(Some(known)), |entry| Ok(Some(entry.seq)))
    }
}

async fn hear(line: Option<&Line>, room: RoomId, known: Option<i64>) {
    if let Some(line) = line {
        line.hear(room, known).await;
    }
}
