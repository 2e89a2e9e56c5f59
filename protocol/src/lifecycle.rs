//! What the commands on a dispute carry.

use crate::dispute::{DisputeView, Ending, PublicSecurityBar, SuspensionReason, TerminationReason};
use crate::invitation::ShownText;
use crate::party::{AgentPower, AgentType, RepresentativeKind};
use crate::text::{Line, Name, Paragraph};
use crate::triage::{Findings, Triage};
use crate::{AccountId, FirmId, PartyId, Phone, appointment::AppointmentRole};
use serde::{Deserialize, Serialize};

/// The draft is complete and goes to the station.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Submit {
    /// The parties acted for who consent to mediation with this submission.
    #[serde(default)]
    pub consenting: Vec<PartyId>,
    /// The text they consent to; needed when somebody consents.
    #[serde(default)]
    pub shown: Option<ShownText>,
}

/// What triage found. The track and what follows come from the findings, in the order of the law.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TriageDispute {
    pub findings: Findings,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Triaged {
    pub triage: Triage,
    pub dispute: DisputeView,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    /// An officer or leader of the same station.
    pub to: AccountId,
    pub reason: Line,
}

/// A wish to end the dispute; a second person has to approve it (难办退办审核).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProposeEnding {
    pub ending: Ending,
    pub reason: TerminationReason,
    /// What the second person needs to know.
    pub explanation: Paragraph,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddRepresentative {
    pub party: PartyId,
    pub kind: RepresentativeKind,
    pub name: Name,
    /// The person who asks is the representative.
    #[serde(default)]
    pub is_me: bool,
    #[serde(default)]
    pub phone: Option<Phone>,
    /// For an agent.
    #[serde(default)]
    pub agent_type: Option<AgentType>,
    /// For an agent: what they may do.
    #[serde(default)]
    pub powers: Vec<AgentPower>,
    /// For an agent: the scope as the party wrote it.
    #[serde(default)]
    pub scope: Option<Paragraph>,
    /// For a lawyer.
    #[serde(default)]
    pub firm: Option<FirmId>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AppointNeutral {
    pub account: AccountId,
    pub role: AppointmentRole,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ClaimDispute {
    pub role: AppointmentRole,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AnswerDisclosure {
    pub party: PartyId,
    /// The mediator or lawyer whose disclosure is answered.
    pub neutral: AccountId,
    pub accepts: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BarTrack {
    pub bar: PublicSecurityBar,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SuspendMediation {
    pub reason: SuspensionReason,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AskExtension {
    pub party: PartyId,
}
