//! Doors: what one was told.

use crate::app::App;
use crate::error::ApiError;
use crate::http::cursor::{Cursor, Lines};
use crate::http::{Actor, IdempotencyKey, Json, Path, Query, Written, write};
use crate::notices::list;
use axum::extract::State;
use protocol::NoticeId;
use protocol::notice::{NoticePage, NoticeView};
use serde::Deserialize;
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
    /// Lines on a page.
    #[serde(default)]
    #[param(inline)]
    limit: Lines,
}

/// List what you were told, newest first, and how much of it is unread.
#[utoipa::path(
    get, path = "/notices", operation_id = "notices_list", tag = "notices", params(NoticesQuery),
    responses((status = 200, body = NoticePage))
)]
async fn list(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<NoticesQuery>,
) -> Result<Json<NoticePage>, ApiError> {
    let after = Cursor::read(query.after.as_deref())?;
    list::list(&app.db, &actor, query.unread, after, query.limit.get().into()).await.map(Json::of)
}

/// Mark a notice as read.
///
/// Reading it again changes nothing.
#[utoipa::path(
    post, path = "/notices/{id}/read", operation_id = "notices_read", tag = "notices",
    params(("id" = NoticeId, Path)),
    responses((status = 200, body = NoticeView))
)]
async fn read(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<NoticeId>,
) -> Result<Written<NoticeView>, ApiError> {
    app.write(write::Request::command(actor, key, write::bare(id)), move |tx, actor| {
        Box::pin(list::read(tx, actor, id))
    })
    .await
}
