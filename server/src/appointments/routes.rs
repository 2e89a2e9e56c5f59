//! Doors: appointing, claiming, disclosing, answering, stepping down.

use crate::app::App;
use crate::appointments::{conflicts, nominee};
use crate::disputes::{lifecycle, store as disputes, view};
use crate::error::{ApiError, Refused};
use crate::http::{Actor, IdempotencyKey, Json, Path, RequiredKey, Written, write};
use axum::extract::State;
use domain::conflict::Conflict;
use domain::dispute::Command;
use protocol::appointment::{ConflictCheck, Disclosure};
use protocol::dispute::DisputeView;
use protocol::lifecycle::{AnswerDisclosure, AppointNeutral, ClaimDispute};
use protocol::{AccountId, DisputeId, ErrorCode};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(appoint))
        .routes(routes!(claim))
        .routes(routes!(check))
        .routes(routes!(disclose))
        .routes(routes!(answer))
        .routes(routes!(step_down))
}

/// Appoint a mediator, co-mediator or lawyer.
///
/// Conflicts are looked for in the same transaction.
#[utoipa::path(
    post, path = "/disputes/{id}/appointments", operation_id = "appointments_appoint", tag = "appointments",
    params(("id" = DisputeId, Path), RequiredKey),
    request_body(content = AppointNeutral, example = json!({"account": "acc_0123456789ab4cde8f0123456789abcd", "role": "mediator"})),
    responses((status = 201, body = DisputeView))
)]
async fn appoint(
    State(app): State<App>,
    actor: Actor,
    key: RequiredKey,
    Path(id): Path<DisputeId>,
    Json { value, hash }: Json<AppointNeutral>,
) -> Result<Written<DisputeView>, ApiError> {
    let request = write::Request::create(actor, key, hash);
    take_part(app, request, id, value.account, value.role, Command::Appoint).await
}

/// Take a dispute that is offered.
///
/// Two claims at once: one wins, the other is told.
#[utoipa::path(
    post, path = "/disputes/{id}/claim", operation_id = "appointments_claim", tag = "appointments",
    params(("id" = DisputeId, Path), RequiredKey),
    request_body(content = ClaimDispute, example = json!({"role": "invited_lawyer"})),
    responses((status = 201, body = DisputeView))
)]
async fn claim(
    State(app): State<App>,
    actor: Actor,
    key: RequiredKey,
    Path(id): Path<DisputeId>,
    Json { value, hash }: Json<ClaimDispute>,
) -> Result<Written<DisputeView>, ApiError> {
    let account = actor.account;
    let request = write::Request::create(actor, key, hash);
    take_part(app, request, id, account, value.role, Command::Claim).await
}

async fn take_part(
    app: App,
    request: write::Request,
    id: DisputeId,
    account: AccountId,
    role: protocol::appointment::AppointmentRole,
    command: fn(domain::dispute::Nominee) -> Command,
) -> Result<Written<DisputeView>, ApiError> {
    let rules = app.rules.clone();
    app.write(request, move |tx, actor| {
        Box::pin(async move {
            let (dispute, standing) = disputes::lock(tx, id, actor).await?;
            let nominee = nominee::find(tx, &dispute, account, role).await?;
            lifecycle::apply(tx, &rules, dispute, &standing, command(nominee.clone())).await?;
            nominee::leave_bar(tx, id, &nominee).await?;
            view::show(tx, id, actor).await
        })
    })
    .await
}

/// Show what would stand between you and this dispute, before you claim it.
#[utoipa::path(
    get, path = "/disputes/{id}/conflicts", operation_id = "appointments_conflicts", tag = "appointments",
    params(("id" = DisputeId, Path)),
    responses((status = 200, body = ConflictCheck))
)]
async fn check(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<DisputeId>,
) -> Result<Json<ConflictCheck>, ApiError> {
    let mut db = app.db.acquire().await?;
    let (dispute, _) = disputes::look(&mut db, id, &actor).await?;
    let found = conflicts::find(&mut db, &dispute, actor.account).await?;
    Ok(Json::of(ConflictCheck {
        may_take_part: domain::conflict::admit(&found).is_ok(),
        conflicts: found.iter().map(Conflict::view).collect(),
    }))
}

/// Tell the parties of interests and relations, or that there are none (在线调解规则 Art 13).
#[utoipa::path(
    post, path = "/disputes/{id}/disclosure", operation_id = "appointments_disclose", tag = "appointments",
    params(("id" = DisputeId, Path)),
    request_body(content = Disclosure, example = json!({"interests": null})),
    responses((status = 200, body = DisputeView))
)]
async fn disclose(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<DisputeId>,
    Json { value, hash }: Json<Disclosure>,
) -> Result<Written<DisputeView>, ApiError> {
    let rules = app.rules.clone();
    app.write(write::Request::command(actor, key, hash), move |tx, actor| {
        Box::pin(async move {
            let (dispute, standing) = disputes::lock(tx, id, actor).await?;
            let found = conflicts::find(tx, &dispute, actor.account).await?;
            lifecycle::apply(tx, &rules, dispute, &standing, Command::Disclose).await?;
            if value.interests.is_none() && !found.is_empty() {
                return Err(to_be_told(&found));
            }
            sqlx::query!(
                "update appointments set disclosure = $3
                 where dispute_id = $1 and account_id = $2 and ended_at is null",
                id as DisputeId,
                actor.account as AccountId,
                value.interests.as_ref().map(protocol::Text::as_str),
            )
            .execute(&mut **tx)
            .await?;
            view::show(tx, id, actor).await
        })
    })
    .await
}

/// Accept a mediator after the disclosure, or ask for another (人民调解法 Art 23).
#[utoipa::path(
    post, path = "/disputes/{id}/disclosure-answers", operation_id = "appointments_answer_disclosure", tag = "appointments",
    params(("id" = DisputeId, Path)),
    request_body(content = AnswerDisclosure, example = json!({
        "party": "pty_0123456789ab4cde8f0123456789abcd", "neutral": "acc_0123456789ab4cde8f0123456789abcd", "accepts": true
    })),
    responses((status = 200, body = DisputeView))
)]
async fn answer(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<DisputeId>,
    Json { value, hash }: Json<AnswerDisclosure>,
) -> Result<Written<DisputeView>, ApiError> {
    let AnswerDisclosure { party, neutral, accepts } = value;
    let command = Command::AnswerDisclosure { party, neutral, accepts };
    lifecycle::command(&app, actor, key, hash, id, command).await
}

/// Leave a dispute one mediates; another is found.
#[utoipa::path(
    post, path = "/disputes/{id}/step-down", operation_id = "appointments_step_down", tag = "appointments",
    params(("id" = DisputeId, Path)),
    responses((status = 200, body = DisputeView))
)]
async fn step_down(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<DisputeId>,
) -> Result<Written<DisputeView>, ApiError> {
    lifecycle::command(&app, actor, key, write::bare(id), id, Command::StepDown).await
}

/// What is known here of relations and earlier mandates cannot be kept from the parties (特邀规定 Art 15).
fn to_be_told(found: &[Conflict]) -> ApiError {
    let what = found.iter().map(|conflict| conflict.view().explanation).collect::<String>();
    Refused::new(
        ErrorCode::ConflictOfInterest,
        "the parties have to know of a relation before they accept you: tell it in `interests`, or step down",
    )
    .field("interests", what)
    .into()
}
