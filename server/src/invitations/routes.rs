//! Doors: the invited person's page, and consent by those signed in.

use crate::app::App;
use crate::db::Tx;
use crate::disputes::{lifecycle, store as disputes, view};
use crate::error::{ApiError, Refused};
use crate::http::{Actor, IdempotencyKey, Json, Path, RequiredKey, Written, write};
use crate::invitations::consent::{self, From};
use crate::invitations::send::{self, Desk};
use crate::invitations::store::{self, Invitation};
use crate::invitations::wishes;
use crate::jobs::{self, Job};
use axum::extract::State;
use domain::dispute::{ActsFor, Command, SYSTEM, Standing};
use protocol::dispute::{DisputeView, Part};
use protocol::invitation::{
    AnswerInvitation, ConsentText, DeclineMediation, GiveConsent, InvitationAnswer,
    InvitationFront, InvitationSent, InvitationStatus, InvitationView, InviteParty, OpenInvitation,
};
use protocol::language::Language;
use protocol::party::Side;
use protocol::{DisputeId, ErrorCode, Text};
use serde::Deserialize;
use subtle::ConstantTimeEq;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(consent_text))
        .routes(routes!(create))
        .routes(routes!(front))
        .routes(routes!(open))
        .routes(routes!(answer))
        .routes(routes!(give_consent))
        .routes(routes!(decline))
        .merge(wishes::routes())
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct LanguageQuery {
    /// Chinese unless told.
    language: Option<Language>,
}

/// Show the text people agree to before mediation, in force now.
#[utoipa::path(
    get, path = "/consent-text", operation_id = "invitations_consent_text", tag = "invitations",
    params(LanguageQuery), responses((status = 200, body = ConsentText))
)]
async fn consent_text(
    crate::http::Query(query): crate::http::Query<LanguageQuery>,
) -> Json<ConsentText> {
    Json::of(domain::consent::text(query.language.unwrap_or(Language::Zh)))
}

/// Invite a party, or invite them again.
///
/// Link and code are shown once, for a notice handed over in person.
#[utoipa::path(
    post, path = "/disputes/{id}/invitations", operation_id = "invitations_create", tag = "invitations",
    params(("id" = DisputeId, Path), RequiredKey),
    request_body(content = InviteParty, example = json!({"party": "pty_0123456789ab4cde8f0123456789abcd", "phone": "19000000002"})),
    responses((status = 201, body = InvitationSent))
)]
async fn create(
    State(app): State<App>,
    actor: Actor,
    key: RequiredKey,
    Path(id): Path<DisputeId>,
    Json { value, hash }: Json<InviteParty>,
) -> Result<Written<InvitationSent>, ApiError> {
    let desk = Desk::of(&app);
    app.write(write::Request::create(actor, key, hash), move |tx, actor| {
        Box::pin(async move {
            let (dispute, _) = disputes::lock(tx, id, actor).await?;
            if dispute.status != protocol::dispute::Status::AwaitingConsent {
                return Err(domain::dispute::Refusal::WrongStatus(dispute.status).into());
            }
            send::invite(tx, &desk, &dispute, value.party, value.phone.as_ref()).await
        })
    })
    .await
}

const FRONT: &str = "您收到一份调解邀请。调解免费、自愿,不会要求您转账或者提供密码。如有疑问,请拨打下面的派出所电话核实。";

/// Show what anybody with the link may read.
///
/// Who we are, and the number under which to check it.
#[utoipa::path(
    get, path = "/invitations/{token}", operation_id = "invitations_front", tag = "invitations",
    params(("token" = String, Path, description = "What the link in the text message ends with.")), responses((status = 200, body = InvitationFront))
)]
async fn front(
    State(app): State<App>,
    Path(token): Path<String>,
) -> Result<Json<InvitationFront>, ApiError> {
    let mut db = app.db.acquire().await?;
    let invitation = store::find(&mut db, &token).await?.ok_or_else(ApiError::not_found)?;
    Ok(Json::of(InvitationFront {
        status: invitation.status(app.clock.now()),
        station: invitation.station,
        expires_at: invitation.expires_at,
        text: FRONT.to_owned(),
    }))
}

/// Read the invitation with the code from the text message.
///
/// No account is needed.
#[utoipa::path(
    post, path = "/invitations/{token}/open", operation_id = "invitations_open", tag = "invitations",
    params(("token" = String, Path, description = "What the link in the text message ends with.")),
    request_body(content = OpenInvitation, example = json!({"code": "123456"})),
    responses(
        (status = 200, body = InvitationView),
        (status = 401, description = "The code is wrong."),
        (status = 409, description = "The invitation has expired; the station sends a new one."),
    )
)]
async fn open(
    State(app): State<App>,
    Path(token): Path<String>,
    Json { value, .. }: Json<OpenInvitation>,
) -> Result<Json<InvitationView>, ApiError> {
    let invitation = with_code(&app, token, value.code).await?;
    let mut db = app.db.acquire().await?;
    let now = app.clock.now();
    store::mark_opened(&mut db, invitation.id, now).await?;
    Ok(Json::of(InvitationView {
        status: invitation.status(now),
        applicants: store::applicants(&mut db, invitation.dispute).await?,
        id: invitation.id,
        party: invitation.party,
        side: invitation.side,
        answers_for_another: invitation.person != invitation.party_person,
        station: invitation.station,
        track: invitation.track,
        title: invitation.title,
        claims: invitation.claims,
        consent_text: domain::consent::text(Language::Zh),
        expires_at: invitation.expires_at,
    }))
}

/// Looks an invitation up and compares the code; a wrong one is counted even though nothing else happens.
async fn with_code(app: &App, token: String, code: Text<6, 6>) -> Result<Invitation, ApiError> {
    app.attempt(move |tx| Box::pin(async move { tried(tx, &token, code.as_str()).await })).await
}

/// Compares the code under a lock: many tries at once never count as one.
pub async fn tried(
    tx: &mut Tx,
    token: &str,
    code: &str,
) -> Result<Result<Invitation, Refused>, ApiError> {
    let invitation = store::lock(tx, token).await?.ok_or_else(ApiError::not_found)?;
    let now = tx.now;
    match invitation.status(now) {
        InvitationStatus::Expired | InvitationStatus::Void => {
            return Ok(Err(Refused::new(
                ErrorCode::InvitationExpired,
                "this invitation can no longer be used; call the station for a new one",
            )));
        }
        InvitationStatus::Open | InvitationStatus::Answered => {}
    }
    let right = store::code_hash(token, code).ct_eq(invitation.code_hash.as_slice());
    if bool::from(right) {
        return Ok(Ok(invitation));
    }
    if store::count_try(tx, invitation.id).await? {
        let job = Job::InvitationLapsed { invitation: invitation.id, by_tries: true };
        jobs::enqueue(tx, &[job], now).await?;
    }
    Ok(Err(Refused::new(
        ErrorCode::WrongCode,
        "this is not the code from the text message; after five wrong codes the invitation is void",
    )))
}

/// Accept or decline mediation without an account.
#[utoipa::path(
    post, path = "/invitations/{token}/answer", operation_id = "invitations_answer", tag = "invitations",
    params(("token" = String, Path, description = "What the link in the text message ends with.")),
    request_body(content = AnswerInvitation, example = json!({"code": "123456", "answer": "decline"})),
    responses(
        (status = 200, body = InvitationFront),
        (status = 401, description = "The code is wrong."),
        (status = 409, description = "The invitation has expired, or it was answered already."),
    )
)]
async fn answer(
    State(app): State<App>,
    Path(token): Path<String>,
    Json { value, .. }: Json<AnswerInvitation>,
) -> Result<Json<InvitationFront>, ApiError> {
    let invitation = with_code(&app, token.clone(), value.code.clone()).await?;
    let writer = app.clone();
    app.detached(async move { take_answer(&writer, invitation, value).await }).await?;
    front(State(app), Path(token)).await
}

async fn take_answer(
    app: &App,
    invitation: Invitation,
    value: AnswerInvitation,
) -> Result<(), ApiError> {
    let mut tx = app.begin().await?;
    let (dispute, _) = disputes::lock_for_clock(&mut tx, invitation.dispute)
        .await?
        .ok_or_else(ApiError::not_found)?;
    if !store::mark_answered(&mut tx, invitation.id).await? {
        return Err(ApiError::new(
            ErrorCode::AlreadyAnswered,
            "this invitation was already answered",
        ));
    }
    let party = invitation.party;
    let from = From::Invitation(invitation.id);
    let command = match value.answer {
        InvitationAnswer::Consent => {
            let shown = consent::needed(value.shown.as_ref())?;
            consent::record(&mut tx, dispute.id, party, from, Some(shown)).await?;
            Command::Consent { party }
        }
        InvitationAnswer::Decline => {
            consent::record(&mut tx, dispute.id, party, from, None).await?;
            Command::Decline { party }
        }
    };
    let standing = standing_of(&invitation);
    lifecycle::apply(&mut tx, &app.rules, dispute, &standing, command).await?;
    let hints = tx.commit().await?;
    app.tell(hints);
    Ok(())
}

/// Link and code stand for the invited person, and for this party alone.
fn standing_of(invitation: &Invitation) -> Standing {
    let own = match invitation.side {
        Side::Applicant => Part::Applicant,
        Side::Respondent => Part::Respondent,
    };
    let part = if invitation.person == invitation.party_person { own } else { Part::Guardian };
    Standing {
        account: SYSTEM,
        parts: vec![part],
        acts_for: vec![ActsFor {
            party: invitation.party,
            side: invitation.side,
            part,
            powers: Vec::new(),
        }],
    }
}

/// Agree to mediation in the app.
///
/// The text that was shown is part of the consent.
#[utoipa::path(
    post, path = "/disputes/{id}/consent", operation_id = "disputes_consent", tag = "disputes",
    params(("id" = DisputeId, Path)),
    request_body(content = GiveConsent, example = json!({
        "party": "pty_0123456789ab4cde8f0123456789abcd",
        "shown": {"hash": "0000000000000000000000000000000000000000000000000000000000000000", "version": 1, "language": "zh"}
    })),
    responses((status = 200, body = DisputeView))
)]
async fn give_consent(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<DisputeId>,
    Json { value, hash }: Json<GiveConsent>,
) -> Result<Written<DisputeView>, ApiError> {
    let rules = app.rules.clone();
    app.write(write::Request::command(actor, key, hash), move |tx, actor| {
        Box::pin(async move {
            let (dispute, standing) = disputes::lock(tx, id, actor).await?;
            let command = Command::Consent { party: value.party };
            lifecycle::apply(tx, &rules, dispute, &standing, command).await?;
            let from = From::Account(actor.account);
            consent::record(tx, id, value.party, from, Some(&value.shown)).await?;
            view::show(tx, id, actor).await
        })
    })
    .await
}

/// Decline mediation.
///
/// One refusal ends it before it begins; courts and authorities stay open (人民调解法 Art 17, 26).
#[utoipa::path(
    post, path = "/disputes/{id}/decline", operation_id = "disputes_decline", tag = "disputes",
    params(("id" = DisputeId, Path)),
    request_body(content = DeclineMediation, example = json!({"party": "pty_0123456789ab4cde8f0123456789abcd"})),
    responses((status = 200, body = DisputeView))
)]
async fn decline(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<DisputeId>,
    Json { value, hash }: Json<DeclineMediation>,
) -> Result<Written<DisputeView>, ApiError> {
    let rules = app.rules.clone();
    app.write(write::Request::command(actor, key, hash), move |tx, actor| {
        Box::pin(async move {
            let (dispute, standing) = disputes::lock(tx, id, actor).await?;
            let command = Command::Decline { party: value.party };
            lifecycle::apply(tx, &rules, dispute, &standing, command).await?;
            consent::record(tx, id, value.party, From::Account(actor.account), None).await?;
            view::show(tx, id, actor).await
        })
    })
    .await
}
