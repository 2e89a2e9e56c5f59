//! From an HTTP request to an audio socket; the checks are those of the live socket.

use crate::app::App;
use crate::error::ApiError;
use crate::live;
use crate::media::audio::socket;
use axum::extract::{Request, State};
use axum::response::Response;
use protocol::media::AUDIO_SUBPROTOCOL;

/// `GET /v1/media`.
pub async fn connect(State(app): State<App>, request: Request) -> Result<Response, ApiError> {
    live::upgrade(&app, request, AUDIO_SUBPROTOCOL, socket::serve)
}
