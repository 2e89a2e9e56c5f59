//! The words of a dispute's life. Sources of the categories and reasons: the judicial administration's statistics.

use crate::directory::CommunityCode;
use crate::party::{NewParty, PartyView};
use crate::risk::RiskLevel;
use crate::text::{Line, Narrative, Text};
use crate::{AccountId, CommitteeId, DisputeId, PartyId, StationId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words! {
    /// Where a dispute stands.
    Status {
        /// Being written; only its filer sees it.
        Draft = "draft",
        Submitted = "submitted",
        /// Violence is under way: police first, no mediation until they clear it.
        EmergencyHeld = "emergency_held",
        /// Belongs to another body; it was told and so were the parties.
        Redirected = "redirected",
        Rejected = "rejected",
        AwaitingConsent = "awaiting_consent",
        /// Accepted; a mediator is being found.
        Matching = "matching",
        /// A mediator is named; interests are told and the parties answer.
        Assigned = "assigned",
        Scheduled = "scheduled",
        InMediation = "in_mediation",
        Suspended = "suspended",
        /// The text is frozen and waits for signatures and seal.
        PendingSignature = "pending_signature",
        /// The agreement is in effect and being carried out.
        Performing = "performing",
        Defaulted = "defaulted",
        /// Everything promised was done; visits follow.
        Performed = "performed",
        Terminated = "terminated",
        /// 治安: back to the penalty procedure (程序规定 Art 185).
        PenaltyReferral = "penalty_referral",
        Closed = "closed",
        Archived = "archived",
    }
}

words! {
    /// Which disputes a list holds.
    #[derive(Default)]
    Scope {
        #[default]
        Part = "part",
        Owned = "owned",
        Offered = "offered",
    }
}

words! {
    /// Which law the mediation runs under; it decides who may host it and what it leads to.
    Track {
        /// 人民调解
        PeopleMediation = "people_mediation",
        /// 治安调解
        PublicSecurity = "public_security",
    }
}

words! {
    /// 纠纷类型
    Category {
        MarriageFamily = "marriage_family",
        Neighbor = "neighbor",
        HousingHomestead = "housing_homestead",
        Contract = "contract",
        Business = "business",
        DamageCompensation = "damage_compensation",
        ForestLand = "forest_land",
        LandExpropriation = "land_expropriation",
        Environment = "environment",
        Labor = "labor",
        Consumer = "consumer",
        Medical = "medical",
        RoadAccident = "road_accident",
        PropertyMgmt = "property_mgmt",
        Other = "other",
    }
}

words! {
    /// 纠纷来源
    Source {
        PartyApplication = "party_application",
        Proactive = "proactive",
        Police110 = "police110",
        Hotline12345 = "hotline12345",
        Court = "court",
        Procuratorate = "procuratorate",
        Petition = "petition",
        Agency = "agency",
        Grid = "grid",
        /// Filed on somebody's behalf at a counter or kiosk, with that person's recorded consent.
        Assisted = "assisted",
    }
}

words! {
    /// What part somebody has in one dispute.
    Part {
        Applicant = "applicant",
        Respondent = "respondent",
        /// 代理人, within recorded powers
        Agent = "agent",
        /// 监护人
        Guardian = "guardian",
        /// Mediator of record.
        Mediator = "mediator",
        CoMediator = "co_mediator",
        InvitedLawyer = "invited_lawyer",
        /// Filed it for somebody else and is not otherwise concerned.
        Filer = "filer",
        /// The staff member who owns it since the first touch or a hand-over.
        Owner = "owner",
        /// An officer of the dispute's station who does not own it.
        StationOfficer = "station_officer",
        StationLeader = "station_leader",
        /// 法制员
        LegalReviewer = "legal_reviewer",
        /// 网格员 of the dispute's station
        GridWorker = "grid_worker",
        /// Director of the dispute's committee.
        Director = "director",
        /// A mediator or lawyer to whom the dispute is offered.
        Candidate = "candidate",
        /// A deadline, not a person.
        Clock = "clock",
    }
}

words! {
    /// Ends that a staff member may propose and a second person must approve (难办退办审核).
    Ending {
        Reject = "reject",
        Return = "return",
        Terminate = "terminate",
    }
}

words! {
    /// 终止原因
    TerminationReason {
        /// 一方拒绝或放弃
        Refused = "refused",
        Withdrawn = "withdrawn",
        /// 无法达成协议
        NoAgreement = "no_agreement",
        /// 自行和解
        SelfReconciled = "self_reconciled",
        /// 失联
        Unreachable = "unreachable",
        /// 期满未延
        TimeLimit = "time_limit",
        /// 拒绝签章
        SignatureRefused = "signature_refused",
        SuspectedFalseMediation = "suspected_false_mediation",
        /// 转治安 or 转刑事
        TransferredToPolice = "transferred_to_police",
        OtherByLaw = "other_by_law",
    }
}

words! {
    SuspensionReason {
        /// 鉴定
        Appraisal = "appraisal",
        FalseMediationReview = "false_mediation_review",
        Intoxication = "intoxication",
        Safety = "safety",
        /// The track changed; the new ground has to be laid first.
        TrackChange = "track_change",
    }
}

words! {
    /// Why 治安调解 is closed to a dispute (程序规定 Art 179).
    PublicSecurityBar {
        HiredInjury = "hired_injury",
        GangOrProvocation = "gang_or_provocation",
        /// Set by an officer as yes or no; sealed records are never shown (治安管理处罚法 Art 136).
        RepeatViolation = "repeat_violation",
        PartyUnwilling = "party_unwilling",
        NewViolation = "new_violation",
        SuspectFled = "suspect_fled",
        Other = "other",
    }
}

/// A dispute to be filed; it stays a draft until submitted.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FileDispute {
    pub category: Category,
    #[serde(default = "party_application")]
    pub source: Source,
    /// A few words by which the parties know it again.
    pub title: Text<2, 60>,
    pub narrative: Narrative,
    /// 申请事项
    #[serde(default)]
    pub claims: Vec<Line>,
    #[serde(default)]
    pub happened_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub place: Option<Line>,
    /// Twelve digits; it decides which station is in charge.
    pub community_code: CommunityCode,
    pub parties: Vec<NewParty>,
}

fn party_application() -> Source {
    Source::PartyApplication
}

/// A dispute as one person may see it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DisputeView {
    pub id: DisputeId,
    /// Grows with everything that happens.
    pub version: i64,
    pub status: Status,
    pub track: Option<Track>,
    pub category: Category,
    pub source: Source,
    pub title: String,
    /// Absent for those to whom it is only offered.
    pub narrative: Option<String>,
    pub claims: Vec<String>,
    pub happened_at: Option<DateTime<Utc>>,
    pub place: Option<String>,
    pub community_code: String,
    pub station: StationBrief,
    pub committee: Option<CommitteeId>,
    /// For staff only.
    pub risk_level: Option<RiskLevel>,
    pub parties: Vec<PartyView>,
    pub neutrals: Vec<NeutralView>,
    /// The ending that waits for a second person; for staff only.
    pub approval: Option<ApprovalView>,
    /// What you are in this dispute.
    pub your_parts: Vec<Part>,
    /// The parties you are or act for.
    pub you_act_for: Vec<PartyId>,
    pub next: NextStep,
    pub ended_because: Option<TerminationReason>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// What happens next, who has to do it, and until when.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NextStep {
    pub code: NextCode,
    /// In Chinese, for the people concerned.
    pub text: String,
    /// The hour of the session where that comes next; else the last moment that is in time.
    pub due_at: Option<DateTime<Utc>>,
}

words! {
    /// Those that begin with `you_` are for whoever asks to do; in lists nobody is addressed.
    NextCode {
        SubmitIt = "submit_it",
        YouTriage = "you_triage",
        YouConsent = "you_consent",
        YouAppoint = "you_appoint",
        YouTellInterests = "you_tell_interests",
        YouAnswerNeutral = "you_answer_neutral",
        StationTriages = "station_triages",
        PoliceClear = "police_clear",
        PartiesConsent = "parties_consent",
        MediatorIsFound = "mediator_is_found",
        InterestsAreTold = "interests_are_told",
        SessionIsHeld = "session_is_held",
        MediationGoesOn = "mediation_goes_on",
        WaitsForResumption = "waits_for_resumption",
        PartiesSign = "parties_sign",
        PromisesAreKept = "promises_are_kept",
        StationUrges = "station_urges",
        StationVisits = "station_visits",
        Nothing = "nothing",
    }
}

/// A station as people need it: its name, and the number under which a human answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StationBrief {
    pub id: StationId,
    pub name: String,
    pub phone: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NeutralView {
    pub account: AccountId,
    pub name: String,
    pub part: Part,
    /// What they told of their interests; absent until they have.
    pub disclosure: Option<String>,
    pub disclosed: bool,
    /// Every party knows and agrees.
    pub accepted: bool,
    /// They have told, and somebody you act for has not answered.
    pub awaits_you: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApprovalView {
    pub ending: Ending,
    pub reason: TerminationReason,
    pub proposed_by: AccountId,
}

/// A line of a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DisputeSummary {
    pub id: DisputeId,
    pub status: Status,
    pub track: Option<Track>,
    pub category: Category,
    pub title: String,
    pub your_parts: Vec<Part>,
    pub next: NextStep,
    /// How much others have said since you last read, in all of its rooms that you are in.
    pub unread: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// What staff need to see at a glance; for staff only.
    pub desk: Option<DeskLine>,
}

/// What only staff see of a dispute in a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeskLine {
    pub risk_level: RiskLevel,
    /// The member of staff with whom it stays until handed over (首问即办), by name.
    pub owner: Option<String>,
    /// An ending waits for a second person.
    pub waits_for_approval: bool,
}

/// One page of a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DisputePage {
    pub disputes: Vec<DisputeSummary>,
    /// Pass it as `after` to get the next page; absent on the last one.
    pub next: Option<String>,
}

/// One thing that happened, as one person may know it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TimelineEntry {
    pub version: i64,
    /// What happened, by its fixed name.
    pub event: String,
    pub happened_at: DateTime<Utc>,
    /// The part in which somebody did it; absent for what a deadline or the answer to an invitation brought about.
    pub by: Option<Part>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Timeline {
    pub entries: Vec<TimelineEntry>,
}
