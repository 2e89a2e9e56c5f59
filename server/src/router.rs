//! All doors of the service in one place, and what every request passes on its way in and out.

use crate::app::App;
use crate::error::ApiError;
use crate::http::{auth, docs, health, web};
use crate::{
    accounts, agreements, appointments, as_of, audit, directory, disputes, evidence, follow_ups,
    invitations, live, media, notices, obligations, rooms, sessions, telemetry,
};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware;
use axum::response::Response;
use axum::routing::get;
use protocol::ErrorCode;
use std::any::Any;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// The largest JSON body.
const BODY: usize = 256 * 1024;

/// Every route with its documentation; neither exists without the other.
pub fn api() -> (Router<App>, OpenApi) {
    let (router, mut document) = OpenApiRouter::with_openapi(docs::base())
        .merge(health::routes())
        .nest("/v1", accounts::routes::routes())
        .nest("/v1", accounts::staff_routes::routes())
        .nest("/v1", agreements::routes::routes())
        .nest("/v1", appointments::routes::routes())
        .nest("/v1", as_of::routes::routes())
        .nest("/v1", audit::routes::routes())
        .nest("/v1", directory::admin_routes::routes())
        .nest("/v1", directory::routes::routes())
        .nest("/v1", disputes::routes::routes())
        .nest("/v1", disputes::steps::routes())
        .nest("/v1", evidence::routes::routes())
        .nest("/v1", follow_ups::routes::routes())
        .nest("/v1", invitations::routes::routes())
        .nest("/v1", media::routes::routes())
        .nest("/v1", notices::routes::routes())
        .nest("/v1", obligations::routes::routes())
        .nest("/v1", rooms::routes::routes())
        .nest("/v1", sessions::routes::routes())
        .split_for_parts();
    docs::complete(&mut document);
    (router, document)
}

pub fn router(app: App) -> Router {
    let (api, document) = api();
    let observed = app.clone();
    let api = api.route_layer(middleware::from_fn_with_state(app.clone(), auth::authorize));
    let router = api
        .merge(docs::page(document))
        .merge(docs::live::routes())
        .merge(web::routes())
        .route("/v1/live", get(live::connect))
        .route("/v1/media", get(media::audio::connect))
        .fallback(|| async { ApiError::not_found() })
        .method_not_allowed_fallback(|| async {
            ApiError::new(ErrorCode::MethodNotAllowed, "this address does not take that method")
        })
        .layer(DefaultBodyLimit::max(BODY))
        .layer(CatchPanicLayer::custom(panicked))
        .route_layer(middleware::from_fn(move |request, next| {
            telemetry::observe(observed.clone(), request, next)
        }));
    router.layer(middleware::map_response(harden)).with_state(app)
}

/// Headers that every answer carries, unless it says otherwise itself.
static HEADERS: [(HeaderName, HeaderValue); 5] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        header::STRICT_TRANSPORT_SECURITY,
        HeaderValue::from_static("max-age=31536000; includeSubDomains"),
    ),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'",
        ),
    ),
];

/// A socket's beginning is nothing that a browser shows or keeps, and thousands begin at once.
async fn harden(mut response: Response) -> Response {
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        return response;
    }
    for (name, value) in &HEADERS {
        response.headers_mut().entry(name).or_insert_with(|| value.clone());
    }
    response
}

/// A panic is ours: logged once, told as an internal error.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands over a box")]
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    use axum::response::IntoResponse;
    let what = panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    ApiError::Internal(anyhow::anyhow!("a handler panicked: {what}")).into_response()
}
