//! Why a command was not carried out, and what to do instead.

use protocol::ErrorCode;
use protocol::dispute::{PublicSecurityBar, Status};

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("your part in this dispute does not allow that")]
    NotPermitted,
    #[error("not possible while the dispute is {0}; load it again to see what can be done now")]
    WrongStatus(Status),
    #[error("you do not act for that party; choose a party you are or represent")]
    NotYourParty,
    #[error("a written power to do this is needed; have the party add it to the delegation")]
    PowerMissing,
    #[error("that party has already answered; load the dispute again to see the answer")]
    AlreadyAnswered,
    #[error("each side needs at least one party; add whoever is missing and submit again")]
    SideMissing,
    #[error("a guardian has to act with this party; add the guardian first")]
    GuardianRequired,
    #[error("this person cannot answer alone; the guardian has to answer for them")]
    GuardianActs,
    #[error("somebody else has to approve this; ask a station leader or committee director")]
    SecondPersonRequired,
    #[error("an ending is already waiting for approval; have it approved or refused first")]
    ApprovalPending,
    #[error("no ending waits for approval")]
    NothingToApprove,
    #[error("somebody already has this part; they must step down first")]
    AlreadyAppointed,
    #[error(
        "only a mediator appointed by the committee can host 人民调解; others sit as invited lawyers"
    )]
    NotAppointedByCommittee,
    #[error("治安调解 is hosted by a police officer; appoint an officer of the station")]
    OfficerRequired,
    #[error("interests have to be disclosed and answered by every party first")]
    DisclosurePending,
    #[error("治安调解 is closed to this dispute ({0}); it goes on in the penalty procedure")]
    Barred(PublicSecurityBar),
    #[error("the facts have to be established before mediating; record that they are")]
    FactsNotEstablished,
    #[error("治安调解 has at most two sessions; put up an agreement or end the mediation")]
    SessionLimit,
    #[error("this agreement has to be in writing; draft it and have it signed")]
    WrittenFormRequired,
    #[error("a suspect cannot be represented in 治安调解; they have to take part themselves")]
    DelegationNotAllowed,
    #[error("at most five people may represent one side")]
    TooManyRepresentatives,
    #[error("visits are still due; record them before closing")]
    VisitsOpen,
    #[error(
        "closing needs what was promised to be done, or the parties told of court; do that first"
    )]
    ObligationsOpen,
    #[error("it is not due yet")]
    NotDue,
}

impl Refusal {
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::NotPermitted | Self::NotYourParty => ErrorCode::NotPermitted,
            Self::WrongStatus(_) | Self::NothingToApprove | Self::NotDue => ErrorCode::WrongStatus,
            Self::PowerMissing => ErrorCode::PowerMissing,
            Self::AlreadyAnswered => ErrorCode::AlreadyAnswered,
            Self::SideMissing => ErrorCode::Invalid,
            Self::GuardianRequired | Self::GuardianActs => ErrorCode::GuardianRequired,
            Self::SecondPersonRequired => ErrorCode::SecondPersonRequired,
            Self::ApprovalPending => ErrorCode::ApprovalPending,
            Self::NotAppointedByCommittee | Self::OfficerRequired => ErrorCode::ConflictOfInterest,
            Self::AlreadyAppointed => ErrorCode::AlreadyAppointed,
            Self::DisclosurePending => ErrorCode::DisclosurePending,
            Self::Barred(_) => ErrorCode::TrackBarred,
            Self::FactsNotEstablished => ErrorCode::FactsNotEstablished,
            Self::SessionLimit => ErrorCode::SessionLimit,
            Self::WrittenFormRequired => ErrorCode::WrittenFormRequired,
            Self::DelegationNotAllowed => ErrorCode::DelegationNotAllowed,
            Self::TooManyRepresentatives => ErrorCode::TooManyRepresentatives,
            Self::VisitsOpen => ErrorCode::VisitsOpen,
            Self::ObligationsOpen => ErrorCode::ObligationsOpen,
        }
    }

    /// The law behind the refusal.
    pub const fn article(self) -> Option<&'static str> {
        Some(match self {
            Self::GuardianRequired | Self::GuardianActs => "民法典 Art 19–23",
            Self::NotAppointedByCommittee => "人民调解法 Art 13, 14, 20",
            Self::OfficerRequired => "程序规定 Art 178",
            Self::Barred(_) => "程序规定 Art 179",
            Self::FactsNotEstablished => "程序规定 Art 180",
            Self::SessionLimit => "程序规定 Art 183",
            Self::WrittenFormRequired => "人民调解法 Art 28",
            Self::DelegationNotAllowed => "程序规定 Art 181",
            Self::TooManyRepresentatives => "宁波条例 Art 20",
            Self::ObligationsOpen => "程序规定 Art 258",
            Self::VisitsOpen => "人民调解法 Art 31",
            _ => return None,
        })
    }
}
