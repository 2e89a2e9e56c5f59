//! Doors: coming and going, being verified, knowing one's rights.

use crate::app::App;
use crate::error::ApiError;
use crate::http::{Actor, IdempotencyKey, Json, Path, Written};
use crate::sessions::steps;
use axum::extract::State;
use domain::session::Command;
use protocol::SessionId;
use protocol::session::{Attendee, Depart, SessionView, VerifyIdentity};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(arrive))
        .routes(routes!(depart))
        .routes(routes!(verify))
        .routes(routes!(confirm_identities))
        .routes(routes!(acknowledge_rights))
        .routes(routes!(confirm_rights))
}

/// Come to a session, as a party or for one.
///
/// The host may note it for those who come in person.
#[utoipa::path(
    post, path = "/sessions/{id}/arrive", operation_id = "sessions_arrive", tag = "sessions",
    params(("id" = SessionId, Path)),
    request_body(content = Attendee, example = json!({"person": "psn_0123456789ab4cde8f0123456789abcd", "party": "pty_0123456789ab4cde8f0123456789abcd", "as": "party"})),
    responses((status = 200, body = SessionView))
)]
async fn arrive(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<SessionId>,
    Json { value, .. }: Json<Attendee>,
) -> Result<Written<SessionView>, ApiError> {
    steps::take(&app, actor, key, id, Command::Arrive(value)).await
}

/// Leave a session.
///
/// Whoever comes back need not be verified again.
#[utoipa::path(
    post, path = "/sessions/{id}/depart", operation_id = "sessions_depart", tag = "sessions",
    params(("id" = SessionId, Path)),
    request_body(content = Depart, example = json!({"person": "psn_0123456789ab4cde8f0123456789abcd"})),
    responses((status = 200, body = SessionView))
)]
async fn depart(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<SessionId>,
    Json { value, .. }: Json<Depart>,
) -> Result<Written<SessionView>, ApiError> {
    steps::take(&app, actor, key, id, Command::Depart { person: value.person }).await
}

/// Note as the host that somebody's identity is verified, and how.
#[utoipa::path(
    post, path = "/sessions/{id}/verify", operation_id = "sessions_verify", tag = "sessions",
    params(("id" = SessionId, Path)),
    request_body(content = VerifyIdentity, example = json!({"person": "psn_0123456789ab4cde8f0123456789abcd", "method": "document_seen"})),
    responses((status = 200, body = SessionView))
)]
async fn verify(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<SessionId>,
    Json { value, .. }: Json<VerifyIdentity>,
) -> Result<Written<SessionView>, ApiError> {
    steps::take(
        &app,
        actor,
        key,
        id,
        Command::VerifyIdentity { person: value.person, method: value.method },
    )
    .await
}

/// Note as the host that everybody who came is verified.
#[utoipa::path(
    post, path = "/sessions/{id}/confirm-identities", operation_id = "sessions_confirm_identities", tag = "sessions",
    params(("id" = SessionId, Path)),
    responses((status = 200, body = SessionView))
)]
async fn confirm_identities(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<SessionId>,
) -> Result<Written<SessionView>, ApiError> {
    steps::take(&app, actor, key, id, Command::ConfirmIdentities).await
}

/// Say that you were told your rights and duties and understand them.
#[utoipa::path(
    post, path = "/sessions/{id}/acknowledge-rights", operation_id = "sessions_acknowledge_rights", tag = "sessions",
    params(("id" = SessionId, Path)),
    responses((status = 200, body = SessionView))
)]
async fn acknowledge_rights(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<SessionId>,
) -> Result<Written<SessionView>, ApiError> {
    steps::take(&app, actor, key, id, Command::AcknowledgeRights).await
}

/// Note as the host that everybody present knows their rights.
///
/// From here on there can be talk.
#[utoipa::path(
    post, path = "/sessions/{id}/confirm-rights", operation_id = "sessions_confirm_rights", tag = "sessions",
    params(("id" = SessionId, Path)),
    responses((status = 200, body = SessionView))
)]
async fn confirm_rights(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<SessionId>,
) -> Result<Written<SessionView>, ApiError> {
    steps::take(&app, actor, key, id, Command::ConfirmRights).await
}
