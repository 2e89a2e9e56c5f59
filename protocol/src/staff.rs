//! Staff: their accounts, and how they sign in with two factors.

use crate::account::{Code, Device, Role};
use crate::text::{Line, Name, Text};
use crate::{AccountId, CommitteeId, FirmId, StationId};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Deserializer, Serialize, de};
use std::fmt;
use std::str::FromStr;

/// The name by which staff sign in: 3 to 40 small letters, digits, dots and dashes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Username(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAUsername;

impl fmt::Display for NotAUsername {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be 3 to 40 small letters, digits, dots and dashes")
    }
}

impl std::error::Error for NotAUsername {}

impl Username {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Username {
    type Err = NotAUsername;

    /// Capitals are read as small letters: phones begin a line with one.
    fn from_str(text: &str) -> Result<Self, NotAUsername> {
        let text = text.trim().to_ascii_lowercase();
        let good = (3..=40).contains(&text.len())
            && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-'));
        if good { Ok(Self(text)) } else { Err(NotAUsername) }
    }
}

impl<'de> Deserialize<'de> for Username {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Username {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^[a-z0-9.-]{3,40}$"))
            .examples(["wang.jingguan"])
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Username {}

/// A password as it is typed; longer than anybody types is refused before it costs anything.
pub type Password = Text<1, 128>;

/// Without `code` a right password is answered with `second_factor_required`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StaffSignIn {
    pub username: Username,
    pub password: Password,
    /// The six digits of the authenticator.
    #[serde(default)]
    pub code: Option<Code>,
    pub device: Device,
}

/// A place in the service for somebody who works for it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewStaff {
    pub name: Name,
    pub username: Username,
    pub role: Role,
    /// Needed for officers, grid workers, station leaders and legal reviewers.
    #[serde(default)]
    pub station: Option<StationId>,
    /// Needed for committee directors.
    #[serde(default)]
    pub committee: Option<CommitteeId>,
    /// Needed for lawyers.
    #[serde(default)]
    pub licence: Option<Licence>,
}

/// 律师执业证
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Licence {
    pub firm: FirmId,
    pub number: Text<1, 40>,
    /// After this day the lawyer takes no new dispute.
    pub expires_on: NaiveDate,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StaffView {
    pub account: AccountId,
    pub name: String,
    pub username: String,
    pub role: Role,
    pub station: Option<StationId>,
    pub committee: Option<CommitteeId>,
    pub licence: Option<Licence>,
    /// Has set both factors and can sign in.
    pub enrolled: bool,
    pub disabled_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StaffPage {
    /// By username.
    pub accounts: Vec<StaffView>,
    /// Pass it as `after` to get the next page; absent on the last one.
    pub next: Option<String>,
}

/// To be handed over in person. It is shown once; a new one makes the one before void.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Enrolment {
    pub enrolment_code: String,
    pub expires_at: DateTime<Utc>,
}

/// Staff choose their password.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Enrol {
    pub enrolment_code: Line,
    /// At least twelve characters, none of the well-known ones.
    pub password: Password,
}

/// What the authenticator needs. It is shown once; if the answer is lost, enrol again with the same code.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Enrolled {
    pub username: String,
    /// For a QR code: `otpauth://totp/…`
    pub otpauth_uri: String,
    /// The same, to be typed in: base 32.
    pub secret: String,
}

/// The authenticator works: from now on both factors sign in.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConfirmEnrolment {
    pub enrolment_code: Line,
    pub code: Code,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnrolmentConfirmed {
    pub username: String,
}
