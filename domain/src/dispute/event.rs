//! What happened to a dispute. One list that feeds audit trail, live feed, notices and jobs.

use super::{Approval, Party};
use chrono::{DateTime, Utc};
use protocol::agreement::AgreementForm;
use protocol::dispute::{
    Ending, Part, PublicSecurityBar, SuspensionReason, TerminationReason, Track,
};
use protocol::{AccountId, PartyId, PersonId};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    Submitted,
    PartyAdded {
        party: Party,
    },
    GuardianAdded {
        party: PartyId,
    },
    AgentAdded {
        party: PartyId,
    },
    OwnershipTaken {
        by: AccountId,
    },
    HandedOver {
        to: AccountId,
    },
    HeldForEmergency,
    Redirected,
    TrackChosen {
        track: Track,
        consent_due_at: DateTime<Utc>,
    },
    EndingProposed {
        approval: Approval,
    },
    EndingRefused {
        ending: Ending,
    },
    Rejected,
    Returned,
    ConsentGiven {
        party: PartyId,
    },
    ConsentDeclined {
        party: PartyId,
    },
    Accepted {
        step_due_at: DateTime<Utc>,
        limit_at: DateTime<Utc>,
    },
    Withdrawn,
    Appointed {
        account: AccountId,
        person: PersonId,
        part: Part,
        answer_due_at: DateTime<Utc>,
    },
    InterestDisclosed {
        by: AccountId,
    },
    DisclosureAnswered {
        party: PartyId,
        neutral: AccountId,
        accepts: bool,
    },
    NeutralStoodDown {
        account: AccountId,
        step_due_at: DateTime<Utc>,
    },
    FactsEstablished,
    Barred {
        bar: PublicSecurityBar,
    },
    TrackChanged {
        track: Track,
        consent_due_at: DateTime<Utc>,
    },
    SessionScheduled,
    MediationBegun {
        at: DateTime<Utc>,
        /// 治安: when a second session would be too late (程序规定 Art 183).
        #[serde(default)]
        step_due_at: Option<DateTime<Utc>>,
    },
    Suspended {
        reason: SuspensionReason,
    },
    Resumed,
    ExtensionAsked {
        party: PartyId,
    },
    Extended {
        limit_at: DateTime<Utc>,
    },
    PutUpForSigning,
    DraftReopened,
    OralAgreementRecorded,
    AgreementTookEffect {
        form: AgreementForm,
    },
    PerformanceCompleted,
    Defaulted,
    Urged,
    SuitAdvised,
    ReferredForPenalty,
    Terminated {
        reason: TerminationReason,
    },
    /// Nobody acted in time; a station leader or director has to look.
    Escalated {
        step_due_at: DateTime<Utc>,
    },
    /// 治安: three working days went by without a session (2007 norm Art 9); a leader has to look.
    FirstSessionLate {
        step_due_at: DateTime<Utc>,
    },
    Closed,
    Archived,
}

impl Event {
    /// The tag under which it is stored and told.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::PartyAdded { .. } => "party_added",
            Self::GuardianAdded { .. } => "guardian_added",
            Self::AgentAdded { .. } => "agent_added",
            Self::OwnershipTaken { .. } => "ownership_taken",
            Self::HandedOver { .. } => "handed_over",
            Self::HeldForEmergency => "held_for_emergency",
            Self::Redirected => "redirected",
            Self::TrackChosen { .. } => "track_chosen",
            Self::EndingProposed { .. } => "ending_proposed",
            Self::EndingRefused { .. } => "ending_refused",
            Self::Rejected => "rejected",
            Self::Returned => "returned",
            Self::ConsentGiven { .. } => "consent_given",
            Self::ConsentDeclined { .. } => "consent_declined",
            Self::Accepted { .. } => "accepted",
            Self::Withdrawn => "withdrawn",
            Self::Appointed { .. } => "appointed",
            Self::InterestDisclosed { .. } => "interest_disclosed",
            Self::DisclosureAnswered { .. } => "disclosure_answered",
            Self::NeutralStoodDown { .. } => "neutral_stood_down",
            Self::FactsEstablished => "facts_established",
            Self::Barred { .. } => "barred",
            Self::TrackChanged { .. } => "track_changed",
            Self::SessionScheduled => "session_scheduled",
            Self::MediationBegun { .. } => "mediation_begun",
            Self::Suspended { .. } => "suspended",
            Self::Resumed => "resumed",
            Self::ExtensionAsked { .. } => "extension_asked",
            Self::Extended { .. } => "extended",
            Self::PutUpForSigning => "put_up_for_signing",
            Self::DraftReopened => "draft_reopened",
            Self::OralAgreementRecorded => "oral_agreement_recorded",
            Self::AgreementTookEffect { .. } => "agreement_took_effect",
            Self::PerformanceCompleted => "performance_completed",
            Self::Defaulted => "defaulted",
            Self::Urged => "urged",
            Self::SuitAdvised => "suit_advised",
            Self::ReferredForPenalty => "referred_for_penalty",
            Self::Terminated { .. } => "terminated",
            Self::Escalated { .. } => "escalated",
            Self::FirstSessionLate { .. } => "first_session_late",
            Self::Closed => "closed",
            Self::Archived => "archived",
        }
    }
}
