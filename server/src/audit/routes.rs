//! The auditor's door.

use crate::app::App;
use crate::audit::note::is_an_id;
use crate::error::ApiError;
use crate::http::cursor::{self, Cursor, Lines};
use crate::http::{Actor, Json, Query};
use axum::extract::State;
use protocol::account::Role;
use protocol::audit::{AuditEntry, AuditPage};
use protocol::{AccountId, AuditId};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    /// Only what this account did.
    account: Option<AccountId>,
    /// Only what was done to this, by its id.
    object: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Lines on a page.
    #[serde(default)]
    #[param(inline)]
    limit: Lines,
}

/// List who did what, newest first.
///
/// No content of disputes is in it.
#[utoipa::path(
    get, path = "/audit", operation_id = "audit_list", tag = "audit", params(AuditQuery),
    responses((status = 200, body = AuditPage))
)]
async fn list(
    State(app): State<App>,
    _: Actor,
    Query(query): Query<AuditQuery>,
) -> Result<Json<AuditPage>, ApiError> {
    if query.object.as_deref().is_some_and(|id| !is_an_id(id)) {
        return Err(ApiError::invalid("object", "pass an id such as dsp_…"));
    }
    let after = Cursor::read(query.after.as_deref())?;
    let limit = i64::from(query.limit.get());
    let mut entries = sqlx::query_as!(
        AuditEntry,
        r#"select id as "id: AuditId", happened_at, account_id as "account: AccountId", role as "role: Role",
                  operation, object, outcome, request
           from audit_entries
           where ($1::uuid is null or account_id = $1)
               and ($2::text is null or object = $2 or outcome = $2)
               and ($3::timestamptz is null or (happened_at, id) < ($3, $4))
           order by happened_at desc, id desc limit $5"#,
        query.account.map(|account| account.0),
        query.object,
        after.map(|after| after.at),
        after.map(|after| after.id),
        limit + 1,
    )
    .fetch_all(&app.db)
    .await?;
    let next = cursor::cut(&mut entries, limit, |e| Cursor { at: e.happened_at, id: e.id.0 });
    Ok(Json::of(AuditPage { entries, next }))
}
