//! Doors: staff sign in, choose their factors, and the operator keeps their accounts.

use crate::accounts::{enrolment, staff, staff_login, throttle};
use crate::app::App;
use crate::error::ApiError;
use crate::http::cursor::Lines;
use crate::http::{Actor, Client, IdempotencyKey, Json, Path, Query, RequiredKey, Written, write};
use axum::extract::State;
use axum::http::StatusCode;
use protocol::AccountId;
use protocol::account::SignedIn;
use protocol::staff::{
    ConfirmEnrolment, Enrol, Enrolled, Enrolment, EnrolmentConfirmed, Licence, NewStaff, StaffPage,
    StaffSignIn, StaffView,
};
use protocol::text::Line;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(sign_in))
        .routes(routes!(enrol))
        .routes(routes!(confirm))
        .routes(routes!(create, list))
        .routes(routes!(new_enrolment))
        .routes(routes!(renew_licence))
        .routes(routes!(disable))
        .routes(routes!(enable))
}

/// Sign in as staff, with password and authenticator.
///
/// Without `code`, a right password asks for it.
#[utoipa::path(
    post, path = "/staff-logins", operation_id = "staff_sign_in", tag = "staff",
    request_body(content = StaffSignIn, example = json!({
        "username": "wang.jingguan", "password": "correct horse battery", "code": "123456", "device": "值班室电脑"
    })),
    responses(
        (status = 201, body = SignedIn),
        (status = 401, description = "Name, password or code is wrong, or the code is still missing."),
    )
)]
async fn sign_in(
    State(app): State<App>,
    client: Client,
    Json { value, .. }: Json<StaffSignIn>,
) -> Result<(StatusCode, Json<SignedIn>), ApiError> {
    throttle::trying(&app, client).await?;
    Ok((StatusCode::CREATED, Json::of(staff_login::sign_in(&app, value).await?)))
}

/// Choose a password with the code from the operator.
///
/// The answer sets up the authenticator.
#[utoipa::path(
    post, path = "/staff-enrolments", operation_id = "staff_enrol", tag = "staff",
    request_body(content = Enrol, example = json!({
        "enrolment_code": "b25lIHRpbWUgY29kZSBmcm9tIHRoZSBvcGVyYXRvciEhISE", "password": "correct horse battery"
    })),
    responses(
        (status = 201, body = Enrolled),
        (status = 401, description = "The enrolment code is wrong, used or too old."),
    )
)]
async fn enrol(
    State(app): State<App>,
    client: Client,
    Json { value, .. }: Json<Enrol>,
) -> Result<(StatusCode, Json<Enrolled>), ApiError> {
    throttle::trying(&app, client).await?;
    Ok((StatusCode::CREATED, Json::of(enrolment::enrol(&app, value).await?)))
}

/// Show that the authenticator works.
///
/// From now on one signs in with both.
#[utoipa::path(
    post, path = "/staff-enrolments/confirm", operation_id = "staff_confirm_enrolment", tag = "staff",
    request_body(content = ConfirmEnrolment, example = json!({
        "enrolment_code": "b25lIHRpbWUgY29kZSBmcm9tIHRoZSBvcGVyYXRvciEhISE", "code": "123456"
    })),
    responses(
        (status = 200, body = EnrolmentConfirmed),
        (status = 401, description = "One of the two codes is wrong or too old."),
        (status = 409, description = "No password has been chosen yet."),
    )
)]
async fn confirm(
    State(app): State<App>,
    client: Client,
    Json { value, .. }: Json<ConfirmEnrolment>,
) -> Result<Json<EnrolmentConfirmed>, ApiError> {
    throttle::trying(&app, client).await?;
    Ok(Json::of(enrolment::confirm(&app, value).await?))
}

/// Make an account for somebody on the staff.
///
/// They sign in once they have enrolled.
#[utoipa::path(
    post, path = "/staff-accounts", operation_id = "staff_create", tag = "staff",
    params(RequiredKey),
    request_body(content = NewStaff, example = json!({
        "name": "赵审计", "username": "zhao.shenji", "role": "auditor"
    })),
    responses((status = 201, body = StaffView))
)]
async fn create(
    State(app): State<App>,
    actor: Actor,
    key: RequiredKey,
    Json { value, hash }: Json<NewStaff>,
) -> Result<Written<StaffView>, ApiError> {
    app.write(write::Request::create(actor, key, hash), move |tx, _| {
        Box::pin(async move { staff::create(tx, &value).await })
    })
    .await
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    after: Option<Line>,
    /// Lines on a page.
    #[serde(default)]
    #[param(inline)]
    limit: Lines<50>,
}

/// List all staff accounts, by username.
#[utoipa::path(
    get, path = "/staff-accounts", operation_id = "staff_list", tag = "staff", params(ListQuery),
    responses((status = 200, body = StaffPage))
)]
async fn list(
    State(app): State<App>,
    Query(query): Query<ListQuery>,
) -> Result<Json<StaffPage>, ApiError> {
    let mut db = app.db.acquire().await?;
    let limit = query.limit.get().into();
    Ok(Json::of(staff::page(&mut db, None, query.after.as_ref().map(Line::as_str), limit).await?))
}

/// Make a new enrolment code, to be handed over in person.
///
/// Old factors and devices end at once. Asking again makes another code.
#[utoipa::path(
    post, path = "/staff-accounts/{id}/enrolment", operation_id = "staff_new_enrolment", tag = "staff",
    params(("id" = AccountId, Path)),
    responses(
        (status = 200, body = Enrolment),
        (status = 409, description = "The account is closed: open it first."),
    )
)]
async fn new_enrolment(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<AccountId>,
) -> Result<Written<Enrolment>, ApiError> {
    // No key: a kept answer would keep the code. Asking again makes a new one.
    let key = IdempotencyKey::default();
    app.write(write::Request::command(actor, key, [0; 32]), move |tx, _| {
        Box::pin(staff::enrol(tx, id))
    })
    .await
}

/// Keep a lawyer's renewed licence, or a change of firm.
#[utoipa::path(
    put, path = "/staff-accounts/{id}/licence", operation_id = "staff_renew_licence", tag = "staff",
    params(("id" = AccountId, Path)),
    request_body(content = Licence, example = json!({
        "firm": "frm_0123456789ab4cde8f0123456789abcd", "number": "13302200000000000", "expires_on": "2029-05-31"
    })),
    responses(
        (status = 200, body = StaffView),
        (status = 409, description = "Only lawyers have a licence."),
    )
)]
async fn renew_licence(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<AccountId>,
    Json { value, hash }: Json<Licence>,
) -> Result<Written<StaffView>, ApiError> {
    app.write(write::Request::command(actor, key, hash), move |tx, _| {
        Box::pin(async move { staff::renew(tx, id, &value).await })
    })
    .await
}

/// Close a staff account; its devices and sockets end at once.
#[utoipa::path(
    post, path = "/staff-accounts/{id}/disable", operation_id = "staff_disable", tag = "staff",
    params(("id" = AccountId, Path)),
    responses(
        (status = 200, body = StaffView),
        (status = 409, description = "Another operator has to do this to your own account."),
    )
)]
async fn disable(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<AccountId>,
) -> Result<Written<StaffView>, ApiError> {
    set_disabled(&app, actor, key, id, true).await
}

/// Open a closed staff account again.
#[utoipa::path(
    post, path = "/staff-accounts/{id}/enable", operation_id = "staff_enable", tag = "staff",
    params(("id" = AccountId, Path)),
    responses(
        (status = 200, body = StaffView),
        (status = 409, description = "Another operator has to do this to your own account."),
    )
)]
async fn enable(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<AccountId>,
) -> Result<Written<StaffView>, ApiError> {
    set_disabled(&app, actor, key, id, false).await
}

async fn set_disabled(
    app: &App,
    actor: Actor,
    key: IdempotencyKey,
    id: AccountId,
    disabled: bool,
) -> Result<Written<StaffView>, ApiError> {
    app.write(write::Request::command(actor, key, write::bare(id)), move |tx, actor| {
        Box::pin(staff::set_disabled(tx, actor, id, disabled))
    })
    .await
}
