//! What the host says of the circumstances of a talk. It holds in the room of that talk and in no other: what was said
//! of a caucus must not show in the joint room, nor in the caucus of the other side.

use domain::session::Command;
use protocol::room::RoomAddress;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Safeguards {
    pub full_recording: bool,
    pub officer_present: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct InRoom {
    room: RoomAddress,
    #[serde(flatten)]
    safeguards: Safeguards,
}

/// Those of every room of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ByRoom(Vec<InRoom>);

impl ByRoom {
    pub fn of(&self, room: RoomAddress) -> Safeguards {
        let said = self.0.iter().find(|said| said.room == room);
        said.map(|said| said.safeguards).unwrap_or_default()
    }

    /// What was said once of a room holds there to the end of the session.
    pub fn add(&mut self, room: RoomAddress, more: Safeguards) {
        let before = self.of(room);
        let safeguards = Safeguards {
            full_recording: before.full_recording || more.full_recording,
            officer_present: before.officer_present || more.officer_present,
        };
        self.0.retain(|said| said.room != room);
        self.0.push(InRoom { room, safeguards });
    }
}

/// The room that a command leads to, if a talk begins with it.
pub const fn room_of(command: &Command) -> Option<RoomAddress> {
    match command {
        Command::MeetJointly => Some(RoomAddress::JOINT),
        Command::MeetInCaucus { side } => Some(RoomAddress::Caucus { side: *side }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::party::Side;

    #[test]
    fn what_is_said_of_one_room_holds_there_and_nowhere_else() {
        let caucus = RoomAddress::Caucus { side: Side::Applicant };
        let recorded = Safeguards { full_recording: true, officer_present: false };
        let mut all = ByRoom::default();
        all.add(caucus, recorded);
        all.add(caucus, Safeguards::default());
        all.add(RoomAddress::JOINT, Safeguards::default());
        assert_eq!(all.of(caucus), recorded);
        for other in [RoomAddress::JOINT, RoomAddress::Caucus { side: Side::Respondent }] {
            assert_eq!(all.of(other), Safeguards::default());
        }
        let text = serde_json::to_value(&all).unwrap();
        assert_eq!(serde_json::from_value::<ByRoom>(text).unwrap(), all);
    }
}
