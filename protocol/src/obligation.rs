//! What was promised, and what became of it.

use crate::{
    EvidenceId, Fen, ObligationId, PartyId,
    text::{Line, Paragraph},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

words! {
    ObligationStatus {
        Pending = "pending",
        /// The obligor says it is done; the beneficiary has not answered.
        Reported = "reported",
        Performed = "performed",
        /// The beneficiary says it was not done; an officer or mediator establishes what is true.
        Contested = "contested",
        Overdue = "overdue",
        /// Released by the beneficiary.
        Waived = "waived",
    }
}

words! {
    /// How an agreement fared as a whole.
    PerformanceOutcome {
        /// Something is still open and not overdue.
        Running = "running",
        Performed = "performed",
        /// Some was performed, some is overdue.
        PartlyPerformed = "partly_performed",
        /// Something is overdue and nothing was performed.
        Defaulted = "defaulted",
    }
}

/// The obligor's report that it is done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ReportPerformance {
    /// A piece that you handed in, or that everybody sees. With the report everybody who takes part sees it.
    pub evidence: Option<EvidenceId>,
    pub note: Option<Line>,
}

/// The beneficiary's answer that it was not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ContestPerformance {
    pub reason: Paragraph,
}

/// What an officer or mediator found after a contest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EstablishPerformance {
    pub performed: bool,
    pub finding: Paragraph,
}

words! {
    /// What happened to an obligation.
    ObligationDeed {
        Reported = "reported",
        Performed = "performed",
        Contested = "contested",
        FoundUnperformed = "found_unperformed",
        BecameOverdue = "became_overdue",
        Waived = "waived",
    }
}

/// One thing that happened to an obligation.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ObligationStep {
    pub deed: ObligationDeed,
    pub at: DateTime<Utc>,
    /// The note, reason or finding that came with it.
    pub text: Option<String>,
    pub evidence: Option<EvidenceId>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ObligationView {
    pub id: ObligationId,
    /// Which clause of the agreement, counted from 0.
    pub clause: usize,
    pub act: String,
    pub obligor: PartyId,
    pub beneficiary: PartyId,
    pub amount: Option<Fen>,
    /// The amount in figures and 大写.
    pub amount_in_words: Option<String>,
    pub due_on: NaiveDate,
    /// 24:00 of that day in China: from then on it is overdue.
    pub overdue_at: DateTime<Utc>,
    pub status: ObligationStatus,
    pub performed_on: Option<NaiveDate>,
    /// It was performed after its day.
    pub late: bool,
    pub history: Vec<ObligationStep>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ObligationList {
    /// How the agreement fares as a whole; absent while there is none in effect.
    pub outcome: Option<PerformanceOutcome>,
    pub obligations: Vec<ObligationView>,
}

/// What the parties were told after a default (人民调解法 Art 32–33).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AdviseSuit {
    /// The routes told, in the words in which they were told.
    pub text: Paragraph,
}
