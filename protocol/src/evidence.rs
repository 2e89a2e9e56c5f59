//! What is handed in to prove something, and who may see it.

use crate::party::Side;
use crate::{Digest, DisputeId, EvidenceId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words! {
    Visibility {
        /// Whoever handed it in, their side, and the neutrals.
        MineAndNeutrals = "mine_and_neutrals",
        /// Everybody who takes part.
        All = "all",
    }
}

words! {
    /// The kinds of files that are taken.
    MediaType {
        Jpeg = "image/jpeg",
        Png = "image/png",
        Webp = "image/webp",
        Heic = "image/heic",
        Pdf = "application/pdf",
        Mp4 = "video/mp4",
        M4a = "audio/mp4",
        Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EvidenceView {
    pub id: EvidenceId,
    pub dispute: DisputeId,
    pub file_name: String,
    pub media_type: MediaType,
    pub size_bytes: i64,
    /// Of the file as it was handed in.
    pub sha256: Digest,
    pub visibility: Visibility,
    /// The side that handed it in; absent where a neutral or the station did.
    pub side: Option<Side>,
    /// You handed it in: only you can show it to all.
    pub is_yours: bool,
    pub created_at: DateTime<Utc>,
    pub shared_at: Option<DateTime<Utc>>,
}

/// One page, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EvidencePage {
    pub evidence: Vec<EvidenceView>,
    /// Pass it as `after` to get the next page; absent on the last one.
    pub next: Option<String>,
}
