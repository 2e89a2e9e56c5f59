//! One message: sent, sent again, sent twice at once, and what came of each attempt.

use super::talk::Speaker;
use super::{Lane, room_log};
use crate::client::{Answer, Item, Write};
use crate::history::{Place, Via};
use crate::random::Random;
use protocol::room::Said;
use serde_json::json;

impl Lane {
    /// One message in ten is sent twice at once; of those without an answer one in ten is given up, and the others
    /// are sent over HTTP again.
    pub(super) async fn say(
        &self,
        speaker: &Speaker<'_>,
        random: &mut Random,
    ) -> anyhow::Result<Answer<Said>> {
        let (name, room) = (self.name(), speaker.room);
        let text = format!("{name} {}", "-".repeat(self.padding));
        let write = Write {
            who: speaker.who,
            path: format!("/v1/rooms/{room}/entries"),
            body: json!({"client_msg_id": name, "body": {"kind": "text", "text": text.trim_end()}}),
            key: name.clone(),
            items: vec![Item { log: room_log(room), name }],
        };
        let place = |said: &Said| Some(Place::Seq(said.seq));
        if random.chance(10) {
            let both = (self.attempt(&write, speaker, place), self.client.once(&write, place));
            tokio::try_join!(both.0, both.1)?;
        }
        match self.attempt(&write, speaker, place).await? {
            Answer::Unknown if !random.chance(10) => self.client.persist(&write, place).await,
            answer => Ok(answer),
        }
    }

    async fn attempt(
        &self,
        write: &Write<'_>,
        speaker: &Speaker<'_>,
        place: impl Fn(&Said) -> Option<Place>,
    ) -> anyhow::Result<Answer<Said>> {
        let Some(line) = speaker.line.filter(|line| !line.is_stalled()) else {
            return self.client.once(write, place).await;
        };
        let attempt = self.client.begin(write, Via::Socket);
        let answer = line.say(speaker.room, serde_json::from_value(write.body.clone())?).await;
        attempt.end(&answer, place);
        Ok(answer)
    }
}
