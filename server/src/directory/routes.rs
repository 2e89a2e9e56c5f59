//! Doors: the directory as everybody may read it, and what staff say of themselves.

use crate::app::App;
use crate::directory::{kin, people, places};
use crate::error::ApiError;
use crate::http::{Actor, IdempotencyKey, Json, Path, Query, Written, write};
use axum::extract::State;
use domain::calendar::local_day;
use protocol::StationId;
use protocol::directory::{
    Committees, Communities, DeclareKin, Firms, Lawyers, Mediators, Skills, StationView, Workrooms,
};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(communities))
        .routes(routes!(station))
        .routes(routes!(mediators))
        .routes(routes!(lawyers))
        .routes(routes!(my_kin, declare_kin))
        .routes(routes!(keep_skills))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// Part of a name, or the beginning of a code; 64 characters at most.
    #[serde(default)]
    search: String,
}

/// Find the community where it happened, and the station in charge there.
#[utoipa::path(
    get, path = "/directory/communities", operation_id = "directory_communities", tag = "directory", params(Search),
    responses((status = 200, body = Communities))
)]
async fn communities(
    State(app): State<App>,
    Query(query): Query<Search>,
) -> Result<Json<Communities>, ApiError> {
    if query.search.chars().count() > 64 || query.search.contains(char::is_control) {
        return Err(ApiError::invalid("search", "use at most 64 characters, none to control"));
    }
    let mut db = app.db.acquire().await?;
    Ok(Json::of(places::communities(&mut db, &query.search).await?))
}

/// Show a station, its number, and the communities it is in charge of.
#[utoipa::path(
    get, path = "/directory/stations/{stn}", operation_id = "directory_station", tag = "directory",
    params(("stn" = StationId, Path)),
    responses((status = 200, body = StationView))
)]
async fn station(
    State(app): State<App>,
    Path(id): Path<StationId>,
) -> Result<Json<StationView>, ApiError> {
    let mut db = app.db.acquire().await?;
    Ok(Json::of(places::station(&mut db, id).await?))
}

/// List the people's mediation committees.
#[utoipa::path(
    get, path = "/directory/committees", operation_id = "directory_committees", tag = "directory",
    responses((status = 200, body = Committees))
)]
pub(super) async fn committees(State(app): State<App>) -> Result<Json<Committees>, ApiError> {
    let mut db = app.db.acquire().await?;
    Ok(Json::of(places::committees(&mut db).await?))
}

/// List the people's mediators, so that parties can choose (宁波条例 Art 21).
#[utoipa::path(
    get, path = "/directory/mediators", operation_id = "directory_mediators", tag = "directory",
    responses((status = 200, body = Mediators))
)]
async fn mediators(State(app): State<App>) -> Result<Json<Mediators>, ApiError> {
    let mut db = app.db.acquire().await?;
    Ok(Json::of(people::mediators(&mut db, local_day(app.clock.now())).await?))
}

/// List the volunteer lawyers, for those who appoint.
#[utoipa::path(
    get, path = "/directory/lawyers", operation_id = "directory_lawyers", tag = "directory",
    responses((status = 200, body = Lawyers))
)]
async fn lawyers(State(app): State<App>) -> Result<Json<Lawyers>, ApiError> {
    let mut db = app.db.acquire().await?;
    Ok(Json::of(people::lawyers(&mut db, local_day(app.clock.now())).await?))
}

/// List the workrooms (工作室) and who works in them.
#[utoipa::path(
    get, path = "/directory/workrooms", operation_id = "directory_workrooms", tag = "directory",
    responses((status = 200, body = Workrooms))
)]
pub(super) async fn workrooms(State(app): State<App>) -> Result<Json<Workrooms>, ApiError> {
    let mut db = app.db.acquire().await?;
    Ok(Json::of(places::workrooms(&mut db, None).await?))
}

/// List the law firms.
#[utoipa::path(
    get, path = "/directory/firms", operation_id = "directory_firms", tag = "directory",
    responses((status = 200, body = Firms))
)]
pub(super) async fn firms(State(app): State<App>) -> Result<Json<Firms>, ApiError> {
    let mut db = app.db.acquire().await?;
    Ok(Json::of(places::firms(&mut db).await?))
}

/// Show the kin you have declared.
///
/// Only you and the conflict check read it.
#[utoipa::path(
    get, path = "/me/kin", operation_id = "directory_my_kin", tag = "directory",
    responses((status = 200, body = DeclareKin))
)]
async fn my_kin(State(app): State<App>, actor: Actor) -> Result<Json<DeclareKin>, ApiError> {
    let mut db = app.db.acquire().await?;
    Ok(Json::of(kin::declared_by(&mut db, actor.person).await?))
}

/// Declare your close kin, all of them.
///
/// You are then never asked to mediate among them.
#[utoipa::path(
    put, path = "/me/kin", operation_id = "directory_declare_kin", tag = "directory",
    request_body(content = DeclareKin, example = json!({
        "kin": [{"name": "周小妹", "phone": "19000000007", "relation": "sibling"}]
    })),
    responses((status = 200, body = DeclareKin))
)]
async fn declare_kin(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Json { value, hash }: Json<DeclareKin>,
) -> Result<Written<DeclareKin>, ApiError> {
    app.write(write::Request::command(actor, key, hash), move |tx, actor| {
        Box::pin(kin::declare(tx, actor, value))
    })
    .await
}

/// Say what you are good at and which languages you speak; parties choose by it.
#[utoipa::path(
    put, path = "/me/skills", operation_id = "directory_keep_skills", tag = "directory",
    request_body(content = Skills, example = json!({
        "specialities": ["邻里", "物业"], "languages": ["zh"], "dialects": ["宁波话"]
    })),
    responses((status = 200, body = Skills))
)]
async fn keep_skills(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Json { value, hash }: Json<Skills>,
) -> Result<Written<Skills>, ApiError> {
    app.write(write::Request::command(actor, key, hash), move |tx, actor| {
        Box::pin(people::keep_skills(tx, actor, value))
    })
    .await
}
