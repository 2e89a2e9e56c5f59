//! Access tokens that the server accepts, because it is given the key they are signed with.

use anyhow::anyhow;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use protocol::{AccountId, LoginId};
use serde::Serialize;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Less than the ten minutes for which the server would issue one.
const LIFETIME: Duration = Duration::from_secs(540);
const FIRST: i32 = 1;
const RENEW_AFTER: Duration = Duration::from_secs(300);

#[derive(Clone)]
pub struct Key {
    sign: EncodingKey,
    /// What the server calls it.
    kid: String,
}

#[derive(Serialize)]
struct Claims {
    sub: AccountId,
    lgn: LoginId,
    /// Which refresh of the login it came from: none of them was ever refreshed.
    r#gen: i32,
    iss: &'static str,
    aud: &'static str,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl Key {
    /// A new key, written where the server will read it.
    pub fn make(file: &Path) -> anyhow::Result<Self> {
        let pair = Ed25519KeyPair::generate().map_err(|_| anyhow!("no key could be made"))?;
        let der = pair.to_pkcs8().map_err(|_| anyhow!("the key cannot be written"))?;
        let body = BASE64_STANDARD.encode(der.as_ref());
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
        std::fs::write(file, pem)?;
        let fingerprint = digest(&SHA256, pair.public_key().as_ref());
        let kid = BASE64_URL_SAFE_NO_PAD.encode(&fingerprint.as_ref()[..12]);
        Ok(Self { sign: EncodingKey::from_ed_der(der.as_ref()), kid })
    }

    pub fn sign(&self, account: AccountId, login: LoginId) -> anyhow::Result<String> {
        let now = now().timestamp();
        let claims = Claims {
            sub: account,
            lgn: login,
            r#gen: FIRST,
            iss: "ala",
            aud: "ala-api",
            iat: now,
            nbf: now,
            exp: now + i64::try_from(LIFETIME.as_secs())?,
        };
        let header = Header {
            typ: Some("at+jwt".into()),
            kid: Some(self.kid.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        Ok(jsonwebtoken::encode(&header, &claims, &self.sign)?)
    }
}

/// One person's token, renewed in time.
pub struct Pass {
    key: Key,
    account: AccountId,
    login: LoginId,
    held: Mutex<Option<(Instant, String)>>,
}

impl Pass {
    pub fn new(key: Key, account: AccountId, login: LoginId) -> Self {
        Self { key, account, login, held: Mutex::default() }
    }

    pub fn token(&self) -> anyhow::Result<String> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((since, token)) = &*held
            && since.elapsed() < RENEW_AFTER
        {
            return Ok(token.clone());
        }
        let token = self.key.sign(self.account, self.login)?;
        *held = Some((Instant::now(), token.clone()));
        Ok(token)
    }
}

#[expect(clippy::disallowed_methods, reason = "a client has its own clock")]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}
