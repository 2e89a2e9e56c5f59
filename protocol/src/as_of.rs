//! What one person could see of a dispute at an earlier moment.

use crate::dispute::{NextCode, Part, Status, TerminationReason, TimelineEntry, Track};
use crate::party::PartyView;
use crate::room::RoomAddress;
use crate::session::SessionView;
use crate::{AccountId, DisputeId, PartyId, PersonId, RoomId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What you could see of a dispute at a moment. Only what is known exactly stands here.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ViewAsOf {
    pub id: DisputeId,
    pub at: DateTime<Utc>,
    /// What you were in it: a party, who acts for one, or a neutral. Empty once you had left.
    pub your_parts: Vec<Part>,
    /// The parties you were or acted for.
    pub you_act_for: Vec<PartyId>,
    /// Absent once you had left, for a draft, and for what happened before the states of a dispute were kept.
    pub dispute: Option<DisputeAsOf>,
    /// What had happened; nothing once you had left.
    pub events: Vec<TimelineEntry>,
    /// The rooms you were or had been in.
    pub rooms: Vec<RoomAsOf>,
}

/// How a dispute stood at that moment.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DisputeAsOf {
    pub version: i64,
    pub status: Status,
    pub track: Option<Track>,
    /// Without phone numbers: which one there was then is not kept.
    pub parties: Vec<PartyView>,
    pub neutrals: Vec<NeutralAsOf>,
    pub next: NextCode,
    pub ended_because: Option<TerminationReason>,
    pub sessions: Vec<SessionView>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NeutralAsOf {
    pub account: AccountId,
    pub part: Part,
    pub disclosed: bool,
    /// Every party knew and agreed.
    pub accepted: bool,
    /// They had told, and somebody you act for had not answered.
    pub awaits_you: bool,
}

/// A room as you could see it at that moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoomAsOf {
    pub id: RoomId,
    #[serde(flatten)]
    pub address: RoomAddress,
    /// You were in it. If not, you had left, and could read what was said before.
    pub member: bool,
    /// It took entries of yours; absent where the state of the dispute was not kept.
    pub open: Option<bool>,
    /// The first entry that you could read.
    pub first: i64,
    /// The last entry; once you had left, the last before that.
    pub head: i64,
    /// Who was in it; nobody once you had left.
    pub members: Vec<MemberAsOf>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MemberAsOf {
    pub person: PersonId,
    pub part: Part,
    pub name: String,
}
