//! What servers tell one another: when to read, who is there. In the process alone, or between processes by Redis.
//!
//! Nothing here is ever the only copy of anything, and no command waits for it. What is lost costs the time to the next
//! look-round; what is not sealed with our secret is not heard.

mod inbox;
mod notify;
mod payload;
mod redis;

use crate::accounts::codes::CodeKey;
use crate::accounts::secrets;
use crate::app::App;
use crate::db::Hint;
use crate::live::held;
use ::redis::aio::MultiplexedConnection;
pub use payload::{CHANNELS, LARGEST, Seal, ServerId, Word};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::{interval, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Words that wait to be said; more are lost rather than waited for.
const QUEUE: usize = 4_096;
/// Said in one round trip.
const BATCH: usize = 1_024;
/// What is announced waits in a queue of its own, so that it never crowds out what somebody just did.
const ANNOUNCED: usize = 256;
/// Between two announcements, however often they are asked for.
const PAUSE: Duration = Duration::from_millis(500);
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Empty where there is one server.
#[derive(Clone, Default)]
pub struct Bus(Option<Arc<Line>>);

/// The line to the other servers.
pub struct Line {
    pub me: ServerId,
    seal: Seal,
    client: ::redis::Client,
    words: mpsc::Sender<Word>,
    said: Mutex<Option<mpsc::Receiver<Word>>>,
    /// The connection to Redis while there is one.
    link: watch::Sender<Option<MultiplexedConnection>>,
    asked: Notify,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Bus {
    pub fn of(redis_url: Option<&str>, codes: &CodeKey) -> anyhow::Result<Self> {
        let Some(url) = redis_url else { return Ok(Self::default()) };
        let (words, said) = mpsc::channel(QUEUE);
        Ok(Self(Some(Arc::new(Line {
            me: secrets::bytes()?,
            seal: Seal(codes.between_servers()?),
            client: redis::client(url)?,
            words,
            said: Mutex::new(Some(said)),
            link: watch::Sender::new(None),
            asked: Notify::new(),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
        }))))
    }

    /// To the other servers; at once, and without waiting for anything.
    pub fn say(&self, word: Word) {
        let Some(line) = &self.0 else { return };
        if line.words.try_send(word).is_err() {
            lost(1);
        }
    }

    /// Which server this is among them.
    pub fn me(&self) -> ServerId {
        self.0.as_ref().map_or([0; 16], |line| line.me)
    }

    /// Says what is still to be said, and that this server is no more.
    pub async fn close(&self) {
        let Some(line) = &self.0 else { return };
        line.stop.cancel();
        line.tasks.close();
        if timeout(LAST_WORDS, line.tasks.wait()).await.is_err() {
            tracing::debug!("the last words were not said in time");
        }
    }
}

fn lost(words: usize) {
    let words = u64::try_from(words).unwrap_or(u64::MAX);
    metrics::counter!("bus_words_lost_total").increment(words);
}

/// Listens and speaks until the bus is closed.
pub fn start(app: &App) {
    app.live.presence.join(app.bus.clone());
    let Some(line) = &app.bus.0 else { return };
    let Some(said) = held(&line.said).take() else { return };
    let (announced, rest) = mpsc::channel(ANNOUNCED);
    line.tasks.spawn(redis::run(app.clone(), line.clone()));
    line.tasks.spawn(notify::run(app.clone(), line.clone()));
    line.tasks.spawn(speak(app.clone(), line.clone(), said, rest));
    line.tasks.spawn(announce(app.clone(), line.clone(), announced));
}

/// The only one who speaks: what comes while a batch is on its way goes into the next.
async fn speak(
    app: App,
    line: Arc<Line>,
    mut words: mpsc::Receiver<Word>,
    mut announced: mpsc::Receiver<Word>,
) {
    loop {
        let next = tokio::select! {
            biased;
            word = words.recv() => word,
            () = line.stop.cancelled() => None,
            word = announced.recv() => word,
        };
        let more = next.is_some();
        // Before the words, and only what still holds: who has gone since must not be said to be here after it.
        let still = std::iter::from_fn(|| announced.try_recv().ok()).take(BATCH);
        let mut batch: Vec<Word> = next.into_iter().chain(still).collect();
        batch.retain(|word| app.live.holds(*word));
        batch.extend(std::iter::from_fn(|| words.try_recv().ok()).take(BATCH));
        if !more {
            batch.push(Word::Bye);
        }
        carry(&app, &line, &batch).await;
        if !more {
            return;
        }
    }
}

/// By Redis, or while it is away by PostgreSQL, or not at all.
async fn carry(app: &App, line: &Line, batch: &[Word]) {
    let payloads = line.seal.pack(&line.me, batch);
    let linked = line.link.borrow().clone();
    if let Some(connection) = linked {
        match redis::publish(connection, &payloads).await {
            Ok(()) => return,
            // Whoever keeps the connection makes a new one.
            Err(_) => drop(line.link.send_replace(None)),
        }
    }
    if let Err(error) = notify::publish(app, &payloads).await {
        tracing::debug!(%error, "other servers were not told");
        lost(batch.len());
    }
}

/// Says again and again who is here, so that others forget whoever a dead server left behind; and forgets in turn.
async fn announce(app: App, line: Arc<Line>, announced: mpsc::Sender<Word>) {
    let mut beats = interval(app.live.bounds.beat);
    loop {
        tokio::select! {
            () = line.stop.cancelled() => return,
            _ = beats.tick() => {}
            () = line.asked.notified() => {}
        }
        app.live.forget(Instant::now());
        for word in app.live.words() {
            if announced.send(word).await.is_err() {
                return;
            }
        }
        tokio::select! {
            () = line.stop.cancelled() => return,
            () = sleep(PAUSE.min(app.live.bounds.beat)) => {}
        }
    }
}

/// Something may have been missed.
fn look(app: &App) {
    app.hear(Hint::Everything);
}

impl Line {
    fn hear(&self, app: &App, payload: &[u8]) {
        let outcome = match self.seal.open(payload) {
            None => "refused",
            Some((from, _)) if from == self.me => "own",
            Some((from, words)) => {
                for word in words {
                    self.take(app, from, word);
                }
                "heard"
            }
        };
        metrics::counter!("bus_payloads_total", "outcome" => outcome).increment(1);
    }

    fn take(&self, app: &App, from: ServerId, word: Word) {
        match word {
            Word::Hint(hint) => app.hear(hint),
            Word::Ask => self.asked.notify_one(),
            _ => app.live.hear(from, word, Instant::now()),
        }
    }

    /// Redis came or went: what was under way between servers is unknown.
    fn turned(&self, app: &App) {
        look(app);
        self.asked.notify_one();
        app.bus.say(Word::Ask);
    }
}
