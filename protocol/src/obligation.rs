//! What was promised, and what became of it.

use crate::{
    EvidenceId,
    text::{Line, Paragraph},
};
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
