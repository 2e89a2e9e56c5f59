//! One line and a few numbers for every request; never what people wrote, nor who they are.

use crate::app::App;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use protocol::ErrorCode;
use std::time::Instant;
use tracing::Instrument;
use tracing_subscriber::{EnvFilter, fmt, prelude::*};

/// Text for people in development, JSON for machines in production.
pub fn start(json: bool) {
    let filter =
        EnvFilter::try_from_env("ALA_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let registry = tracing_subscriber::registry().with(filter);
    if json {
        registry.with(fmt::layer().json().flatten_event(true).with_writer(std::io::stderr)).init();
    } else {
        registry.with(fmt::layer().with_target(false).with_writer(std::io::stderr)).init();
    }
}

pub fn recorder() -> anyhow::Result<PrometheusHandle> {
    let recorder = PrometheusBuilder::new()
        .set_buckets(&[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0])?
        .build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).map_err(|error| anyhow::anyhow!("metrics: {error}"))?;
    Ok(handle)
}

const REQUEST_ID: &str = "x-request-id";

/// The id of a request, as its handler finds it.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// Gives the request an id, measures it, and writes its one line, unless a socket comes of it. The route is logged, not
/// the path: paths hold ids.
pub async fn observe(app: App, mut request: Request, next: Next) -> Response {
    let id = app.ids.next().simple().to_string();
    request.extensions_mut().insert(RequestId(id.clone()));
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unknown".to_owned(), |path| path.as_str().to_owned());
    let method = request.method().clone();
    let span = tracing::info_span!("request", id = %id);
    let began = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let took = began.elapsed();
    let status = response.status();
    let code = response.extensions().get::<ErrorCode>().map_or("", |code| code.as_str());
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| {
        // Thousands come back at once when a line breaks: how many is counted below, and a line for each says no more.
        if status == StatusCode::SWITCHING_PROTOCOLS {
            tracing::debug!(route, ms, "socket opened");
        } else {
            tracing::info!(%method, route, status = status.as_u16(), code, ms, "request");
        }
    });
    let labels =
        [("method", method.to_string()), ("route", route), ("status", status.as_u16().to_string())];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_seconds", &labels).record(took.as_secs_f64());
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    if status == StatusCode::INTERNAL_SERVER_ERROR {
        response = name_request(&response, &id);
    }
    response
}

/// A failure of ours carries the request id in its document too: people copy text, not headers.
fn name_request(response: &Response, id: &str) -> Response {
    let mut problem = crate::error::ApiError::Internal(anyhow::anyhow!("told before")).to_problem();
    problem.request_id = Some(id.to_owned());
    let mut named = crate::error::problem_response(&problem);
    for (name, value) in response.headers() {
        if name != header::CONTENT_LENGTH && name != header::CONTENT_TYPE {
            named.headers_mut().insert(name.clone(), value.clone());
        }
    }
    named
}
