//! Extractors whose refusals are problem documents with the path of the field at fault.

use crate::error::{ApiError, Refused};
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use protocol::ErrorCode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

/// A JSON body; the hash of address and body goes with it, so that a repeated request can be told from another one.
pub struct Json<T> {
    pub value: T,
    pub hash: [u8; 32],
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        if !is_json(request.headers()) {
            return Err(ApiError::new(
                ErrorCode::UnsupportedMediaType,
                "send the body as JSON, with the header Content-Type: application/json",
            ));
        }
        let address = Sha256::new().chain_update(request.uri().path());
        let bytes =
            Bytes::from_request(request, state).await.map_err(|error| body_error(&error))?;
        Ok(Self { value: parse(&bytes)?, hash: address.chain_update(&bytes).finalize().into() })
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|mime| mime.trim().eq_ignore_ascii_case("application/json"))
}

fn body_error(rejection: &BytesRejection) -> ApiError {
    if rejection.status() == http::StatusCode::PAYLOAD_TOO_LARGE {
        ApiError::new(
            ErrorCode::TooLarge,
            "the body is larger than this operation takes; shorten it",
        )
    } else {
        ApiError::new(ErrorCode::Malformed, "the body ended before it was complete; send it again")
    }
}

/// Reads JSON and names the path of what does not fit.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        if inner.classify() == serde_json::error::Category::Data {
            ApiError::invalid(path, without_position(&inner.to_string()))
        } else {
            Refused::new(ErrorCode::Malformed, "the body is not well-formed JSON; correct it")
                .into()
        }
    })?;
    reader
        .end()
        .map_err(|_| ApiError::new(ErrorCode::Malformed, "there is more after the JSON value"))?;
    Ok(value)
}

/// What is wrong, without the place in the text.
pub fn without_position(message: &str) -> String {
    message.split(" at line ").next().unwrap_or(message).to_owned()
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.value).into_response()
    }
}

impl<T> Json<T> {
    /// An answer; only requests have a hash worth knowing.
    pub fn of(value: T) -> Self {
        Self { value, hash: [0; 32] }
    }
}

/// Path parameters. What cannot be an id of ours is answered like an unknown one.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        axum::extract::Path::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Path(value)| Self(value))
            .map_err(|_| ApiError::not_found())
    }
}

/// What stands behind the `?`.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        read_query(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

pub fn read_query<T: DeserializeOwned>(query: &str) -> Result<T, ApiError> {
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs))
        .map_err(|error| ApiError::invalid(named(error.path()), error.inner().to_string()))
}

/// The name at fault. What is wrong with the query as a whole, such as a name that is missing, has none; nor has a
/// value without a name.
fn named(path: &serde_path_to_error::Path) -> String {
    let name = path.to_string();
    if name.is_empty() || path.iter().next().is_none() { "query".into() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::cursor::Lines;

    #[derive(serde::Deserialize)]
    struct Body {
        #[expect(dead_code, reason = "only its reading matters")]
        parties: Vec<Party>,
    }

    #[derive(serde::Deserialize)]
    struct Party {
        #[expect(dead_code, reason = "only its reading matters")]
        phone: protocol::Phone,
    }

    #[test]
    fn a_bad_field_is_named_by_its_path_and_bad_json_by_its_code() {
        let error = parse::<Body>(br#"{"parties":[{"phone":"19000000001"},{"phone":"1"}]}"#).err();
        let problem = error.map(|e| e.to_problem()).expect("refused");
        assert_eq!(problem.code, ErrorCode::Invalid);
        assert_eq!(problem.fields[0].path, "parties[1].phone");
        assert_eq!(parse::<Body>(b"{").err().map(|e| e.code()), Some(ErrorCode::Malformed));
        assert_eq!(
            parse::<Body>(br#"{"parties":[]} x"#).err().map(|e| e.code()),
            Some(ErrorCode::Malformed)
        );
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        #[expect(dead_code, reason = "only its reading matters")]
        of: protocol::AccountId,
        #[serde(default)]
        limit: Lines,
    }

    #[test]
    fn a_bad_query_names_what_is_wrong_in_it() {
        let of = "of=acc_0123456789ab4cde8f0123456789abcd";
        for (query, path, detail) in [
            (format!("{of}&limit=0"), "limit", "ask for 1 to 100 lines"),
            (format!("{of}&limit=many"), "limit", "ask for 1 to 100 lines"),
            (format!("{of}&limit=70000"), "limit", "ask for 1 to 100 lines"),
            (format!("{of}&page=2"), "page", "unknown field `page`, expected `of` or `limit`"),
            (format!("{of}&=2"), "query", "unknown field ``, expected `of` or `limit`"),
            (format!("{of}&limit=1&limit=2"), "query", "duplicate field `limit`"),
            (
                "of=1".into(),
                "of",
                r#"expected an id that starts with "acc_" and 32 hexadecimal digits"#,
            ),
            ("limit=1".into(), "query", "missing field `of`"),
        ] {
            let refused = read_query::<Asked>(&query).expect_err(&query).to_problem();
            let field = refused.fields.first().expect(&query);
            assert_eq!(
                (refused.code, &*field.path, &*field.detail),
                (ErrorCode::Invalid, path, detail)
            );
        }
        let read = read_query::<Asked>(&format!("{of}&limit=100")).expect("is good");
        assert_eq!(read.limit.get(), 100);
        assert_eq!(read_query::<Asked>(of).expect("is good").limit, Lines::default());
    }
}
