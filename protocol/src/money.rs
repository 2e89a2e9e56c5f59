//! An amount of money as it crosses the wire: whole fen, never a fraction.

use serde::{Deserialize, Deserializer, Serialize, de};
use std::fmt;

/// A positive amount in fen (分), at most ten to the thirteenth: a hundred billion yuan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
#[serde(transparent)]
pub struct Fen(i64);

/// The number is not an amount that can be promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadAmount;

impl fmt::Display for BadAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "must be a whole number of fen from 1 to {}", Fen::MAX)
    }
}

impl std::error::Error for BadAmount {}

impl Fen {
    pub const MAX: i64 = 10_000_000_000_000;

    pub const fn new(fen: i64) -> Result<Self, BadAmount> {
        if fen >= 1 && fen <= Self::MAX { Ok(Self(fen)) } else { Err(BadAmount) }
    }

    pub const fn get(self) -> i64 {
        self.0
    }
}

impl TryFrom<i64> for Fen {
    type Error = BadAmount;

    fn try_from(fen: i64) -> Result<Self, BadAmount> {
        Self::new(fen)
    }
}

impl<'de> Deserialize<'de> for Fen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(i64::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Fen {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::Integer)
            .description(Some("An amount in fen: 50000 is 500 yuan."))
            .minimum(Some(1))
            .maximum(Some(Self::MAX))
            .examples([50_000])
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Fen {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_a_positive_whole_number_within_bounds() {
        assert_eq!(serde_json::from_str::<Fen>("50000").map(Fen::get).ok(), Some(50_000));
        for wrong in ["0", "-1", "10000000000001", "1.5", "\"1\""] {
            assert!(serde_json::from_str::<Fen>(wrong).is_err(), "{wrong}");
        }
        assert_eq!(serde_json::to_string(&Fen(Fen::MAX)).ok(), Some(Fen::MAX.to_string()));
    }
}
