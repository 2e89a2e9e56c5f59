//! Signals are forgotten as soon as they are of no use.

use crate::app::App;
use crate::error::ApiError;
use crate::media::signals::LIFE;

pub async fn round(app: &App) -> Result<(), ApiError> {
    sqlx::query!("delete from media_signals where at < $1", app.clock.now() - LIFE)
        .execute(&app.db)
        .await?;
    Ok(())
}
