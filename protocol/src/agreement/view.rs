//! An agreement as one person may see it.

use super::{AgreementDraft, AgreementStatus, SigningMethod};
use crate::session::AttendingAs;
use crate::{AgreementId, Digest, DisputeId, FieldError, PartyId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words! {
    /// Whose act is missing. Which of the parties have signed is told when all have (sealed signing).
    WaitingFor {
        Parties = "parties",
        Mediator = "mediator",
        /// 人民调解委员会印章
        Seal = "seal",
        Nobody = "nobody",
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgreementView {
    pub id: AgreementId,
    pub dispute: DisputeId,
    /// As the file has it.
    pub number: String,
    pub status: AgreementStatus,
    /// Grows each time the draft is written; send it back when writing the next. For those who write it.
    pub revision: Option<i32>,
    pub draft: AgreementDraft,
    /// The sums of the clauses in figures and 大写.
    pub amounts: Vec<AmountInWords>,
    /// What is signed; of a draft, what would be.
    pub text: String,
    /// The SHA-256 digest of `text`; absent while it can still change.
    pub text_hash: Option<Digest>,
    /// To be signed on paper only (电子签名法 Art 3).
    pub requires_wet_ink: bool,
    /// What a draft still lacks before it can be put up, by path in `draft`.
    pub missing: Vec<FieldError>,
    /// Absent for a draft.
    pub signing: Option<SigningView>,
    pub effective_at: Option<DateTime<Utc>>,
    /// A court may confirm it, when all parties ask until then (人民调解法 Art 33).
    pub confirmable_until: Option<DateTime<Utc>>,
}

/// One clause's sum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AmountInWords {
    /// Which clause, counted from 0.
    pub clause: usize,
    pub figures: String,
    /// 大写
    pub capitals: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SigningView {
    pub waiting_for: WaitingFor,
    /// Your own signatures; everybody's once all parties have signed.
    pub signatures: Vec<SignatureView>,
}

/// One party's signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignatureView {
    pub party: PartyId,
    #[serde(rename = "as")]
    pub acting: AttendingAs,
    pub method: SigningMethod,
}
