//! Media places: a person is in one media room at most, wherever the sessions are, and the server is the authority.
//!
//! A place is a lease. Who renews it stays; who cannot reach the server stops sending when it runs out, and the
//! server gives it up at the same moment. So nobody is in two rooms, and nobody who vanished is locked out.

mod recording;

use crate::session::{Session, Viewpoint};
use chrono::{DateTime, TimeDelta, Utc};
use protocol::{
    ErrorCode, MediaRoomId, PersonId,
    room::RoomAddress,
    session::{SessionManner, SessionStatus},
};

pub use recording::Recording;

/// For how long an admission is good, and the token that it gives.
pub const LEASE: TimeDelta = TimeDelta::minutes(2);

/// Each sends to every other one: more would be more than a phone can carry.
pub const MESH: usize = 6;

/// Sound and picture of one room of a session. A caucus gets a new one each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MediaRoom {
    pub id: MediaRoomId,
    /// Grows when somebody is moved out or put out: what was given before leads in no more.
    pub epoch: i64,
}

/// Where somebody is. It is kept while they are out, as `turn` must never repeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    pub person: PersonId,
    /// Counts what happened to this place, so that a late confirmation of something earlier confirms nothing.
    pub turn: i64,
    pub at: At,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum At {
    Out,
    In {
        room: MediaRoom,
        until: DateTime<Utc>,
    },
    /// Told to leave; until that is confirmed or the lease has run out, possibly still sending.
    Leaving {
        room: MediaRoomId,
        until: DateTime<Utc>,
    },
}

/// What a join token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token {
    pub person: PersonId,
    pub room: MediaRoom,
    pub until: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("there is no talk with sound and picture now: wait until the session has begun")]
    NotNow,
    #[error("this session is not held by video or telephone: meet as it was appointed")]
    NotAppointed,
    #[error(
        "you may still be in another media room: stop sending there and confirm it, or wait until it lapses"
    )]
    PlaceHeld,
    #[error(
        "there are six in this media room already: attend together on one device, or in writing"
    )]
    Full,
    #[error("this is over, something else has happened since: look at it again")]
    Stale,
    #[error("you have not been let in yet: come, be verified and acknowledge your rights")]
    NotAdmitted,
    #[error("nobody is asked about a recording now")]
    NoRecording,
}

impl Refusal {
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::PlaceHeld => ErrorCode::MediaPlaceHeld,
            Self::Full => ErrorCode::MediaRoomFull,
            Self::NotAdmitted => ErrorCode::IdentityUnverified,
            Self::NotNow | Self::NotAppointed | Self::Stale | Self::NoRecording => {
                ErrorCode::WrongStatus
            }
        }
    }

    pub const fn article(&self) -> Option<&'static str> {
        None
    }
}

/// The one room of a session in which somebody belongs now who is in these rooms of its dispute.
pub fn belongs(
    session: &Session,
    person: PersonId,
    rooms: &[RoomAddress],
) -> Result<RoomAddress, Refusal> {
    let who = viewpoint(rooms);
    let room = room_of(session.plan.manner, session.status, session.side, who)?;
    // Where domestic violence is indicated, the parties are in no common room without their word.
    if !rooms.contains(&room) {
        return Err(Refusal::NotNow);
    }
    match who {
        Viewpoint::Side(_) if !session.admits(person) => Err(Refusal::NotAdmitted),
        _ => Ok(room),
    }
}

/// Whether a session has a use for the media of this room now.
pub fn is_used(session: &Session, room: RoomAddress) -> bool {
    match session.status {
        SessionStatus::Joint => room == RoomAddress::JOINT,
        SessionStatus::Caucus => room == RoomAddress::JOINT || room.side() == session.side,
        _ => false,
    }
}

/// Whoever is in both caucuses is a neutral; whoever is in none stands on both sides, or on neither.
fn viewpoint(rooms: &[RoomAddress]) -> Viewpoint {
    let mut sides = rooms.iter().filter_map(|room| room.side());
    match (sides.next(), sides.next()) {
        (Some(_), Some(_)) => Viewpoint::Neutral,
        (Some(side), None) => Viewpoint::Side(side),
        (None, _) => Viewpoint::Outside,
    }
}

/// The one room of a session whose media somebody belongs in at this moment. The side that is not in caucus stays in
/// the joint room, and cannot tell a caucus from a break.
fn room_of(
    manner: SessionManner,
    status: SessionStatus,
    caucus: Option<protocol::party::Side>,
    who: Viewpoint,
) -> Result<RoomAddress, Refusal> {
    if !matches!(manner, SessionManner::Video | SessionManner::Audio | SessionManner::AssistedSite)
    {
        return Err(Refusal::NotAppointed);
    }
    match (status, caucus, who) {
        (_, _, Viewpoint::Outside) => Err(Refusal::NotNow),
        (SessionStatus::Caucus, Some(side), Viewpoint::Neutral) => Ok(RoomAddress::Caucus { side }),
        (SessionStatus::Caucus, Some(side), Viewpoint::Side(own)) if own == side => {
            Ok(RoomAddress::Caucus { side })
        }
        (SessionStatus::Joint | SessionStatus::Caucus, _, _) => Ok(RoomAddress::JOINT),
        _ => Err(Refusal::NotNow),
    }
}

impl Place {
    pub const fn out(person: PersonId) -> Self {
        Self { person, turn: 0, at: At::Out }
    }

    /// The media room somebody may be sending in.
    pub fn room(&self, now: DateTime<Utc>) -> Option<MediaRoomId> {
        match self.at {
            At::In { room, until } if now < until => Some(room.id),
            At::Leaving { room, until } if now < until => Some(room),
            _ => None,
        }
    }

    /// Until when it is held.
    pub const fn until(&self) -> Option<DateTime<Utc>> {
        match self.at {
            At::Out => None,
            At::In { until, .. } | At::Leaving { until, .. } => Some(until),
        }
    }

    /// Whether somebody is admitted to this media room as it is now.
    pub fn is_in(&self, room: MediaRoom, now: DateTime<Utc>) -> bool {
        matches!(self.at, At::In { room: own, until } if own == room && now < until)
    }

    /// Lets somebody in, or renews the lease of who is in. `others` counts who else is in that room.
    pub fn join(self, room: MediaRoom, others: usize, now: DateTime<Utc>) -> Result<Self, Refusal> {
        let back = matches!(self.at, At::In { room: own, .. } if own.id == room.id)
            || matches!(self.at, At::Leaving { room: own, .. } if own == room.id);
        if self.room(now).is_some() && !back {
            return Err(Refusal::PlaceHeld);
        }
        if others >= MESH {
            return Err(Refusal::Full);
        }
        // Renewing counts as well: a leave that was said before it must not end what came after.
        Ok(self.moved(At::In { room, until: now + LEASE }))
    }

    /// Somebody says that they send in the old room no more. Only the very leaving that is asked for counts.
    pub fn confirm_left(self, turn: i64) -> Result<Self, Refusal> {
        match self.at {
            At::Leaving { .. } if self.turn == turn => Ok(self.moved(At::Out)),
            // Said before: the answer may have been lost.
            At::Out if self.turn == turn + 1 => Ok(self),
            _ => Err(Refusal::Stale),
        }
    }

    /// Somebody goes, having stopped to send.
    pub fn leave(self, turn: i64) -> Result<Self, Refusal> {
        match self.at {
            At::In { .. } | At::Leaving { .. } if self.turn == turn => Ok(self.moved(At::Out)),
            At::Out if self.turn == turn + 1 => Ok(self),
            _ => Err(Refusal::Stale),
        }
    }

    /// The talk goes on elsewhere: whoever is in has to leave first.
    #[must_use]
    pub fn told_to_leave(self) -> Self {
        match self.at {
            At::In { room, until } => self.moved(At::Leaving { room: room.id, until }),
            At::Out | At::Leaving { .. } => self,
        }
    }

    /// Somebody has no business there any more; the others stop listening to them.
    #[must_use]
    pub fn put_out(self) -> Self {
        match self.at {
            At::Out => self,
            At::In { .. } | At::Leaving { .. } => self.moved(At::Out),
        }
    }

    /// Who stays in a room goes with its epoch.
    #[must_use]
    pub fn carried(self, to: MediaRoom) -> Self {
        match self.at {
            At::In { room, until } if room.id == to.id => {
                Self { at: At::In { room: to, until }, ..self }
            }
            _ => self,
        }
    }

    const fn moved(self, at: At) -> Self {
        Self { turn: self.turn + 1, at, ..self }
    }
}

impl Token {
    /// Whether it opens the room as it is now: only to whom it was given, and while they are in it.
    pub fn admits(&self, place: &Place, room: MediaRoom, now: DateTime<Utc>) -> bool {
        self.person == place.person
            && self.room == room
            && now < self.until
            && place.is_in(room, now)
    }
}

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;
