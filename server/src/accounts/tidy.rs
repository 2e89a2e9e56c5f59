//! What has served its purpose is forgotten, most of all what was said to whom.

use crate::app::App;
use crate::error::ApiError;
use chrono::Duration;

/// The limits per number look back a day.
const CODES_KEPT: Duration = Duration::hours(25);
/// Longer than the longest lock.
const GUARDS_KEPT: Duration = Duration::days(7);
/// How many rows one statement touches.
const BATCH: i64 = 500;

pub async fn round(app: &App) -> Result<(), ApiError> {
    clear_texts(app).await?;
    let now = app.clock.now();
    sqlx::query!(
        "delete from login_codes where id in
             (select id from login_codes where created_at < $1 order by created_at limit $2)",
        now - CODES_KEPT,
        BATCH,
    )
    .execute(&app.db)
    .await?;
    sqlx::query!(
        "delete from sign_in_guards where subject in (select subject from sign_in_guards
             where updated_at < $1 and coalesce(locked_until < $2, true) limit $3 for update skip locked)",
        now - GUARDS_KEPT,
        now,
        BATCH,
    )
    .execute(&app.db)
    .await?;
    sqlx::query!(
        "delete from refresh_tokens where token_hash in (select t.token_hash from refresh_tokens t
             join logins l on l.id = t.login_id where l.expires_at < $1 limit $2)",
        now,
        BATCH,
    )
    .execute(&app.db)
    .await?;
    Ok(())
}

/// Text messages that nobody could send in time.
async fn clear_texts(app: &App) -> Result<(), ApiError> {
    sqlx::query!(
        "update text_messages set settled_at = $1, outcome = 'expired', phone = null, body = null
         where id in (select id from text_messages
             where settled_at is null and expires_at <= $1 limit $2 for update skip locked)",
        app.clock.now(),
        BATCH,
    )
    .execute(&app.db)
    .await?;
    Ok(())
}
