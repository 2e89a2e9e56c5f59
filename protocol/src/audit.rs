//! Who did what, for the auditor.

use crate::account::Role;
use crate::{AccountId, AuditId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    pub id: AuditId,
    pub happened_at: DateTime<Utc>,
    /// Absent where the system acted.
    pub account: Option<AccountId>,
    /// The role the account had then.
    pub role: Option<Role>,
    /// The operation's id in the API document.
    pub operation: String,
    /// What the request named.
    pub object: Option<String>,
    /// What came of it, where that is something else.
    pub outcome: Option<String>,
    /// The request's id in the log.
    pub request: String,
}

/// One page, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditPage {
    pub entries: Vec<AuditEntry>,
    /// Pass it as `after` to get the next page; absent on the last one.
    pub next: Option<String>,
}
