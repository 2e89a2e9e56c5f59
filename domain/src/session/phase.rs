//! How a session looks from where somebody stands. That the neutrals talk to one side alone, and for how long, is
//! told to that side and nobody else: from outside, all talk is one phase.

use super::Session;
use protocol::{
    party::Side,
    room::RoomAddress,
    session::{SessionPhase, SessionStatus},
};

/// From where somebody looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Viewpoint {
    Neutral,
    Side(Side),
    /// Station and committee: they lead the dispute, and are in no room of it.
    Outside,
}

/// The phase, and the room where the talk goes on if it is a room of the viewer's.
pub fn phase(session: &Session, from: Viewpoint) -> (SessionPhase, Option<RoomAddress>) {
    let talk = match (session.status, session.side) {
        (SessionStatus::Joint, _) => Some(RoomAddress::JOINT),
        (SessionStatus::Caucus, Some(side)) => Some(RoomAddress::Caucus { side }),
        _ => None,
    };
    let told = talk.filter(|room| match from {
        Viewpoint::Neutral => true,
        // Only its own caucus: joint talk looks the same as a caucus of the other side.
        Viewpoint::Side(own) => room.side() == Some(own),
        Viewpoint::Outside => false,
    });
    let phase = match session.status {
        SessionStatus::Planned => SessionPhase::Planned,
        SessionStatus::Notified => SessionPhase::Notified,
        SessionStatus::Lobby => SessionPhase::Lobby,
        SessionStatus::IdentityVerified => SessionPhase::IdentityVerified,
        SessionStatus::RightsRead => SessionPhase::RightsRead,
        SessionStatus::Joint | SessionStatus::Caucus => SessionPhase::InProgress,
        SessionStatus::RecordConfirmed => SessionPhase::RecordConfirmed,
        SessionStatus::Ended => SessionPhase::Ended,
        SessionStatus::Cancelled => SessionPhase::Cancelled,
    };
    (phase, told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{Event, evolve};
    use protocol::session::{PlanSession, SessionManner};
    use uuid::Uuid;

    #[test]
    fn a_caucus_is_seen_by_its_side_and_the_neutrals_alone() {
        let at = chrono::DateTime::default();
        let plan =
            PlanSession { starts_at: at, ends_at: at, manner: SessionManner::Video, place: None };
        let session = Session::new(protocol::SessionId(Uuid::nil()), 1, plan);
        let after = |events: &[Event]| events.iter().fold(session.clone(), evolve);
        let joint = after(&[Event::RightsRead, Event::JointBegan]);
        let caucus = after(&[Event::RightsRead, Event::CaucusBegan { side: Side::Applicant }]);
        let own = RoomAddress::Caucus { side: Side::Applicant };
        assert_eq!(phase(&caucus, Viewpoint::Neutral), (SessionPhase::InProgress, Some(own)));
        assert_eq!(
            phase(&caucus, Viewpoint::Side(Side::Applicant)),
            (SessionPhase::InProgress, Some(own))
        );
        for outside in [Viewpoint::Side(Side::Respondent), Viewpoint::Outside] {
            assert_eq!(phase(&caucus, outside), phase(&joint, outside));
        }
    }
}
