//! Who asks: the access token, the account behind it, and the operation it asks for.

use crate::accounts::tokens::Claims;
use crate::app::App;
use crate::audit;
use crate::error::ApiError;
use crate::http::Client;
use crate::http::limits::{Blind, Limit};
use crate::http::policy::{Row, Rule};
use crate::telemetry::RequestId;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use chrono::{DateTime, Duration, Utc};
use protocol::account::Role;
use protocol::{AccountId, CommitteeId, LoginId, PersonId, StationId};
use sqlx::PgPool;

/// Somebody signed in, and what they ask for.
#[derive(Clone, Debug)]
pub struct Actor {
    pub account: AccountId,
    pub person: PersonId,
    pub login: LoginId,
    pub role: Role,
    pub station: Option<StationId>,
    pub committee: Option<CommitteeId>,
    pub operation: &'static str,
    pub rule: Rule,
    pub trace: Trace,
}

/// The request behind what an actor does, for the audit trail.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// Under which the log has the request.
    pub request: String,
    /// The id that the path names; nothing else that stands there.
    pub object: Option<String>,
}

impl Trace {
    fn of(request: &Request) -> Self {
        let named = |part: &&str| audit::note::is_an_id(part);
        Self {
            request: request
                .extensions()
                .get::<RequestId>()
                .map_or_else(String::new, |id| id.0.clone()),
            object: request.uri().path().split('/').find(named).map(ToOwned::to_owned),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Actor {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts.extensions.get::<Self>().cloned().ok_or_else(ApiError::unauthenticated)
    }
}

/// Finds the row of the policy for what is asked, and lets through whom it lets through.
pub async fn authorize(
    State(app): State<App>,
    path: MatchedPath,
    mut request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let row = app
        .operations
        .find(request.method(), path.as_str())
        .ok_or_else(|| ApiError::Internal(anyhow::anyhow!("no policy for {}", path.as_str())))?;
    let client = Client::of(request.headers(), request.extensions(), app.config.trusted_proxies);
    let now = app.clock.now();
    app.limits.take(&per_address(&app), &client.place(), now).await?;
    if !matches!(row.rule, Rule::Public) {
        let mut actor = authenticate(&app, request.headers(), row).await?;
        app.limits.take(&per_account(&app), &actor.account.to_string(), now).await?;
        actor.trace = Trace::of(&request);
        if !row.rule.permits_role(actor.role) {
            return Err(ApiError::not_permitted());
        }
        request.extensions_mut().insert(actor);
    }
    Ok(next.run(request).await)
}

/// So that nobody slows the service down for others.
fn per_account(app: &App) -> Limit {
    let most = app.config.requests_per_minute;
    Limit { name: "account", most, window: MINUTE, blind: Blind::Own }
}

/// Behind one address there may be a whole station.
fn per_address(app: &App) -> Limit {
    let most = app.config.requests_per_minute.saturating_mul(10);
    Limit { name: "address", most, window: MINUTE, blind: Blind::Own }
}

const MINUTE: std::time::Duration = std::time::Duration::from_secs(60);

async fn authenticate(app: &App, headers: &HeaderMap, row: &Row) -> Result<Actor, ApiError> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or_else(ApiError::unauthenticated)?;
    let now = app.clock.now();
    let claims = app.tokens.verify(token, now)?;
    find(&app.db, &claims, now, row).await?.ok_or_else(ApiError::unauthenticated)
}

/// How long staff may leave a device alone (SEC-JWT-05).
pub const STAFF_IDLE: Duration = Duration::minutes(30);
/// How exactly it is kept when a device was last seen.
pub const SEEN: Duration = Duration::minutes(1);

/// Role and login are read on every request: an ended login or a changed role holds at once.
pub async fn find(
    db: &PgPool,
    claims: &Claims,
    now: DateTime<Utc>,
    row: &Row,
) -> Result<Option<Actor>, ApiError> {
    let found = sqlx::query!(
        r#"select a.id as "account: AccountId", a.person_id as "person: PersonId", a.role as "role: Role",
                  a.station_id as "station: StationId", a.committee_id as "committee: CommitteeId",
                  l.last_seen_at, l.confirmed or l.generation <> $4 as "settled!"
           from logins l join accounts a on a.id = l.account_id
           where l.id = $1 and l.account_id = $3 and l.ended_at is null and l.expires_at > $2
               and (l.generation = $4 or l.parent = $4) and a.disabled_at is null
               and (a.role = 'resident' or l.last_seen_at > $5)"#,
        claims.login as LoginId,
        now,
        claims.account as AccountId,
        claims.generation,
        now - STAFF_IDLE,
    )
    .fetch_optional(db)
    .await?;
    let Some(a) = found else { return Ok(None) };
    if (!a.settled || a.last_seen_at + SEEN <= now) && !seen(db, claims, now).await? {
        return Ok(None);
    }
    Ok(Some(Actor {
        account: a.account,
        person: a.person,
        login: claims.login,
        role: a.role,
        station: a.station,
        committee: a.committee,
        operation: row.operation,
        rule: row.rule,
        trace: Trace::default(),
    }))
}

/// A token of the current generation shows that the device got it: the parent's refresh token is of no use from
/// now on. False if the generation was given up in the meantime.
async fn seen(db: &PgPool, claims: &Claims, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update logins set last_seen_at = $3, confirmed = confirmed or generation = $2
         where id = $1 and ended_at is null and (generation = $2 or parent = $2)",
        claims.login as LoginId,
        claims.generation,
        now,
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}
