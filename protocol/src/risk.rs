//! How dangerous a dispute may become: the signs that are looked for and the level they add up to.

use crate::text::Paragraph;
use serde::{Deserialize, Serialize};

words! {
    /// 风险等级; a person confirms every level, and only a station leader may lower one.
    RiskLevel {
        Green = "green",
        Yellow = "yellow",
        Orange = "orange",
        Red = "red",
    }
}

words! {
    /// What makes a dispute more dangerous. Health and sealed records are never among the signs.
    RiskSign {
        /// 扬言
        Threat = "threat",
        Weapon = "weapon",
        DomesticViolence = "domestic_violence",
        Injury = "injury",
        /// Police were called about the same people before.
        RepeatCalls = "repeat_calls",
        /// 长期积怨
        LongGrudge = "long_grudge",
        Drink = "drink",
        /// Many people are involved.
        Crowd = "crowd",
        /// A minor or an old person is involved.
        MinorOrElder = "minor_or_elder",
    }
}

/// What is known for the risk of a dispute. What is left out was not found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RiskFindings {
    /// The signs seen; `crowd` and `repeat_calls` also follow from the numbers below.
    pub signs: Vec<RiskSign>,
    /// How often police were called about these people, this time included.
    pub calls: u16,
    /// How many people are involved.
    pub people: u16,
}

/// One sign and what it added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RiskReason {
    pub sign: RiskSign,
    pub points: u16,
}

/// A proposed level with its reasons (PIPL Art 24); it counts once a person has confirmed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RiskAssessment {
    pub score: u16,
    pub level: RiskLevel,
    pub reasons: Vec<RiskReason>,
}

/// A level as a person sees it, with the signs behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConfirmRisk {
    pub findings: RiskFindings,
    pub level: RiskLevel,
    /// Why, where it is not the level that the findings propose.
    #[serde(default)]
    pub note: Option<Paragraph>,
}

/// The level that holds now, and the proposal that was confirmed or departed from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RiskView {
    pub before: RiskLevel,
    pub level: RiskLevel,
    pub assessment: RiskAssessment,
    pub note: Option<String>,
}
