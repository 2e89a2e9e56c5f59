//! What can be asked of a dispute.

use super::Party;
use protocol::agreement::AgreementForm;
use protocol::dispute::{
    Ending, Part, PublicSecurityBar, SuspensionReason, TerminationReason, Track,
};
use protocol::{AccountId, PartyId, PersonId};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    Submit { consenting: Vec<PartyId> },
    AddParty(Party),
    AddGuardian { party: PartyId },
    AddAgent { party: PartyId, present_on_side: usize },
    Triage(Verdict),
    HandOver { to: AccountId },
    ProposeEnding { ending: Ending, reason: TerminationReason },
    ApproveEnding,
    RefuseEnding,
    Consent { party: PartyId },
    Decline { party: PartyId },
    Withdraw,
    Appoint(Nominee),
    Claim(Nominee),
    Disclose,
    AnswerDisclosure { party: PartyId, neutral: AccountId, accepts: bool },
    StepDown,
    EstablishFacts,
    Bar(PublicSecurityBar),
    ChangeTrack,
    Schedule,
    Begin,
    Suspend(SuspensionReason),
    Resume,
    AskExtension { party: PartyId },
    PutUpForSigning,
    ReopenDraft,
    AgreeOrally { written_form_required: bool },
    TakeEffect { form: AgreementForm },
    NotePerformed,
    NoteDefault,
    Urge,
    AdviseSuit,
    ReferForPenalty,
    Close { visits_open: u32 },
    Archive,
    Expire,
}

/// Somebody proposed as a neutral, with what the directory and the conflict check say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nominee {
    pub account: AccountId,
    pub person: PersonId,
    pub part: Part,
    /// Holds an appointment of the committee (人民调解法 Art 13–14).
    pub appointed_by_committee: bool,
    pub is_officer: bool,
}

/// What triage came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Violence under way.
    Hold,
    /// Belongs to another body.
    Redirect,
    /// Not to be taken (needs a second person).
    Reject,
    Accept(Track),
}

macro_rules! kinds {
    ($($kind:ident = $text:literal),+ $(,)?) => {
        /// A command without what it carries: the rows of the lifecycle matrix.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Kind { $($kind),+ }

        impl Kind {
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$kind => $text),+ }
            }
        }
    };
}

kinds! {
    Submit = "submit",
    AddParty = "add_party",
    AddGuardian = "add_guardian",
    AddAgent = "add_agent",
    Triage = "triage",
    HandOver = "hand_over",
    ProposeEnding = "propose_ending",
    ApproveEnding = "approve_ending",
    RefuseEnding = "refuse_ending",
    Consent = "consent",
    Decline = "decline",
    Withdraw = "withdraw",
    Appoint = "appoint",
    Claim = "claim",
    Disclose = "disclose",
    AnswerDisclosure = "answer_disclosure",
    StepDown = "step_down",
    EstablishFacts = "establish_facts",
    Bar = "bar",
    ChangeTrack = "change_track",
    Schedule = "schedule",
    Begin = "begin",
    Suspend = "suspend",
    Resume = "resume",
    AskExtension = "ask_extension",
    PutUpForSigning = "put_up_for_signing",
    ReopenDraft = "reopen_draft",
    AgreeOrally = "agree_orally",
    TakeEffect = "take_effect",
    NotePerformed = "note_performed",
    NoteDefault = "note_default",
    Urge = "urge",
    AdviseSuit = "advise_suit",
    ReferForPenalty = "refer_for_penalty",
    Close = "close",
    Archive = "archive",
    Expire = "expire",
}

impl Command {
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Submit { .. } => Kind::Submit,
            Self::AddParty(_) => Kind::AddParty,
            Self::AddGuardian { .. } => Kind::AddGuardian,
            Self::AddAgent { .. } => Kind::AddAgent,
            Self::Triage(_) => Kind::Triage,
            Self::HandOver { .. } => Kind::HandOver,
            Self::ProposeEnding { .. } => Kind::ProposeEnding,
            Self::ApproveEnding => Kind::ApproveEnding,
            Self::RefuseEnding => Kind::RefuseEnding,
            Self::Consent { .. } => Kind::Consent,
            Self::Decline { .. } => Kind::Decline,
            Self::Withdraw => Kind::Withdraw,
            Self::Appoint(_) => Kind::Appoint,
            Self::Claim(_) => Kind::Claim,
            Self::Disclose => Kind::Disclose,
            Self::AnswerDisclosure { .. } => Kind::AnswerDisclosure,
            Self::StepDown => Kind::StepDown,
            Self::EstablishFacts => Kind::EstablishFacts,
            Self::Bar(_) => Kind::Bar,
            Self::ChangeTrack => Kind::ChangeTrack,
            Self::Schedule => Kind::Schedule,
            Self::Begin => Kind::Begin,
            Self::Suspend(_) => Kind::Suspend,
            Self::Resume => Kind::Resume,
            Self::AskExtension { .. } => Kind::AskExtension,
            Self::PutUpForSigning => Kind::PutUpForSigning,
            Self::ReopenDraft => Kind::ReopenDraft,
            Self::AgreeOrally { .. } => Kind::AgreeOrally,
            Self::TakeEffect { .. } => Kind::TakeEffect,
            Self::NotePerformed => Kind::NotePerformed,
            Self::NoteDefault => Kind::NoteDefault,
            Self::Urge => Kind::Urge,
            Self::AdviseSuit => Kind::AdviseSuit,
            Self::ReferForPenalty => Kind::ReferForPenalty,
            Self::Close { .. } => Kind::Close,
            Self::Archive => Kind::Archive,
            Self::Expire => Kind::Expire,
        }
    }
}
