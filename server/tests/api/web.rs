//! The web client as the program itself serves it: what is kept, what is asked for again, and what a page may do.

use crate::app::{Answer, TestApp};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    HeaderName, IF_NONE_MATCH,
};
use protocol::ErrorCode;
use reqwest::{Response, StatusCode};

/// A server with the pages, which the tests are built after.
async fn start() -> TestApp {
    assert!(server::http::web::is_built(), "build the pages first: `make web`");
    TestApp::start().await
}

async fn get(test: &TestApp, path: &str, headers: &[(HeaderName, &str)]) -> Response {
    let asked = test.http.get(format!("{}{path}", test.url));
    let asked = headers.iter().fold(asked, |asked, (name, value)| asked.header(name, *value));
    asked.send().await.unwrap()
}

fn header(response: &Response, name: &HeaderName) -> String {
    response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

/// The first script that a page names.
async fn script(test: &TestApp, page: &str) -> String {
    let page = get(test, page, &[]).await.text().await.unwrap();
    let (_, rest) = page.split_once("src=\"/assets/").unwrap();
    format!("/assets/{}", rest.split('"').next().unwrap())
}

#[tokio::test]
async fn every_address_of_the_client_is_answered_with_its_page() {
    let test = start().await;
    let mut pages = Vec::new();
    for (first, second) in [("/", "/app/disputes/1"), ("/i/a", "/i/b"), ("/desk", "/desk/inbox/2")]
    {
        let (first, second) = (get(&test, first, &[]).await, get(&test, second, &[]).await);
        assert_eq!((first.status(), second.status()), (StatusCode::OK, StatusCode::OK));
        assert_eq!(header(&first, &CONTENT_TYPE), "text/html; charset=utf-8");
        let (first, second) = (first.text().await.unwrap(), second.text().await.unwrap());
        assert_eq!(first, second);
        pages.push(first);
    }
    pages.dedup();
    assert_eq!(pages.len(), 3);
}

#[tokio::test]
async fn a_page_may_load_from_here_alone_and_nobody_may_frame_it() {
    let test = start().await;
    for path in ["/", "/i/a", "/desk"] {
        let page = get(&test, path, &[]).await;
        let policy = header(&page, &CONTENT_SECURITY_POLICY);
        for rule in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"] {
            assert!(policy.split("; ").any(|it| it == rule), "{path}: {policy}");
        }
        // The address of an invitation is a secret.
        assert_eq!(header(&page, &HeaderName::from_static("referrer-policy")), "no-referrer");
        let permissions = header(&page, &HeaderName::from_static("permissions-policy"));
        assert!(permissions.contains("camera=(self), microphone=(self)"), "{permissions}");
    }
}

#[tokio::test]
async fn what_is_named_by_its_content_is_kept_and_all_else_is_asked_for_again() {
    let test = start().await;
    let path = script(&test, "/").await;
    let script = get(&test, &path, &[]).await;
    assert_eq!(header(&script, &CACHE_CONTROL), "public, max-age=31536000, immutable");
    assert_eq!(header(&script, &CONTENT_TYPE), "text/javascript; charset=utf-8");
    for path in ["/", "/sw.js", "/manifest.webmanifest"] {
        let first = get(&test, path, &[]).await;
        assert_eq!(
            (first.status(), header(&first, &CACHE_CONTROL)),
            (StatusCode::OK, "no-cache".into())
        );
        let tag = header(&first, &ETAG);
        let again = get(&test, path, &[(IF_NONE_MATCH, &format!("W/{tag}"))]).await;
        assert_eq!((again.status(), header(&again, &ETAG)), (StatusCode::NOT_MODIFIED, tag));
        assert_eq!(again.bytes().await.unwrap().len(), 0);
        let other = get(&test, path, &[(IF_NONE_MATCH, "\"0\"")]).await;
        assert_eq!(other.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn it_is_sent_as_short_as_the_browser_takes_it() {
    let test = start().await;
    let path = script(&test, "/").await;
    let mut lengths = Vec::new();
    for (accepted, encoding) in
        [("gzip, deflate, br", "br"), ("gzip;q=0.5", "gzip"), ("br;q=0", "")]
    {
        let script = get(&test, &path, &[(ACCEPT_ENCODING, accepted)]).await;
        assert_eq!(header(&script, &CONTENT_ENCODING), encoding);
        lengths.push(script.bytes().await.unwrap().len());
    }
    assert!(lengths.is_sorted() && lengths[1] * 2 < lengths[2], "{lengths:?}");
}

#[tokio::test]
async fn nothing_else_is_served() {
    let test = start().await;
    for path in
        ["/assets/unknown.js", "/assets/..%2f..%2f..%2fCargo.toml", "/package.json", "/unknown"]
    {
        Answer::read(get(&test, path, &[]).await).await.is_refused(404, ErrorCode::NotFound);
    }
    let posted = test.http.post(format!("{}/app", test.url)).send().await.unwrap();
    Answer::read(posted).await.is_refused(405, ErrorCode::MethodNotAllowed);
}
