//! A session, step by step: who comes is verified and told their rights before anybody talks, and what was said is confirmed.

mod guards;
mod phase;
mod planning;
mod refusal;
mod setting;

use crate::digest;
use protocol::{
    Digest, PersonId, SessionId,
    party::Side,
    session::{Attendee, IdentityMethod, PlanSession, SessionStatus},
    text::{Line, Narrative, Paragraph},
};
use serde::{Deserialize, Serialize};

pub use phase::{Viewpoint, phase};
pub use planning::{plan, publicity};
pub use refusal::Refusal;
pub use setting::{Expected, Protection, Setting};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    /// Which session of the dispute it is, counted from 1.
    pub number: u8,
    pub status: SessionStatus,
    /// Whose caucus it is in, while it is.
    pub side: Option<Side>,
    pub plan: PlanSession,
    pub attendance: Vec<Attendance>,
    pub record: Option<Record>,
    pub version: i64,
}

/// Somebody who came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attendance {
    pub attendee: Attendee,
    pub identity: Option<IdentityMethod>,
    pub rights: bool,
    pub record: RecordAnswer,
    pub left: bool,
}

impl Attendance {
    /// Verified and told their rights: only then may somebody be let in.
    pub const fn is_admitted(&self) -> bool {
        self.identity.is_some() && self.rights
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordAnswer {
    None,
    Confirmed,
    /// Will not confirm; the host has noted why.
    Refused,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub text: Narrative,
    pub text_hash: Digest,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    Notify,
    OpenLobby,
    Arrive(Attendee),
    Depart {
        person: PersonId,
    },
    VerifyIdentity {
        person: PersonId,
        method: IdentityMethod,
    },
    /// Everybody who came is verified.
    ConfirmIdentities,
    /// Whoever gives it has been told the rights and understands them (人民调解法 Art 23, 24).
    AcknowledgeRights,
    ConfirmRights,
    MeetJointly,
    /// Also straight after the rights: where the victim will not meet the other side there is no joint part.
    MeetInCaucus {
        side: Side,
    },
    PresentRecord {
        text: Narrative,
    },
    ConfirmRecord {
        text_hash: Digest,
    },
    NoteRecordRefusal {
        person: PersonId,
        reason: Paragraph,
    },
    CloseRecord,
    End,
    Cancel {
        reason: Line,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    Planned { number: u8, plan: PlanSession },
    Notified,
    LobbyOpened,
    Arrived { attendee: Attendee },
    Departed { person: PersonId },
    IdentityVerified { person: PersonId, method: IdentityMethod, by: PersonId },
    IdentitiesConfirmed,
    RightsAcknowledged { person: PersonId },
    RightsRead,
    JointBegan,
    CaucusBegan { side: Side },
    RecordPresented(Record),
    RecordConfirmedBy { person: PersonId },
    RecordRefusalNoted { person: PersonId, reason: Paragraph },
    RecordConfirmed,
    Ended,
    Cancelled { reason: Line },
}

/// What `command` by somebody does to the session, or why it may not.
pub fn decide(
    session: &Session,
    setting: &Setting,
    by: PersonId,
    command: Command,
) -> Result<Vec<Event>, Refusal> {
    use SessionStatus::{
        Caucus, IdentityVerified, Joint, Lobby, Notified, Planned, RecordConfirmed, RightsRead,
    };
    guards::permits(session, setting, by, &command)?;
    let event = match (command, session.status) {
        (Command::Notify, Planned) => Event::Notified,
        (Command::OpenLobby, Notified) => Event::LobbyOpened,
        (Command::Arrive(attendee), Lobby | IdentityVerified | RightsRead | Joint | Caucus) => {
            guards::arrives(session, setting, attendee)?
        }
        (Command::Depart { person }, Lobby | IdentityVerified | RightsRead | Joint | Caucus) => {
            guards::departs(session, person)?
        }
        (
            Command::VerifyIdentity { person, method },
            Lobby | IdentityVerified | RightsRead | Joint | Caucus,
        ) => guards::verified(session, person, method, by)?,
        (Command::ConfirmIdentities, Lobby) => guards::identities(session)?,
        (Command::AcknowledgeRights, IdentityVerified | RightsRead | Joint | Caucus) => {
            guards::acknowledged(session, by)?
        }
        (Command::ConfirmRights, IdentityVerified) => guards::rights(session)?,
        (Command::MeetJointly, RightsRead | Caucus) => guards::joint(session, setting)?,
        (Command::MeetInCaucus { side }, RightsRead | Joint | Caucus) => {
            guards::caucus(session, setting, side)?
        }
        (Command::PresentRecord { text }, Joint | Caucus) => {
            let text_hash = digest::of(text.as_str().as_bytes());
            Event::RecordPresented(Record { text, text_hash })
        }
        (Command::ConfirmRecord { text_hash }, Joint | Caucus) => {
            guards::confirms(session, by, &text_hash)?
        }
        (Command::NoteRecordRefusal { person, reason }, Joint | Caucus) => {
            guards::refuses(session, person, reason)?
        }
        (Command::CloseRecord, Joint | Caucus) => guards::record(session)?,
        (Command::End, RecordConfirmed) => Event::Ended,
        (
            Command::Cancel { reason },
            Planned | Notified | Lobby | IdentityVerified | RightsRead,
        ) => Event::Cancelled { reason },
        // What was said has to be recorded (人民调解法 Art 27): a talk that has begun is not cancelled away.
        (Command::Cancel { .. } | Command::End, Joint | Caucus) => {
            return Err(Refusal::RecordUnconfirmed);
        }
        (_, status) => return Err(Refusal::WrongStatus(status)),
    };
    Ok(vec![event])
}

/// The session after `event`. Total: what has happened cannot be refused.
#[must_use]
pub fn evolve(mut session: Session, event: &Event) -> Session {
    session.version += 1;
    match event {
        Event::Planned { number, plan } => {
            session.number = *number;
            session.plan = plan.clone();
        }
        Event::Arrived { attendee } => session.arrive(*attendee),
        Event::Departed { person } => session.change(*person, |there| there.left = true),
        Event::IdentityVerified { person, method, .. } => {
            session.change(*person, |there| there.identity = Some(*method));
        }
        Event::RightsAcknowledged { person } => {
            session.change(*person, |there| there.rights = true);
        }
        Event::RecordPresented(record) => {
            session.record = Some(record.clone());
            session.attendance.iter_mut().for_each(|there| there.record = RecordAnswer::None);
        }
        Event::RecordConfirmedBy { person } => {
            session.change(*person, |there| there.record = RecordAnswer::Confirmed);
        }
        Event::RecordRefusalNoted { person, .. } => {
            session.change(*person, |there| there.record = RecordAnswer::Refused);
        }
        Event::Notified => session.status = SessionStatus::Notified,
        Event::LobbyOpened => session.status = SessionStatus::Lobby,
        Event::IdentitiesConfirmed => session.status = SessionStatus::IdentityVerified,
        Event::RightsRead => session.status = SessionStatus::RightsRead,
        Event::JointBegan => session.talk(SessionStatus::Joint, None),
        Event::CaucusBegan { side } => session.talk(SessionStatus::Caucus, Some(*side)),
        Event::RecordConfirmed => session.talk(SessionStatus::RecordConfirmed, None),
        Event::Ended => session.status = SessionStatus::Ended,
        Event::Cancelled { .. } => session.status = SessionStatus::Cancelled,
    }
    session
}

impl Session {
    pub const fn new(id: SessionId, number: u8, plan: PlanSession) -> Self {
        Self {
            id,
            number,
            status: SessionStatus::Planned,
            side: None,
            plan,
            attendance: vec![],
            record: None,
            version: 0,
        }
    }

    pub fn attendance_of(&self, person: PersonId) -> Option<&Attendance> {
        self.attendance.iter().find(|there| there.attendee.person == person)
    }

    /// Whether somebody may be let into the room where the session is now.
    pub fn admits(&self, person: PersonId) -> bool {
        self.attendance_of(person).is_some_and(|there| there.is_admitted() && !there.left)
    }

    /// Somebody who comes back is who they were: verified and told, once.
    fn arrive(&mut self, attendee: Attendee) {
        if self.attendance_of(attendee.person).is_some() {
            self.change(attendee.person, |there| there.left = false);
        } else {
            let (identity, rights, record, left) = (None, false, RecordAnswer::None, false);
            self.attendance.push(Attendance { attendee, identity, rights, record, left });
        }
    }

    fn change(&mut self, person: PersonId, change: impl FnOnce(&mut Attendance)) {
        if let Some(there) = self.attendance.iter_mut().find(|t| t.attendee.person == person) {
            change(there);
        }
    }

    /// Still to be held: none of its talks has begun.
    pub const fn is_ahead(&self) -> bool {
        matches!(
            self.status,
            SessionStatus::Planned
                | SessionStatus::Notified
                | SessionStatus::Lobby
                | SessionStatus::IdentityVerified
                | SessionStatus::RightsRead
        )
    }

    const fn talk(&mut self, status: SessionStatus, side: Option<Side>) {
        self.status = status;
        self.side = side;
    }
}

#[cfg(test)]
mod tests;
