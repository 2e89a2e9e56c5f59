//! The AsyncAPI document names every frame, is valid, and is what the socket speaks.

use crate::app::TestApp;
use jsonschema::Validator;
use protocol::live::{ClientFrame, ServerFrame, close};
use serde_json::{Value, json};
use server::http::docs::live;
use std::collections::{BTreeSet, HashMap};
use std::sync::{LazyLock, Mutex};

static DOCUMENT: LazyLock<Value> = LazyLock::new(live::document);

/// A frame's message, with its schema among all others.
fn validator(message: &str) -> Validator {
    let mut schema = DOCUMENT["components"]["messages"][message]["payload"].clone();
    assert!(schema.is_object(), "the document has no {message}");
    schema["components"] = DOCUMENT["components"].clone();
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

fn misfits(message: &str, frame: &Value) -> Vec<String> {
    static KNOWN: LazyLock<Mutex<HashMap<String, &'static Validator>>> =
        LazyLock::new(Mutex::default);
    let validator = *KNOWN
        .lock()
        .unwrap()
        .entry(message.to_owned())
        .or_insert_with(|| Box::leak(Box::new(validator(message))));
    validator.iter_errors(frame).map(|e| format!("{}: {e}", e.instance_path())).collect()
}

/// Every frame that any test gets is held against the document.
pub fn check(text: &str) {
    let frame: Value = serde_json::from_str(text).unwrap();
    let misfits = misfits(&format!("server_{}", frame["type"].as_str().unwrap()), &frame);
    assert!(misfits.is_empty(), "{misfits:#?} in {text}");
}

/// The type of every frame of the server; a new one does not compile until it stands here.
const fn kind(frame: &ServerFrame) -> &'static str {
    match frame {
        ServerFrame::Welcome { .. } => "welcome",
        ServerFrame::Reauthenticated { .. } => "reauthenticated",
        ServerFrame::Entries { .. } => "entries",
        ServerFrame::CaughtUp { .. } => "caught_up",
        ServerFrame::Ack { .. } => "ack",
        ServerFrame::Refused { .. } => "refused",
        ServerFrame::State { .. } => "state",
        ServerFrame::Presence { .. } => "presence",
        ServerFrame::Typing { .. } => "typing",
        ServerFrame::Read { .. } => "read",
        ServerFrame::Admitted { .. } => "admitted",
        ServerFrame::Media { .. } => "media",
        ServerFrame::Signal { .. } => "signal",
        ServerFrame::Pong { .. } => "pong",
        ServerFrame::Left { .. } => "left",
        ServerFrame::Error { .. } => "error",
        ServerFrame::Closing { .. } => "closing",
    }
}
const SERVER_FRAMES: usize = 17;

fn messages() -> Vec<(&'static String, &'static Value)> {
    DOCUMENT["components"]["messages"].as_object().unwrap().iter().collect()
}

#[test]
fn every_frame_has_a_message_a_sentence_and_an_example_that_fits_and_is_read() {
    let (mut of_client, mut of_server) = (BTreeSet::new(), BTreeSet::new());
    for (key, message) in messages() {
        let summary = message["summary"].as_str().unwrap();
        assert!(summary.ends_with('.'), "{key}: {summary}");
        let [example] = &message["examples"].as_array().unwrap()[..] else {
            panic!("{key} has no example")
        };
        let frame = &example["payload"];
        assert_eq!(misfits(key, frame), [""; 0], "{key}");
        let again = if key.starts_with("client_") {
            of_client.insert(message["name"].as_str().unwrap());
            serde_json::to_value(serde_json::from_value::<ClientFrame>(frame.clone()).unwrap())
        } else {
            let read: ServerFrame = serde_json::from_value(frame.clone()).unwrap();
            assert_eq!(message["name"], kind(&read));
            of_server.insert(kind(&read));
            serde_json::to_value(read)
        };
        assert_eq!(again.unwrap(), *frame, "{key} says more or less than its example");
    }
    assert_eq!(of_client, BTreeSet::from(ClientFrame::TYPES));
    assert_eq!(of_server.len(), SERVER_FRAMES);
}

#[test]
fn a_frame_that_is_none_does_not_fit() {
    for (message, wrong) in [
        ("client_ping", json!({"type": "pong", "t": 1})),
        ("client_ping", json!({"type": "ping", "t": "now"})),
        ("client_ping", json!({"type": "ping", "t": 1, "x": 1})),
        ("client_subscribe", json!({"type": "subscribe", "room": "rom_1"})),
        ("client_subscribe", json!({"type": "subscribe"})),
        ("server_pong", json!({"type": "pong", "t": 1})),
        ("server_left", json!({"type": "left", "room": "dsp_0123456789ab4cde8f0123456789abcd"})),
    ] {
        assert_ne!(misfits(message, &wrong), [""; 0], "{message}: {wrong}");
    }
}

/// What of AsyncAPI 3.0.0 this document uses, in our words: who breaks the standard's shape fails here, without
/// anything from elsewhere.
fn standard() -> Value {
    let reference = |place: &str| {
        json!({"type": "object", "required": ["$ref"], "additionalProperties": false,
            "properties": {"$ref": {"type": "string", "pattern": format!("^#/{place}/[a-z_]+$")}}})
    };
    let named =
        |of: Value| json!({"type": "object", "minProperties": 1, "additionalProperties": of});
    json!({
        "type": "object", "additionalProperties": false,
        "required": ["asyncapi", "info", "channels", "operations", "components"],
        "properties": {
            "asyncapi": {"const": "3.0.0"},
            "info": {"type": "object", "required": ["title", "version"]},
            "defaultContentType": {"const": "application/json"},
            "channels": named(json!({
                "type": "object", "required": ["address", "messages"],
                "additionalProperties": false, "patternProperties": {"^x-": true},
                "properties": {
                    "address": {"type": "string"}, "title": {"type": "string"}, "description": {"type": "string"},
                    "messages": named(reference("components/messages")),
                    "bindings": {"type": "object", "additionalProperties": false, "properties": {"ws": {
                        "type": "object", "additionalProperties": false, "properties": {
                            "method": {"enum": ["GET", "POST"]}, "headers": {"type": "object"},
                            "bindingVersion": {"const": "0.1.0"}}}}},
                },
            })),
            "operations": named(json!({
                "type": "object", "required": ["action", "channel"], "additionalProperties": false,
                "properties": {
                    "action": {"enum": ["send", "receive"]}, "channel": reference("channels"),
                    "messages": {"type": "array", "minItems": 1, "items": reference("channels/[a-z]+/messages")},
                },
            })),
            "components": {"type": "object", "additionalProperties": false, "properties": {
                "schemas": named(json!({"type": "object"})),
                "messages": named(json!({
                    "type": "object", "required": ["payload"], "additionalProperties": false,
                    "properties": {
                        "name": {"type": "string"}, "title": {"type": "string"}, "summary": {"type": "string"},
                        "contentType": {"type": "string"},
                        "payload": reference("components/schemas"),
                        "examples": {"type": "array", "items": {
                            "type": "object", "additionalProperties": false,
                            "properties": {"name": {"type": "string"}, "payload": true}}},
                    },
                })),
            }},
        },
    })
}

#[test]
fn the_document_has_the_shape_of_asyncapi_3_and_refers_to_nothing_that_is_not_there() {
    let standard = jsonschema::validator_for(&standard()).unwrap();
    let misfits: Vec<_> = standard.iter_errors(&DOCUMENT).map(|e| e.to_string()).collect();
    assert!(misfits.is_empty(), "{misfits:#?}");
    let mut referred = 0;
    each_reference(&DOCUMENT, &mut |to| {
        referred += 1;
        assert!(DOCUMENT.pointer(to.trim_start_matches('#')).is_some(), "{to} is not there");
    });
    assert!(referred > 3 * messages().len());
    for message in messages() {
        let said: Vec<&Value> = DOCUMENT["operations"]
            .as_object()
            .unwrap()
            .values()
            .flat_map(|operation| operation["messages"].as_array().unwrap())
            .filter(|to| to["$ref"].as_str().unwrap().ends_with(&format!("/{}", message.0)))
            .collect();
        assert_eq!(said.len(), 1, "{} is sent by one", message.0);
    }
}

fn each_reference(value: &Value, see: &mut impl FnMut(&str)) {
    match value {
        Value::Object(fields) => {
            if let Some(to) = fields.get("$ref").and_then(Value::as_str) {
                see(to);
            }
            fields.values().for_each(|field| each_reference(field, see));
        }
        Value::Array(items) => items.iter().for_each(|item| each_reference(item, see)),
        _ => {}
    }
}

#[test]
#[ignore = "needs the standard's own schema: tools/asyncapi.sh fetches it and runs this"]
fn the_document_is_valid_by_the_schema_of_the_standard() {
    let file = std::env::var("ALA_ASYNCAPI_SCHEMA").expect("the schema's path");
    let schema: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let standard = jsonschema::validator_for(&schema).unwrap();
    let misfits: Vec<_> = standard.iter_errors(&DOCUMENT).map(|e| e.to_string()).collect();
    assert!(misfits.is_empty(), "{misfits:#?}");
    let mut broken = DOCUMENT.clone();
    broken["operations"]["client_frames"]["action"] = json!("listen");
    assert!(!standard.is_valid(&broken));
}

#[test]
fn the_close_codes_are_those_of_the_page_on_the_api() {
    let page = include_str!("../../../docs/API.md");
    for (code, why, come_back) in close::ALL {
        let row = format!("| {code} | {why} | {come_back} |").replace("|  |", "| |");
        assert!(page.contains(&row), "docs/API.md does not say: {row}");
    }
}

#[tokio::test]
async fn the_document_is_served() {
    let test = TestApp::start().await;
    let url = format!("{}/v1/asyncapi.json", test.url);
    let served = test.http.get(url).send().await.unwrap();
    assert_eq!(served.status(), 200);
    assert_eq!(served.json::<Value>().await.unwrap(), *DOCUMENT);
}

#[test]
fn the_generated_document_is_up_to_date() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/asyncapi.json");
    let document = serde_json::to_string_pretty(&*DOCUMENT).unwrap() + "\n";
    if std::env::var_os("WRITE_GENERATED").is_some() {
        std::fs::write(file, &document).unwrap();
    }
    let stored = std::fs::read_to_string(file).unwrap_or_default();
    assert!(stored == document, "docs/asyncapi.json is not what the types say: run `make prepare`");
}
