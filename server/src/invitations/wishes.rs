//! Doors: what somebody invited wishes besides a yes or a no, and what has become of a dispute's invitations.

use crate::app::App;
use crate::db::Tx;
use crate::disputes;
use crate::error::ApiError;
use crate::http::{Actor, Json, Path};
use crate::invitations::routes::tried;
use crate::invitations::store::{self, Invitation, Wishes};
use crate::notices;
use axum::extract::State;
use chrono::{Days, NaiveDate};
use domain::calendar::local_day;
use domain::notice::Audience;
use protocol::invitation::{InvitationList, InvitationState, SuitableTime, WishOfInvited};
use protocol::notice::NoticeKind;
use protocol::{DisputeId, ErrorCode};
use std::collections::BTreeSet;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const MOST_TIMES: usize = 6;
const WITHIN: Days = Days::new(60);
/// Each is told to somebody.
const MOST_WISHES: i16 = 10;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(wish)).routes(routes!(list))
}

/// Ask to be called, or say when it would suit, without an account.
///
/// Neither is an answer: that can be given before or afterwards. Whoever is in charge of the dispute is told.
#[utoipa::path(
    post, path = "/invitations/{token}/wishes", operation_id = "invitations_wish", tag = "invitations",
    params(("token" = String, Path, description = "What the link in the text message ends with.")),
    request_body(content = WishOfInvited, example = json!({"code": "123456", "call": true})),
    responses(
        (status = 200, body = InvitationState),
        (status = 401, description = "The code is wrong."),
        (status = 409, description = "The invitation has expired; the station sends a new one."),
    )
)]
async fn wish(
    State(app): State<App>,
    Path(token): Path<String>,
    Json { value, .. }: Json<WishOfInvited>,
) -> Result<Json<InvitationState>, ApiError> {
    let times = value.times.map(|times| checked(times, local_day(app.clock.now()))).transpose()?;
    let (wishes, code) = (Wishes { call: value.call, times }, value.code);
    let state = app.attempt(move |tx| {
        Box::pin(async move {
            match tried(tx, &token, code.as_str()).await? {
                Ok(invitation) => take(tx, &invitation, &wishes).await.map(Ok),
                Err(refused) => Ok(Err(refused)),
            }
        })
    });
    state.await.map(Json::of)
}

fn checked(times: Vec<SuitableTime>, today: NaiveDate) -> Result<Vec<SuitableTime>, ApiError> {
    let different: BTreeSet<SuitableTime> = times.into_iter().collect();
    if different.len() > MOST_TIMES {
        return Err(ApiError::invalid("times", "six at most"));
    }
    let last = today.checked_add_days(WITHIN).unwrap_or(today);
    if different.iter().any(|time| time.date < today || time.date > last) {
        return Err(ApiError::invalid("times", "from today on, and within sixty days"));
    }
    Ok(different.into_iter().collect())
}

async fn take(
    tx: &mut Tx,
    invitation: &Invitation,
    wishes: &Wishes,
) -> Result<InvitationState, ApiError> {
    let told = noted(tx, invitation, wishes).await?;
    notices::tell::in_app(tx, invitation.dispute, &told).await?;
    let now = tx.now;
    let all = store::of_dispute(tx, invitation.dispute, now).await?;
    all.into_iter().find(|state| state.id == invitation.id).ok_or_else(ApiError::not_found)
}

/// Only what is new is told.
async fn noted(
    tx: &mut Tx,
    invitation: &Invitation,
    wishes: &Wishes,
) -> Result<Vec<(Audience, NoticeKind)>, ApiError> {
    let before = store::wishes(tx, invitation.id).await?;
    let mut told = Vec::new();
    if wishes.call && !before.call {
        told.push((Audience::Station, NoticeKind::CallAsked));
    }
    if wishes.times.as_ref().is_some_and(|times| *times != before.times) {
        told.push((Audience::Station, NoticeKind::TimesSuggested));
    }
    if told.is_empty() {
        return Ok(told);
    }
    if before.many >= MOST_WISHES {
        return Err(ApiError::new(
            ErrorCode::TooManyRequests,
            "this was changed too often; call the station instead",
        ));
    }
    store::wish(tx, invitation.id, wishes).await?;
    Ok(told)
}

/// List the invitations of a dispute: read or not, answered or not, and what was wished.
#[utoipa::path(
    get, path = "/disputes/{id}/invitations", operation_id = "invitations_list", tag = "invitations",
    params(("id" = DisputeId, Path)), responses((status = 200, body = InvitationList))
)]
async fn list(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<DisputeId>,
) -> Result<Json<InvitationList>, ApiError> {
    let mut db = app.db.acquire().await?;
    disputes::store::look(&mut db, id, &actor).await?;
    let invitations = store::of_dispute(&mut db, id, app.clock.now()).await?;
    Ok(Json::of(InvitationList { invitations }))
}
