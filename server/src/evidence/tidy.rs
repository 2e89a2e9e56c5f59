//! Removing what uploads left behind that never became evidence.

use crate::app::App;
use crate::error::ApiError;
use crate::evidence::receive;
use chrono::Duration;

/// No upload lives so long.
const LEFT_BEHIND: Duration = Duration::hours(1);
const BATCH: i64 = 100;

pub async fn left_behind(app: &App) -> Result<(), ApiError> {
    let left = sqlx::query_scalar!(
        "select object from uploads where started_at < $1 order by started_at limit $2",
        app.clock.now() - LEFT_BEHIND,
        BATCH,
    )
    .fetch_all(&app.db)
    .await?;
    for object in left {
        receive::discard(app, &object).await?;
    }
    Ok(())
}
