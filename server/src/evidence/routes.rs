//! Doors: handing in evidence, seeing it, showing it to all.

use crate::app::App;
use crate::disputes;
use crate::error::ApiError;
use crate::evidence::receive::{self, Declared};
use crate::evidence::{list, send, store};
use crate::http::cursor::{Cursor, Lines};
use crate::http::{Actor, IdempotencyKey, Json, Path, Query, RequiredKey, Written, write};
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use protocol::evidence::{EvidencePage, EvidenceView};
use protocol::{DisputeId, EvidenceId};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(add, list)).routes(routes!(share)).routes(routes!(content))
}

/// Hand in a file: the body is the file itself.
///
/// Only your side and the neutrals see it until you show it to all. At most 20 MiB, films 200 MiB. Content,
/// `Content-Type` and the end of the name have to agree.
#[utoipa::path(
    post, path = "/disputes/{id}/evidence", operation_id = "evidence_add", tag = "evidence",
    params(
        ("id" = DisputeId, Path),
        RequiredKey,
        ("X-File-Name" = String, Header, description = "The file's name, percent-encoded UTF-8.", example = "%E7%85%A7%E7%89%87.jpg"),
    ),
    request_body(
        description = "The bytes of the file, sent as what it is.",
        content(
            (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"), (Vec<u8> = "image/webp"), (Vec<u8> = "image/heic"),
            (Vec<u8> = "application/pdf"), (Vec<u8> = "video/mp4"), (Vec<u8> = "audio/mp4"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        )
    ),
    responses(
        (status = 201, body = EvidenceView),
        (status = 409, description = "The dispute has ended."),
    )
)]
async fn add(
    State(app): State<App>,
    actor: Actor,
    key: RequiredKey,
    Path(id): Path<DisputeId>,
    headers: HeaderMap,
    body: Body,
) -> Result<Written<EvidenceView>, ApiError> {
    // Outsiders learn nothing, not even what is wrong with their request.
    disputes::store::look(&mut *app.db.acquire().await?, id, &actor).await?;
    let declared = Declared::read(&headers)?;
    let whole = receive::receive(app.clone(), actor, key, id, declared, body);
    app.detached(whole).await
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct EvidenceQuery {
    /// The `next` of the page before.
    after: Option<String>,
    /// Lines on a page.
    #[serde(default)]
    #[param(inline)]
    limit: Lines,
}

/// List the evidence of a dispute that you may see, oldest first.
#[utoipa::path(
    get, path = "/disputes/{id}/evidence", operation_id = "evidence_list", tag = "evidence",
    params(("id" = DisputeId, Path), EvidenceQuery),
    responses((status = 200, body = EvidencePage))
)]
async fn list(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<DisputeId>,
    Query(query): Query<EvidenceQuery>,
) -> Result<Json<EvidencePage>, ApiError> {
    let after = Cursor::read(query.after.as_deref())?;
    let mut db = app.db.acquire().await?;
    list::list(&mut db, id, &actor, after, query.limit.get().into()).await.map(Json::of)
}

/// Show a piece to everybody who takes part.
///
/// Only whoever handed it in can; it cannot be taken back.
#[utoipa::path(
    post, path = "/evidence/{id}/share", operation_id = "evidence_share", tag = "evidence",
    params(("id" = EvidenceId, Path)),
    responses((status = 200, body = EvidenceView))
)]
async fn share(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<EvidenceId>,
) -> Result<Written<EvidenceView>, ApiError> {
    let hash = Sha256::digest(id.0.as_bytes()).into();
    app.write(write::Request::command(actor, key, hash), move |tx, actor| {
        Box::pin(store::share(tx, actor, id))
    })
    .await
}

/// Fetch the file itself, to be saved.
///
/// An answer that breaks off before its end is not the file.
#[utoipa::path(
    get, path = "/evidence/{id}/content", operation_id = "evidence_content", tag = "evidence",
    params(("id" = EvidenceId, Path)),
    responses((status = 200, description = "The bytes as they were handed in.", body = Vec<u8>,
        content_type = "application/octet-stream",
        headers(("Repr-Digest" = String, description = "SHA-256 of the file (RFC 9530)."))))
)]
async fn content(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<EvidenceId>,
) -> Result<Response, ApiError> {
    send::content(&app, &actor, id).await
}
