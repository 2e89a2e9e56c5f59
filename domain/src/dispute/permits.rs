//! Who may give which command: the one list, used by the rules, the doors and the access table.

use super::{Kind, Standing};
use protocol::dispute::Part;

/// Parties and those who act for them.
pub const ACTS_FOR_A_PARTY: &[Part] =
    &[Part::Applicant, Part::Respondent, Part::Agent, Part::Guardian];

const FILERS: &[Part] = &[Part::Applicant, Part::Agent, Part::Guardian, Part::Filer, Part::Owner];
/// Those who help both sides.
pub const NEUTRALS: &[Part] = &[Part::Mediator, Part::CoMediator, Part::InvitedLawyer];
/// The police of the dispute's station.
pub const STATION: &[Part] = &[Part::Owner, Part::StationOfficer, Part::StationLeader];
const IN_CHARGE: &[Part] = &[Part::Owner, Part::StationLeader];
const HOSTS: &[Part] = &[Part::Mediator, Part::Owner];
const SECOND_PERSONS: &[Part] = &[Part::StationLeader, Part::Director];

/// The parts that may give a command of this kind.
pub const fn parts_that_may(kind: Kind) -> &'static [Part] {
    match kind {
        Kind::Submit => FILERS,
        Kind::AddParty | Kind::AddGuardian | Kind::AddAgent => &[
            Part::Applicant,
            Part::Respondent,
            Part::Agent,
            Part::Guardian,
            Part::Filer,
            Part::Owner,
            Part::StationOfficer,
            Part::Mediator,
        ],
        Kind::Triage => STATION,
        Kind::HandOver
        | Kind::ReferForPenalty
        | Kind::EstablishFacts
        | Kind::Bar
        | Kind::ChangeTrack => IN_CHARGE,
        Kind::ProposeEnding => &[
            Part::Owner,
            Part::StationOfficer,
            Part::StationLeader,
            Part::Mediator,
            Part::Director,
        ],
        Kind::ApproveEnding | Kind::RefuseEnding => SECOND_PERSONS,
        Kind::Consent
        | Kind::Decline
        | Kind::Withdraw
        | Kind::AnswerDisclosure
        | Kind::AskExtension => ACTS_FOR_A_PARTY,
        Kind::Appoint | Kind::Archive => &[Part::Owner, Part::StationLeader, Part::Director],
        Kind::Claim => &[Part::Candidate],
        Kind::Disclose | Kind::StepDown => NEUTRALS,
        Kind::Schedule | Kind::Begin | Kind::Suspend | Kind::Resume => HOSTS,
        Kind::PutUpForSigning | Kind::ReopenDraft | Kind::AgreeOrally => &[Part::Mediator],
        // What follows from the last signature is decided by whoever gave it; the clock stands for the system.
        Kind::TakeEffect | Kind::NotePerformed | Kind::NoteDefault | Kind::Expire => &[Part::Clock],
        Kind::Urge | Kind::AdviseSuit | Kind::Close => {
            &[Part::Mediator, Part::Owner, Part::StationLeader]
        }
    }
}

/// As which of their parts somebody gives a command, if they may.
pub fn acting_as(kind: Kind, standing: &Standing) -> Option<Part> {
    parts_that_may(kind).iter().copied().find(|part| standing.has(*part))
}

pub fn permits(kind: Kind, standing: &Standing) -> bool {
    acting_as(kind, standing).is_some()
}
