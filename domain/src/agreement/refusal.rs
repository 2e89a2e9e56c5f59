//! Why an agreement does not go on, and what to do about it.

use protocol::{ErrorCode, FieldError, agreement::AgreementStatus};

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("not possible while the agreement is {0}: look at it again")]
    WrongStatus(AgreementStatus),
    #[error("only {0} may do this")]
    NotPermitted(&'static str),
    #[error(
        "the draft lacks what an agreement must say: complete the fields named and put it up again"
    )]
    Incomplete(Vec<FieldError>),
    #[error("this agreement has to be in writing: choose the written form")]
    WritingRequired(&'static str),
    #[error("a written agreement is signed, not recorded: put it up for signing")]
    SigningRequired,
    #[error("an agreement without paper is recorded, not signed: record it")]
    RecordRequired,
    #[error("this is not the text that is up for signing: read it again and sign that")]
    TextChanged,
    #[error("you have signed already: nothing more is needed from you")]
    AlreadySigned,
    #[error(
        "this agreement touches personal status and cannot be signed electronically: sign on paper"
    )]
    WetInkRequired,
    #[error("this party signs through a guardian: ask the guardian to sign")]
    GuardianRequired,
    #[error("the suspect signs in person and nobody else may: ask the suspect to sign")]
    DelegationNotAllowed,
    #[error(
        "the agent's powers do not cover it: both disposing of claims and signing must be recorded"
    )]
    PowerMissing,
    #[error("the seal comes last: wait until every party and the mediator have signed")]
    SignaturesMissing,
}

impl Refusal {
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::WrongStatus(_) | Self::SigningRequired | Self::RecordRequired => {
                ErrorCode::WrongStatus
            }
            Self::NotPermitted(_) => ErrorCode::NotPermitted,
            Self::Incomplete(_) => ErrorCode::AgreementIncomplete,
            Self::WritingRequired(_) => ErrorCode::WrittenFormRequired,
            Self::TextChanged => ErrorCode::TextChanged,
            Self::AlreadySigned => ErrorCode::AlreadyAnswered,
            Self::WetInkRequired => ErrorCode::WetInkRequired,
            Self::GuardianRequired => ErrorCode::GuardianRequired,
            Self::DelegationNotAllowed => ErrorCode::DelegationNotAllowed,
            Self::PowerMissing => ErrorCode::PowerMissing,
            Self::SignaturesMissing => ErrorCode::SignaturesMissing,
        }
    }

    pub const fn article(&self) -> Option<&'static str> {
        match self {
            Self::Incomplete(_) | Self::SignaturesMissing => Some("人民调解法 Art 29"),
            Self::WritingRequired(article) => Some(article),
            Self::WetInkRequired => Some("电子签名法 Art 3"),
            Self::TextChanged => Some("电子签名法 Art 13"),
            Self::GuardianRequired => Some("民法典 Art 19–23"),
            Self::DelegationNotAllowed => Some("程序规定 Art 181"),
            _ => None,
        }
    }

    /// The places in the draft at fault.
    pub fn fields(&self) -> &[FieldError] {
        match self {
            Self::Incomplete(fields) => fields,
            _ => &[],
        }
    }
}
