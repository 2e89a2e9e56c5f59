//! Is it alive, is it ready, how is it doing.

use crate::app::App;
use crate::db;
use crate::error::ApiError;
use crate::http::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(live)).routes(routes!(ready))
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct Health {
    status: &'static str,
}

/// Tell whether the process runs.
#[utoipa::path(
    get, path = "/health/live", operation_id = "health_live", tag = "health",
    responses((status = 200, body = Health))
)]
async fn live() -> Json<Health> {
    Json::of(Health { status: "ok" })
}

/// Tell whether the server can do its work.
///
/// It is not stopping, the database answers and is up to date.
#[utoipa::path(
    get, path = "/health/ready", operation_id = "health_ready", tag = "health",
    responses((status = 200, body = Health))
)]
async fn ready(State(app): State<App>) -> Result<Json<Health>, ApiError> {
    if app.stop.is_cancelled() {
        return Err(ApiError::unavailable());
    }
    let applied: Option<i64> =
        sqlx::query_scalar("select max(version) from _sqlx_migrations where success")
            .fetch_one(&app.db)
            .await?;
    if applied < db::MIGRATOR.iter().map(|migration| migration.version).max() {
        return Err(ApiError::unavailable());
    }
    Ok(Json::of(Health { status: "ok" }))
}
