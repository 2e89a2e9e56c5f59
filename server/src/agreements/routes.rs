//! Doors: writing, signing and sealing an agreement.

use crate::agreements::{paper, service, view};
use crate::app::App;
use crate::disputes;
use crate::error::ApiError;
use crate::http::{Actor, IdempotencyKey, Json, Path, RequiredKey, Written, write};
use axum::extract::State;
use protocol::DisputeId;
use protocol::agreement::{
    AgreementView, AttestAgreement, ReviseAgreement, SignAgreement, SignedOnPaper,
};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(show, revise))
        .routes(routes!(put_up))
        .routes(routes!(reopen))
        .routes(routes!(sign))
        .routes(routes!(sign_as_mediator))
        .routes(routes!(signed_on_paper))
        .routes(routes!(seal))
        .routes(routes!(agree_orally))
}

/// Show the agreement of a dispute.
///
/// A draft is seen by the neutrals alone; the others see the text once it is up for signing.
#[utoipa::path(
    get, path = "/disputes/{id}/agreement", operation_id = "agreements_show", tag = "agreements",
    params(("id" = DisputeId, Path)), responses((status = 200, body = AgreementView))
)]
async fn show(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<DisputeId>,
) -> Result<Json<AgreementView>, ApiError> {
    let mut db = app.db.acquire().await?;
    let (dispute, standing) = disputes::store::look(&mut db, id, &actor).await?;
    let stored = service::known(&mut db, id, &standing).await?;
    let (now, person) = (app.clock.now(), actor.person);
    let viewer = view::Viewer { person, standing: &standing };
    view::of(&mut db, &dispute, &stored, viewer, &app.rules, now).await.map(Json::of)
}

/// Write the draft, or replace it.
///
/// `revision` is the one you read, 0 for the first; a newer one is never overwritten.
#[utoipa::path(
    put, path = "/disputes/{id}/agreement", operation_id = "agreements_revise", tag = "agreements",
    params(("id" = DisputeId, Path)),
    request_body(content = ReviseAgreement, example = json!({
        "revision": 0,
        "draft": {
            "form": "written",
            "main_facts": "被申请人夜间装修,申请人无法休息,双方发生口角。",
            "issues": "误工损失的赔偿和今后的作息。",
            "responsibilities": [
                {"party": "pty_0123456789ab4cde8f0123456789abcd", "text": "言语过激,承担次要责任。"}
            ],
            "clauses": [{
                "topic": "compensation", "act": "赔偿误工损失",
                "obligor": "pty_0123456789ab4cde8f0123456789abce",
                "beneficiary": "pty_0123456789ab4cde8f0123456789abcd",
                "amount": 50000, "mode": "bank_transfer", "time_limit": {"kind": "by", "date": "2026-12-31"}
            }]
        }
    })),
    responses(
        (status = 200, body = AgreementView),
        (status = 409, description = "Written by somebody else in the meantime, or no longer a draft."),
    )
)]
async fn revise(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<DisputeId>,
    Json { value, hash }: Json<ReviseAgreement>,
) -> Result<Written<AgreementView>, ApiError> {
    let rules = app.rules.clone();
    app.write(write::Request::command(actor, key, hash), move |tx, actor| {
        Box::pin(async move { service::revise(tx, &rules, actor, id, value).await })
    })
    .await
}

/// Freeze the text and put it up for signing.
///
/// What 人民调解法 Art 29 (治安调解: 程序规定 Art 184) asks for and the draft lacks is answered as fields with their paths.
#[utoipa::path(
    post, path = "/disputes/{id}/agreement/put-up", operation_id = "agreements_put_up", tag = "agreements",
    params(("id" = DisputeId, Path)), responses((status = 200, body = AgreementView))
)]
async fn put_up(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<DisputeId>,
) -> Result<Written<AgreementView>, ApiError> {
    let rules = app.rules.clone();
    app.write(write::Request::command(actor, key, write::bare(id)), move |tx, actor| {
        Box::pin(async move { service::put_up(tx, &rules, actor, id).await })
    })
    .await
}

/// Take the text back into the draft.
///
/// Every signature falls; all sign again.
#[utoipa::path(
    post, path = "/disputes/{id}/agreement/reopen", operation_id = "agreements_reopen", tag = "agreements",
    params(("id" = DisputeId, Path)), responses((status = 200, body = AgreementView))
)]
async fn reopen(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<DisputeId>,
) -> Result<Written<AgreementView>, ApiError> {
    let rules = app.rules.clone();
    app.write(write::Request::command(actor, key, write::bare(id)), move |tx, actor| {
        Box::pin(async move { service::reopen(tx, &rules, actor, id).await })
    })
    .await
}

/// Sign for yourself or for whom you act.
///
/// The hash names the text you read; who else has signed is told when all have.
#[utoipa::path(
    post, path = "/disputes/{id}/agreement/sign", operation_id = "agreements_sign", tag = "agreements",
    params(("id" = DisputeId, Path), RequiredKey),
    request_body(content = SignAgreement, example = json!({
        "text_hash": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "party": "pty_0123456789ab4cde8f0123456789abcd", "method": "electronic"
    })),
    responses(
        (status = 200, body = AgreementView),
        (status = 409, description = "Another text is up, it needs paper, or you have signed already."),
    )
)]
async fn sign(
    State(app): State<App>,
    actor: Actor,
    key: RequiredKey,
    Path(id): Path<DisputeId>,
    Json { value, hash }: Json<SignAgreement>,
) -> Result<Written<AgreementView>, ApiError> {
    let rules = app.rules.clone();
    app.write(write::Request::command(actor, key, hash), move |tx, actor| {
        Box::pin(async move { service::sign(tx, &rules, actor, id, value).await })
    })
    .await
}

/// Sign as the mediator of record; in 治安调解, as the officer who hosts it.
#[utoipa::path(
    post, path = "/disputes/{id}/agreement/sign-as-mediator", operation_id = "agreements_sign_as_mediator",
    tag = "agreements",
    params(("id" = DisputeId, Path), RequiredKey),
    request_body(content = AttestAgreement, example = json!({
        "text_hash": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    })),
    responses(
        (status = 200, body = AgreementView),
        (status = 409, description = "Another text is up, it needs paper, or you have signed already."),
    )
)]
async fn sign_as_mediator(
    State(app): State<App>,
    actor: Actor,
    key: RequiredKey,
    Path(id): Path<DisputeId>,
    Json { value, hash }: Json<AttestAgreement>,
) -> Result<Written<AgreementView>, ApiError> {
    let rules = app.rules.clone();
    app.write(write::Request::command(actor, key, hash), move |tx, actor| {
        Box::pin(async move { service::sign_as_mediator(tx, &rules, actor, id, value).await })
    })
    .await
}

/// Record what was signed by hand on the printed text.
///
/// The digest of the scan goes with it. Matters of personal status are signed in no other way (电子签名法 Art 3).
#[utoipa::path(
    post, path = "/disputes/{id}/agreement/signed-on-paper", operation_id = "agreements_signed_on_paper",
    tag = "agreements",
    params(("id" = DisputeId, Path), RequiredKey),
    request_body(content = SignedOnPaper, example = json!({
        "text_hash": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "evidence": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "signatures": [{"party": "pty_0123456789ab4cde8f0123456789abcd", "method": "fingerprint"}],
        "mediator": "wet_ink"
    })),
    responses(
        (status = 200, body = AgreementView),
        (status = 409, description = "Another text is up, or somebody has signed already."),
    )
)]
async fn signed_on_paper(
    State(app): State<App>,
    actor: Actor,
    key: RequiredKey,
    Path(id): Path<DisputeId>,
    Json { value, hash }: Json<SignedOnPaper>,
) -> Result<Written<AgreementView>, ApiError> {
    let rules = app.rules.clone();
    app.write(write::Request::command(actor, key, hash), move |tx, actor| {
        Box::pin(async move { paper::record(tx, &rules, actor, id, value).await })
    })
    .await
}

/// Set the committee's seal under what the parties and the mediator have signed.
///
/// With it the agreement takes effect.
#[utoipa::path(
    post, path = "/disputes/{id}/agreement/seal", operation_id = "agreements_seal", tag = "agreements",
    params(("id" = DisputeId, Path), RequiredKey),
    request_body(content = AttestAgreement, example = json!({
        "text_hash": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    })),
    responses(
        (status = 200, body = AgreementView),
        (status = 409, description = "Another text is up, or signatures are missing."),
    )
)]
async fn seal(
    State(app): State<App>,
    actor: Actor,
    key: RequiredKey,
    Path(id): Path<DisputeId>,
    Json { value, hash }: Json<AttestAgreement>,
) -> Result<Written<AgreementView>, ApiError> {
    let rules = app.rules.clone();
    app.write(write::Request::command(actor, key, hash), move |tx, actor| {
        Box::pin(async move { service::seal(tx, &rules, actor, id, value).await })
    })
    .await
}

/// Record an oral agreement.
///
/// The draft's content is kept and binds at once, unless the law asks for writing.
#[utoipa::path(
    post, path = "/disputes/{id}/agreement/agree-orally", operation_id = "agreements_agree_orally",
    tag = "agreements",
    params(("id" = DisputeId, Path), RequiredKey),
    responses((status = 200, body = AgreementView))
)]
async fn agree_orally(
    State(app): State<App>,
    actor: Actor,
    key: RequiredKey,
    Path(id): Path<DisputeId>,
) -> Result<Written<AgreementView>, ApiError> {
    let rules = app.rules.clone();
    app.write(write::Request::command(actor, key, write::bare(id)), move |tx, actor| {
        Box::pin(async move { service::agree_orally(tx, &rules, actor, id).await })
    })
    .await
}
