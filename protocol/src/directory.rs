//! Places and organisations.

use crate::account::Spoken;
use crate::appointment::KinRelation;
use crate::dispute::StationBrief;
use crate::text::{Name, Paragraph, Phone, Text};
use crate::{AccountId, CommitteeId, FirmId, StationId, WorkroomId};
use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize, de};
use std::fmt;
use std::str::FromStr;

/// A code of exactly so many digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
#[serde(transparent)]
pub struct Digits<const N: usize>(String);

/// A community's code (统计用区划代码): twelve digits. It decides which station is in charge.
pub type CommunityCode = Digits<12>;
/// The code of a district or a city: six digits.
pub type AreaCode = Digits<6>;

/// The text is not a code of so many digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotDigits(usize);

impl fmt::Display for NotDigits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "must be {} digits", self.0)
    }
}

impl std::error::Error for NotDigits {}

impl<const N: usize> Digits<N> {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const N: usize> FromStr for Digits<N> {
    type Err = NotDigits;

    fn from_str(text: &str) -> Result<Self, NotDigits> {
        let good = text.len() == N && text.bytes().all(|b| b.is_ascii_digit());
        if good { Ok(Self(text.to_owned())) } else { Err(NotDigits(N)) }
    }
}

impl<'de, const N: usize> Deserialize<'de> for Digits<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(feature = "openapi")]
impl<const N: usize> utoipa::PartialSchema for Digits<N> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some(format!("^[0-9]{{{N}}}$")))
            .examples([&"330203001001"[..N.min(12)]])
            .into()
    }
}

#[cfg(feature = "openapi")]
impl<const N: usize> utoipa::ToSchema for Digits<N> {
    fn name() -> std::borrow::Cow<'static, str> {
        format!("Digits{N}").into()
    }
}

/// A community and the station in charge of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CommunityView {
    pub code: CommunityCode,
    pub name: String,
    pub district: String,
    pub station: StationBrief,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Communities {
    /// By code, fifty at most: narrow the search to see others.
    pub communities: Vec<CommunityView>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StationView {
    pub id: StationId,
    pub name: String,
    pub phone: String,
    pub district: String,
    pub communities: Vec<String>,
    pub committees: Vec<CommitteeId>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CommitteeView {
    pub id: CommitteeId,
    pub name: String,
    /// How the seal reads on an agreement.
    pub seal_name: String,
    pub district: String,
    pub station: Option<StationId>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Committees {
    pub committees: Vec<CommitteeView>,
}

/// A people's mediator as the public may know them (宁波条例 Art 21).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MediatorView {
    pub account: AccountId,
    pub name: String,
    pub committee: CommitteeId,
    pub committee_name: String,
    pub appointed_on: NaiveDate,
    pub ends_on: NaiveDate,
    pub specialities: Vec<String>,
    pub languages: Vec<String>,
    pub dialects: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mediators {
    /// Those whose appointment runs today.
    pub mediators: Vec<MediatorView>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LawyerView {
    pub account: AccountId,
    pub name: String,
    pub firm: FirmId,
    pub firm_name: String,
    pub licence_expires_on: NaiveDate,
    /// May take disputes today.
    pub may_practise: bool,
    pub specialities: Vec<String>,
    pub languages: Vec<String>,
    pub dialects: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Lawyers {
    pub lawyers: Vec<LawyerView>,
}

/// 工作室: a named team of a committee.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkroomView {
    pub id: WorkroomId,
    pub committee: CommitteeId,
    pub name: String,
    pub about: String,
    pub specialities: Vec<String>,
    /// By name.
    pub members: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Workrooms {
    pub workrooms: Vec<WorkroomView>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FirmView {
    pub id: FirmId,
    pub name: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Firms {
    pub firms: Vec<FirmView>,
}

/// A district, and its city if that is new too. Known codes keep the names given last.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct KeepDistrict {
    pub name: Name,
    pub city_code: AreaCode,
    pub city_name: Name,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DistrictView {
    pub code: AreaCode,
    pub name: String,
    pub city_code: AreaCode,
    pub city_name: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewStation {
    pub name: Name,
    pub district_code: AreaCode,
    /// Where a human answers.
    pub phone: Text<3, 30>,
}

/// A community's name and the station in charge; moving it to another station concerns new disputes only.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct KeepCommunity {
    pub name: Name,
    pub station: StationId,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewCommittee {
    pub name: Name,
    pub seal_name: Name,
    pub district_code: AreaCode,
    /// The station whose disputes come to it.
    #[serde(default)]
    pub station: Option<StationId>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewFirm {
    pub name: Name,
}

/// 聘任: for three years from the day on (人民调解法 Art 8, 13, 14).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AppointMediator {
    pub account: AccountId,
    pub appointed_on: NaiveDate,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewWorkroom {
    pub name: Name,
    pub about: Paragraph,
    #[serde(default)]
    pub specialities: Vec<Name>,
    /// Mediators of the committee.
    #[serde(default)]
    pub members: Vec<AccountId>,
}

/// What one is good at and speaks; shown to the public for mediators.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Skills {
    pub specialities: Vec<Name>,
    pub languages: Vec<Spoken>,
    pub dialects: Vec<Spoken>,
}

/// Close kin, named so that nobody mediates where they are a party. Read by the conflict check alone.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeclareKin {
    /// All of them: those not named any more are forgotten.
    pub kin: Vec<Kin>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Kin {
    pub name: Name,
    pub phone: Phone,
    pub relation: KinRelation,
}
