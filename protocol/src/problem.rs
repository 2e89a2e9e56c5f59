//! Problem documents (RFC 9457) and the closed set of their codes.

use serde::{Deserialize, Serialize};

words! {
    /// Why a request was not carried out. Clients branch on this and nothing else; the set is closed, and
    /// a client's table of texts is exhaustive over it.
    ErrorCode {
        // the request itself
        Malformed = "malformed",
        Invalid = "invalid",
        TooLarge = "too_large",
        UnsupportedMediaType = "unsupported_media_type",
        MethodNotAllowed = "method_not_allowed",
        IdempotencyKeyRequired = "idempotency_key_required",
        IdempotencyKeyReused = "idempotency_key_reused",
        // who asks
        Unauthenticated = "unauthenticated",
        TokenExpired = "token_expired",
        SecondFactorRequired = "second_factor_required",
        WrongCode = "wrong_code",
        WrongCredentials = "wrong_credentials",
        AccountLocked = "account_locked",
        NotPermitted = "not_permitted",
        NotFound = "not_found",
        // how often
        TooManyRequests = "too_many_requests",
        // the moment
        WrongStatus = "wrong_status",
        InvitationExpired = "invitation_expired",
        AlreadyAnswered = "already_answered",
        SecondPersonRequired = "second_person_required",
        ApprovalPending = "approval_pending",
        ConflictOfInterest = "conflict_of_interest",
        AlreadyAppointed = "already_appointed",
        DisclosurePending = "disclosure_pending",
        ConsentMissing = "consent_missing",
        GuardianRequired = "guardian_required",
        DelegationNotAllowed = "delegation_not_allowed",
        PowerMissing = "power_missing",
        TrackBarred = "track_barred",
        FactsNotEstablished = "facts_not_established",
        SessionLimit = "session_limit",
        SessionTooLate = "session_too_late",
        AttendanceMissing = "attendance_missing",
        IdentityUnverified = "identity_unverified",
        RightsUnread = "rights_unread",
        RecordUnconfirmed = "record_unconfirmed",
        MediaPlaceHeld = "media_place_held",
        MediaRoomFull = "media_room_full",
        RecordingRequired = "recording_required",
        AgreementIncomplete = "agreement_incomplete",
        TextChanged = "text_changed",
        SignaturesMissing = "signatures_missing",
        WetInkRequired = "wet_ink_required",
        WrittenFormRequired = "written_form_required",
        ObligationsOpen = "obligations_open",
        VisitsOpen = "visits_open",
        TooManyRepresentatives = "too_many_representatives",
        // what was stored
        MessageIdReused = "message_id_reused",
        FileTypeNotAllowed = "file_type_not_allowed",
        QuotaExceeded = "quota_exceeded",
        // our side
        Unavailable = "unavailable",
        StorageFull = "storage_full",
        Internal = "internal",
    }
}

/// What went wrong and what to do, in one shape for every error of every operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A URI reference that names the kind of problem; it ends in `code`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same for every problem of this kind.
    pub title: String,
    /// The HTTP status code.
    pub status: u16,
    pub code: ErrorCode,
    /// What happened this time and what to do about it.
    pub detail: String,
    /// The fields at fault, by path.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldError>,
    /// The law article behind a refusal, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// Seconds after which trying again makes sense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// To be quoted when asking for help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// Where in the request, such as `parties[1].phone`.
    pub path: String,
    pub detail: String,
}
