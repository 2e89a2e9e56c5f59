//! What people are told when something happened that concerns them.

use crate::follow_up::ReminderKind;
use crate::{DisputeId, NoticeId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words! {
    NoticeKind {
        /// To the station: a dispute came in.
        Submitted = "submitted",
        HandedToYou = "handed_to_you",
        PoliceFirst = "police_first",
        Redirected = "redirected",
        Rejected = "rejected",
        Returned = "returned",
        ConsentAsked = "consent_asked",
        /// To the station: an invitation can no longer be answered, and the party has to be reached otherwise.
        InvitationLapsed = "invitation_lapsed",
        /// To the station: somebody invited wants to be called.
        CallAsked = "call_asked",
        /// To the station: somebody invited says when it would suit them.
        TimesSuggested = "times_suggested",
        Accepted = "accepted",
        ApprovalAsked = "approval_asked",
        ApprovalRefused = "approval_refused",
        /// To the one appointed.
        YouAreAppointed = "you_are_appointed",
        NeutralAppointed = "neutral_appointed",
        InterestsTold = "interests_told",
        DisclosureAnswered = "disclosure_answered",
        NeutralLeft = "neutral_left",
        SessionScheduled = "session_scheduled",
        Suspended = "suspended",
        Resumed = "resumed",
        ExtensionAsked = "extension_asked",
        Extended = "extended",
        SignatureAsked = "signature_asked",
        TextReopened = "text_reopened",
        /// To those whose signature or seal is still missing: all parties have signed.
        PartiesSigned = "parties_signed",
        AgreementInEffect = "agreement_in_effect",
        /// To the beneficiary: the obligor says that it is done.
        PerformanceReported = "performance_reported",
        /// To the obligor: the beneficiary says so too; to both, where somebody established it.
        PerformanceConfirmed = "performance_confirmed",
        /// To the obligor and those who establish what is true: the beneficiary says it was not done.
        PerformanceContested = "performance_contested",
        /// To both: somebody established that it was not done.
        PerformanceMissing = "performance_missing",
        /// To the obligor: the beneficiary released it.
        Waived = "waived",
        AllPerformed = "all_performed",
        NotPerformed = "not_performed",
        Urged = "urged",
        CourtAdvised = "court_advised",
        PenaltyProcedure = "penalty_procedure",
        Terminated = "terminated",
        /// To those in charge: nobody acted in time.
        Overdue = "overdue",
        Closed = "closed",
        /// To who owes something, some days before and on the day.
        DueSoon = "due_soon",
        DueToday = "due_today",
        /// To both sides: the time to ask for judicial confirmation runs out.
        ConfirmationEnds = "confirmation_ends",
    }
}

impl From<ReminderKind> for NoticeKind {
    fn from(reminder: ReminderKind) -> Self {
        match reminder {
            ReminderKind::DueSoon => Self::DueSoon,
            ReminderKind::DueToday => Self::DueToday,
            ReminderKind::ConfirmationEnds => Self::ConfirmationEnds,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoticeView {
    pub id: NoticeId,
    pub kind: NoticeKind,
    /// In Chinese, without names or content.
    pub text: String,
    pub dispute: Option<DisputeId>,
    pub created_at: DateTime<Utc>,
    pub read_at: Option<DateTime<Utc>>,
}

/// One page, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoticePage {
    pub notices: Vec<NoticeView>,
    /// How many you have not read, on all pages.
    pub unread: i64,
    /// Pass it as `after` to get the next page; absent on the last one.
    pub next: Option<String>,
}
