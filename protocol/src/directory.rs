//! Places and organisations.

use serde::{Deserialize, Deserializer, Serialize, de};
use std::fmt;
use std::str::FromStr;

/// A community's code (统计用区划代码): twelve digits. It decides which station is in charge.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
#[serde(transparent)]
pub struct CommunityCode(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotACommunityCode;

impl fmt::Display for NotACommunityCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be the twelve digits of a community")
    }
}

impl std::error::Error for NotACommunityCode {}

impl CommunityCode {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CommunityCode {
    type Err = NotACommunityCode;

    fn from_str(text: &str) -> Result<Self, NotACommunityCode> {
        let good = text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
        if good { Ok(Self(text.to_owned())) } else { Err(NotACommunityCode) }
    }
}

impl<'de> Deserialize<'de> for CommunityCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for CommunityCode {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^[0-9]{12}$"))
            .examples(["330203001001"])
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for CommunityCode {}
