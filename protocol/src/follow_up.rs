//! Visits after the agreement, what is written down at them, and reminders before a date.

use crate::{
    DisputeId, ObligationId, VisitId,
    dispute::Track,
    party::Side,
    risk::RiskLevel,
    text::{Line, Paragraph},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

words! {
    /// Why a visit (回访) is due.
    VisitReason {
        /// By the interval that the risk level sets.
        Risk = "risk",
        /// A promised date has come.
        Performance = "performance",
    }
}

words! {
    VisitStatus {
        Due = "due",
        Done = "done",
        /// No longer needed: the level was lowered or the dispute went elsewhere.
        Cancelled = "cancelled",
    }
}

words! {
    VisitManner {
        InPerson = "in_person",
        Phone = "phone",
        Video = "video",
    }
}

words! {
    /// What a visit found of the performance.
    PerformanceFound {
        Performed = "performed",
        OnTrack = "on_track",
        Partly = "partly",
        NotPerformed = "not_performed",
        NothingDue = "nothing_due",
    }
}

words! {
    /// 满意度
    Satisfaction {
        VerySatisfied = "very_satisfied",
        Satisfied = "satisfied",
        FairlySatisfied = "fairly_satisfied",
        Dissatisfied = "dissatisfied",
        VeryDissatisfied = "very_dissatisfied",
    }
}

words! {
    /// What points to the dispute flaring up again.
    EscalationSign {
        NewQuarrel = "new_quarrel",
        Threat = "threat",
        Violence = "violence",
        RepeatCall = "repeat_call",
        /// 群体上访倾向
        Petition = "petition",
        Other = "other",
    }
}

/// 回访记录: what every visit writes down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct VisitRecord {
    pub visited_at: DateTime<Utc>,
    pub manner: VisitManner,
    pub performance: PerformanceFound,
    pub satisfaction: Satisfaction,
    /// Signs of escalation; where there are any, `measures` says what was done.
    #[serde(default)]
    pub escalation: Vec<EscalationSign>,
    /// The risk that remains, as the visitor sees it.
    pub residual_risk: RiskLevel,
    /// A suit or judgment since the agreement.
    #[serde(default)]
    pub suit: Option<Line>,
    #[serde(default)]
    pub measures: Option<Paragraph>,
    #[serde(default)]
    pub note: Option<Paragraph>,
}

words! {
    ReminderKind {
        /// To the obligor, some days before the date.
        DueSoon = "due_soon",
        /// To the obligor, on the day.
        DueToday = "due_today",
        /// To both parties: the time to apply for judicial confirmation runs out.
        ConfirmationEnds = "confirmation_ends",
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VisitView {
    pub id: VisitId,
    pub dispute: DisputeId,
    pub due_on: NaiveDate,
    pub reason: VisitReason,
    /// The performance it looks at, where that is the reason.
    pub obligation: Option<ObligationId>,
    pub status: VisitStatus,
    pub record: Option<VisitRecord>,
    pub recorded_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VisitList {
    pub visits: Vec<VisitView>,
}

/// Somebody to be visited.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Visited {
    pub side: Side,
    pub name: String,
    pub address: Option<String>,
}

/// One stop of a round of visits.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RouteStop {
    pub visit: VisitId,
    pub dispute: DisputeId,
    pub title: String,
    pub track: Option<Track>,
    pub risk_level: RiskLevel,
    pub community_code: String,
    pub place: Option<String>,
    pub due_on: NaiveDate,
    pub overdue: bool,
    pub reason: VisitReason,
    pub people: Vec<Visited>,
}

/// The visits of a day: what is late first, then by community.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RouteList {
    pub on: NaiveDate,
    pub stops: Vec<RouteStop>,
}
