//! Doors: the rooms one is in, what is said in them, and saying something.

use crate::app::App;
use crate::disputes;
use crate::error::ApiError;
use crate::http::cursor::Lines;
use crate::http::{Actor, IdempotencyKey, Json, Path, Query, Written, write};
use crate::rooms::{people, store};
use axum::extract::State;
use axum::http::StatusCode;
use protocol::room::{AgreeToMeet, EntryPage, MarkRead, ReadMark, RoomList, Said, Say};
use protocol::{DisputeId, RoomId};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(entries, say))
        .routes(routes!(read))
        .routes(routes!(agree_to_meet))
}

/// List the rooms of a dispute that you are in, with how much is new in each.
#[utoipa::path(
    get, path = "/disputes/{id}/rooms", operation_id = "rooms_list", tag = "rooms",
    params(("id" = DisputeId, Path)),
    responses((status = 200, body = RoomList))
)]
async fn list(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<DisputeId>,
) -> Result<Json<RoomList>, ApiError> {
    let mut db = app.db.acquire().await?;
    disputes::store::look(&mut db, id, &actor).await?;
    Ok(Json::of(RoomList { rooms: store::list(&mut db, actor.account, id).await? }))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct EntriesQuery {
    /// The last entry you have; from the beginning unless told.
    after: Option<i64>,
    /// Entries on a page.
    #[serde(default)]
    #[param(inline)]
    limit: Lines<100, 500>,
}

/// Read what was said in a room while you were in it, oldest first.
#[utoipa::path(
    get, path = "/rooms/{id}/entries", operation_id = "rooms_entries", tag = "rooms",
    params(("id" = RoomId, Path), EntriesQuery),
    responses((status = 200, body = EntryPage))
)]
async fn entries(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<RoomId>,
    Query(query): Query<EntriesQuery>,
) -> Result<Json<EntryPage>, ApiError> {
    let limit = query.limit.get();
    let mut db = app.db.acquire().await?;
    store::find(&mut db, actor.account, id).await?.ok_or_else(ApiError::not_found)?;
    let after = query.after.unwrap_or(0);
    // One more than asked for tells whether there is another page.
    let mut entries = store::read(&mut db, actor.account, id, after, i32::from(limit) + 1).await?;
    let more = entries.len() > usize::from(limit);
    entries.truncate(limit.into());
    let next = entries.last().filter(|_| more).map(|entry| entry.seq);
    Ok(Json::of(EntryPage { room: id, entries, next }))
}

/// Say something in a room.
///
/// The answer means that it is on disk; sent again with the same `client_msg_id` it is stored once and answered the
/// same.
#[utoipa::path(
    post, path = "/rooms/{id}/entries", operation_id = "rooms_say", tag = "rooms",
    params(("id" = RoomId, Path)),
    request_body(content = Say, example = json!({
        "client_msg_id": "7f3a-1", "body": {"kind": "text", "text": "晚上十点以后我们不再拖家具。"}
    })),
    responses((status = 201, body = Said))
)]
async fn say(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<RoomId>,
    Json { value, .. }: Json<Say>,
) -> Result<(StatusCode, Json<Said>), ApiError> {
    Ok((StatusCode::CREATED, Json::of(app.say(actor.person, id, value).await?)))
}

/// Note how far you have read; the other members see it.
#[utoipa::path(
    post, path = "/rooms/{id}/read", operation_id = "rooms_read", tag = "rooms",
    params(("id" = RoomId, Path)),
    request_body(content = MarkRead, example = json!({"seq": 1})),
    responses((status = 200, body = ReadMark))
)]
async fn read(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<RoomId>,
    Json { value, .. }: Json<MarkRead>,
) -> Result<Json<ReadMark>, ApiError> {
    app.mark_read(actor.account, id, value.seq).await.map(Json::of)
}

/// Agree to meet the other side, for yourself or as a guardian.
///
/// Where domestic violence is indicated, there is no joint room before each party has; nobody else can say it for
/// them.
#[utoipa::path(
    post, path = "/disputes/{id}/agree-to-meet", operation_id = "rooms_agree_to_meet", tag = "rooms",
    params(("id" = DisputeId, Path)),
    request_body(content = AgreeToMeet, example = json!({"party": "pty_0123456789ab4cde8f0123456789abcd"})),
    responses((status = 200, body = RoomList))
)]
async fn agree_to_meet(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<DisputeId>,
    Json { value, hash }: Json<AgreeToMeet>,
) -> Result<Written<RoomList>, ApiError> {
    app.write(write::Request::command(actor, key, hash), move |tx, actor| {
        Box::pin(async move {
            let (dispute, standing) = disputes::store::lock(tx, id, actor).await?;
            people::agree_to_meet(tx, &dispute, &standing, value.party).await?;
            Ok(RoomList { rooms: store::list(tx, actor.account, id).await? })
        })
    })
    .await
}
