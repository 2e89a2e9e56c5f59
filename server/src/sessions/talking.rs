//! Doors: talking together and apart, and the record of what was said.

use crate::app::App;
use crate::error::ApiError;
use crate::http::{Actor, IdempotencyKey, Json, Path, Written};
use crate::sessions::safeguards::Safeguards;
use crate::sessions::steps;
use axum::extract::State;
use domain::session::Command;
use protocol::SessionId;
use protocol::session::{
    ConfirmRecord, MeetInCaucus, MeetJointly, NoteRecordRefusal, PresentRecord, SessionView,
};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(joint))
        .routes(routes!(caucus))
        .routes(routes!(record))
        .routes(routes!(confirm_record))
        .routes(routes!(note_refusal))
        .routes(routes!(close_record))
        .routes(routes!(end))
}

/// Begin to talk with both sides together (面对面), or come back to it from a caucus.
#[utoipa::path(
    post, path = "/sessions/{id}/joint", operation_id = "sessions_joint", tag = "sessions",
    params(("id" = SessionId, Path)),
    request_body(content = MeetJointly, example = json!({"full_recording": false})),
    responses((status = 200, body = SessionView))
)]
async fn joint(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<SessionId>,
    Json { value, .. }: Json<MeetJointly>,
) -> Result<Written<SessionView>, ApiError> {
    let safeguards =
        Safeguards { full_recording: value.full_recording, officer_present: value.officer_present };
    steps::take_guarded(&app, actor, key, id, Command::MeetJointly, safeguards).await
}

/// Talk with one side alone (背对背).
///
/// The other side is told nothing of it, not even that it takes place.
#[utoipa::path(
    post, path = "/sessions/{id}/caucus", operation_id = "sessions_caucus", tag = "sessions",
    params(("id" = SessionId, Path)),
    request_body(content = MeetInCaucus, example = json!({"side": "applicant"})),
    responses((status = 200, body = SessionView))
)]
async fn caucus(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<SessionId>,
    Json { value, .. }: Json<MeetInCaucus>,
) -> Result<Written<SessionView>, ApiError> {
    let safeguards =
        Safeguards { full_recording: value.full_recording, officer_present: value.officer_present };
    let command = Command::MeetInCaucus { side: value.side };
    steps::take_guarded(&app, actor, key, id, command, safeguards).await
}

/// Present the record of the session to those who attended.
///
/// A new text has to be confirmed anew.
#[utoipa::path(
    post, path = "/sessions/{id}/record", operation_id = "sessions_record", tag = "sessions",
    params(("id" = SessionId, Path)),
    request_body(content = PresentRecord, example = json!({"text": "双方陈述了噪音的时间和影响,同意继续协商。"})),
    responses((status = 200, body = SessionView))
)]
async fn record(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<SessionId>,
    Json { value, .. }: Json<PresentRecord>,
) -> Result<Written<SessionView>, ApiError> {
    steps::take(&app, actor, key, id, Command::PresentRecord { text: value.text }).await
}

/// Confirm exactly the record that was shown, by its digest.
#[utoipa::path(
    post, path = "/sessions/{id}/confirm-record", operation_id = "sessions_confirm_record", tag = "sessions",
    params(("id" = SessionId, Path)),
    request_body(content = ConfirmRecord, example = json!({"text_hash": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"})),
    responses((status = 200, body = SessionView))
)]
async fn confirm_record(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<SessionId>,
    Json { value, .. }: Json<ConfirmRecord>,
) -> Result<Written<SessionView>, ApiError> {
    steps::take(&app, actor, key, id, Command::ConfirmRecord { text_hash: value.text_hash }).await
}

/// Note as the host that somebody will not confirm the record, and why.
#[utoipa::path(
    post, path = "/sessions/{id}/note-refusal", operation_id = "sessions_note_refusal", tag = "sessions",
    params(("id" = SessionId, Path)),
    request_body(content = NoteRecordRefusal, example = json!({"person": "psn_0123456789ab4cde8f0123456789abcd", "reason": "认为记录遗漏了其陈述"})),
    responses((status = 200, body = SessionView))
)]
async fn note_refusal(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<SessionId>,
    Json { value, .. }: Json<NoteRecordRefusal>,
) -> Result<Written<SessionView>, ApiError> {
    steps::take(
        &app,
        actor,
        key,
        id,
        Command::NoteRecordRefusal { person: value.person, reason: value.reason },
    )
    .await
}

/// Note that everybody who took part has answered the record.
#[utoipa::path(
    post, path = "/sessions/{id}/close-record", operation_id = "sessions_close_record", tag = "sessions",
    params(("id" = SessionId, Path)),
    responses((status = 200, body = SessionView))
)]
async fn close_record(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<SessionId>,
) -> Result<Written<SessionView>, ApiError> {
    steps::take(&app, actor, key, id, Command::CloseRecord).await
}

/// End a session whose record is confirmed.
#[utoipa::path(
    post, path = "/sessions/{id}/end", operation_id = "sessions_end", tag = "sessions",
    params(("id" = SessionId, Path)),
    responses((status = 200, body = SessionView))
)]
async fn end(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<SessionId>,
) -> Result<Written<SessionView>, ApiError> {
    steps::take(&app, actor, key, id, Command::End).await
}
