//! The steps of the media by frames of the live socket: the same writes as by the doors.

use crate::app::App;
use crate::error::ApiError;
use crate::http::{Actor, IdempotencyKey, policy};
use crate::live::Live;
use crate::media::service::{self, End};
use crate::media::signals;
use protocol::live::ServerFrame;
use protocol::media::{Admission, MediaStep, MediaView};
use protocol::{MediaRoomId, PersonId, SessionId};
use serde_json::Value;

pub async fn step(
    app: &App,
    live: &Live,
    session: SessionId,
    step: MediaStep,
    turn: Option<i64>,
) -> Result<(), ApiError> {
    let turn = || turn.ok_or_else(|| ApiError::invalid("turn", "say which turn this is about"));
    let key = IdempotencyKey::default();
    let frame = match step {
        MediaStep::Join => {
            let written = service::join(app, acting(live, "media_join", session)?, session).await?;
            let admission: Admission = written.read()?;
            ServerFrame::Admitted { admission: Box::new(admission) }
        }
        MediaStep::ConfirmLeft => {
            let actor = acting(live, "media_confirm_left", session)?;
            let end = End::ConfirmLeft(turn()?);
            media(service::end(app, actor, key, session, end).await?.read()?)
        }
        MediaStep::Leave => {
            let actor = acting(live, "media_leave", session)?;
            media(service::end(app, actor, key, session, End::Leave(turn()?)).await?.read()?)
        }
    };
    live.outbox.push(&frame);
    Ok(())
}

fn media(view: MediaView) -> ServerFrame {
    ServerFrame::Media { media: Box::new(view) }
}

/// The owner of the socket, asking for what the door of this name does.
fn acting(live: &Live, operation: &'static str, session: SessionId) -> Result<Actor, ApiError> {
    let row = policy::rule_of(operation)
        .ok_or_else(|| ApiError::Internal(anyhow::anyhow!("no policy for {operation}")))?;
    let mut actor = live.actor.clone();
    (actor.operation, actor.rule) = (row.operation, row.rule);
    actor.trace.object = Some(session.to_string());
    Ok(actor)
}

pub async fn signal(
    app: &App,
    live: &Live,
    room: MediaRoomId,
    to: PersonId,
    data: &Value,
) -> Result<(), ApiError> {
    signals::send(app, live.actor.person, room, to, data).await
}
