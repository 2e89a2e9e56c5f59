//! The live protocol as an AsyncAPI 3 document, made from the types of its frames.

use super::examples;
use crate::app::App;
use crate::live::{self, Bounds};
use axum::Router;
use axum::routing::get;
use protocol::live::{ClientFrame, SUBPROTOCOL, ServerFrame, close};
use serde_json::{Map, Value, json};
use std::sync::LazyLock;
use utoipa::{PartialSchema, ToSchema};

/// Where the document is, beside the one of the doors.
const ADDRESS: &str = "/v1/asyncapi.json";

static DOCUMENT: LazyLock<Value> = LazyLock::new(document);

pub fn routes() -> Router<App> {
    Router::new().route(ADDRESS, get(|| async { axum::Json(&*DOCUMENT) }))
}

/// Who sends a frame; its name goes before the frame's type, as both sides have some of the same type.
#[derive(Clone, Copy)]
enum Sender {
    Client,
    Server,
}

impl Sender {
    const fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
        }
    }

    /// What this service does with the frame.
    const fn action(self) -> &'static str {
        match self {
            Self::Client => "receive",
            Self::Server => "send",
        }
    }
}

pub fn document() -> Value {
    let examples = examples::all();
    let (mut messages, mut here) = (Map::new(), Map::new());
    let (mut operations, mut schemas) = (Map::new(), schemas());
    for (sender, frames) in
        [(Sender::Client, frames::<ClientFrame>()), (Sender::Server, frames::<ServerFrame>())]
    {
        let mut sent = Vec::new();
        for (kind, mut schema) in frames {
            if matches!(sender, Sender::Client) {
                // `deny_unknown_fields` of the type, which its schema does not tell.
                schema["additionalProperties"] = false.into();
            }
            let key = format!("{}_{kind}", sender.name());
            sent.push(to(&format!("/channels/live/messages/{key}")));
            here.insert(key.clone(), to(&format!("/components/messages/{key}")));
            messages.insert(key.clone(), message(sender, &kind, &schema, examples.get(&key)));
            schemas.insert(key, schema);
        }
        operations.insert(
            format!("{}_frames", sender.name()),
            json!({"action": sender.action(), "channel": to("/channels/live"), "messages": sent}),
        );
    }
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Ala Mediation live protocol",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "One WebSocket for each device. REST shows the same and takes the same commands.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {"live": channel(&here)},
        "operations": operations,
        "components": {"messages": messages, "schemas": schemas},
    })
}

fn to(place: &str) -> Value {
    json!({"$ref": format!("#{place}")})
}

/// Everything that a frame is made of, by name.
fn schemas() -> Map<String, Value> {
    let mut found = Vec::new();
    ClientFrame::schemas(&mut found);
    ServerFrame::schemas(&mut found);
    found
        .into_iter()
        .map(|(name, schema)| (name, serde_json::to_value(schema).unwrap_or_default()))
        .collect()
}

/// The frames of one sender: each its type and its schema.
fn frames<F: PartialSchema>() -> Vec<(String, Value)> {
    let all = serde_json::to_value(F::schema()).unwrap_or_default();
    let one_of = all["oneOf"].as_array().cloned().unwrap_or_default();
    one_of
        .into_iter()
        .filter_map(|schema| {
            let kind = schema.pointer("/properties/type/enum/0")?.as_str()?.to_owned();
            Some((kind, schema))
        })
        .collect()
}

fn message(sender: Sender, kind: &str, schema: &Value, example: Option<&Value>) -> Value {
    let said = schema["description"].as_str().unwrap_or_default();
    let key = format!("{}_{kind}", sender.name());
    json!({
        "name": kind,
        "title": format!("{kind} ({} to {})", sender.name(), match sender {
            Sender::Client => "server",
            Sender::Server => "client",
        }),
        "summary": said,
        "payload": to(&format!("/components/schemas/{key}")),
        "examples": example.map(|frame| json!({"name": key, "payload": frame})).into_iter().collect::<Vec<_>>(),
    })
}

fn channel(messages: &Map<String, Value>) -> Value {
    let (heartbeat, limits) = live::frame_limits(Bounds::default());
    json!({
        "address": "/v1/live",
        "title": "The live socket",
        "description": live::rules().join("\n"),
        "messages": messages,
        "bindings": {"ws": {
            "method": "GET",
            "headers": {
                "type": "object",
                "required": ["Sec-WebSocket-Protocol"],
                "properties": {"Sec-WebSocket-Protocol": {"type": "string", "const": SUBPROTOCOL}},
            },
            "bindingVersion": "0.1.0",
        }},
        "x-heartbeat": heartbeat,
        "x-limits": limits,
        "x-close-codes": close::ALL
            .map(|(code, why, come_back)| json!({"code": code, "why": why, "come_back": come_back})),
    })
}
