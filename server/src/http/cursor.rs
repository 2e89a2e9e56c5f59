//! Where a page of a list begins: the moment and id of the last line before it.

use crate::error::ApiError;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, de};
use std::borrow::Cow;
use std::fmt;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use uuid::Uuid;

/// Never from a counter or a bare time: lines of the same moment are told apart by their id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub at: DateTime<Utc>,
    pub id: Uuid,
}

impl Cursor {
    pub fn read(text: Option<&str>) -> Result<Option<Self>, ApiError> {
        let bad = || ApiError::invalid("after", "pass the `next` of the page before, unchanged");
        let Some(text) = text else { return Ok(None) };
        let (micros, id) = text.split_once('~').ok_or_else(bad)?;
        let micros = micros.parse().map_err(|_| bad())?;
        Ok(Some(Self {
            at: DateTime::from_timestamp_micros(micros).ok_or_else(bad)?,
            id: Uuid::try_parse(id).map_err(|_| bad())?,
        }))
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}", self.at.timestamp_micros(), self.id.simple())
    }
}

/// How many lines a page is to have, as a query asks for it: 1 to `MOST`, `USUAL` unless told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lines<const USUAL: u16 = 20, const MOST: u16 = 100>(u16);

impl<const USUAL: u16, const MOST: u16> Lines<USUAL, MOST> {
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl<const USUAL: u16, const MOST: u16> Default for Lines<USUAL, MOST> {
    fn default() -> Self {
        Self(USUAL)
    }
}

impl<'de, const USUAL: u16, const MOST: u16> Deserialize<'de> for Lines<USUAL, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        let asked = text.parse().ok().filter(|lines| (1..=MOST).contains(lines));
        asked.map(Self).ok_or_else(|| de::Error::custom(format_args!("ask for 1 to {MOST} lines")))
    }
}

impl<const USUAL: u16, const MOST: u16> utoipa::PartialSchema for Lines<USUAL, MOST> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(1))
            .maximum(Some(MOST))
            .default(Some(USUAL.into()))
            .into()
    }
}

impl<const USUAL: u16, const MOST: u16> utoipa::ToSchema for Lines<USUAL, MOST> {}

/// Cuts the line too many that was read to see whether there are more; the last line kept names the next page.
pub fn cut<T>(rows: &mut Vec<T>, limit: i64, of: impl Fn(&T) -> Cursor) -> Option<String> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    rows.last().filter(|_| more).map(|row| of(row).to_string())
}
