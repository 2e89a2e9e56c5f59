//! Text messages: queued in the transaction that causes them, sent by a job, forgotten once sent.

use crate::accounts::me;
use crate::app::App;
use crate::config::Config;
use crate::db::Tx;
use crate::jobs::{self, Job};
use anyhow::{Context, bail, ensure};
use chrono::{DateTime, Utc};
use protocol::{Phone, TextMessageId};
use reqwest::StatusCode;
use reqwest::redirect::Policy;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use url::Url;

const TIMEOUT: Duration = Duration::from_secs(5);

/// Where text messages go.
pub enum Sms {
    /// To the log, one line each, and to a file that a program can read too. For development.
    Log(PathBuf),
    Gateway(Gateway),
}

/// An HTTP service that takes `{"phone", "text"}` and sends a key only once however often it is asked.
pub struct Gateway {
    http: reqwest::Client,
    url: Url,
    token: SecretString,
}

#[derive(Serialize)]
struct Outgoing<'a> {
    phone: &'a str,
    text: &'a str,
}

/// What became of a text message that will not be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Sent,
    /// The gateway will never take it.
    Refused,
    /// Too late to be of use.
    Expired,
}

impl Outcome {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::Expired => "expired",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextKind {
    LoginCode,
    Invitation,
    Notice,
    /// Something happened to the account that its owner has to know.
    Security,
}

impl TextKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LoginCode => "login_code",
            Self::Invitation => "invitation",
            Self::Notice => "notice",
            Self::Security => "security",
        }
    }
}

impl Sms {
    pub fn of(config: &Config) -> anyhow::Result<Self> {
        let Some(url) = &config.sms_gateway_url else {
            ensure!(!config.is_production(), "set ALA_SMS_GATEWAY_URL to the text message gateway");
            return Ok(Self::Log(log_in(&config.data)));
        };
        let url = url.parse().context("ALA_SMS_GATEWAY_URL is not an address (https://…)")?;
        let token = config.sms_gateway_token.clone().context(
            "ALA_SMS_GATEWAY_URL needs ALA_SMS_GATEWAY_TOKEN, which the gateway knows us by",
        )?;
        let http = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .redirect(Policy::none())
            .build()
            .context("no HTTP client for the text message gateway")?;
        Ok(Self::Gateway(Gateway { http, url, token }))
    }

    /// An error means that trying again later makes sense.
    async fn send(&self, id: TextMessageId, phone: &str, text: &str) -> anyhow::Result<Outcome> {
        match self {
            Self::Log(file) => {
                tracing::info!("text message to {phone}: {text}");
                append(file, phone, text)?;
                Ok(Outcome::Sent)
            }
            Self::Gateway(gateway) => gateway.send(id, phone, text).await,
        }
    }
}

/// Where development keeps what would have been sent: one message a line, phone first.
pub fn log_in(data: &Path) -> PathBuf {
    data.join("text-messages.log")
}

fn append(file: &Path, phone: &str, text: &str) -> anyhow::Result<()> {
    let line = format!("{phone} {}\n", text.replace('\n', " "));
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut log = File::options()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(file)
        .with_context(|| format!("cannot write {}", file.display()))?;
    // One call: lines of several workers do not mix.
    Ok(log.write_all(line.as_bytes())?)
}

impl Gateway {
    async fn send(&self, id: TextMessageId, phone: &str, text: &str) -> anyhow::Result<Outcome> {
        let answer = self
            .http
            .post(self.url.clone())
            .bearer_auth(self.token.expose_secret())
            .header("idempotency-key", id.to_string())
            .json(&Outgoing { phone, text })
            .send()
            .await
            .map_err(reqwest::Error::without_url)
            .context("the text message gateway does not answer")?;
        match answer.status() {
            status if status.is_success() => Ok(Outcome::Sent),
            StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => Ok(Outcome::Refused),
            // Also a redirect or a wrong token: ours to repair, and the message is still worth sending then.
            status => bail!("the text message gateway answered {status}"),
        }
    }
}

/// Queues a text message; it is sent after the commit, and not after `expires_at`. Unless its receiver has asked for it
/// just now, it waits for the hours in which they may be reached, and is good for that much longer.
pub async fn queue(
    tx: &mut Tx,
    phone: &Phone,
    kind: TextKind,
    text: &str,
    expires_at: DateTime<Utc>,
) -> sqlx::Result<TextMessageId> {
    let (now, id) = (tx.now, TextMessageId(tx.ids.next()));
    let send_at = match kind {
        TextKind::LoginCode => now,
        _ => me::reachable_at(tx, phone, now).await?,
    };
    sqlx::query!(
        "insert into text_messages (id, kind, phone, body, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6)",
        id as TextMessageId,
        kind.as_str(),
        phone.as_str(),
        text,
        now,
        expires_at + (send_at - now),
    )
    .execute(&mut **tx)
    .await?;
    jobs::enqueue(tx, &[Job::SendText { message: id }], send_at).await?;
    Ok(id)
}

/// Sends a queued text message and forgets what it said. An error means: try again later.
///
/// No connection is held while the gateway answers. Killed between sending and forgetting, it is sent again with
/// the same key, which the gateway knows.
pub async fn deliver(app: &App, message: TextMessageId) -> anyhow::Result<()> {
    let found = sqlx::query!(
        r#"select phone as "phone!", body as "body!", expires_at from text_messages
           where id = $1 and settled_at is null"#,
        message as TextMessageId,
    )
    .fetch_optional(&app.db)
    .await?;
    let Some(text) = found else { return Ok(()) };
    let outcome = if text.expires_at <= app.clock.now() {
        Outcome::Expired
    } else {
        let sending = app.sms.send(message, &text.phone, &text.body).await;
        sending.inspect_err(|error| tracing::warn!(error = format!("{error:#}"), "not sent"))?
    };
    sqlx::query!(
        "update text_messages set settled_at = $2, outcome = $3, phone = null, body = null
         where id = $1 and settled_at is null",
        message as TextMessageId,
        app.clock.now(),
        outcome.as_str(),
    )
    .execute(&app.db)
    .await?;
    metrics::counter!("text_messages_total", "outcome" => outcome.as_str()).increment(1);
    Ok(())
}
