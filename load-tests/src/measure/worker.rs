//! Somebody who works without a break, and how long each piece of work takes.

use super::Timed;
use super::report::Work;
use super::stage::Stage;
use crate::client::{Answer, Client, Write};
use crate::people::{COMMUNITY, Cast};
use crate::story::filing;
use anyhow::bail;
use hdrhistogram::Histogram;
use protocol::RoomId;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Somebody who works, and where.
pub struct Worker {
    pub client: Client,
    pub cast: Arc<Cast>,
    pub room: RoomId,
}

impl Stage {
    /// Everybody works without a break.
    pub async fn drive(&self, work: Work, clients: u32, time: Duration) -> anyhow::Result<Timed> {
        let began = Instant::now();
        let mut everybody = JoinSet::new();
        for worker in self.workers.iter().take(usize::try_from(clients)?) {
            everybody.spawn(worker.clone().keep_working(work, began, time));
        }
        let mut histogram = Histogram::new(3)?;
        while let Some(one) = everybody.join_next().await {
            histogram.add(one??)?;
        }
        #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
        let per_second = histogram.len() as f64 / began.elapsed().as_secs_f64();
        Ok(Timed { per_second, histogram })
    }
}

impl Worker {
    async fn keep_working(
        self: Arc<Self>,
        work: Work,
        began: Instant,
        time: Duration,
    ) -> anyhow::Result<Histogram<u64>> {
        let mut histogram = Histogram::new(3)?;
        let mut number = 0_u64;
        let run = self.client.recorder.now();
        while began.elapsed() < time {
            let key = format!("w{}-{run}-{number}", self.client.number);
            number += 1;
            let start = Instant::now();
            self.work(work, &key).await?;
            histogram.record(u64::try_from(start.elapsed().as_micros())?)?;
        }
        Ok(histogram)
    }

    pub async fn work(&self, work: Work, key: &str) -> anyhow::Result<()> {
        let (path, body) = match work {
            Work::Filing => ("/v1/disputes".into(), filing(&self.cast, "楼上夜间噪音", COMMUNITY)),
            Work::Message => (
                format!("/v1/rooms/{}/entries", self.room),
                json!({"client_msg_id": key, "body": {"kind": "text", "text": "晚上十点以后我们不再拖家具。"}}),
            ),
        };
        let write =
            Write { who: &self.cast.applicant, path, body, key: key.to_owned(), items: Vec::new() };
        match self.client.once(&write, |_: &Value| None).await? {
            Answer::Done(_) => Ok(()),
            Answer::Refused(code) => bail!("refused: {code}"),
            Answer::Unknown => bail!("no answer"),
        }
    }
}
