//! What an operation takes besides its body: ids in its path, and a key that makes repeating safe.

use crate::http::idempotency::{self, RequiredKey};
use crate::http::policy::{Row, Rule};
use utoipa::IntoParams;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{Components, Object, RefOr, Required};

/// Writes that read no key. The test `the_document_names_the_key_where_the_server_reads_it` asks the server itself.
const KEYLESS: &[&str] = &[
    // Reading as far as before changes nothing.
    "rooms_read",
    // Its `client_msg_id` does the same.
    "rooms_say",
    // A kept answer would keep the code.
    "staff_new_enrolment",
    // A kept answer would keep the token.
    "media_join",
];

/// The header that `RequiredKey` reads.
impl IntoParams for RequiredKey {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![key(Required::True, "A new random value; the same one when retrying.")]
    }
}

fn key(required: Required, description: &str) -> Parameter {
    let text = Object::builder()
        .schema_type(utoipa::openapi::schema::Type::String)
        .min_length(Some(1))
        .max_length(Some(idempotency::LONGEST));
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(required)
        .description(Some(description))
        .schema(Some(text))
        .example(Some("0f8c7d52-6a0e-4f0e-9d59-3f6f4f6f1c11".into()))
        .build()
}

fn of(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    operation.parameters.iter().flatten().filter_map(|parameter| match parameter {
        RefOr::T(own) => Some(own),
        RefOr::Ref(_) => None,
    })
}

pub fn takes(operation: &Operation, place: &ParameterIn) -> bool {
    of(operation).any(|parameter| parameter.parameter_in == *place)
}

/// Whether the operation reads an `Idempotency-Key`, as far as the document says by now.
pub fn has_key(operation: &Operation) -> bool {
    of(operation).any(|parameter| parameter.name == "Idempotency-Key")
}

pub fn complete(operation: &mut Operation, row: &Row, writes: bool, components: &Components) {
    let own = writes && !matches!(row.rule, Rule::Public) && !KEYLESS.contains(&row.operation);
    if own && !has_key(operation) {
        let optional = key(
            Required::False,
            "Makes repeating safe: a new random value; the same one when retrying.",
        );
        operation.parameters.get_or_insert_default().push(optional.into());
    }
    for parameter in operation.parameters.iter_mut().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        if parameter.description.is_none() {
            parameter.description =
                parameter.schema.as_ref().and_then(|schema| meaning(schema, components));
        }
    }
}

/// An id says by its type what it names, and by its schema how it is written.
fn meaning(schema: &RefOr<Schema>, components: &Components) -> Option<String> {
    let RefOr::Ref(to) = schema else { return None };
    let name = to.ref_location.rsplit('/').next()?;
    let RefOr::T(Schema::Object(id)) = components.schemas.get(name)? else { return None };
    let named = name.strip_suffix("Id")?.to_lowercase();
    Some(format!("The {named}: {}", id.description.as_deref()?))
}
