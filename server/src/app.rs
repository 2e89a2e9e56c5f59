//! What every door and every job works with.

use crate::accounts::codes::CodeKey;
use crate::accounts::passwords::Passwords;
use crate::accounts::tokens::Tokens;
use crate::accounts::vault::Vault;
use crate::clock::{Clock, Ids};
use crate::config::Config;
use crate::db::Hint;
use crate::evidence::files::Files;
use crate::http::docs::Operations;
use crate::http::limits::Limits;
use crate::live::{self, Hub, Log};
use crate::notify::sms::Sms;
use domain::rules::Rules;
use sqlx::PgPool;
use std::ops::Deref;
use std::sync::Arc;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

#[derive(Clone)]
pub struct App(Arc<Parts>);

pub struct Parts {
    pub db: PgPool,
    /// For what is said in rooms, so that nothing else holds it up.
    pub log_db: PgPool,
    pub clock: Clock,
    pub ids: Ids,
    pub config: Config,
    pub rules: Rules,
    pub tokens: Tokens,
    pub codes: CodeKey,
    pub limits: Limits,
    pub vault: Vault,
    pub passwords: Passwords,
    pub sms: Sms,
    pub operations: Operations,
    pub files: Files,
    /// What was committed, told to the workers of this process.
    pub hints: broadcast::Sender<Hint>,
    /// Who listens to what on this server.
    pub live: Arc<Hub>,
    /// What is being said, on its way to disk.
    pub log: Log,
    /// Everything that runs, so that stopping can wait for it.
    pub tasks: TaskTracker,
    pub stop: CancellationToken,
}

impl App {
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Tells what was committed. Nobody listening is fine: the hint is only about when to read.
    pub fn tell(&self, hints: Vec<Hint>) {
        for hint in hints {
            live::told(self, hint);
            let _ = self.hints.send(hint);
        }
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
