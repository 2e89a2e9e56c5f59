//! From an HTTP request to a socket: what is checked before there is one.
//!
//! Who asks is told by the token in the first frame, never by a cookie or the address: a page of another origin has
//! nothing to ride on. All the same, an `Origin` that is sent has to be one of ours, exactly; apps send none and
//! are let through to their first frame (SEC-WS-01, SEC-WS-02).

use crate::app::App;
use crate::config::Config;
use crate::error::ApiError;
use crate::http::Client;
use crate::live::hub::{Full, Place};
use crate::live::socket;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use hyper::upgrade::Upgraded;
use protocol::ErrorCode;
use protocol::live::SUBPROTOCOL;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

/// `GET /v1/live`. Not in the API document: what is said over the socket is no request and answer.
pub async fn connect(State(app): State<App>, request: Request) -> Result<Response, ApiError> {
    upgrade(&app, request, SUBPROTOCOL, socket::serve)
}

/// From a request to a socket of this subprotocol, which `serve` then has until its end.
pub fn upgrade<S, F>(
    app: &App,
    mut request: Request,
    subprotocol: &'static str,
    serve: S,
) -> Result<Response, ApiError>
where
    S: FnOnce(App, Upgraded, Place) -> F + Send + 'static,
    F: Future<Output = ()> + Send,
{
    let accept = handshake(&request, subprotocol)?;
    check_origin(request.headers(), &app.config)?;
    let place = place(app, &request)?;
    let upgrade = hyper::upgrade::on(&mut request);
    let serving = app.clone();
    app.tasks.spawn(async move {
        match upgrade.await {
            Ok(upgraded) => serve(serving, upgraded, place).await,
            Err(error) => tracing::debug!(%error, "a socket did not come to be"),
        }
    });
    let headers = [
        (header::CONNECTION, HeaderValue::from_static("upgrade")),
        (header::UPGRADE, HeaderValue::from_static("websocket")),
        (header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(subprotocol)),
        (header::SEC_WEBSOCKET_ACCEPT, accept),
    ];
    Ok((StatusCode::SWITCHING_PROTOCOLS, headers).into_response())
}

/// RFC 6455 §4.2.1, and the one subprotocol.
fn handshake(request: &Request, subprotocol: &str) -> Result<HeaderValue, ApiError> {
    let headers = request.headers();
    let good = request.version() == Version::HTTP_11
        && has(headers, &header::CONNECTION, "upgrade")
        && has(headers, &header::UPGRADE, "websocket")
        && has(headers, &header::SEC_WEBSOCKET_VERSION, "13")
        && has(headers, &header::SEC_WEBSOCKET_PROTOCOL, subprotocol);
    headers
        .get(header::SEC_WEBSOCKET_KEY)
        .filter(|_| good)
        .and_then(|key| HeaderValue::from_str(&derive_accept_key(key.as_bytes())).ok())
        .ok_or_else(|| {
            ApiError::new(
                ErrorCode::Malformed,
                format!("open this address as a WebSocket (version 13) with the subprotocol {subprotocol}"),
            )
        })
}

/// Whether one of the comma-separated values is `wanted`.
fn has(headers: &HeaderMap, name: &header::HeaderName, wanted: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|value| value.trim().eq_ignore_ascii_case(wanted))
}

fn check_origin(headers: &HeaderMap, config: &Config) -> Result<(), ApiError> {
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    let own = if config.origins.is_empty() {
        std::slice::from_ref(&config.public_url)
    } else {
        config.origins.as_slice()
    };
    if own.iter().any(|own| own.trim_end_matches('/').as_bytes() == origin.as_bytes()) {
        return Ok(());
    }
    Err(ApiError::new(
        ErrorCode::NotPermitted,
        "pages of this origin may not open the live socket; add it to ALA_ORIGINS",
    ))
}

fn place(app: &App, request: &Request) -> Result<Place, ApiError> {
    if app.stop.is_cancelled() {
        return Err(ApiError::unavailable());
    }
    let client = Client::of(request.headers(), request.extensions(), app.config.trusted_proxies);
    app.live.admit(client.0, app.config.max_connections).map_err(|full| match full {
        Full::Server => ApiError::unavailable(),
        Full::Address => ApiError::new(
            ErrorCode::TooManyRequests,
            "too many live sockets from this address; close some first",
        ),
    })
}
