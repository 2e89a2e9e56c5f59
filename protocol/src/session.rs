//! An appointed time to talk: its steps, its manner, and what is confirmed in it.

use crate::{
    DisputeId, PartyId, PersonId, SessionId,
    digest::Digest,
    party::Side,
    room::RoomAddress,
    text::{Line, Narrative, Paragraph},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words! {
    SessionStatus {
        Planned = "planned",
        Notified = "notified",
        /// Open to those who come.
        Lobby = "lobby",
        IdentityVerified = "identity_verified",
        RightsRead = "rights_read",
        /// 面对面
        Joint = "joint",
        /// 背对背
        Caucus = "caucus",
        RecordConfirmed = "record_confirmed",
        Ended = "ended",
        Cancelled = "cancelled",
    }
}

words! {
    SessionManner {
        OnSite = "on_site",
        Video = "video",
        /// Video from a place where somebody helps.
        AssistedSite = "assisted_site",
        Audio = "audio",
        /// In writing, each at their own time.
        Asynchronous = "asynchronous",
    }
}

words! {
    /// How somebody's identity was verified. A face is never the only way offered.
    IdentityMethod {
        /// 出示身份证件
        DocumentSeen = "document_seen",
        /// Known in person to the host.
        KnownInPerson = "known_in_person",
        /// Signed in by an official identity service.
        OfficialSignIn = "official_sign_in",
        PhoneCode = "phone_code",
        Face = "face",
    }
}

words! {
    Publicity {
        Closed = "closed",
        /// Others may attend; never streamed.
        Open = "open",
    }
}

words! {
    /// As whom somebody attends for a party.
    AttendingAs {
        Party = "party",
        Agent = "agent",
        Guardian = "guardian",
    }
}

/// Somebody who attends on a party's side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Attendee {
    pub person: PersonId,
    pub party: PartyId,
    #[serde(rename = "as")]
    pub acting: AttendingAs,
}

/// A session to be planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PlanSession {
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub manner: SessionManner,
    #[serde(default)]
    pub place: Option<Line>,
}

/// The host has verified who somebody is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct VerifyIdentity {
    pub person: PersonId,
    pub method: IdentityMethod,
}

/// The record of the session as it is read out to those who attend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PresentRecord {
    pub text: Narrative,
}

/// Confirms exactly the text that was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConfirmRecord {
    pub text_hash: Digest,
}

/// The host notes that somebody will not confirm the record, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NoteRecordRefusal {
    pub person: PersonId,
    pub reason: Paragraph,
}

/// Why a session will not take place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CancelSession {
    pub reason: Line,
}

words! {
    /// How far a session has come, as it is told to everybody. All talk is one phase: the mediator may speak with
    /// each side separately, and that is between them.
    SessionPhase {
        Planned = "planned",
        Notified = "notified",
        Lobby = "lobby",
        IdentityVerified = "identity_verified",
        RightsRead = "rights_read",
        InProgress = "in_progress",
        RecordConfirmed = "record_confirmed",
        Ended = "ended",
        Cancelled = "cancelled",
    }
}

words! {
    /// What somebody answered to the record.
    RecordState {
        Pending = "pending",
        Confirmed = "confirmed",
        /// The host has noted why.
        Refused = "refused",
    }
}

/// A session as one person may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionView {
    pub id: SessionId,
    pub dispute: DisputeId,
    /// Which session of the dispute it is, counted from 1.
    pub number: u8,
    pub phase: SessionPhase,
    /// The phase in Chinese, for the people concerned.
    pub text: String,
    /// Your own room where the talk goes on now; for a party only its own caucus is named.
    pub talking_in: Option<RoomAddress>,
    pub publicity: Publicity,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub manner: SessionManner,
    pub place: Option<String>,
    pub attendance: Vec<AttendanceView>,
    pub record: Option<RecordView>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AttendanceView {
    pub person: PersonId,
    pub party: PartyId,
    #[serde(rename = "as")]
    pub acting: AttendingAs,
    pub verified: bool,
    /// How; for the neutrals only.
    pub method: Option<IdentityMethod>,
    pub rights_acknowledged: bool,
    pub present: bool,
    pub record: RecordState,
}

/// What those who attended are asked to confirm, by its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecordView {
    pub text: String,
    pub text_hash: Digest,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionList {
    pub sessions: Vec<SessionView>,
}

/// Somebody leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Depart {
    pub person: PersonId,
}

/// The host begins to talk, and says under which safeguards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct MeetJointly {
    /// Everything is recorded in sound and picture, and those who attend were told so.
    pub full_recording: bool,
    /// Where domestic violence is indicated: an officer is there.
    pub officer_present: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MeetInCaucus {
    pub side: Side,
    #[serde(default)]
    pub full_recording: bool,
    #[serde(default)]
    pub officer_present: bool,
}
