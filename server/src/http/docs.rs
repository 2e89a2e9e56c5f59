//! The API document, and what the server derives from it: which operation a request asks for.

use crate::app::App;
use crate::http::policy::{self, POLICY, Row, Rule};
use anyhow::{bail, ensure};
use axum::http::Method;
use protocol::Problem;
use std::collections::HashMap;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, ResponseBuilder, SecurityRequirement};
use utoipa::{OpenApi as _, ToSchema};

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Ala Mediation API",
        description = "Online mediation for residents, volunteer lawyers, committees and police stations. \
            Errors are problem documents (RFC 9457) with a closed set of codes. Times are RFC 3339 with a zone, \
            amounts are whole fen. A POST that creates or signs needs an `Idempotency-Key`: the same key with the \
            same body gets the first answer again.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    components(schemas(Problem))
)]
struct Document;

/// The document without its paths; those come from the routes themselves.
pub fn base() -> OpenApi {
    let mut document = Document::openapi();
    let bearer = SecurityScheme::Http(
        HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build(),
    );
    document
        .components
        .get_or_insert_default()
        .security_schemes
        .insert("bearer".into(), bearer.into());
    document
}

/// From method and path to the row of the policy. Made from the document, so the two cannot differ.
pub struct Operations(HashMap<(Method, String), &'static Row>);

impl Operations {
    /// Fails when an operation has no row or a row has no operation.
    pub fn of(document: &OpenApi) -> anyhow::Result<Self> {
        let mut found = HashMap::new();
        for (path, item) in &document.paths.paths {
            for (method, operation) in operations(item) {
                let id = operation.operation_id.as_deref().unwrap_or_default();
                let Some(row) = policy::rule_of(id) else {
                    bail!("{method} {path} ({id}) has no row in the policy")
                };
                found.insert((method, path.clone()), row);
            }
        }
        for row in POLICY {
            ensure!(
                found.values().any(|known| known.operation == row.operation),
                "the policy has a row for {}, which no route has",
                row.operation
            );
        }
        Ok(Self(found))
    }

    pub fn find(&self, method: &Method, path: &str) -> Option<&'static Row> {
        // HEAD is answered by GET's handler.
        let method = if method == Method::HEAD { Method::GET } else { method.clone() };
        self.0.get(&(method, path.to_owned())).copied()
    }
}

pub fn operations(item: &PathItem) -> impl Iterator<Item = (Method, &Operation)> {
    [
        (Method::GET, &item.get),
        (Method::POST, &item.post),
        (Method::PUT, &item.put),
        (Method::PATCH, &item.patch),
        (Method::DELETE, &item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| operation.as_ref().map(|o| (method, o)))
}

/// Says of every operation who may ask for it and which problems it can answer with.
pub fn complete(document: &mut OpenApi) {
    for item in document.paths.paths.values_mut() {
        let operations =
            [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            complete_operation(operation);
        }
    }
}

fn complete_operation(operation: &mut Operation) {
    let id = operation.operation_id.as_deref().unwrap_or_default();
    let Some(row) = policy::rule_of(id) else { return };
    let mut problems = vec![("400", "The request cannot be read."), ("429", "Too many requests.")];
    problems.push((
        "503",
        "The database is away; nothing was acknowledged. Repeat it with the same key.",
    ));
    if !matches!(row.rule, Rule::Public) {
        operation.security.get_or_insert_default().push(SecurityRequirement::new::<
            _,
            [String; 0],
            String,
        >("bearer", []));
        problems.push(("401", "Not signed in, or the token has expired."));
    }
    match row.rule {
        Rule::Roles(_) => problems.push(("403", "The account's role does not allow this.")),
        Rule::Parts(_) | Rule::Command(_) => {
            problems.push(("403", "The part one has in the dispute does not allow this."));
            problems.push(("404", "Unknown, or not yours to see: the same answer."));
        }
        Rule::InRoom => {
            problems.push(("403", "You are no longer in this room."));
            problems.push(("409", "The room takes no messages now."));
            problems.push(("404", "Unknown, or not yours to see: the same answer."));
        }
        Rule::Public | Rule::SignedIn => {}
    }
    if operation.request_body.is_some() {
        problems.push(("413", "The body is too large."));
        problems.push(("415", "The body is not JSON."));
        problems.push(("422", "Fields that do not fit, by path."));
    }
    if matches!(row.rule, Rule::Command(_)) {
        problems.push(("409", "Not at this moment: the code says why and what to do first."));
    }
    for (status, description) in problems {
        operation.responses.responses.entry(status.into()).or_insert_with(|| {
            ResponseBuilder::new()
                .description(description)
                .content(
                    "application/problem+json",
                    ContentBuilder::new()
                        .schema(Some(Ref::from_schema_name(Problem::name())))
                        .build(),
                )
                .build()
                .into()
        });
    }
}

/// The readable page.
pub fn page(document: OpenApi) -> axum::Router<App> {
    utoipa_swagger_ui::SwaggerUi::new("/docs").url("/v1/openapi.json", document).into()
}
