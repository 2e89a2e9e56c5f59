//! Bringing a party in: what the invited person reads, and what they answer.

use crate::digest::Digest;
use crate::dispute::{StationBrief, Track};
use crate::language::Language;
use crate::party::Side;
use crate::text::Text;
use crate::{InvitationId, PartyId};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

words! {
    InvitationStatus {
        Open = "open",
        Answered = "answered",
        Expired = "expired",
        /// Too many wrong codes, or replaced by a newer one.
        Void = "void",
    }
}

/// The exact text somebody agrees to. What they saw is proved by its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConsentText {
    pub version: u16,
    pub language: Language,
    pub text: String,
    pub hash: Digest,
}

/// Which text was shown to whoever agrees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ShownText {
    pub hash: Digest,
    pub version: u16,
    pub language: Language,
}

/// What anybody who holds the link may read: who we are and how to check it, nothing about the matter.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationFront {
    pub status: InvitationStatus,
    pub station: StationBrief,
    pub expires_at: DateTime<Utc>,
    /// In Chinese: what this is, that it is free, how to make sure it is no fraud.
    pub text: String,
}

/// The six digits from the text message.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OpenInvitation {
    pub code: Text<6, 6>,
}

/// What it is about, for whoever has link and code. No account is needed to read it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationView {
    pub id: InvitationId,
    pub status: InvitationStatus,
    pub party: PartyId,
    pub side: Side,
    /// The invited person answers for a ward or principal, not for themselves.
    pub answers_for_another: bool,
    pub station: StationBrief,
    pub track: Option<Track>,
    pub title: String,
    pub claims: Vec<String>,
    /// Who applied, as they call themselves.
    pub applicants: Vec<String>,
    pub consent_text: ConsentText,
    pub expires_at: DateTime<Utc>,
}

words! {
    InvitationAnswer {
        Consent = "consent",
        Decline = "decline",
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AnswerInvitation {
    pub code: Text<6, 6>,
    pub answer: InvitationAnswer,
    /// The text that was shown; needed to consent.
    #[serde(default)]
    pub shown: Option<ShownText>,
}

/// Consent given in the app by somebody signed in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct GiveConsent {
    pub party: PartyId,
    pub shown: ShownText,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeclineMediation {
    pub party: PartyId,
}

/// Invite a party again, for instance when an officer has found out the phone number.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InviteParty {
    pub party: PartyId,
    #[serde(default)]
    pub phone: Option<crate::Phone>,
}

/// An invitation as the one who sends it sees it. The code is shown once, for a notice handed over in person.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationSent {
    pub id: InvitationId,
    pub party: PartyId,
    pub expires_at: DateTime<Utc>,
    /// A text message was queued; otherwise hand over link and code on paper.
    pub by_text_message: bool,
    pub link: String,
    pub code: String,
}

words! {
    DayPart {
        Morning = "morning",
        Afternoon = "afternoon",
        Evening = "evening",
    }
}

/// A part of a day, in China's time, on which somebody could come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SuitableTime {
    pub date: NaiveDate,
    pub part: DayPart,
}

/// What somebody invited wishes, before they answer or afterwards.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WishOfInvited {
    pub code: Text<6, 6>,
    /// That somebody of the station calls. Asked once, it stands.
    #[serde(default)]
    pub call: bool,
    /// When it would suit, six at most and within sixty days; in place of what was said before.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 6))]
    pub times: Option<Vec<SuitableTime>>,
}

/// An invitation as the station sees it, without link and code.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationState {
    pub id: InvitationId,
    pub party: PartyId,
    pub status: InvitationStatus,
    pub sent_at: DateTime<Utc>,
    /// First read with the code.
    pub opened_at: Option<DateTime<Utc>>,
    pub answered_at: Option<DateTime<Utc>>,
    pub expires_at: DateTime<Utc>,
    /// They want somebody of the station to call.
    pub call_asked_at: Option<DateTime<Utc>>,
    /// When it would suit them.
    pub times: Vec<SuitableTime>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationList {
    /// The newest first.
    pub invitations: Vec<InvitationState>,
}
