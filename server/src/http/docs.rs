//! The API document, and what the server derives from it: which operation a request asks for.

mod examples;
pub mod live;
mod parameters;
mod problems;

use crate::app::App;
use crate::http::policy::{self, POLICY, Row, Rule};
use anyhow::{bail, ensure};
use axum::http::Method;
use protocol::Problem;
use std::collections::HashMap;
use utoipa::OpenApi as _;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi, SecurityRequirement};

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Ala Mediation API",
        description = "Online mediation for residents, volunteer lawyers, committees and police stations. \
            Errors are problem documents (RFC 9457) with a closed set of codes. Times are RFC 3339 with a zone, \
            amounts are whole fen. What creates or signs needs an `Idempotency-Key`, other writes may have one: the \
            same key with the same request gets the first answer again.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    components(schemas(Problem)),
    tags(
        (name = "accounts", description = "Signing in by text message, one's devices, and oneself."),
        (name = "staff", description = "Signing in with password and authenticator; the operator keeps the accounts."),
        (name = "directory", description = "Stations, committees, mediators, lawyers, and what they keep of themselves."),
        (name = "disputes", description = "Filing a dispute, its people, and leading it from triage to its end."),
        (name = "invitations", description = "Bringing in the other side, who needs no account."),
        (name = "appointments", description = "Who mediates: claims, conflicts, disclosures and the parties' answers."),
        (name = "rooms", description = "Talking at any hour, together (面对面) and apart (背对背)."),
        (name = "sessions", description = "An appointed time with formal steps and a record."),
        (name = "media", description = "Sound and picture of a session: being admitted, moving, being recorded."),
        (name = "evidence", description = "Files that one side hands in, for the neutrals or for all."),
        (name = "agreements", description = "The text, its signatures and its seal."),
        (name = "obligations", description = "What was promised, what was done, and what follows if it was not."),
        (name = "follow_ups", description = "Visits (回访), risk levels, closing and archiving."),
        (name = "notices", description = "What one was told, without names or content."),
        (name = "audit", description = "Who did what; for the auditor."),
        (name = "health", description = "For whoever runs the server."),
    )
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

/// Says of every operation what follows from its row in the policy, its method and what it takes: who may ask for
/// it, what its ids and keys are, which problems it can answer with, and what an answer looks like.
pub fn complete(document: &mut OpenApi) {
    let components = document.components.get_or_insert_default();
    problems::add(components);
    let examples = examples::all();
    for item in document.paths.paths.values_mut() {
        let operations = [
            (true, &mut item.post),
            (true, &mut item.put),
            (true, &mut item.patch),
            (true, &mut item.delete),
            (false, &mut item.get),
        ];
        for (writes, operation) in operations {
            let Some(operation) = operation else { continue };
            let id = operation.operation_id.as_deref().unwrap_or_default();
            let Some(row) = policy::rule_of(id) else { continue };
            secure(operation, row.rule);
            parameters::complete(operation, row, writes, components);
            problems::list(operation, row.rule, writes);
            examples::show(operation, &examples, components);
        }
    }
}

fn secure(operation: &mut Operation, rule: Rule) {
    if !matches!(rule, Rule::Public) {
        let bearer = SecurityRequirement::new::<_, [String; 0], String>("bearer", []);
        operation.security.get_or_insert_default().push(bearer);
    }
}

/// The readable page.
pub fn page(document: OpenApi) -> axum::Router<App> {
    utoipa_swagger_ui::SwaggerUi::new("/docs").url("/v1/openapi.json", document).into()
}
