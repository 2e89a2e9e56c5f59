//! Doors: one's own view of a dispute, and of a room, at an earlier moment.

use crate::app::App;
use crate::as_of::{store, view};
use crate::db::Tx;
use crate::error::ApiError;
use crate::http::cursor::Lines;
use crate::http::limits::{Blind, Limit};
use crate::http::{Actor, Json, Path, Query};
use axum::extract::State;
use chrono::{DateTime, Utc};
use protocol::as_of::ViewAsOf;
use protocol::room::EntryPage;
use protocol::{DisputeId, RoomId};
use serde::Deserialize;
use std::time::Duration;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(of_dispute)).routes(routes!(of_room))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Moment {
    /// The moment, as RFC 3339 with a zone (`2026-11-06T06:05:00Z`); now unless told.
    at: Option<DateTime<Utc>>,
}

/// Show what you could see of a dispute at an earlier moment.
///
/// It answers for you alone: nobody looks through another's eyes. Whoever could see nothing of it then gets the answer for
/// what does not exist. What was said is at the rooms' own `view-as-of`.
#[utoipa::path(
    get, path = "/disputes/{id}/view-as-of", operation_id = "disputes_view_as_of", tag = "disputes",
    params(("id" = DisputeId, Path), Moment),
    responses((status = 200, body = ViewAsOf))
)]
async fn of_dispute(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<DisputeId>,
    Query(query): Query<Moment>,
) -> Result<Json<ViewAsOf>, ApiError> {
    let now = app.clock.now();
    let at = view::moment(query.at, now)?;
    let mut db = looking_back(&app, &actor, now).await?;
    view::of(&mut db, &actor, id, at, now).await.map(Json::of)
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct EntriesThen {
    /// The moment, as RFC 3339 with a zone (`2026-11-06T06:05:00Z`); now unless told.
    at: Option<DateTime<Utc>>,
    /// The last entry you have; from the beginning unless told.
    after: Option<i64>,
    /// Entries on a page.
    #[serde(default)]
    #[param(inline)]
    limit: Lines<100, 100>,
}

/// Read what you could read of a room at an earlier moment, oldest first.
#[utoipa::path(
    get, path = "/rooms/{id}/view-as-of", operation_id = "rooms_view_as_of", tag = "rooms",
    params(("id" = RoomId, Path), EntriesThen),
    responses((status = 200, body = EntryPage))
)]
async fn of_room(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<RoomId>,
    Query(query): Query<EntriesThen>,
) -> Result<Json<EntryPage>, ApiError> {
    let now = app.clock.now();
    let at = view::moment(query.at, now)?;
    let mut db = looking_back(&app, &actor, now).await?;
    view::in_room(&mut db, &actor, id, at).await?;
    let (limit, after) = (query.limit.get(), query.after.unwrap_or(0));
    // One more than asked for tells whether there is another page.
    let more = i32::from(limit) + 1;
    let mut entries = store::entries(&mut db, actor.account, id, after, more, at).await?;
    let more = entries.len() > usize::from(limit);
    entries.truncate(limit.into());
    let next = entries.last().filter(|_| more).map(|entry| entry.seq);
    Ok(Json::of(EntryPage { room: id, entries, next }))
}

/// All of an answer is of one moment. Looking back reads more than a look at today, so it is done less often.
async fn looking_back(app: &App, actor: &Actor, now: DateTime<Utc>) -> Result<Tx, ApiError> {
    let most = (app.config.requests_per_minute / 5).max(1);
    let window = Duration::from_secs(60);
    let limit = Limit { name: "view_as_of", most, window, blind: Blind::Own };
    app.limits.take(&limit, &actor.account.to_string(), now).await?;
    let mut tx = app.begin().await?;
    sqlx::query!("set transaction isolation level repeatable read, read only")
        .execute(&mut *tx)
        .await?;
    Ok(tx)
}
