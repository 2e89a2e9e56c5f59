//! The web client, built into the program: the same for everybody, and nothing about anybody. It has no rights of its own.

use crate::app::App;
use crate::error::ApiError;
use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::{EmbeddedFile, RustEmbed};

/// What `npm run build` left; empty where it did not run.
#[derive(RustEmbed)]
#[folder = "../web/dist"]
#[allow_missing = true]
struct Files;

/// Its names are made from its contents.
const ASSETS: &str = "assets/";
/// Each is a program that reads the rest of its address itself.
const PAGES: &[(&str, &[&str])] = &[
    ("index.html", &["/", "/app", "/app/{*rest}"]),
    ("i.html", &["/i/{token}"]),
    ("desk.html", &["/desk", "/desk/{*rest}"]),
];
/// Written by the build beside what they shorten, the shortest first.
const ENCODINGS: &[(&str, &str)] = &[("br", ".br"), ("gzip", ".gz")];

/// What the pages need and no more: their own server, and pictures and films that they have just made. The component
/// libraries write styles into the page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; \
    form-action 'none'; frame-ancestors 'none'; base-uri 'none'";
const PERMISSIONS: &str =
    "camera=(self), microphone=(self), screen-wake-lock=(self), geolocation=(), payment=(), usb=()";

pub fn routes() -> Router<App> {
    let asset = |Path(name): Path<String>, headers: HeaderMap| async move {
        answer(&format!("{ASSETS}{name}"), &headers)
    };
    let mut router = Router::new().route("/assets/{*name}", get(asset));
    for (page, places) in PAGES {
        for place in *places {
            router = router
                .route(place, get(move |headers: HeaderMap| async move { answer(page, &headers) }));
        }
    }
    for name in Files::iter().filter(|name| is_at_the_root(name)) {
        let path = format!("/{name}");
        let file = move |headers: HeaderMap| async move { answer(&name, &headers) };
        router = router.route(&path, get(file));
    }
    router
}

/// Whether this program was built with the web client.
pub fn is_built() -> bool {
    Files::get("index.html").is_some()
}

/// The manifest, the service worker, icons: a browser looks for them there.
fn is_at_the_root(name: &str) -> bool {
    let is_page = PAGES.iter().any(|(page, _)| *page == name);
    let is_short = ENCODINGS.iter().any(|(_, ending)| name.ends_with(ending));
    !name.contains('/') && !is_page && !is_short
}

fn answer(name: &str, asked: &HeaderMap) -> Response {
    let Some(file) = Files::get(name) else { return ApiError::not_found().into_response() };
    let tag = format!("\"{}\"", hex::encode(&file.metadata.sha256_hash()[..16]));
    let mut response = if is_known(&tag, asked) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        content(name, file, asked)
    };
    let kept =
        if name.starts_with(ASSETS) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = response.headers_mut();
    for (header, value) in [
        (header::CACHE_CONTROL, kept),
        (header::VARY, "accept-encoding"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS),
    ] {
        headers.insert(header, HeaderValue::from_static(value));
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// An encoded answer has a weak tag where a proxy made it so.
fn is_known(tag: &str, asked: &HeaderMap) -> bool {
    let known = asked.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    known
        .is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag))
}

fn content(name: &str, file: EmbeddedFile, asked: &HeaderMap) -> Response {
    let kind = HeaderValue::from_static(kind(name));
    let (encoding, data) =
        shortest(name, asked).map_or((None, file.data), |(e, short)| (Some(e), short.data));
    let mut response = Response::new(Body::from(data));
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    if let Some(encoding) = encoding {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

fn shortest(name: &str, asked: &HeaderMap) -> Option<(&'static str, EmbeddedFile)> {
    let accepted = asked.get(header::ACCEPT_ENCODING)?.to_str().ok()?;
    let accepts = |encoding: &str| accepted.split(',').any(|one| takes(one, encoding));
    ENCODINGS
        .iter()
        .filter(|(encoding, _)| accepts(encoding))
        .find_map(|(encoding, ending)| Some((*encoding, Files::get(&format!("{name}{ending}"))?)))
}

/// `br`, `br;q=0.5`, but not `br;q=0`.
fn takes(one: &str, encoding: &str) -> bool {
    let (name, weight) = one.split_once(';').unwrap_or((one, "q=1"));
    let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok());
    name.trim() == encoding && weight.is_none_or(|weight| weight > 0.0)
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::takes;

    #[test]
    fn an_encoding_is_taken_unless_it_is_refused() {
        for taken in ["br", " br ", "br;q=0.1", "br; q=1.0"] {
            assert!(takes(taken, "br"), "{taken}");
        }
        for refused in ["gzip", "br;q=0", "br;q=0.000", "brotli"] {
            assert!(!takes(refused, "br"), "{refused}");
        }
    }
}
