//! Who is told of a step. What happens in a caucus is noted in that caucus and nowhere else.

use crate::db::{Hint, Tx};
use crate::error::ApiError;
use crate::rooms::people::note;
use domain::session::{Event, Session};
use protocol::DisputeId;
use protocol::room::{RoomAddress, SystemNotice};
use protocol::session::SessionStatus;

pub struct News<'a> {
    pub before: &'a Session,
    pub after: &'a Session,
    pub events: &'a [Event],
}

impl News<'_> {
    /// Whether the first talk of the session begins, wherever that is.
    pub fn is_first_talk(&self) -> bool {
        self.before.status == SessionStatus::RightsRead && room(self.after).is_some()
    }
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
    let caucus = |room: &RoomAddress| was != is && *room != RoomAddress::JOINT;
    if let Some(left) = was.filter(caucus) {
        note(tx, dispute, left, SystemNotice::SessionEnded, None).await?;
    }
    // The joint room is told once, with the first talk wherever that is: a line of when the sides met would tell that
    // somebody was heard before, and a second one how long the room was left alone.
    if news.is_first_talk() {
        note(tx, dispute, RoomAddress::JOINT, SystemNotice::SessionStarted, None).await?;
    }
    if let Some(began) = is.filter(caucus) {
        note(tx, dispute, began, SystemNotice::SessionStarted, None).await?;
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
