//! Doors: into the media of a session and out of it, and being recorded.

use crate::app::App;
use crate::disputes;
use crate::error::ApiError;
use crate::http::{Actor, IdempotencyKey, Json, Path, Written};
use crate::media::service::{self, End};
use crate::media::{recording, view};
use crate::sessions;
use axum::extract::State;
use protocol::SessionId;
use protocol::media::{Admission, AnswerRecording, MediaTurn, MediaView, RecordingDeed};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(show))
        .routes(routes!(join))
        .routes(routes!(confirm_left))
        .routes(routes!(leave))
        .routes(routes!(announce_recording))
        .routes(routes!(answer_recording))
        .routes(routes!(stop_recording))
}

/// Show where you are with sound and picture, and who is with you.
#[utoipa::path(
    get, path = "/sessions/{id}/media", operation_id = "media_show", tag = "media",
    params(("id" = SessionId, Path)),
    responses((status = 200, body = MediaView))
)]
async fn show(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<SessionId>,
) -> Result<Json<MediaView>, ApiError> {
    let mut db = app.db.acquire().await?;
    let of = sessions::store::dispute_of(&mut db, id).await?;
    disputes::store::look(&mut db, of, &actor).await?;
    Ok(Json::of(view::show(&mut db, actor.person, id, app.clock.now()).await?))
}

/// Come into the media room where you belong now, or keep your place in it.
///
/// Which room that is follows from the session: the joint one, or the caucus of your side. It holds for two minutes;
/// join again before. Whoever may still be sending in another media room confirms first that they left it.
#[utoipa::path(
    post, path = "/sessions/{id}/media/join", operation_id = "media_join", tag = "media",
    params(("id" = SessionId, Path)),
    responses((status = 200, body = Admission))
)]
async fn join(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<SessionId>,
) -> Result<Written<Admission>, ApiError> {
    service::join(&app, actor, id).await
}

/// Confirm that you no longer send in the media room that you were told to leave.
#[utoipa::path(
    post, path = "/sessions/{id}/media/confirm-left", operation_id = "media_confirm_left", tag = "media",
    params(("id" = SessionId, Path)),
    request_body(content = MediaTurn, example = json!({"turn": 3})),
    responses((status = 200, body = MediaView))
)]
async fn confirm_left(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<SessionId>,
    Json { value, .. }: Json<MediaTurn>,
) -> Result<Written<MediaView>, ApiError> {
    service::end(&app, actor, key, id, End::ConfirmLeft(value.turn)).await
}

/// Go, after you have stopped sending.
#[utoipa::path(
    post, path = "/sessions/{id}/media/leave", operation_id = "media_leave", tag = "media",
    params(("id" = SessionId, Path)),
    request_body(content = MediaTurn, example = json!({"turn": 3})),
    responses((status = 200, body = MediaView))
)]
async fn leave(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<SessionId>,
    Json { value, .. }: Json<MediaTurn>,
) -> Result<Written<MediaView>, ApiError> {
    service::end(&app, actor, key, id, End::Leave(value.turn)).await
}

/// Announce as a host that this talk is to be recorded.
///
/// It begins when everybody in the media room has agreed, pauses when somebody comes, and ends with any refusal.
#[utoipa::path(
    post, path = "/sessions/{id}/media/announce-recording", operation_id = "media_announce_recording", tag = "media",
    params(("id" = SessionId, Path)),
    responses((status = 200, body = MediaView))
)]
async fn announce_recording(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<SessionId>,
) -> Result<Written<MediaView>, ApiError> {
    recording::take(&app, actor, key, id, RecordingDeed::Announced).await
}

/// Agree to being recorded, refuse it, or take an agreement back.
#[utoipa::path(
    post, path = "/sessions/{id}/media/answer-recording", operation_id = "media_answer_recording", tag = "media",
    params(("id" = SessionId, Path)),
    request_body(content = AnswerRecording, example = json!({"consents": true})),
    responses((status = 200, body = MediaView))
)]
async fn answer_recording(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<SessionId>,
    Json { value, .. }: Json<AnswerRecording>,
) -> Result<Written<MediaView>, ApiError> {
    let deed = if value.consents { RecordingDeed::Consented } else { RecordingDeed::Refused };
    recording::take(&app, actor, key, id, deed).await
}

/// Stop a recording as a host.
#[utoipa::path(
    post, path = "/sessions/{id}/media/stop-recording", operation_id = "media_stop_recording", tag = "media",
    params(("id" = SessionId, Path)),
    responses((status = 200, body = MediaView))
)]
async fn stop_recording(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<SessionId>,
) -> Result<Written<MediaView>, ApiError> {
    recording::take(&app, actor, key, id, RecordingDeed::Stopped).await
}
