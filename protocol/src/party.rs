//! The people of a dispute: parties on two sides, those who act for them, and what they may do.

use crate::text::{Line, Name};
use crate::{PartyId, Phone};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

words! {
    /// 申请人 or 被申请人
    Side {
        Applicant = "applicant",
        Respondent = "respondent",
    }
}

impl Side {
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Applicant => Self::Respondent,
            Self::Respondent => Self::Applicant,
        }
    }
}

words! {
    /// Capacity for civil acts (民法典 Art 17–24).
    Capacity {
        Full = "full",
        /// 8 to 17, or an adult of limited capacity: together with a guardian.
        Limited = "limited",
        /// Under 8, or an adult without capacity: through a guardian only.
        None = "none",
    }
}

words! {
    ConsentState {
        Pending = "pending",
        Given = "given",
        Declined = "declined",
    }
}

words! {
    RepresentativeKind {
        Agent = "agent",
        Guardian = "guardian",
    }
}

words! {
    /// 代理人类型
    AgentType {
        Lawyer = "lawyer",
        LegalWorker = "legal_worker",
        Employee = "employee",
        CloseRelative = "close_relative",
        Citizen = "citizen",
    }
}

words! {
    /// 代理权限
    AgentPower {
        ApplyOrEnd = "apply_or_end",
        CollectEvidence = "collect_evidence",
        ChooseMediator = "choose_mediator",
        /// 承认、变更、放弃请求
        DisposeOfClaims = "dispose_of_claims",
        AttendAndSign = "attend_and_sign",
        ReceiveDocuments = "receive_documents",
        Other = "other",
    }
}

words! {
    /// Who was the suspect and who the victim, where the track is 治安调解.
    PublicSecurityRole {
        Suspect = "suspect",
        Victim = "victim",
    }
}

/// Somebody to stand on one side. Every contact field is optional: of a neighbour one may know no more than the door.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewParty {
    pub side: Side,
    pub name: Name,
    /// The person who files is this party.
    #[serde(default)]
    pub is_me: bool,
    #[serde(default)]
    pub phone: Option<Phone>,
    #[serde(default)]
    pub address: Option<Line>,
    #[serde(default)]
    pub born_on: Option<NaiveDate>,
    /// Of an adult who is not of full capacity; that of a minor follows from the date of birth.
    #[serde(default)]
    pub capacity: Option<Capacity>,
    #[serde(default)]
    pub role: Option<PublicSecurityRole>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartyView {
    pub id: PartyId,
    pub side: Side,
    pub name: String,
    /// Whole for the staff of station and committee, who have to be able to call; for everybody else its ends alone, and not even
    /// those where violence is indicated.
    pub phone: Option<String>,
    pub capacity: Capacity,
    pub consent: ConsentState,
    pub has_guardian: bool,
    pub role: Option<PublicSecurityRole>,
    pub representatives: Vec<RepresentativeView>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RepresentativeView {
    pub id: crate::RepresentativeId,
    pub name: String,
    pub kind: RepresentativeKind,
    pub agent_type: Option<AgentType>,
    pub powers: Vec<AgentPower>,
}
