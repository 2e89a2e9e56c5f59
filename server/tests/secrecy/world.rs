//! One whole world: a server on a database of its own, with a clock and ids that are handed in.

use crate::app::{Person, TestApp};
use crate::history::{History, Step};
use crate::model::{Model, Someone};
use crate::observed::Observed;
use crate::outside::Gateway;
use crate::redis::Redis;
use crate::stage::{ROOM_FOR_EVIDENCE, Stage};
use chrono::Duration;
use server::clock::Ids;
use server::live::{Bounds, Hub};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::OnceCell;

/// Histories are counted from here; below it are the models.
pub const FIRST: u64 = 16;

pub struct World {
    pub test: TestApp,
    pub number: usize,
    pub gateway: Gateway,
    ids: Arc<AtomicU64>,
}

impl World {
    pub async fn start(number: usize, redis: Option<&Redis>) -> Self {
        let ids = Arc::new(AtomicU64::new(0));
        let gateway = Gateway::default();
        let texts = gateway.start().await;
        let mut settings = vec![
            "--sms-gateway-url",
            &texts,
            "--sms-gateway-token",
            "known",
            "--evidence-per-side",
            ROOM_FOR_EVIDENCE,
        ];
        let url = redis.map(Redis::url);
        settings.extend(url.iter().flat_map(|url| ["--redis-url", url.as_str()]));
        let counting = Ids::Counting(ids.clone());
        let test = TestApp::start_changed(&settings, move |parts| {
            parts.ids = counting;
            // Frames that a round brings come at no fixed moment: only what is told is compared.
            let look_round = std::time::Duration::from_secs(36_000);
            let bounds = Bounds { look_round, burst: u32::MAX, ..Bounds::default() };
            parts.live = Arc::new(Hub::with(bounds));
        })
        .await;
        Self { test, number, gateway, ids }
    }

    pub const fn person(&self, who: Someone) -> Person<'_> {
        Person { test: &self.test, account: who.account, id: who.id, login: who.login }
    }

    /// Ids depend on the step and on nothing else; those of a caucus are a range of their own.
    pub fn at(&self, history: u64, step: u64, secret: bool) {
        self.ids.store(base(history, step, secret.then_some(self.number)), Ordering::SeqCst);
    }

    /// The same for what is observed after the step: however much was asked for before.
    pub fn after(&self, history: u64, step: u64) {
        self.ids.store(base(history, step, None) | 0x8000, Ordering::SeqCst);
    }

    pub async fn perform(&self, history: u64, what: &History) -> Observed {
        let model = models().await.iter().find(|model| model.start == what.start).unwrap();
        let cast = model.copy(&self.test.owner, history).await;
        // Every history has the same time of day.
        let begin = crate::app::MONDAY.parse::<chrono::DateTime<chrono::Utc>>().unwrap();
        self.test.advance(begin + Duration::hours(1) - self.test.now());
        let mut stage = Stage::set(self, history, what.start, &cast).await;
        for step in &what.steps {
            match *step {
                Step::Common(what) => stage.common(what).await,
                Step::Only(world, what) => stage.secret(world == self.number, what).await,
            }
        }
        stage.end().await
    }
}

/// Where the ids of a step begin; of one in a caucus, in which world.
pub fn base(history: u64, step: u64, secret: Option<usize>) -> u64 {
    let secret = secret.map_or(0, |world| (1 << 62) | ((world as u64) << 60));
    secret | (1 << 58) | (history << 32) | (step << 16)
}

/// Made once, by a server that nobody has broken.
pub async fn models() -> &'static [Model] {
    static MODELS: OnceCell<Vec<Model>> = OnceCell::const_new();
    MODELS
        .get_or_init(|| async {
            let world = World::start(0, None).await;
            Model::all(&world).await
        })
        .await
}
