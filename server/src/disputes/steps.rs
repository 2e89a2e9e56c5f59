//! Doors: the steps by which station, committee and parties lead a dispute on.

use crate::app::App;
use crate::disputes::lifecycle;
use crate::disputes::{people, store, timeline, triage, view};
use crate::error::ApiError;
use crate::http::{Actor, IdempotencyKey, Json, Path, RequiredKey, Written, write};
use crate::invitations::send::Desk;
use axum::extract::State;
use domain::dispute::Command;
use protocol::DisputeId;
use protocol::dispute::{DisputeView, Timeline};
use protocol::lifecycle::{
    AddRepresentative, AskExtension, BarTrack, HandOver, ProposeEnding, SuspendMediation,
    TriageDispute, Triaged,
};
use protocol::party::NewParty;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

type Answer = Result<Written<DisputeView>, ApiError>;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(events))
        .routes(routes!(add_party))
        .routes(routes!(add_representative))
        .routes(routes!(triage_dispute))
        .routes(routes!(hand_over))
        .routes(routes!(propose_ending))
        .routes(routes!(approve_ending))
        .routes(routes!(refuse_ending))
        .routes(routes!(establish_facts))
        .routes(routes!(bar_track))
        .routes(routes!(change_track))
        .routes(routes!(suspend))
        .routes(routes!(resume))
        .routes(routes!(ask_extension))
}

/// List what happened so far, in order.
#[utoipa::path(
    get, path = "/disputes/{id}/events", operation_id = "disputes_events", tag = "disputes",
    params(("id" = DisputeId, Path)),
    responses((status = 200, body = Timeline))
)]
async fn events(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<DisputeId>,
) -> Result<Json<Timeline>, ApiError> {
    let mut db = app.db.acquire().await?;
    let (_, standing) = store::look(&mut db, id, &actor).await?;
    timeline::read(&mut db, id, &standing, None).await.map(Json::of)
}

/// Add somebody to a side, before the dispute is accepted.
#[utoipa::path(
    post, path = "/disputes/{id}/parties", operation_id = "disputes_add_party", tag = "disputes",
    params(("id" = DisputeId, Path), RequiredKey),
    request_body(content = NewParty, example = json!({"side": "respondent", "name": "周三", "phone": "19000000003"})),
    responses((status = 201, body = DisputeView))
)]
async fn add_party(
    State(app): State<App>,
    actor: Actor,
    key: RequiredKey,
    Path(id): Path<DisputeId>,
    Json { value, hash }: Json<NewParty>,
) -> Answer {
    let rules = app.rules.clone();
    app.write(write::Request::create(actor, key, hash), move |tx, actor| {
        Box::pin(async move {
            people::add_party(tx, &rules, actor, id, &value).await?;
            view::show(tx, id, actor).await
        })
    })
    .await
}

/// Add a guardian, or an agent with powers.
///
/// A suspect in 治安调解 cannot have an agent (程序规定 Art 181).
#[utoipa::path(
    post, path = "/disputes/{id}/representatives", operation_id = "disputes_add_representative", tag = "disputes",
    params(("id" = DisputeId, Path), RequiredKey),
    request_body(content = AddRepresentative, example = json!({
        "party": "pty_0123456789ab4cde8f0123456789abcd", "kind": "guardian", "name": "陈母", "phone": "19000000004"
    })),
    responses((status = 201, body = DisputeView))
)]
async fn add_representative(
    State(app): State<App>,
    actor: Actor,
    key: RequiredKey,
    Path(id): Path<DisputeId>,
    Json { value, hash }: Json<AddRepresentative>,
) -> Answer {
    let rules = app.rules.clone();
    app.write(write::Request::create(actor, key, hash), move |tx, actor| {
        Box::pin(async move {
            people::add_representative(tx, &rules, actor, id, value).await?;
            view::show(tx, id, actor).await
        })
    })
    .await
}

/// Say what was found, and learn where the dispute goes.
///
/// The law's questions, asked in their order, decide.
#[utoipa::path(
    post, path = "/disputes/{id}/triage", operation_id = "disputes_triage", tag = "disputes",
    params(("id" = DisputeId, Path)),
    request_body(content = TriageDispute, example = json!({"findings": {"venue": "here"}})),
    responses((status = 200, body = Triaged))
)]
async fn triage_dispute(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<DisputeId>,
    Json { value, hash }: Json<TriageDispute>,
) -> Result<Written<Triaged>, ApiError> {
    let desk = Desk::of(&app);
    app.write(write::Request::command(actor, key, hash), move |tx, actor| {
        Box::pin(async move { triage::triage(tx, &desk, actor, id, value).await })
    })
    .await
}

/// Hand a dispute over to a colleague of the same station.
///
/// Until then it stays with who first touched it (首问即办).
#[utoipa::path(
    post, path = "/disputes/{id}/hand-over", operation_id = "disputes_hand_over", tag = "disputes",
    params(("id" = DisputeId, Path)),
    request_body(content = HandOver, example = json!({"to": "acc_0123456789ab4cde8f0123456789abcd", "reason": "轮休"})),
    responses((status = 200, body = DisputeView))
)]
async fn hand_over(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<DisputeId>,
    Json { value, hash }: Json<HandOver>,
) -> Answer {
    let rules = app.rules.clone();
    app.write(write::Request::command(actor, key, hash), move |tx, actor| {
        Box::pin(async move {
            let (dispute, standing) = store::lock(tx, id, actor).await?;
            store::is_colleague(tx, id, value.to).await?;
            let command = Command::HandOver { to: value.to };
            lifecycle::apply(tx, &rules, dispute, &standing, command).await?;
            store::note(tx, id, "hand_over", value.reason.as_str(), actor.account).await?;
            view::show(tx, id, actor).await
        })
    })
    .await
}

/// Ask that a dispute be rejected, returned or terminated.
///
/// A second person has to approve.
#[utoipa::path(
    post, path = "/disputes/{id}/endings", operation_id = "disputes_propose_ending", tag = "disputes",
    params(("id" = DisputeId, Path)),
    request_body(content = ProposeEnding, example = json!({
        "ending": "terminate", "reason": "no_agreement", "explanation": "两次沟通均未达成一致。"
    })),
    responses((status = 200, body = DisputeView))
)]
async fn propose_ending(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<DisputeId>,
    Json { value, hash }: Json<ProposeEnding>,
) -> Answer {
    let rules = app.rules.clone();
    app.write(write::Request::command(actor, key, hash), move |tx, actor| {
        Box::pin(async move {
            let (dispute, standing) = store::lock(tx, id, actor).await?;
            let command = Command::ProposeEnding { ending: value.ending, reason: value.reason };
            lifecycle::apply(tx, &rules, dispute, &standing, command).await?;
            let text = value.explanation.as_str();
            store::note(tx, id, "ending", text, actor.account).await?;
            view::show(tx, id, actor).await
        })
    })
    .await
}

/// Approve the ending somebody else asked for.
#[utoipa::path(
    post, path = "/disputes/{id}/endings/approve", operation_id = "disputes_approve_ending", tag = "disputes",
    params(("id" = DisputeId, Path)), responses((status = 200, body = DisputeView))
)]
async fn approve_ending(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<DisputeId>,
) -> Answer {
    lifecycle::command(&app, actor, key, write::bare(id), id, Command::ApproveEnding).await
}

/// Refuse the ending somebody else asked for; the dispute goes on.
#[utoipa::path(
    post, path = "/disputes/{id}/endings/refuse", operation_id = "disputes_refuse_ending", tag = "disputes",
    params(("id" = DisputeId, Path)), responses((status = 200, body = DisputeView))
)]
async fn refuse_ending(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<DisputeId>,
) -> Answer {
    lifecycle::command(&app, actor, key, write::bare(id), id, Command::RefuseEnding).await
}

/// Record that the facts of a 治安 case are established (程序规定 Art 180).
#[utoipa::path(
    post, path = "/disputes/{id}/establish-facts", operation_id = "disputes_establish_facts", tag = "disputes",
    params(("id" = DisputeId, Path)), responses((status = 200, body = DisputeView))
)]
async fn establish_facts(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<DisputeId>,
) -> Answer {
    lifecycle::command(&app, actor, key, write::bare(id), id, Command::EstablishFacts).await
}

/// Close 治安调解 to this dispute (程序规定 Art 179).
///
/// It goes on in the penalty procedure.
#[utoipa::path(
    post, path = "/disputes/{id}/bar", operation_id = "disputes_bar", tag = "disputes",
    params(("id" = DisputeId, Path)),
    request_body(content = BarTrack, example = json!({"bar": "new_violation"})),
    responses((status = 200, body = DisputeView))
)]
async fn bar_track(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<DisputeId>,
    Json { value, hash }: Json<BarTrack>,
) -> Answer {
    lifecycle::command(&app, actor, key, hash, id, Command::Bar(value.bar)).await
}

/// Move a civil dispute that turns out to be a 治安 case to 治安调解.
///
/// Rooms freeze, everybody is asked again, an officer hosts.
#[utoipa::path(
    post, path = "/disputes/{id}/change-track", operation_id = "disputes_change_track", tag = "disputes",
    params(("id" = DisputeId, Path)), responses((status = 200, body = DisputeView))
)]
async fn change_track(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<DisputeId>,
) -> Answer {
    lifecycle::command(&app, actor, key, write::bare(id), id, Command::ChangeTrack).await
}

/// Pause the mediation: appraisal, suspicion of collusion, intoxication, safety.
#[utoipa::path(
    post, path = "/disputes/{id}/suspend", operation_id = "disputes_suspend", tag = "disputes",
    params(("id" = DisputeId, Path)),
    request_body(content = SuspendMediation, example = json!({"reason": "intoxication"})),
    responses((status = 200, body = DisputeView))
)]
async fn suspend(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<DisputeId>,
    Json { value, hash }: Json<SuspendMediation>,
) -> Answer {
    lifecycle::command(&app, actor, key, hash, id, Command::Suspend(value.reason)).await
}

/// Go on after a pause.
#[utoipa::path(
    post, path = "/disputes/{id}/resume", operation_id = "disputes_resume", tag = "disputes",
    params(("id" = DisputeId, Path)), responses((status = 200, body = DisputeView))
)]
async fn resume(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<DisputeId>,
) -> Answer {
    lifecycle::command(&app, actor, key, write::bare(id), id, Command::Resume).await
}

/// Ask for another month (宁波条例 Art 27).
///
/// It is given when every party has asked.
#[utoipa::path(
    post, path = "/disputes/{id}/extension", operation_id = "disputes_ask_extension", tag = "disputes",
    params(("id" = DisputeId, Path)),
    request_body(content = AskExtension, example = json!({"party": "pty_0123456789ab4cde8f0123456789abcd"})),
    responses((status = 200, body = DisputeView))
)]
async fn ask_extension(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<DisputeId>,
    Json { value, hash }: Json<AskExtension>,
) -> Answer {
    lifecycle::command(&app, actor, key, hash, id, Command::AskExtension { party: value.party })
        .await
}
