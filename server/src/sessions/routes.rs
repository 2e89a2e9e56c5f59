//! Doors: planning sessions and reading them.

use crate::app::App;
use crate::disputes;
use crate::error::ApiError;
use crate::http::{Actor, IdempotencyKey, Json, Path, RequiredKey, Written, write};
use crate::sessions::steps;
use crate::sessions::{attending, store, talking, view};
use axum::extract::State;
use domain::session::Command;
use protocol::session::{CancelSession, PlanSession, SessionList, SessionView};
use protocol::{DisputeId, SessionId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(schedule, list))
        .routes(routes!(show))
        .routes(routes!(notify))
        .routes(routes!(open))
        .routes(routes!(cancel))
        .merge(attending::routes())
        .merge(talking::routes())
}

/// Plan a session.
///
/// The mediator cannot have another one at the same time.
#[utoipa::path(
    post, path = "/disputes/{id}/sessions", operation_id = "sessions_schedule", tag = "sessions",
    params(("id" = DisputeId, Path), RequiredKey),
    request_body(content = PlanSession, example = json!({
        "starts_at": "2026-11-24T14:00:00+08:00", "ends_at": "2026-11-24T15:30:00+08:00", "manner": "video"
    })),
    responses((status = 201, body = SessionView))
)]
async fn schedule(
    State(app): State<App>,
    actor: Actor,
    key: RequiredKey,
    Path(id): Path<DisputeId>,
    Json { value, hash }: Json<PlanSession>,
) -> Result<Written<SessionView>, ApiError> {
    let rules = app.rules.clone();
    app.write(write::Request::create(actor, key, hash), move |tx, actor| {
        Box::pin(async move { steps::schedule(tx, &rules, actor, id, value).await })
    })
    .await
}

/// List the sessions of a dispute, as you may see them.
#[utoipa::path(
    get, path = "/disputes/{id}/sessions", operation_id = "sessions_list", tag = "sessions",
    params(("id" = DisputeId, Path)),
    responses((status = 200, body = SessionList))
)]
async fn list(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<DisputeId>,
) -> Result<Json<SessionList>, ApiError> {
    let mut db = app.db.acquire().await?;
    let (dispute, standing) = disputes::store::look(&mut db, id, &actor).await?;
    let stored = store::load(&mut db, id, None).await?;
    let sessions = stored.iter().map(|one| view::of(&dispute, &standing, &one.session)).collect();
    Ok(Json::of(SessionList { sessions }))
}

/// Show one session, as you may see it.
#[utoipa::path(
    get, path = "/sessions/{id}", operation_id = "sessions_show", tag = "sessions",
    params(("id" = SessionId, Path)),
    responses((status = 200, body = SessionView))
)]
async fn show(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<SessionId>,
) -> Result<Json<SessionView>, ApiError> {
    let mut db = app.db.acquire().await?;
    let of = store::dispute_of(&mut db, id).await?;
    let (dispute, standing) = disputes::store::look(&mut db, of, &actor).await?;
    let stored = store::one(&mut db, of, id).await?;
    Ok(Json::of(view::of(&dispute, &standing, &stored.session)))
}

/// Have everybody told of a planned session.
#[utoipa::path(
    post, path = "/sessions/{id}/notify", operation_id = "sessions_notify", tag = "sessions",
    params(("id" = SessionId, Path)),
    responses((status = 200, body = SessionView))
)]
async fn notify(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<SessionId>,
) -> Result<Written<SessionView>, ApiError> {
    steps::take(&app, actor, key, id, Command::Notify).await
}

/// Open the lobby to those who come.
#[utoipa::path(
    post, path = "/sessions/{id}/open", operation_id = "sessions_open", tag = "sessions",
    params(("id" = SessionId, Path)),
    responses((status = 200, body = SessionView))
)]
async fn open(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<SessionId>,
) -> Result<Written<SessionView>, ApiError> {
    steps::take(&app, actor, key, id, Command::OpenLobby).await
}

/// Call a session off before anybody has talked.
#[utoipa::path(
    post, path = "/sessions/{id}/cancel", operation_id = "sessions_cancel", tag = "sessions",
    params(("id" = SessionId, Path)),
    request_body(content = CancelSession, example = json!({"reason": "调解员临时有事"})),
    responses((status = 200, body = SessionView))
)]
async fn cancel(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<SessionId>,
    Json { value, .. }: Json<CancelSession>,
) -> Result<Written<SessionView>, ApiError> {
    steps::take(&app, actor, key, id, Command::Cancel { reason: value.reason }).await
}
