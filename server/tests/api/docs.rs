//! The API document is whole, and is what the server does.

use crate::app::TestApp;
use server::http::docs::operations;
use server::router;

#[tokio::test]
async fn every_operation_has_a_summary_its_errors_and_an_answer() {
    let (_, document) = router::api();
    for (path, item) in &document.paths.paths {
        for (method, operation) in operations(item) {
            let id = operation.operation_id.as_deref().unwrap_or_default();
            assert!(
                operation.summary.as_ref().is_some_and(|s| s.len() > 5),
                "{method} {path}: summary"
            );
            assert!(!id.is_empty() && operation.tags.is_some(), "{method} {path}: id and tag");
            let codes: Vec<&str> =
                operation.responses.responses.keys().map(String::as_str).collect();
            assert!(codes.iter().any(|code| code.starts_with('2')), "{id}: success in {codes:?}");
            assert!(codes.contains(&"503"), "{id}: problems in {codes:?}");
        }
    }
}

#[tokio::test]
async fn the_document_and_its_page_are_served() {
    let test = TestApp::start().await;
    let served: serde_json::Value = test
        .http
        .get(format!("{}/v1/openapi.json", test.url))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(served["openapi"], "3.1.0");
    assert_eq!(served, serde_json::to_value(router::api().1).unwrap());
    let page = test.http.get(format!("{}/docs/", test.url)).send().await.unwrap();
    assert_eq!(page.status(), 200);
}
