//! Doors: filing, reading and leading disputes.

use crate::app::App;
use crate::disputes::list::Wanted;
use crate::disputes::{file, lifecycle, list, store, view};
use crate::error::ApiError;
use crate::http::cursor::{Cursor, Lines};
use crate::http::{Actor, IdempotencyKey, Json, Path, Query, RequiredKey, Written, write};
use crate::invitations::consent;
use axum::extract::State;
use domain::dispute::Command;
use protocol::DisputeId;
use protocol::dispute::{DisputePage, DisputeView, FileDispute, Scope, Status, Track};
use protocol::lifecycle::Submit;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create, list))
        .routes(routes!(show))
        .routes(routes!(submit))
        .routes(routes!(withdraw))
}

/// File a dispute.
///
/// It is a draft until submitted; repeating the request with the same key files it once.
#[utoipa::path(
    post, path = "/disputes", operation_id = "disputes_create", tag = "disputes",
    params(RequiredKey),
    request_body(content = FileDispute, example = json!({
        "category": "neighbor", "title": "楼上夜间噪音", "narrative": "楼上住户每晚十一点后拖动家具,已持续一个月。",
        "claims": ["晚十点后不再拖动家具"], "community_code": "330203001001",
        "parties": [
            {"side": "applicant", "name": "陈一", "is_me": true},
            {"side": "respondent", "name": "林二", "phone": "19000000002"}
        ]
    })),
    responses((status = 201, body = DisputeView))
)]
async fn create(
    State(app): State<App>,
    actor: Actor,
    key: RequiredKey,
    Json { value, hash }: Json<FileDispute>,
) -> Result<Written<DisputeView>, ApiError> {
    app.write(write::Request::create(actor, key, hash), move |tx, actor| {
        Box::pin(file::file(tx, actor, value))
    })
    .await
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    /// Those you have a part in, unless told: `owned`, only those of them that stay with you until handed over (首问即办);
    /// `offered`, those that you may take on instead, because they want a mediator or, for a lawyer, have nobody to advise
    /// in them yet.
    #[serde(default)]
    #[param(inline)]
    scope: Scope,
    /// Only those in this status.
    status: Option<Status>,
    /// Only those on this track.
    track: Option<Track>,
    /// Only those in which an ending waits for a second person; for staff.
    #[serde(default)]
    waits_for_approval: bool,
    /// Only those in which what comes next should have been done by now.
    #[serde(default)]
    late: bool,
    /// The `next` of the page before.
    after: Option<String>,
    /// Lines on a page.
    #[serde(default)]
    #[param(inline)]
    limit: Lines,
}

/// List the disputes you have a part in, or those you may take on; newest change first.
#[utoipa::path(
    get, path = "/disputes", operation_id = "disputes_list", tag = "disputes", params(ListQuery),
    responses((status = 200, body = DisputePage))
)]
async fn list(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<ListQuery>,
) -> Result<Json<DisputePage>, ApiError> {
    let after = Cursor::read(query.after.as_deref())?;
    let wanted = Wanted {
        scope: query.scope,
        status: query.status,
        track: query.track,
        waits_for_approval: query.waits_for_approval,
        late: query.late,
    };
    let now = app.clock.now();
    list::list(&app.db, &actor, wanted, now, after, query.limit.get().into()).await.map(Json::of)
}

/// Show one dispute, as you may see it.
#[utoipa::path(
    get, path = "/disputes/{id}", operation_id = "disputes_show", tag = "disputes",
    params(("id" = DisputeId, Path)),
    responses((status = 200, body = DisputeView))
)]
async fn show(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<DisputeId>,
) -> Result<Json<DisputeView>, ApiError> {
    let mut db = app.db.acquire().await?;
    let (dispute, standing) = store::look(&mut db, id, &actor).await?;
    view::of(&mut db, &dispute, &standing).await.map(Json::of)
}

/// Send a draft to the station.
///
/// The consent of those you act for goes with it, if they give it now.
#[utoipa::path(
    post, path = "/disputes/{id}/submit", operation_id = "disputes_submit", tag = "disputes",
    params(("id" = DisputeId, Path)),
    request_body(content = Submit, example = json!({"consenting": []})),
    responses((status = 200, body = DisputeView))
)]
async fn submit(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<DisputeId>,
    Json { value, hash }: Json<Submit>,
) -> Result<Written<DisputeView>, ApiError> {
    let rules = app.rules.clone();
    app.write(write::Request::command(actor, key, hash), move |tx, actor| {
        Box::pin(async move {
            let (dispute, standing) = store::lock(tx, id, actor).await?;
            let command = Command::Submit { consenting: value.consenting.clone() };
            lifecycle::apply(tx, &rules, dispute, &standing, command).await?;
            for party in &value.consenting {
                let shown = consent::needed(value.shown.as_ref())?;
                let from = consent::From::Account(actor.account);
                consent::record(tx, id, *party, from, Some(shown)).await?;
            }
            view::show(tx, id, actor).await
        })
    })
    .await
}

/// Step back, for any reason, before an agreement takes effect.
///
/// Nobody has to approve it.
#[utoipa::path(
    post, path = "/disputes/{id}/withdraw", operation_id = "disputes_withdraw", tag = "disputes",
    params(("id" = DisputeId, Path)),
    responses((status = 200, body = DisputeView))
)]
async fn withdraw(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<DisputeId>,
) -> Result<Written<DisputeView>, ApiError> {
    lifecycle::command(&app, actor, key, write::bare(id), id, Command::Withdraw).await
}
