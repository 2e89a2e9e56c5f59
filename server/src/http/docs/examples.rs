//! What answers and frames look like: one example for each kind, of invented people.

use serde_json::{Map, Value};
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{Components, Content, RefOr};

const FILES: &[&str] = &[
    include_str!("examples/accounts.json"),
    include_str!("examples/agreements.json"),
    include_str!("examples/directory.json"),
    include_str!("examples/disputes.json"),
    include_str!("examples/live.json"),
    include_str!("examples/media.json"),
];

/// All examples, by the name of their schema; of a frame, by its sender and type. `"@DisputeView"` in one stands for that one.
pub fn all() -> Map<String, Value> {
    let mut written = Map::new();
    for file in FILES {
        written.extend(serde_json::from_str::<Map<String, Value>>(file).unwrap_or_default());
    }
    written.iter().map(|(name, example)| (name.clone(), filled(example, &written))).collect()
}

fn filled(example: &Value, all: &Map<String, Value>) -> Value {
    match example {
        Value::String(text) => match text.strip_prefix('@').and_then(|name| all.get(name)) {
            Some(other) => filled(other, all),
            None => example.clone(),
        },
        Value::Array(items) => items.iter().map(|item| filled(item, all)).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, field)| (name.clone(), filled(field, all))).collect()
        }
        _ => example.clone(),
    }
}

/// Gives every JSON answer of the operation what its schema says it is, and the example of that.
pub fn show(operation: &mut Operation, examples: &Map<String, Value>, components: &Components) {
    for response in operation.responses.responses.values_mut() {
        let RefOr::T(response) = response else { continue };
        let Some(RefOr::T(content)) = response.content.get_mut("application/json") else {
            continue;
        };
        let Some(name) = schema_of(content) else { continue };
        if response.description.is_empty() {
            response.description = meaning(components, &name).unwrap_or("As asked for.").into();
        }
        content.example = examples.get(&name).cloned();
    }
}

fn schema_of(content: &Content) -> Option<String> {
    let RefOr::Ref(to) = content.schema.as_ref()? else { return None };
    to.ref_location.rsplit('/').next().map(ToOwned::to_owned)
}

fn meaning<'c>(components: &'c Components, schema: &str) -> Option<&'c str> {
    match components.schemas.get(schema)? {
        RefOr::T(Schema::Object(object)) => object.description.as_deref(),
        _ => None,
    }
}
