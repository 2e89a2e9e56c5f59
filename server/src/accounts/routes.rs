//! Doors: signing in, one's devices, and oneself.

use crate::accounts::{logins, me, refresh, residents, throttle};
use crate::app::App;
use crate::error::ApiError;
use crate::http::{Actor, Client, IdempotencyKey, Json, Path, Written, write};
use axum::extract::State;
use axum::http::{HeaderName, StatusCode};
use protocol::LoginId;
use protocol::account::{
    AskLoginCode, ChangeMe, LoginCodeSent, Logins, Me, Refresh, SignIn, SignedIn,
};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(ask_code))
        .routes(routes!(sign_in, logins))
        .routes(routes!(refresh))
        .routes(routes!(end_login))
        .routes(routes!(end_current_login))
        .routes(routes!(me, change_me))
}

/// Have a sign-in code sent to a phone.
///
/// The answer is the same whether or not the number is known.
#[utoipa::path(
    post, path = "/login-codes", operation_id = "accounts_ask_code", tag = "accounts",
    request_body(content = AskLoginCode, example = json!({"phone": "19000000001"})),
    responses((status = 202, body = LoginCodeSent))
)]
async fn ask_code(
    State(app): State<App>,
    client: Client,
    Json { value, .. }: Json<AskLoginCode>,
) -> Result<(StatusCode, Json<LoginCodeSent>), ApiError> {
    throttle::sending(&app, client, value.installation.as_ref()).await?;
    Ok((StatusCode::ACCEPTED, Json::of(residents::ask_code(&app, value).await?)))
}

/// Sign in with the code from the text message.
///
/// At the first login the account is made.
#[utoipa::path(
    post, path = "/logins", operation_id = "accounts_sign_in", tag = "accounts",
    request_body(content = SignIn, example = json!({
        "phone": "19000000001", "login_code": "lcd_0123456789ab4cde8f0123456789abcd", "code": "123456",
        "device": "手机浏览器", "name": "陈一"
    })),
    responses(
        (status = 201, body = SignedIn),
        (status = 401, description = "The code is wrong, used or too old."),
        (status = 403, description = "The account is closed."),
    )
)]
async fn sign_in(
    State(app): State<App>,
    client: Client,
    Json { value, .. }: Json<SignIn>,
) -> Result<(StatusCode, Json<SignedIn>), ApiError> {
    throttle::trying(&app, client).await?;
    Ok((StatusCode::CREATED, Json::of(residents::sign_in(&app, value).await?)))
}

/// Exchange a refresh token for new tokens.
///
/// If the answer is lost, send the same token again.
#[utoipa::path(
    post, path = "/logins/refresh", operation_id = "accounts_refresh", tag = "accounts",
    request_body(content = Refresh, example = json!({"refresh_token": "dGhlIHRva2VuIG9mIHRoZSBhbnN3ZXIgYmVmb3JlIHRoaXM"})),
    responses(
        (status = 200, body = SignedIn),
        (status = 401, description = "The login has ended, or the token is none of ours."),
    )
)]
async fn refresh(
    State(app): State<App>,
    Json { value, .. }: Json<Refresh>,
) -> Result<Json<SignedIn>, ApiError> {
    Ok(Json::of(refresh::refresh(&app, value).await?))
}

/// List the devices on which you are signed in.
#[utoipa::path(
    get, path = "/logins", operation_id = "accounts_logins", tag = "accounts",
    responses((status = 200, body = Logins))
)]
async fn logins(State(app): State<App>, actor: Actor) -> Result<Json<Logins>, ApiError> {
    Ok(Json::of(logins::list_from(&app.db, &actor, app.clock.now()).await?))
}

/// Sign a device out, such as a lost phone.
///
/// Its requests and sockets end at once.
#[utoipa::path(
    delete, path = "/logins/{id}", operation_id = "accounts_end_login", tag = "accounts",
    params(("id" = LoginId, Path)),
    responses((status = 200, body = Logins))
)]
async fn end_login(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<LoginId>,
) -> Result<Written<Logins>, ApiError> {
    end(&app, actor, key, id).await
}

/// Clears what a browser has kept of us.
const CLEAR: [(HeaderName, &str); 1] =
    [(HeaderName::from_static("clear-site-data"), "\"cache\", \"cookies\", \"storage\"")];

/// Sign out here.
#[utoipa::path(
    post, path = "/logins/current/end", operation_id = "accounts_end_current_login", tag = "accounts",
    responses((status = 200, body = Logins))
)]
async fn end_current_login(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
) -> Result<([(HeaderName, &'static str); 1], Written<Logins>), ApiError> {
    let id = actor.login;
    Ok((CLEAR, end(&app, actor, key, id).await?))
}

async fn end(
    app: &App,
    actor: Actor,
    key: IdempotencyKey,
    id: LoginId,
) -> Result<Written<Logins>, ApiError> {
    app.write(write::Request::command(actor, key, write::bare(id)), move |tx, actor| {
        Box::pin(logins::end_own(tx, actor, id))
    })
    .await
}

/// Show who you are here.
#[utoipa::path(
    get, path = "/me", operation_id = "accounts_me", tag = "accounts",
    responses((status = 200, body = Me))
)]
async fn me(State(app): State<App>, actor: Actor) -> Result<Json<Me>, ApiError> {
    let mut db = app.db.acquire().await?;
    Ok(Json::of(me::show(&mut db, &actor).await?))
}

/// Change your name or your languages; what is absent stays.
#[utoipa::path(
    patch, path = "/me", operation_id = "accounts_change_me", tag = "accounts",
    request_body(content = ChangeMe, example = json!({"name": "陈一", "languages": ["zh", "宁波话"]})),
    responses((status = 200, body = Me))
)]
async fn change_me(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Json { value, hash }: Json<ChangeMe>,
) -> Result<Written<Me>, ApiError> {
    app.write(write::Request::command(actor, key, hash), move |tx, actor| {
        Box::pin(me::change(tx, actor, value))
    })
    .await
}
