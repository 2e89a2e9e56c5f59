//! Every answer that any test gets is held against the API document: its status is listed, its body fits the schema.

use crate::app::Answer;
use jsonschema::Validator;
use reqwest::Method;
use serde_json::{Value, json};
use server::router;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

pub static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::to_value(router::api().1).unwrap());

/// Follows a `$ref` within the document.
pub fn resolved(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(to) => DOCUMENT.pointer(to.trim_start_matches('#')).unwrap(),
        None => value,
    }
}

pub fn validator(schema: &Value) -> Validator {
    let mut whole = schema.clone();
    whole["components"] = DOCUMENT["components"].clone();
    jsonschema::options().should_validate_formats(true).build(&whole).unwrap()
}

/// What does not fit, one line each.
pub fn misfits(schema: &Value, value: &Value) -> Vec<String> {
    // Made once for each schema: that takes far longer than to look at an answer.
    static KNOWN: LazyLock<Mutex<HashMap<String, &'static Validator>>> =
        LazyLock::new(Mutex::default);
    let validator = *KNOWN
        .lock()
        .unwrap()
        .entry(schema.to_string())
        .or_insert_with(|| Box::leak(Box::new(validator(schema))));
    validator.iter_errors(value).map(|e| format!("{}: {e}", e.instance_path())).collect()
}

/// What is at no address of the document, such as the live socket, is not looked at.
pub fn check(method: &Method, path: &str, answer: &Answer) {
    let Some(operation) = operation(method, path) else { return };
    let (id, status) = (&operation["operationId"], answer.status.as_u16());
    let listed = &operation["responses"][status.to_string()];
    assert!(listed.is_object(), "{id} answered {status}, which is not listed: {}", answer.body);
    // A file is no JSON and has no value here.
    if answer.body.is_null() {
        return;
    }
    let kinds = resolved(listed)["content"].as_object().into_iter().flatten();
    let schema = kinds.map(|(_, content)| &content["schema"]).next().unwrap_or(&Value::Null);
    assert!(schema.is_object(), "{id} answered {status}, of which no shape is told");
    let misfits = misfits(schema, &answer.body);
    assert!(misfits.is_empty(), "{id} answered {status}: {misfits:#?} in {}", answer.body);
}

/// The operation that a request asks for; a fixed word in an address goes before an id.
fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let asked: Vec<&str> = path.split('?').next()?.split('/').collect();
    let paths = DOCUMENT["paths"].as_object()?.iter();
    let fitting = paths.filter(|(template, _)| {
        let known: Vec<&str> = template.split('/').collect();
        known.len() == asked.len()
            && known
                .iter()
                .zip(&asked)
                .all(|(known, asked)| known.starts_with('{') || known == asked)
    });
    let (_, item) = fitting.min_by_key(|(template, _)| template.matches('{').count())?;
    item.get(method.as_str().to_lowercase())
}

#[test]
fn a_fixed_word_goes_before_an_id_and_an_unknown_address_is_nobodys() {
    let id = |method, path| operation(&method, path).map(|found| found["operationId"].clone());
    assert_eq!(
        id(Method::POST, "/v1/logins/current/end"),
        Some(json!("accounts_end_current_login"))
    );
    assert_eq!(id(Method::GET, "/v1/disputes/dsp_1?limit=1"), Some(json!("disputes_show")));
    assert_eq!(id(Method::PATCH, "/v1/disputes/dsp_1"), None);
    assert_eq!(id(Method::GET, "/v1/nothing"), None);
}
