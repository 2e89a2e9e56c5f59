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

/// Nothing here happened before; far earlier times PostgreSQL cannot hold.
const BEGINNING: i64 = 0;

impl Cursor {
    pub fn read(text: Option<&str>) -> Result<Option<Self>, ApiError> {
        let bad = || ApiError::invalid("after", "pass the `next` of the page before, unchanged");
        text.map(|text| Self::of(text).ok_or_else(bad)).transpose()
    }

    /// Only what one of our answers can have told, letter for letter.
    fn of(text: &str) -> Option<Self> {
        let (micros, id) = text.split_once('~')?;
        let micros = micros.parse().ok().filter(|micros| *micros >= BEGINNING)?;
        let at = DateTime::from_timestamp_micros(micros)?;
        let read = Self { at, id: Uuid::try_parse(id).ok()? };
        (read.to_string() == text).then_some(read)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_told_is_read() {
        let id = "0123456789ab4cde8f0123456789abcd";
        let told = format!("1793581200000001~{id}");
        let read = Cursor::read(Some(&told)).ok().flatten().map(|cursor| cursor.to_string());
        assert_eq!(read, Some(told));
        for made_up in [
            format!("+1~{id}"),
            format!("01~{id}"),
            format!("-1~{id}"),
            format!("-8000000000000000000~{id}"),
            format!("{}~{id}", i64::MAX),
            "1~01234567-89ab-4cde-8f01-23456789abcd".to_owned(),
            format!("1~{}", id.to_uppercase()),
            format!("1~{id}~"),
            id.to_owned(),
            String::new(),
        ] {
            let refused = Cursor::read(Some(&made_up)).err().map(|error| error.to_problem());
            let problem = refused.expect(&made_up);
            assert_eq!(problem.fields[0].path, "after", "{made_up}");
        }
    }
}
