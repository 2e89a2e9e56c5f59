//! Doors: what one was told.

use crate::app::App;
use crate::error::ApiError;
use crate::http::cursor::{self, Cursor};
use crate::http::{Actor, IdempotencyKey, Json, Path, Query, Written, write};
use crate::notices::list;
use axum::extract::State;
use protocol::NoticeId;
use protocol::notice::{NoticePage, NoticeView};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(read))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct NoticesQuery {
    /// Only those not read yet.
    #[serde(default)]
    unread: bool,
    /// The `next` of the page before.
    after: Option<String>,
    /// Lines on a page, 1 to 100; 20 unless told.
    limit: Option<u8>,
}

/// What you were told, newest first, and how much of it you have not read.
#[utoipa::path(
    get, path = "/notices", operation_id = "notices_list", tag = "notices", params(NoticesQuery),
    responses((status = 200, body = NoticePage, example = json!({"notices": [], "unread": 0, "next": null})))
)]
async fn list(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<NoticesQuery>,
) -> Result<Json<NoticePage>, ApiError> {
    let after = Cursor::read(query.after.as_deref())?;
    let limit = cursor::limit(query.limit)?;
    list::list(&app.db, &actor, query.unread, after, limit).await.map(Json::of)
}

/// Mark a notice as read. Reading it again changes nothing.
#[utoipa::path(
    post, path = "/notices/{id}/read", operation_id = "notices_read", tag = "notices",
    params(("id" = NoticeId, Path)),
    responses((status = 200, body = NoticeView), (status = 404, description = "Unknown, or not yours."))
)]
async fn read(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<NoticeId>,
) -> Result<Written<NoticeView>, ApiError> {
    let hash = Sha256::digest(id.0.as_bytes()).into();
    app.write(write::Request::command(actor, key, hash), move |tx, actor| {
        Box::pin(list::read(tx, actor, id))
    })
    .await
}
