//! Short codes as they are kept: an HMAC, bound to what the code is for.

use crate::accounts::secrets;
use anyhow::{Context, ensure};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::path::Path;
use uuid::Uuid;

const SHORTEST: usize = 32;

/// What a code is for; a code for one thing is no good for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Login,
    Invitation,
}

/// The secret without which stored codes cannot be guessed: six digits alone are found in a moment.
pub struct CodeKey(Hmac<Sha256>);

impl CodeKey {
    pub fn from_file(file: &Path) -> anyhow::Result<Self> {
        let secret = std::fs::read(file).with_context(|| {
            format!("cannot read the code secret {}; check ALA_CODE_SECRET_FILE", file.display())
        })?;
        let secret = secret.trim_ascii();
        ensure!(
            secret.len() >= SHORTEST,
            "the code secret is too short; make one with: openssl rand -hex 32"
        );
        Self::of(secret)
    }

    /// Made on the spot: codes not yet used end with the process.
    pub fn ephemeral() -> anyhow::Result<Self> {
        Self::of(&secrets::bytes::<SHORTEST>()?)
    }

    fn of(secret: &[u8]) -> anyhow::Result<Self> {
        Ok(Self(Hmac::new_from_slice(secret).context("the code secret cannot be used")?))
    }

    fn mac(&self, purpose: Purpose, request: Uuid, code: &str) -> Hmac<Sha256> {
        let purpose: &[u8] = match purpose {
            Purpose::Login => b"login",
            Purpose::Invitation => b"invitation",
        };
        let mut mac = self.0.clone();
        for part in [purpose, &[0], request.as_bytes(), code.as_bytes()] {
            mac.update(part);
        }
        mac
    }

    /// What servers know one another by. No purpose of a code begins like this.
    pub fn between_servers(&self) -> anyhow::Result<Hmac<Sha256>> {
        let derived = self.0.clone().chain_update(b"between servers").finalize().into_bytes();
        Hmac::new_from_slice(&derived).context("the code secret cannot be used")
    }

    pub fn digest(&self, purpose: Purpose, request: Uuid, code: &str) -> [u8; 32] {
        self.mac(purpose, request, code).finalize().into_bytes().into()
    }

    /// Takes the same time wherever the two differ.
    pub fn matches(&self, purpose: Purpose, request: Uuid, code: &str, kept: &[u8]) -> bool {
        self.mac(purpose, request, code).verify_slice(kept).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_good_for_its_own_request_and_purpose_alone() {
        let key = CodeKey::ephemeral().expect("a key");
        let (mine, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let kept = key.digest(Purpose::Login, mine, "123456");
        assert!(key.matches(Purpose::Login, mine, "123456", &kept));
        assert!(!key.matches(Purpose::Login, mine, "123457", &kept));
        assert!(!key.matches(Purpose::Login, other, "123456", &kept));
        assert!(!key.matches(Purpose::Invitation, mine, "123456", &kept));
        let stranger = CodeKey::ephemeral().expect("a key");
        assert!(!stranger.matches(Purpose::Login, mine, "123456", &kept));
    }
}
