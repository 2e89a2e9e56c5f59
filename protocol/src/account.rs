//! Accounts and logins.

use crate::text::{Name, Phone, Text};
use crate::{AccountId, CommitteeId, LoginCodeId, LoginId, PersonId, StationId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, de};
use std::fmt;
use std::str::FromStr;

words! {
    /// What an account is; one person has one account, one account has one role.
    Role {
        Resident = "resident",
        Lawyer = "lawyer",
        PeoplesMediator = "peoples_mediator",
        /// 社区民警
        Officer = "officer",
        /// 网格员
        GridWorker = "grid_worker",
        StationLeader = "station_leader",
        /// 法制员
        LegalReviewer = "legal_reviewer",
        /// 调委会主任
        CommitteeDirector = "committee_director",
        /// Stations, accounts and keys; no case content.
        Operator = "operator",
        /// Audit trail; no case content.
        Auditor = "auditor",
    }
}

impl Role {
    pub const fn is_staff(self) -> bool {
        !matches!(self, Self::Resident)
    }
}

/// Digits sent by text message or shown by an authenticator.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Code(String);

impl Code {
    pub const DIGITS: usize = 6;

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotACode;

impl fmt::Display for NotACode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be six digits")
    }
}

impl FromStr for Code {
    type Err = NotACode;

    fn from_str(text: &str) -> Result<Self, NotACode> {
        let good = text.len() == Self::DIGITS && text.bytes().all(|b| b.is_ascii_digit());
        if good { Ok(Self(text.to_owned())) } else { Err(NotACode) }
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Code {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^[0-9]{6}$"))
            .examples(["123456"])
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Code {}

/// What a device calls itself, so that its owner knows it in the list of logins.
pub type Device = Text<1, 100>;

/// By which an app knows itself; 128 random bits or more.
pub type Installation = Text<16, 64>;

/// A language tag such as `zh` or `wuu`, or the name of a dialect.
pub type Spoken = Text<2, 20>;

/// A code by text message, to sign in with.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AskLoginCode {
    pub phone: Phone,
    /// What the app made up at its first start and keeps: a random value, and nothing about the phone.
    #[serde(default)]
    pub installation: Option<Installation>,
}

/// The same for every number, known or not.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LoginCodeSent {
    /// To be sent back with the code: it is good for this request only.
    pub login_code: LoginCodeId,
    pub expires_at: DateTime<Utc>,
    /// When another one may be asked for.
    pub next_at: DateTime<Utc>,
}

#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    pub phone: Phone,
    pub login_code: LoginCodeId,
    pub code: Code,
    pub device: Device,
    /// Used at the first login only.
    #[serde(default)]
    pub name: Option<Name>,
}

#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignedIn {
    pub login: LoginId,
    /// Send it as a bearer token.
    pub access_token: String,
    pub access_expires_at: DateTime<Utc>,
    /// Exchange it for new tokens before the access token expires. If the answer to that is lost, the same
    /// one may be sent again; a token older than that ends the login.
    pub refresh_token: String,
    /// When one has to sign in anew, however busy.
    pub expires_at: DateTime<Utc>,
    pub account: AccountId,
    pub role: Role,
}

#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    pub refresh_token: String,
}

words! {
    /// Why a login ended before its time.
    LoginEnd {
        Owner = "owner",
        /// Too many devices: the oldest gave way.
        Limit = "limit",
        /// A used refresh token came back: somebody else may have it.
        Replay = "replay",
        /// The account was disabled.
        Disabled = "disabled",
        /// Password and second factor were set anew.
        Enrolled = "enrolled",
    }
}

/// A device signed in, or one whose login was ended lately.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LoginView {
    pub id: LoginId,
    pub device: String,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    /// The one this request came with.
    pub current: bool,
    pub ended_at: Option<DateTime<Utc>>,
    pub ended_because: Option<LoginEnd>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Logins {
    /// Newest first; those that ended, for thirty days.
    pub logins: Vec<LoginView>,
}

/// Who one is here.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    pub account: AccountId,
    pub person: PersonId,
    pub role: Role,
    pub name: String,
    /// Masked.
    pub phone: Option<String>,
    pub username: Option<String>,
    pub languages: Vec<String>,
    pub contact_hours: HoursOfDay,
    pub station: Option<StationId>,
    pub committee: Option<CommitteeId>,
}

/// What one may change about oneself; what is absent stays.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeMe {
    #[serde(default)]
    pub name: Option<Name>,
    /// In order of preference, the one preferred first; 1 to 8.
    #[serde(default)]
    pub languages: Option<Vec<Spoken>>,
    /// When text messages may reach you, for two hours a day at least; others wait until then. `{"from": 0, "until": 24}`
    /// is any time. A code that you ask for comes at once all the same.
    #[serde(default)]
    pub contact_hours: Option<HoursOfDay>,
}

/// Full hours of the day in China (UTC+8); past midnight where `until` comes before `from`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct HoursOfDay {
    /// 0 to 23.
    pub from: u8,
    /// 1 to 24.
    pub until: u8,
}
