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
    "facts_established",
];

pub async fn read(
    db: &mut PgConnection,
    id: DisputeId,
    standing: &Standing,
) -> Result<Timeline, ApiError> {
    let staff = standing.is_staff() || standing.has(Part::LegalReviewer);
    let hidden: Vec<String> =
        if staff { Vec::new() } else { INTERNAL.iter().map(ToString::to_string).collect() };
    let rows = sqlx::query!(
        r#"select e.seq, e.event ->> 'type' as "event!", e.happened_at, a.role as "role?"
           from dispute_events e left join accounts a on a.id = e.caused_by
           where e.dispute_id = $1 and e.event ->> 'type' <> all ($2) order by e.seq"#,
        id as DisputeId,
        &hidden,
    )
    .fetch_all(db)
    .await?;
    let entries = rows
        .into_iter()
        .map(|row| TimelineEntry {
            version: row.seq,
            event: row.event,
            happened_at: row.happened_at,
            by: row.role,
        })
        .collect();
    Ok(Timeline { entries })
}
