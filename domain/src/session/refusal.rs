//! Why a session does not go on, and what to do about it.

use protocol::{ErrorCode, party::Side, session::SessionStatus};

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("not possible while the session is {0}: look at it again")]
    WrongStatus(SessionStatus),
    #[error("your part in this session does not allow that: {0} may do it")]
    NotPermitted(&'static str),
    #[error("the time is not right: choose a start to come and an end after it")]
    BadTime,
    #[error("mediate only after the facts are investigated and evidence is collected")]
    FactsNotEstablished,
    #[error(
        "there were two sessions already: end the mediation and go on with the penalty procedure"
    )]
    SessionLimit,
    #[error(
        "the second session must take place within the limit after the first: choose an earlier time"
    )]
    SessionTooLate,
    #[error("nobody of the {0} attends: wait, or meet the other side alone")]
    NobodyThere(Side),
    #[error("the suspect must attend in person: wait for the suspect")]
    SuspectAbsent,
    #[error("a party needs a guardian here: ask the guardian to attend")]
    GuardianAbsent,
    #[error("nobody may stand in for the suspect: the suspect attends in person")]
    DelegationNotAllowed,
    #[error("not everybody who came has been verified: verify them first")]
    IdentityUnverified,
    #[error("not everybody who came has acknowledged their rights: read them and ask for it")]
    RightsUnread,
    #[error(
        "one officer alone mediates only with full recording: start recording, or call a second officer"
    )]
    RecordingRequired,
    #[error("the victim has not separately agreed to meet the other side: use caucus")]
    JointConsentMissing,
    #[error("an officer must be present where domestic violence is indicated: call one")]
    OfficerAbsent,
    #[error("there is no record to answer: the host presents it first")]
    NoRecord,
    #[error("this is not the record that was presented: read it again")]
    RecordChanged,
    #[error(
        "the record is not confirmed: everybody who took part confirms it, or the host notes the refusal"
    )]
    RecordUnconfirmed,
    #[error("that is done already: nothing more is needed")]
    AlreadyDone,
}

impl Refusal {
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::WrongStatus(_) | Self::NoRecord => ErrorCode::WrongStatus,
            Self::NotPermitted(_) => ErrorCode::NotPermitted,
            Self::BadTime => ErrorCode::Invalid,
            Self::FactsNotEstablished => ErrorCode::FactsNotEstablished,
            Self::SessionLimit => ErrorCode::SessionLimit,
            Self::SessionTooLate => ErrorCode::SessionTooLate,
            Self::NobodyThere(_) | Self::SuspectAbsent | Self::OfficerAbsent => {
                ErrorCode::AttendanceMissing
            }
            Self::GuardianAbsent => ErrorCode::GuardianRequired,
            Self::DelegationNotAllowed => ErrorCode::DelegationNotAllowed,
            Self::IdentityUnverified => ErrorCode::IdentityUnverified,
            Self::RightsUnread => ErrorCode::RightsUnread,
            Self::RecordingRequired => ErrorCode::RecordingRequired,
            Self::JointConsentMissing => ErrorCode::ConsentMissing,
            Self::RecordChanged => ErrorCode::TextChanged,
            Self::RecordUnconfirmed => ErrorCode::RecordUnconfirmed,
            Self::AlreadyDone => ErrorCode::AlreadyAnswered,
        }
    }

    pub const fn article(&self) -> Option<&'static str> {
        match self {
            Self::FactsNotEstablished => Some("程序规定 Art 180"),
            Self::SessionLimit | Self::SessionTooLate => Some("程序规定 Art 183"),
            Self::SuspectAbsent | Self::DelegationNotAllowed => Some("程序规定 Art 181"),
            Self::GuardianAbsent => Some("民法典 Art 19–23; 程序规定 Art 181"),
            Self::IdentityUnverified => Some("在线调解规则 Art 17"),
            Self::RightsUnread => Some("人民调解法 Art 23, 24"),
            Self::RecordingRequired => Some("程序规定 Art 52"),
            Self::OfficerAbsent | Self::JointConsentMissing => Some("反家暴法 Art 15–17"),
            Self::RecordUnconfirmed => Some("人民调解法 Art 27"),
            _ => None,
        }
    }
}
