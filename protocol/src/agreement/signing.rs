//! How an agreement is written, signed and sealed.

use super::AgreementDraft;
use crate::{Digest, PartyId, RepresentativeId};
use serde::{Deserialize, Serialize};

words! {
    SigningMethod {
        /// A reliable electronic signature (电子签名法 Art 13).
        Electronic = "electronic",
        /// By hand on paper.
        WetInk = "wet_ink",
        /// 指印 on paper
        Fingerprint = "fingerprint",
        /// 盖章 on paper
        Stamp = "stamp",
    }
}

/// The whole draft, in place of the one that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReviseAgreement {
    /// The `revision` it was made from; 0 for the first draft.
    pub revision: i32,
    pub draft: AgreementDraft,
}

/// Signs exactly the text whose digest is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignAgreement {
    pub text_hash: Digest,
    /// The party that is bound: yourself, or whom you act for.
    pub party: PartyId,
    /// `electronic`; signatures on paper are recorded by the mediator.
    pub method: SigningMethod,
}

/// The mediator's signature, or the committee's seal, under exactly this text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AttestAgreement {
    pub text_hash: Digest,
}

/// One signature that stands on the paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PaperSignature {
    pub party: PartyId,
    /// The guardian or agent who signed for the party; absent where the party signed.
    #[serde(default)]
    pub representative: Option<RepresentativeId>,
    pub method: SigningMethod,
}

/// What was signed by hand in front of the mediator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignedOnPaper {
    /// Of the text that was printed.
    pub text_hash: Digest,
    /// The SHA-256 digest of the scanned paper.
    pub evidence: Digest,
    pub signatures: Vec<PaperSignature>,
    /// How the mediator signed on it; absent when they did not sign on this paper.
    #[serde(default)]
    pub mediator: Option<SigningMethod>,
}
