//! Where a page of a list begins: the moment and id of the last line before it.

use crate::error::ApiError;
use chrono::{DateTime, Utc};
use std::fmt;
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

/// Lines on a page: 1 to 100, 20 unless told.
pub fn limit(asked: Option<u8>) -> Result<i64, ApiError> {
    match asked.unwrap_or(20) {
        lines @ 1..=100 => Ok(lines.into()),
        _ => Err(ApiError::invalid("limit", "ask for 1 to 100 lines")),
    }
}

/// Cuts the line too many that was read to see whether there are more; the last line kept names the next page.
pub fn cut<T>(rows: &mut Vec<T>, limit: i64, of: impl Fn(&T) -> Cursor) -> Option<String> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    rows.last().filter(|_| more).map(|row| of(row).to_string())
}
