//! Six digits from an authenticator (RFC 6238), each good once.

use crate::accounts::secrets;
use anyhow::Context;
use chrono::{DateTime, Utc};
use protocol::account::Code;
use protocol::staff::{Enrolled, Username};
use totp_rs::{Builder, Secret, Totp};

const ISSUER: &str = "Ala Mediation";

/// 160 bits, as long as the authenticator's own hash.
pub fn new_secret() -> anyhow::Result<[u8; 20]> {
    secrets::bytes()
}

fn totp(secret: &[u8], username: &str) -> anyhow::Result<Totp> {
    Builder::new()
        .with_secret(Secret::from(secret))
        .with_account_name(username)
        .with_issuer(Some(ISSUER))
        .build()
        .context("no authenticator")
}

/// What has to be typed or scanned into the authenticator.
pub fn describe(secret: &[u8], username: &Username) -> anyhow::Result<Enrolled> {
    Ok(Enrolled {
        username: username.as_str().to_owned(),
        otpauth_uri: totp(secret, username.as_str())?.to_url().context("no address")?,
        secret: Secret::from(secret).to_base32(),
    })
}

/// The time step of a right code that is newer than the last one used. One step of 30 s either way is forgiven.
pub fn step(
    secret: &[u8],
    code: &Code,
    after: i64,
    now: DateTime<Utc>,
) -> anyhow::Result<Option<i64>> {
    let seconds = u64::try_from(now.timestamp()).context("a clock before 1970")?;
    let step = totp(secret, "staff")?.check(code.as_str(), seconds);
    Ok(step.and_then(|step| i64::try_from(step).ok()).filter(|step| *step > after))
}

/// What an authenticator shows at this moment. Only the demo knows a secret to ask it for.
pub fn code(secret: &[u8], now: DateTime<Utc>) -> anyhow::Result<String> {
    let seconds = u64::try_from(now.timestamp()).context("a clock before 1970")?;
    Ok(totp(secret, "staff")?.generate(seconds).to_string())
}
