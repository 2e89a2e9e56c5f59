//! Who comes in: the access token is verified, and nothing else.

use anyhow::{Context, anyhow};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use protocol::{AccountId, LoginId};
use serde::Deserialize;
use std::path::Path;

pub struct Door {
    key: DecodingKey,
    validation: Validation,
}

#[derive(Deserialize)]
pub struct Claims {
    #[serde(rename = "sub")]
    pub account: AccountId,
    #[serde(rename = "lgn")]
    pub login: LoginId,
    pub exp: i64,
}

impl Door {
    pub fn open(key_file: &Path) -> anyhow::Result<Self> {
        let pem = std::fs::read_to_string(key_file)?;
        let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let der = BASE64_STANDARD.decode(body.trim()).context("the key is not PEM")?;
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der)
            .map_err(|error| anyhow!("not an Ed25519 key: {error}"))?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        validation.set_issuer(&["ala"]);
        validation.set_audience(&["ala-api"]);
        Ok(Self { key: DecodingKey::from_ed_der(pair.public_key().as_ref()), validation })
    }

    pub fn verify(&self, token: &str) -> anyhow::Result<Claims> {
        let data = jsonwebtoken::decode::<Claims>(token, &self.key, &self.validation)?;
        Ok(data.claims)
    }
}

#[cfg(test)]
mod tests {
    use super::Door;
    use crate::tokens::Key;
    use protocol::{AccountId, LoginId};
    use uuid::Uuid;

    #[test]
    fn lets_in_who_has_a_token_of_this_key_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (ours, other) = (folder.path().join("a"), folder.path().join("b"));
        let (key, stranger) = (Key::make(&ours).unwrap(), Key::make(&other).unwrap());
        let door = Door::open(&ours).unwrap();
        let (account, login) = (AccountId(Uuid::from_u128(1)), LoginId(Uuid::from_u128(2)));
        let claims = door.verify(&key.sign(account, login).unwrap()).unwrap();
        assert_eq!((claims.account, claims.login), (account, login));
        assert!(door.verify(&stranger.sign(account, login).unwrap()).is_err());
    }
}
