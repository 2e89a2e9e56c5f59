//! What happened in a dispute, as one person may know it.

use crate::error::ApiError;
use domain::dispute::Standing;
use protocol::DisputeId;
use protocol::dispute::{Part, Timeline, TimelineEntry};
use sqlx::PgConnection;

/// Events that are the staff's own business.
const INTERNAL: &[&str] = &[
    "ownership_taken",
    "handed_over",
    "ending_proposed",
    "ending_refused",
    "escalated",
    "first_session_late",
    "facts_established",
];

/// Up to this version, or all of it.
pub async fn read(
    db: &mut PgConnection,
    id: DisputeId,
    standing: &Standing,
    upto: Option<i64>,
) -> Result<Timeline, ApiError> {
    let hidden: Vec<String> = if standing.looks_inside() {
        Vec::new()
    } else {
        INTERNAL.iter().map(ToString::to_string).collect()
    };
    let rows = sqlx::query!(
        r#"select seq, event ->> 'type' as "event!", happened_at, part as "part: Part"
           from dispute_events
           where dispute_id = $1 and event ->> 'type' <> all ($2) and ($3::bigint is null or seq <= $3) order by seq"#,
        id as DisputeId,
        &hidden,
        upto,
    )
    .fetch_all(db)
    .await?;
    let entries = rows
        .into_iter()
        .map(|row| TimelineEntry {
            version: row.seq,
            event: row.event,
            happened_at: row.happened_at,
            by: row.part,
        })
        .collect();
    Ok(Timeline { entries })
}
