//! Doors: saying what was done, and what the station does when it was not.

use crate::app::App;
use crate::disputes::{self, lifecycle};
use crate::error::ApiError;
use crate::follow_ups::closing;
use crate::http::{Actor, IdempotencyKey, Json, Path, Written, write};
use crate::obligations::service::{self, Voice};
use crate::obligations::view;
use axum::extract::State;
use domain::dispute;
use domain::obligation::Command;
use protocol::dispute::DisputeView;
use protocol::obligation::{
    AdviseSuit, ContestPerformance, EstablishPerformance, ObligationList, ObligationView,
    ReportPerformance,
};
use protocol::{DisputeId, ObligationId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(report))
        .routes(routes!(confirm))
        .routes(routes!(contest))
        .routes(routes!(waive))
        .routes(routes!(establish))
        .routes(routes!(urge))
        .routes(routes!(advise_suit))
        .routes(routes!(refer_for_penalty))
}

/// List what was promised in a dispute, by date, with what became of it.
#[utoipa::path(
    get, path = "/disputes/{id}/obligations", operation_id = "obligations_list", tag = "obligations",
    params(("id" = DisputeId, Path)), responses((status = 200, body = ObligationList))
)]
async fn list(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<DisputeId>,
) -> Result<Json<ObligationList>, ApiError> {
    let mut db = app.db.acquire().await?;
    disputes::store::look(&mut db, id, &actor).await?;
    view::list(&mut db, id).await.map(Json::of)
}

/// One command on one obligation, as one whole write.
async fn command(
    app: &App,
    (actor, key, hash): (Actor, IdempotencyKey, [u8; 32]),
    id: ObligationId,
    command: (Voice, Command),
) -> Result<Written<ObligationView>, ApiError> {
    let rules = app.rules.clone();
    app.write(write::Request::command(actor, key, hash), move |tx, actor| {
        Box::pin(async move { service::carry_out(tx, &rules, actor, id, command).await })
    })
    .await
}

/// Say that it was done, by whoever owes it.
///
/// It counts once the other side confirms or an officer establishes it. What is handed in as proof is shown to the other
/// side with it.
#[utoipa::path(
    post, path = "/obligations/{id}/report", operation_id = "obligations_report", tag = "obligations",
    params(("id" = ObligationId, Path)),
    request_body(content = ReportPerformance, example = json!({"note": "已转账,附言写明首期赔偿款。"})),
    responses((status = 200, body = ObligationView))
)]
async fn report(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<ObligationId>,
    Json { value, hash }: Json<ReportPerformance>,
) -> Result<Written<ObligationView>, ApiError> {
    let ReportPerformance { evidence, note } = value;
    let report = Command::Report { evidence, note };
    command(&app, (actor, key, hash), id, (Voice::Obligor, report)).await
}

/// Confirm that it was done, by whom it is owed to.
#[utoipa::path(
    post, path = "/obligations/{id}/confirm", operation_id = "obligations_confirm", tag = "obligations",
    params(("id" = ObligationId, Path)),
    responses((status = 200, body = ObligationView))
)]
async fn confirm(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<ObligationId>,
) -> Result<Written<ObligationView>, ApiError> {
    let said = (Voice::Beneficiary, Command::Confirm);
    command(&app, (actor, key, write::bare(id)), id, said).await
}

/// Say that what was reported was not done, by whom it is owed to.
///
/// An officer or mediator then establishes what is true.
#[utoipa::path(
    post, path = "/obligations/{id}/contest", operation_id = "obligations_contest", tag = "obligations",
    params(("id" = ObligationId, Path)),
    request_body(content = ContestPerformance, example = json!({"reason": "账户没有收到这笔款。"})),
    responses((status = 200, body = ObligationView))
)]
async fn contest(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<ObligationId>,
    Json { value, hash }: Json<ContestPerformance>,
) -> Result<Written<ObligationView>, ApiError> {
    let contest = Command::Contest { reason: value.reason };
    command(&app, (actor, key, hash), id, (Voice::Beneficiary, contest)).await
}

/// Release the other side from it, by whom it is owed to.
#[utoipa::path(
    post, path = "/obligations/{id}/waive", operation_id = "obligations_waive", tag = "obligations",
    params(("id" = ObligationId, Path)),
    responses((status = 200, body = ObligationView))
)]
async fn waive(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<ObligationId>,
) -> Result<Written<ObligationView>, ApiError> {
    let said = (Voice::Beneficiary, Command::Waive);
    command(&app, (actor, key, write::bare(id)), id, said).await
}

/// Establish whether it was done, after a contest or where nobody confirms (人民调解法 Art 31).
#[utoipa::path(
    post, path = "/obligations/{id}/establish", operation_id = "obligations_establish", tag = "obligations",
    params(("id" = ObligationId, Path)),
    request_body(content = EstablishPerformance, example = json!({
        "performed": true, "finding": "已核对转账回单,款项于当日到账。"
    })),
    responses((status = 200, body = ObligationView))
)]
async fn establish(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<ObligationId>,
    Json { value, hash }: Json<EstablishPerformance>,
) -> Result<Written<ObligationView>, ApiError> {
    let EstablishPerformance { performed, finding } = value;
    let establish = Command::Establish { performed, finding };
    command(&app, (actor, key, hash), id, (Voice::Supervisor, establish)).await
}

/// Urge those who owe to perform (人民调解法 Art 31).
#[utoipa::path(
    post, path = "/disputes/{id}/urge", operation_id = "obligations_urge", tag = "obligations",
    params(("id" = DisputeId, Path)), responses((status = 200, body = DisputeView))
)]
async fn urge(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<DisputeId>,
) -> Result<Written<DisputeView>, ApiError> {
    lifecycle::command(&app, actor, key, write::bare(id), id, dispute::Command::Urge).await
}

/// Tell the parties, after a default, of suit and enforcement (人民调解法 Art 32–33).
///
/// Judicial confirmation is told of too, and the words are kept.
#[utoipa::path(
    post, path = "/disputes/{id}/advise-suit", operation_id = "obligations_advise_suit", tag = "obligations",
    params(("id" = DisputeId, Path)),
    request_body(content = AdviseSuit, example = json!({
        "text": "已告知双方:对协议的履行发生争议的,可以向人民法院起诉;经司法确认的,可以申请强制执行。"
    })),
    responses((status = 200, body = DisputeView))
)]
async fn advise_suit(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<DisputeId>,
    Json { value, hash }: Json<AdviseSuit>,
) -> Result<Written<DisputeView>, ApiError> {
    let rules = app.rules.clone();
    app.write(write::Request::command(actor, key, hash), move |tx, actor| {
        Box::pin(async move { closing::advise_suit(tx, &rules, actor, id, value).await })
    })
    .await
}

/// Hand a 治安 case that was not performed to the penalty procedure (程序规定 Art 185).
#[utoipa::path(
    post, path = "/disputes/{id}/refer-for-penalty", operation_id = "obligations_refer_for_penalty",
    tag = "obligations",
    params(("id" = DisputeId, Path)), responses((status = 200, body = DisputeView))
)]
async fn refer_for_penalty(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<DisputeId>,
) -> Result<Written<DisputeView>, ApiError> {
    let rules = app.rules.clone();
    app.write(write::Request::command(actor, key, write::bare(id)), move |tx, actor| {
        Box::pin(async move { closing::refer_for_penalty(tx, &rules, actor, id).await })
    })
    .await
}
