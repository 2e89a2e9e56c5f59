//! Tokens whose signature was found good: whoever asks again with the same one is not asked to prove it anew, which is
//! most of what a request or a socket that comes back would cost. When it is good is looked at every time.

use super::{Claims, LEEWAY};
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Beyond, those that have run out make room, or else all.
const MOST: usize = 65_536;

/// By the digest of the whole token: not a bit of it can be another.
#[derive(Default)]
pub struct Verified(Mutex<HashMap<[u8; 32], Claims>>);

impl Verified {
    pub fn find(&self, digest: &[u8; 32]) -> Option<Claims> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(digest).copied()
    }

    pub fn keep(&self, digest: [u8; 32], claims: Claims, now: DateTime<Utc>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST && !all.contains_key(&digest) {
            let over = now.timestamp() - LEEWAY.num_seconds();
            all.retain(|_, known| known.exp > over);
            if all.len() >= MOST {
                all.clear();
            }
        }
        all.insert(digest, claims);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{AccountId, LoginId};
    use uuid::Uuid;

    fn digest(n: usize) -> [u8; 32] {
        let mut digest = [0; 32];
        digest[..8].copy_from_slice(&n.to_le_bytes());
        digest
    }

    #[test]
    fn no_more_are_kept_than_so_many_and_those_that_ran_out_go_first() {
        let now = DateTime::from_timestamp(1_764_000_000, 0).expect("a moment");
        let (account, login) = (AccountId(Uuid::nil()), LoginId(Uuid::nil()));
        let until = |exp| Claims { account, login, generation: 1, nbf: 0, exp };
        let verified = Verified::default();
        for n in 0..MOST {
            verified.keep(digest(n), until(now.timestamp() + if n == 7 { 60 } else { -60 }), now);
        }
        verified.keep(digest(MOST), until(now.timestamp() + 60), now);
        assert!(verified.find(&digest(7)).is_some() && verified.find(&digest(MOST)).is_some());
        assert!(verified.find(&digest(8)).is_none());
        for n in MOST..3 * MOST {
            verified.keep(digest(n), until(now.timestamp() + 60), now);
            assert!(verified.0.lock().expect("unlocked").len() <= MOST);
        }
    }
}
