//! Access tokens: short-lived JWTs signed with Ed25519, one algorithm and one purpose (RFC 8725).

use crate::error::ApiError;
use anyhow::{Context, anyhow};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Duration, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use protocol::{AccountId, ErrorCode, LoginId};
use serde::{Deserialize, Serialize};
use std::path::Path;

const ISSUER: &str = "ala";
const AUDIENCE: &str = "ala-api";
/// Told apart from every other kind of token by its type (RFC 9068).
const KIND: &str = "at+jwt";
const LEEWAY: Duration = Duration::seconds(30);

pub const LIFETIME: Duration = Duration::minutes(10);

pub struct Tokens {
    sign: EncodingKey,
    verify: DecodingKey,
    validation: Validation,
}

/// What an access token says. Roles and relations are not in it: they are read on every request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    #[serde(rename = "sub")]
    pub account: AccountId,
    #[serde(rename = "lgn")]
    pub login: LoginId,
    iss: String,
    aud: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl Claims {
    pub fn expires_at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.exp, 0).unwrap_or_default()
    }
}

impl Tokens {
    /// From a PKCS#8 key in PEM, as `openssl genpkey -algorithm ed25519` writes it.
    pub fn from_pem_file(file: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(file).with_context(|| {
            format!("cannot read the token key {}; check ALA_TOKEN_KEY_FILE", file.display())
        })?;
        let body: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
        let der = BASE64_STANDARD.decode(body.trim()).context("the token key is not PEM")?;
        Self::from_pkcs8(&der).context(
            "the token key is not an Ed25519 key; make one with: openssl genpkey -algorithm ed25519",
        )
    }

    /// With a key made on the spot: every token ends with the process.
    pub fn ephemeral() -> anyhow::Result<Self> {
        let key = Ed25519KeyPair::generate().map_err(|_| anyhow!("no key could be made"))?;
        let der = key.to_pkcs8().map_err(|_| anyhow!("the key cannot be written"))?;
        Self::from_pkcs8(der.as_ref())
    }

    fn from_pkcs8(der: &[u8]) -> anyhow::Result<Self> {
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der)
            .map_err(|error| anyhow!("not an Ed25519 key in PKCS#8: {error}"))?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        // Times are compared below, with the server's own clock.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        Ok(Self {
            sign: EncodingKey::from_ed_der(der),
            verify: DecodingKey::from_ed_der(pair.public_key().as_ref()),
            validation,
        })
    }

    pub fn issue(
        &self,
        account: AccountId,
        login: LoginId,
        now: DateTime<Utc>,
    ) -> anyhow::Result<(String, DateTime<Utc>)> {
        let expires_at = now + LIFETIME;
        let claims = Claims {
            account,
            login,
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            iat: now.timestamp(),
            nbf: now.timestamp(),
            exp: expires_at.timestamp(),
        };
        let header = Header { typ: Some(KIND.into()), ..Header::new(Algorithm::EdDSA) };
        Ok((jsonwebtoken::encode(&header, &claims, &self.sign)?, expires_at))
    }

    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Claims, ApiError> {
        let refused = |_| ApiError::unauthenticated();
        let header = jsonwebtoken::decode_header(token).map_err(refused)?;
        if header.typ.as_deref() != Some(KIND) {
            return Err(ApiError::unauthenticated());
        }
        let data = jsonwebtoken::decode::<Claims>(token, &self.verify, &self.validation)
            .map_err(refused)?;
        let claims = data.claims;
        if now.timestamp() >= claims.exp + LEEWAY.num_seconds() {
            return Err(ApiError::new(
                ErrorCode::TokenExpired,
                "the access token has expired; refresh the login and try again",
            ));
        }
        if claims.nbf > now.timestamp() + LEEWAY.num_seconds() {
            return Err(ApiError::unauthenticated());
        }
        Ok(claims)
    }
}
