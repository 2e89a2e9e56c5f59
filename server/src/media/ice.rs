//! Servers that help two devices find each other, with short-lived credentials by the TURN REST scheme: the time of
//! expiry stands in the user name, the password is its HMAC under a secret that the TURN server shares with us.

use crate::accounts::secrets;
use crate::config::Config;
use anyhow::{Context, ensure};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use protocol::media::IceServer;
use std::fs;
use std::sync::Arc;

/// Longer than an admission, which brings new ones; ten minutes at most.
const LIFE: TimeDelta = TimeDelta::minutes(5);

/// A shorter secret could be found from one user name and its password.
const SECRET: usize = 32;

#[derive(Clone)]
pub struct Ice {
    stun: Vec<String>,
    turn: Vec<String>,
    /// Absent where there is no TURN server.
    key: Option<Arc<hmac::Key>>,
}

impl Ice {
    pub fn of(config: &Config) -> anyhow::Result<Self> {
        let (turn, stun): (Vec<String>, Vec<String>) =
            config.turn_urls.iter().cloned().partition(|url| url.starts_with("turn"));
        ensure!(
            stun.iter().all(|url| url.starts_with("stun")),
            "ALA_TURN_URLS has an address that is neither stun: nor turn:"
        );
        let key = match &config.turn_secret_file {
            Some(file) => Some(Arc::new(read(file)?)),
            None => None,
        };
        ensure!(
            turn.is_empty() || key.is_some(),
            "set ALA_TURN_SECRET_FILE to what the TURN servers share with us"
        );
        Ok(Self { stun, turn, key })
    }

    /// For somebody who has just been admitted. The user name tells a TURN server nothing but when it expires.
    pub fn servers(&self, now: DateTime<Utc>) -> anyhow::Result<Vec<IceServer>> {
        let mut servers = Vec::new();
        if !self.stun.is_empty() {
            servers.push(IceServer { urls: self.stun.clone(), username: None, credential: None });
        }
        if let Some(key) = self.key.as_ref().filter(|_| !self.turn.is_empty()) {
            let random = BASE64_URL_SAFE_NO_PAD.encode(secrets::bytes::<9>()?);
            let username = format!("{}:{random}", (now + LIFE).timestamp());
            servers.push(IceServer {
                urls: self.turn.clone(),
                credential: Some(password(key, &username)),
                username: Some(username),
            });
        }
        Ok(servers)
    }
}

fn read(file: &std::path::Path) -> anyhow::Result<hmac::Key> {
    let secret = fs::read(file)
        .with_context(|| format!("cannot read ALA_TURN_SECRET_FILE {}", file.display()))?;
    // coturn takes the line without its end.
    let secret = secret.trim_ascii_end();
    ensure!(secret.len() >= SECRET, "ALA_TURN_SECRET_FILE is too short: {SECRET} bytes at least");
    // SHA-1 is what the scheme knows; as an HMAC it holds.
    Ok(hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret))
}

fn password(key: &hmac::Key, username: &str) -> String {
    BASE64_STANDARD.encode(hmac::sign(key, username.as_bytes()))
}
