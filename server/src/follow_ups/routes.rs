//! Doors: visits, risk levels and closing.

use crate::app::App;
use crate::disputes::{self, lifecycle};
use crate::error::ApiError;
use crate::follow_ups::{closing, risk, store, visits};
use crate::http::{Actor, IdempotencyKey, Json, Path, Query, RequiredKey, Written, write};
use axum::extract::State;
use chrono::NaiveDate;
use domain::calendar::local_day;
use domain::dispute::Command;
use protocol::dispute::DisputeView;
use protocol::follow_up::{RouteList, VisitList, VisitRecord, VisitView};
use protocol::risk::{ConfirmRisk, RiskView};
use protocol::{DisputeId, VisitId};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(due))
        .routes(routes!(record))
        .routes(routes!(confirm_risk))
        .routes(routes!(close))
        .routes(routes!(archive))
}

/// List the visits (回访) of a dispute, made and to be made.
#[utoipa::path(
    get, path = "/disputes/{id}/visits", operation_id = "follow_ups_visits", tag = "follow_ups",
    params(("id" = DisputeId, Path)), responses((status = 200, body = VisitList))
)]
async fn list(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<DisputeId>,
) -> Result<Json<VisitList>, ApiError> {
    let mut db = app.db.acquire().await?;
    disputes::store::look(&mut db, id, &actor).await?;
    let visits = store::of_dispute(&mut db, id).await?;
    Ok(Json::of(VisitList { visits }))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DueQuery {
    /// The day of the round; today unless told.
    on: Option<NaiveDate>,
}

/// List the visits of a day, as a route.
///
/// Every visit your station has to make until then, what is late first, then by community.
#[utoipa::path(
    get, path = "/visits/due", operation_id = "follow_ups_due", tag = "follow_ups", params(DueQuery),
    responses((status = 200, body = RouteList))
)]
async fn due(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<DueQuery>,
) -> Result<Json<RouteList>, ApiError> {
    let today = local_day(app.clock.now());
    let station = actor.station.ok_or_else(ApiError::not_permitted)?;
    let mut db = app.db.acquire().await?;
    visits::route(&mut db, station, (query.on.unwrap_or(today), today)).await.map(Json::of)
}

/// Write down a visit.
///
/// What the visitor sees may raise the risk level; signs of escalation need measures (人民调解法 Art 25).
#[utoipa::path(
    post, path = "/visits/{id}/record", operation_id = "follow_ups_record", tag = "follow_ups",
    params(("id" = VisitId, Path), RequiredKey),
    request_body(content = VisitRecord, example = json!({
        "visited_at": "2026-11-09T10:00:00+08:00", "manner": "in_person", "performance": "on_track",
        "satisfaction": "satisfied", "residual_risk": "green"
    })),
    responses(
        (status = 200, body = VisitView),
        (status = 409, description = "Made already, called off, or the dispute has ended."),
    )
)]
async fn record(
    State(app): State<App>,
    actor: Actor,
    key: RequiredKey,
    Path(id): Path<VisitId>,
    Json { value, hash }: Json<VisitRecord>,
) -> Result<Written<VisitView>, ApiError> {
    let rules = app.rules.clone();
    app.write(write::Request::command(actor, key, hash), move |tx, actor| {
        Box::pin(async move { visits::record(tx, &rules, actor, id, value).await })
    })
    .await
}

/// Confirm the risk level.
///
/// The signs propose one, with their reasons; a person confirms it or says why another holds. Only a station leader
/// goes below what holds or is proposed.
#[utoipa::path(
    post, path = "/disputes/{id}/risk", operation_id = "follow_ups_confirm_risk", tag = "follow_ups",
    params(("id" = DisputeId, Path), RequiredKey),
    request_body(content = ConfirmRisk, example = json!({
        "findings": {"signs": ["long_grudge"], "calls": 2, "people": 2}, "level": "yellow"
    })),
    responses(
        (status = 200, body = RiskView),
        (status = 409, description = "The dispute is archived."),
    )
)]
async fn confirm_risk(
    State(app): State<App>,
    actor: Actor,
    key: RequiredKey,
    Path(id): Path<DisputeId>,
    Json { value, hash }: Json<ConfirmRisk>,
) -> Result<Written<RiskView>, ApiError> {
    let rules = app.rules.clone();
    app.write(write::Request::command(actor, key, hash), move |tx, actor| {
        Box::pin(async move { risk::confirm(tx, &rules, actor, id, value).await })
    })
    .await
}

/// Close a dispute.
///
/// What was promised is done, or the parties know how to go on, and every visit is made.
#[utoipa::path(
    post, path = "/disputes/{id}/close", operation_id = "follow_ups_close", tag = "follow_ups",
    params(("id" = DisputeId, Path)), responses((status = 200, body = DisputeView))
)]
async fn close(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<DisputeId>,
) -> Result<Written<DisputeView>, ApiError> {
    let rules = app.rules.clone();
    app.write(write::Request::command(actor, key, write::bare(id)), move |tx, actor| {
        Box::pin(async move { closing::close(tx, &rules, actor, id).await })
    })
    .await
}

/// Put the file of an ended dispute away.
#[utoipa::path(
    post, path = "/disputes/{id}/archive", operation_id = "follow_ups_archive", tag = "follow_ups",
    params(("id" = DisputeId, Path)), responses((status = 200, body = DisputeView))
)]
async fn archive(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<DisputeId>,
) -> Result<Written<DisputeView>, ApiError> {
    lifecycle::command(&app, actor, key, write::bare(id), id, Command::Archive).await
}
