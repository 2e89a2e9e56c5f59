//! Passwords of staff: Argon2id, not too many at once, none of the well-known ones (SEC-AUT-02).

use crate::accounts::secrets;
use crate::error::ApiError;
use anyhow::anyhow;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use protocol::staff::{Password, Username};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::sync::Semaphore;

const SHORTEST: usize = 12;
/// Each takes 19 MiB and a core for a moment (SEC-DOS-07).
const AT_ONCE: usize = 2;
const PATIENCE: Duration = Duration::from_secs(2);

/// Compared without regard to capitals.
static WELL_KNOWN: &str = include_str!("well_known_passwords.txt");

/// What a password is compared with where there is no account: it costs the same.
static DECOY: LazyLock<Option<String>> =
    LazyLock::new(|| secrets::opaque().and_then(|secret| hash_now(&secret)).ok());

#[derive(Clone)]
pub struct Passwords(Arc<Semaphore>);

impl Default for Passwords {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Passwords {
    pub async fn hash(&self, password: Password) -> Result<String, ApiError> {
        self.blocking(move || hash_now(password.as_str())).await
    }

    /// Takes as long where `kept` is absent.
    pub async fn matches(
        &self,
        password: Password,
        kept: Option<String>,
    ) -> Result<bool, ApiError> {
        self.blocking(move || {
            let decoy = DECOY.clone().ok_or_else(|| anyhow!("no password can be hashed"))?;
            let known = kept.is_some();
            let hash = kept.unwrap_or(decoy);
            let hash = PasswordHash::new(&hash).map_err(|error| anyhow!("a kept hash: {error}"))?;
            let right = Argon2::default().verify_password(password.as_str().as_bytes(), &hash);
            Ok(known && right.is_ok())
        })
        .await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
    ) -> Result<T, ApiError> {
        let turn = tokio::time::timeout(PATIENCE, self.0.clone().acquire_owned())
            .await
            .map_err(|_| ApiError::unavailable())?
            .map_err(anyhow::Error::from)?;
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        Ok(done.await.map_err(anyhow::Error::from)??)
    }
}

fn hash_now(password: &str) -> anyhow::Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    Ok(hash.map_err(|error| anyhow!("no password can be hashed: {error}"))?.to_string())
}

/// Refuses what is guessed first.
pub fn check(password: &Password, username: &Username) -> Result<(), ApiError> {
    let small = password.as_str().to_lowercase();
    let count = small.chars().count();
    if count < SHORTEST {
        return Err(ApiError::invalid("password", "use at least twelve characters"));
    }
    let mut different: Vec<char> = small.chars().collect();
    different.sort_unstable();
    different.dedup();
    let guessed_first = WELL_KNOWN.lines().any(|known| small.trim() == known)
        || small.contains(username.as_str())
        || different.len() < 5;
    if guessed_first {
        return Err(ApiError::invalid(
            "password",
            "this one is guessed first; use a few unrelated words instead",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(password: &str) -> bool {
        let username = "wang.jingguan".parse().unwrap();
        check(&password.parse().unwrap(), &username).is_ok()
    }

    #[test]
    fn short_well_known_repetitive_and_telling_passwords_are_refused() {
        assert!(accepts("海鲜面 与 梧桐树 下雨天"));
        assert!(accepts("correct horse battery"));
        for bad in [
            "elevenchars",
            "123456789012",
            "Password1234",
            "abababababab",
            "aaaaaaaaaaaaaaaa",
            "Wang.Jingguan2026!",
        ] {
            assert!(!accepts(bad), "{bad}");
        }
        assert!(WELL_KNOWN.lines().all(|line| line == line.to_lowercase() && line.len() >= 12));
    }

    #[tokio::test]
    async fn a_password_matches_its_own_hash_and_nobody_s_decoy() {
        let passwords = Passwords::default();
        let password: Password = "correct horse battery".parse().unwrap();
        let hash = passwords.hash(password.clone()).await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(passwords.matches(password.clone(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.matches("another one 123".parse().unwrap(), Some(hash)).await.unwrap());
        assert!(!passwords.matches(password, None).await.unwrap());
    }
}
