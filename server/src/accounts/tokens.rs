//! Access tokens: short-lived JWTs signed with Ed25519, one algorithm and one purpose (RFC 8725).

mod verified;

use crate::error::ApiError;
use anyhow::{Context, anyhow};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Duration, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use protocol::{AccountId, ErrorCode, LoginId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::path::Path;
use verified::Verified;

const ISSUER: &str = "ala";
const AUDIENCE: &str = "ala-api";
/// Told apart from every other kind of token by its type (RFC 9068).
const KIND: &str = "at+jwt";
const LEEWAY: Duration = Duration::seconds(30);

pub const LIFETIME: Duration = Duration::minutes(10);

const NOT_A_KEY: &str =
    "the token key is not an Ed25519 key; make one with: openssl genpkey -algorithm ed25519";

pub struct Tokens {
    sign: EncodingKey,
    kid: String,
    /// By name: the key that signs, and while one takes over from another, the other one (SEC-JWT-08).
    known: HashMap<String, DecodingKey>,
    validation: Validation,
    verified: Verified,
}

/// What an access token says. Roles and relations are not in it: they are read on every request.
#[derive(Clone, Copy, Debug)]
pub struct Claims {
    pub account: AccountId,
    pub login: LoginId,
    /// Which refresh of the login it came from: those of a branch that was given up are dead at once.
    pub generation: i32,
    nbf: i64,
    exp: i64,
}

#[derive(Serialize, Deserialize)]
struct Written {
    sub: AccountId,
    lgn: LoginId,
    r#gen: i32,
    iss: String,
    aud: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl From<Written> for Claims {
    fn from(written: Written) -> Self {
        let Written { sub, lgn, r#gen, nbf, exp, .. } = written;
        Self { account: sub, login: lgn, generation: r#gen, nbf, exp }
    }
}

impl Claims {
    pub fn expires_at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.exp, 0).unwrap_or_default()
    }
}

/// A PKCS#8 key in PEM, as `openssl genpkey -algorithm ed25519` writes it.
fn read_pem(file: &Path) -> anyhow::Result<Vec<u8>> {
    let text = std::fs::read_to_string(file).with_context(|| {
        format!(
            "cannot read the token key {}; check ALA_TOKEN_KEY_FILE and ALA_TOKEN_OTHER_KEY_FILE",
            file.display()
        )
    })?;
    let body: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
    BASE64_STANDARD.decode(body.trim()).context("the token key is not PEM")
}

fn key_pair(der: &[u8]) -> anyhow::Result<Ed25519KeyPair> {
    Ed25519KeyPair::from_pkcs8_maybe_unchecked(der)
        .map_err(|error| anyhow!("not an Ed25519 key in PKCS#8: {error}"))
}

/// What a key is called: the beginning of its fingerprint, so that every server calls it the same.
fn kid(public: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(&Sha256::digest(public)[..12])
}

impl Tokens {
    /// Signs with the key in `file`; tokens of the `other` key are as good.
    pub fn from_files(file: &Path, other: Option<&Path>) -> anyhow::Result<Self> {
        let mut tokens = Self::from_pkcs8(&read_pem(file)?).context(NOT_A_KEY)?;
        if let Some(other) = other {
            let pair = key_pair(&read_pem(other)?).context(NOT_A_KEY)?;
            tokens.know(&pair);
        }
        Ok(tokens)
    }

    /// With a key made on the spot: every token ends with the process.
    pub fn ephemeral() -> anyhow::Result<Self> {
        let key = Ed25519KeyPair::generate().map_err(|_| anyhow!("no key could be made"))?;
        let der = key.to_pkcs8().map_err(|_| anyhow!("the key cannot be written"))?;
        Self::from_pkcs8(der.as_ref())
    }

    fn know(&mut self, pair: &Ed25519KeyPair) {
        let public = pair.public_key().as_ref();
        self.known.insert(kid(public), DecodingKey::from_ed_der(public));
    }

    fn from_pkcs8(der: &[u8]) -> anyhow::Result<Self> {
        let pair = key_pair(der)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        // Times are compared below, with the server's own clock.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let mut tokens = Self {
            sign: EncodingKey::from_ed_der(der),
            kid: kid(pair.public_key().as_ref()),
            known: HashMap::new(),
            validation,
            verified: Verified::default(),
        };
        tokens.know(&pair);
        Ok(tokens)
    }

    pub fn issue(
        &self,
        account: AccountId,
        login: LoginId,
        generation: i32,
        now: DateTime<Utc>,
    ) -> anyhow::Result<(String, DateTime<Utc>)> {
        let expires_at = now + LIFETIME;
        let claims = Written {
            sub: account,
            lgn: login,
            r#gen: generation,
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            iat: now.timestamp(),
            nbf: now.timestamp(),
            exp: expires_at.timestamp(),
        };
        let header = Header {
            typ: Some(KIND.into()),
            kid: Some(self.kid.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        Ok((jsonwebtoken::encode(&header, &claims, &self.sign)?, expires_at))
    }

    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Claims, ApiError> {
        let digest: [u8; 32] = Sha256::digest(token).into();
        let verified = self.verified.find(&digest);
        let claims = match verified {
            Some(claims) => claims,
            None => self.read(token)?,
        };
        if claims.exp <= now.timestamp() - LEEWAY.num_seconds() {
            return Err(ApiError::new(
                ErrorCode::TokenExpired,
                "the access token has expired; refresh the login and try again",
            ));
        }
        if claims.nbf > now.timestamp() + LEEWAY.num_seconds() {
            return Err(ApiError::unauthenticated());
        }
        if verified.is_none() {
            self.verified.keep(digest, claims, now);
        }
        Ok(claims)
    }

    fn read(&self, token: &str) -> Result<Claims, ApiError> {
        let refused = |_| ApiError::unauthenticated();
        let header = jsonwebtoken::decode_header(token).map_err(refused)?;
        if header.typ.as_deref() != Some(KIND) {
            return Err(ApiError::unauthenticated());
        }
        // The token only says which of our keys it is; it never brings one along.
        let named = header.kid.and_then(|kid| self.known.get(&kid));
        let key = named.ok_or_else(ApiError::unauthenticated)?;
        let data = jsonwebtoken::decode::<Written>(token, key, &self.validation);
        Ok(data.map_err(refused)?.claims.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use uuid::Uuid;

    const NOW: i64 = 1_764_000_000;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(NOW + seconds, 0).expect("a moment")
    }

    fn good() -> Value {
        json!({
            "sub": AccountId(Uuid::nil()), "lgn": LoginId(Uuid::nil()), "gen": 1,
            "iss": ISSUER, "aud": AUDIENCE, "iat": NOW, "nbf": NOW, "exp": NOW + 600,
        })
    }

    fn with(field: &str, value: &Value) -> Value {
        let mut claims = good();
        claims[field] = value.clone();
        claims
    }

    fn without(field: &str) -> Value {
        let mut claims = good();
        claims.as_object_mut().expect("an object").remove(field);
        claims
    }

    /// Signed with our own key, whatever header and claims say.
    fn signed(tokens: &Tokens, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(header), part(claims));
        let key = &tokens.sign;
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), key, Algorithm::EdDSA);
        format!("{message}.{}", signature.expect("signed"))
    }

    fn header(tokens: &Tokens, alg: &str, typ: &str) -> Value {
        json!({"alg": alg, "typ": typ, "kid": tokens.kid})
    }

    fn ours(tokens: &Tokens) -> Value {
        header(tokens, "EdDSA", KIND)
    }

    fn tokens_of(pair: &Ed25519KeyPair) -> Tokens {
        Tokens::from_pkcs8(pair.to_pkcs8().expect("written").as_ref()).expect("read")
    }

    #[test]
    fn while_one_key_takes_over_from_another_both_are_good() {
        let pair = || Ed25519KeyPair::generate().expect("a key");
        let (before, after, stranger) = (pair(), pair(), tokens_of(&pair()));
        let mut changing = tokens_of(&after);
        changing.know(&before);
        let (before, after) = (tokens_of(&before), tokens_of(&after));
        let issued = |tokens: &Tokens| {
            tokens.issue(AccountId(Uuid::nil()), LoginId(Uuid::nil()), 1, at(0)).expect("issued").0
        };
        assert!(changing.verify(&issued(&before), at(0)).is_ok());
        for servers in [[&changing, &after], [&after, &changing]] {
            assert!(servers[0].verify(&issued(servers[1]), at(0)).is_ok(), "the new one signs");
        }
        assert!(after.verify(&issued(&before), at(0)).is_err(), "when it is over");
        assert!(changing.verify(&issued(&stranger), at(0)).is_err());
        let claimed = signed(&before, &ours(&after), &good());
        assert!(changing.verify(&claimed, at(0)).is_err(), "each key under its own name");
    }

    #[test]
    fn a_token_of_ours_is_good_until_half_a_minute_after_its_end() {
        let tokens = Tokens::ephemeral().expect("a key");
        let token = signed(&tokens, &ours(&tokens), &good());
        for seconds in [-30, 0, 599, 629] {
            assert!(tokens.verify(&token, at(seconds)).is_ok(), "{seconds}");
        }
        let late = tokens.verify(&token, at(630)).err().map(|error| error.code());
        assert_eq!(late, Some(ErrorCode::TokenExpired));
        assert!(tokens.verify(&token, at(-31)).is_err(), "not yet valid");
    }

    #[test]
    fn a_forged_token_is_refused() {
        let pair = Ed25519KeyPair::generate().expect("a key");
        let (tokens, stranger) = (tokens_of(&pair), Tokens::ephemeral().expect("a key"));
        let header = |alg: &str, typ: &str| header(&tokens, alg, typ);
        let ours = || ours(&tokens);
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": "AAAA"});
        let mut with_jwk = ours();
        with_jwk["jwk"] = jwk;
        let mut with_jku = ours();
        with_jku["jku"] = json!("https://example.com/keys");
        let unsigned = signed(&tokens, &header("none", KIND), &good());
        let stripped = unsigned.rsplit_once('.').map(|(message, _)| format!("{message}."));
        let public_as_secret = {
            let token = signed(&tokens, &header("HS256", KIND), &good());
            let message = token.rsplit_once('.').expect("three parts").0.to_owned();
            let key = EncodingKey::from_secret(pair.public_key().as_ref());
            let mac = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256);
            format!("{message}.{}", mac.expect("signed"))
        };
        let tampered = {
            let token = signed(&tokens, &ours(), &good());
            let other = signed(&stranger, &ours(), &with("sub", &json!(AccountId(Uuid::max()))));
            let parts: Vec<&str> = token.split('.').collect();
            format!("{}.{}.{}", parts[0], other.split('.').nth(1).expect("claims"), parts[2])
        };
        let forged = [
            ("alg none", stripped.expect("three parts")),
            ("alg none with a signature", unsigned),
            ("HS256 with the public key", public_as_secret),
            ("another algorithm", signed(&tokens, &header("ES256", KIND), &good())),
            ("another type", signed(&tokens, &header("EdDSA", "JWT"), &good())),
            ("no type", signed(&tokens, &json!({"alg": "EdDSA", "kid": tokens.kid}), &good())),
            ("no name of a key", signed(&tokens, &json!({"alg": "EdDSA", "typ": KIND}), &good())),
            ("a key nobody knows", signed(&stranger, &self::ours(&stranger), &good())),
            ("another key", signed(&stranger, &ours(), &good())),
            ("another key, brought along", signed(&stranger, &with_jwk, &good())),
            ("another key, pointed to", signed(&stranger, &with_jku, &good())),
            ("changed claims", tampered),
            ("another audience", signed(&tokens, &ours(), &with("aud", &json!("other")))),
            ("no audience", signed(&tokens, &ours(), &without("aud"))),
            ("another issuer", signed(&tokens, &ours(), &with("iss", &json!("other")))),
            ("no issuer", signed(&tokens, &ours(), &without("iss"))),
            ("no subject", signed(&tokens, &ours(), &without("sub"))),
            ("no end", signed(&tokens, &ours(), &without("exp"))),
            ("an end in words", signed(&tokens, &ours(), &with("exp", &json!("9999999999")))),
            ("no beginning", signed(&tokens, &ours(), &without("nbf"))),
            ("a beginning in words", signed(&tokens, &ours(), &with("nbf", &json!("0")))),
            ("a beginning ahead", signed(&tokens, &ours(), &with("nbf", &json!(NOW + 31)))),
            ("over since 31 s", signed(&tokens, &ours(), &with("exp", &json!(NOW - 31)))),
            ("nothing", String::new()),
            ("two parts", "a.b".into()),
        ];
        for (what, token) in forged {
            assert!(tokens.verify(&token, at(0)).is_err(), "{what} was taken");
        }
    }
}
