//! Access tokens.

use crate::refused::assert_refused;
use chrono::{DateTime, Utc};
use protocol::{AccountId, ErrorCode, LoginId};
use server::accounts::tokens::Tokens;
use std::sync::LazyLock;
use uuid::Uuid;

static OURS: LazyLock<(Tokens, String)> = LazyLock::new(|| {
    let tokens = Tokens::ephemeral().expect("a key");
    let (account, login) = (AccountId(Uuid::from_u128(1)), LoginId(Uuid::from_u128(2)));
    let (token, _) = tokens.issue(account, login, 1, now()).expect("a token");
    (tokens, token)
});

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_793_581_200, 0).unwrap_or_default()
}

/// `{h}`, `{p}` and `{s}` in the input stand for the parts of a token of ours.
pub fn token(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (tokens, ours) = &*OURS;
    let mut text = text.to_owned();
    for (name, part) in ["{h}", "{p}", "{s}"].iter().zip(ours.split('.')) {
        text = text.replace(name, part);
    }
    match tokens.verify(&text, now()) {
        Ok(_) => assert_eq!(text, *ours, "only what we signed, letter for letter"),
        Err(error) => {
            assert_ne!(text, *ours);
            assert_refused(&error.to_problem(), ErrorCode::Unauthenticated);
        }
    }
}
