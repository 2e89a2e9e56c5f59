//! Who is told of a step. What happens in a caucus is noted in that caucus and nowhere else.

use crate::db::{Hint, Tx};
use crate::error::ApiError;
use crate::rooms::people::note;
use domain::session::{Event, Session};
use protocol::room::{RoomAddress, SystemNotice};
use protocol::session::SessionStatus;
use protocol::{DisputeId, SessionId};

pub struct News<'a> {
    pub before: &'a Session,
    pub after: &'a Session,
    pub events: &'a [Event],
}

pub const fn talks(session: &Session) -> bool {
    matches!(session.status, SessionStatus::Joint | SessionStatus::Caucus)
}

/// The room where a session talks.
fn room(session: &Session) -> Option<RoomAddress> {
    match (session.status, session.side) {
        (SessionStatus::Joint, _) => Some(RoomAddress::JOINT),
        (SessionStatus::Caucus, Some(side)) => Some(RoomAddress::Caucus { side }),
        _ => None,
    }
}

pub async fn tell(
    tx: &mut Tx,
    dispute: DisputeId,
    news: &News<'_>,
    recording_began: bool,
) -> Result<(), ApiError> {
    let (was, is) = (room(news.before), room(news.after));
    if let Some(caucus) = was.filter(|_| was != is).filter(|room| *room != RoomAddress::JOINT) {
        note(tx, dispute, caucus, SystemNotice::SessionEnded, None).await?;
    }
    if let Some(began) = is.filter(|_| was != is) {
        let again = began == RoomAddress::JOINT && met_before(tx, news.after).await?;
        // The joint room is told once: a second line would tell how long it was left alone, and for whom.
        if !again {
            note(tx, dispute, began, SystemNotice::SessionStarted, None).await?;
        }
    }
    if let (true, Some(room)) = (recording_began, is) {
        note(tx, dispute, room, SystemNotice::RecordingStarted, None).await?;
    }
    if news.events.contains(&Event::Ended) {
        note(tx, dispute, RoomAddress::JOINT, SystemNotice::SessionEnded, None).await?;
    }
    if is.is_none() || was == is {
        tx.hint(Hint::Dispute(dispute));
    }
    Ok(())
}

/// Whether the sides had met in this session before its last event.
async fn met_before(tx: &mut Tx, session: &Session) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from session_events
               where session_id = $1 and seq < $2 and event ->> 'type' = 'joint_began') as "met!""#,
        session.id as SessionId,
        session.version,
    )
    .fetch_one(&mut **tx)
    .await
}
