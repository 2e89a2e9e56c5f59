//! What triage looks at and what it leads to.

use crate::dispute::{PublicSecurityBar, Track};
use serde::{Deserialize, Serialize};

words! {
    /// Signs of danger now; each of them sends police first.
    EmergencySign {
        ViolenceUnderWay = "violence_under_way",
        Weapon = "weapon",
        ThreatToLife = "threat_to_life",
    }
}

words! {
    /// Whether domestic violence is indicated, and whether police have done what comes first (反家暴法 Art 15–17).
    DomesticViolence {
        Indicated = "indicated",
        /// Warned or protected as the case needs; mediation may follow under protection.
        ProtocolDone = "protocol_done",
    }
}

words! {
    /// What the 治安 violation is (程序规定 Art 178).
    ViolationAct {
        /// 殴打他人
        Beating = "beating",
        /// 故意伤害
        IntentionalInjury = "intentional_injury",
        /// 侮辱
        Insult = "insult",
        /// 诽谤
        Defamation = "defamation",
        /// 诬告陷害
        FalseAccusation = "false_accusation",
        /// 故意损毁财物
        PropertyDamage = "property_damage",
        /// 干扰他人正常生活
        DisturbingLife = "disturbing_life",
        /// 侵犯隐私
        PrivacyInvasion = "privacy_invasion",
        /// 非法侵入住宅
        HomeIntrusion = "home_intrusion",
        /// Any other; not open to mediation.
        Other = "other",
    }
}

words! {
    /// What makes a violation fit for mediation (程序规定 Art 178).
    ViolationCause {
        /// 亲友、邻里、同事、在校学生之间因琐事
        CloseRelations = "close_relations",
        /// 被侵害人事前的过错
        VictimFault = "victim_fault",
        /// 其他适用调解处理更易化解矛盾的
        BetterMediated = "better_mediated",
        /// None of the three.
        Neither = "neither",
    }
}

/// A 治安 violation as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Violation {
    pub act: ViolationAct,
    /// 因民间纠纷引起
    pub from_civil_dispute: bool,
    /// 情节较轻
    pub slight: bool,
    pub cause: ViolationCause,
    /// What bars mediation (程序规定 Art 179).
    #[serde(default)]
    pub bars: Vec<PublicSecurityBar>,
}

words! {
    /// Why a dispute cannot be taken by people's mediation (75号令 Art 22).
    PriorHandling {
        CourtAccepted = "court_accepted",
        CourtSettled = "court_settled",
        PoliceHandling = "police_handling",
        AgencyHandling = "agency_handling",
        AgencySettled = "agency_settled",
        /// The law reserves it to a special organ.
        Reserved = "reserved",
        /// Another medical-dispute body or court has it (医疗条例 Art 31).
        MedicalElsewhere = "medical_elsewhere",
    }
}

words! {
    /// Where the dispute belongs (宁波条例 Art 18).
    Venue {
        /// Where it arose, or where a party lives.
        Here = "here",
        /// Elsewhere, but the parties agree on this committee and it consents.
        AgreedHere = "agreed_here",
        Elsewhere = "elsewhere",
    }
}

/// What the person who triages has found. What is left out was not found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Findings {
    #[serde(default)]
    pub emergency: Vec<EmergencySign>,
    #[serde(default)]
    pub suspected_crime: bool,
    #[serde(default)]
    pub domestic_violence: Option<DomesticViolence>,
    #[serde(default)]
    pub violation: Option<Violation>,
    #[serde(default)]
    pub prior_handling: Option<PriorHandling>,
    pub venue: Venue,
}

words! {
    /// Where triage leads, in the order in which it looks.
    TriageOutcome {
        /// Police first; nothing else until they clear it.
        EmergencyDispatch = "emergency_dispatch",
        /// Out of scope: criminal procedure.
        CriminalProcedure = "criminal_procedure",
        /// The police protocol comes first; mediation may follow under protection.
        DomesticViolenceFirst = "domestic_violence_first",
        /// 治安调解
        PublicSecurity = "public_security",
        /// A 治安 violation that may not be mediated.
        PenaltyProcedure = "penalty_procedure",
        Reject = "reject",
        /// Belongs to another committee.
        OtherVenue = "other_venue",
        /// 人民调解
        PeopleMediation = "people_mediation",
    }
}

/// The outcome with its ground and what to do next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Triage {
    pub outcome: TriageOutcome,
    /// The track to mediate under, where mediation follows.
    pub track: Option<Track>,
    /// Domestic violence is indicated: no joint room without the victim's separate consent, contact data
    /// hidden, an officer present.
    pub dv_protection: bool,
    /// The articles it rests on.
    pub articles: Vec<String>,
    /// Why, in one sentence for the people concerned.
    pub explanation: String,
    /// What to do now.
    pub next: String,
}
