//! Disputes and rooms as somebody knew them at a moment. Nothing here reads but for an account.

use crate::error::ApiError;
use chrono::{DateTime, Utc};
use domain::dispute::{ActsFor, Dispute, Standing};
use protocol::as_of::MemberAsOf;
use protocol::dispute::Part;
use protocol::party::Side;
use protocol::room::{EntryView, RoomKind};
use protocol::{AccountId, DisputeId, PersonId, RoomId};
use sqlx::PgConnection;
use sqlx::types::Json;

/// A dispute at a moment.
pub struct Was {
    pub version: i64,
    /// Nothing has happened since.
    pub is_current: bool,
    pub state: Option<Dispute>,
    pub standing: Standing,
}

/// Nothing of a dispute that did not exist.
pub async fn dispute(
    db: &mut PgConnection,
    account: AccountId,
    id: DisputeId,
    at: DateTime<Utc>,
) -> Result<Option<Was>, ApiError> {
    let found = sqlx::query!(
        r#"select version as "version!", is_current as "is_current!", state as "state: Json<Dispute>",
                  parts as "parts!: Vec<Part>", acts_for as "acts_for!: Json<Vec<ActsFor>>"
           from dispute_as_of($1, $2, $3)"#,
        id as DisputeId,
        account as AccountId,
        at,
    )
    .fetch_optional(db)
    .await?;
    Ok(found.map(|row| Was {
        version: row.version,
        is_current: row.is_current,
        state: row.state.map(|Json(state)| state),
        standing: Standing { account, parts: row.parts, acts_for: row.acts_for.0 },
    }))
}

/// Since when there is this dispute.
pub async fn since(
    db: &mut PgConnection,
    id: DisputeId,
) -> Result<Option<DateTime<Utc>>, ApiError> {
    Ok(sqlx::query_scalar!("select created_at from disputes where id = $1", id as DisputeId)
        .fetch_optional(db)
        .await?)
}

/// A room that somebody was, or had been, in.
pub struct Known {
    pub id: RoomId,
    pub kind: RoomKind,
    pub side: Option<Side>,
    pub is_member: bool,
    pub first: i64,
    pub head: i64,
}

/// Those of a dispute, or one of them.
pub async fn rooms(
    db: &mut PgConnection,
    account: AccountId,
    dispute: DisputeId,
    only: Option<RoomId>,
    at: DateTime<Utc>,
) -> Result<Vec<Known>, ApiError> {
    Ok(sqlx::query_as!(
        Known,
        r#"select room as "id!: RoomId", kind as "kind!: RoomKind", side as "side: Side", is_member as "is_member!",
                  first as "first!", head as "head!"
           from rooms_of_as_of($1, $2, $3, $4)"#,
        account as AccountId,
        dispute as DisputeId,
        only as Option<RoomId>,
        at,
    )
    .fetch_all(db)
    .await?)
}

/// Nobody, for somebody who had left it.
pub async fn members(
    db: &mut PgConnection,
    account: AccountId,
    room: RoomId,
    at: DateTime<Utc>,
) -> Result<Vec<MemberAsOf>, ApiError> {
    Ok(sqlx::query_as!(
        MemberAsOf,
        r#"select person as "person!: PersonId", part as "part!: Part", name as "name!"
           from members_of_room_as_of($1, $2, $3)"#,
        account as AccountId,
        room as RoomId,
        at,
    )
    .fetch_all(db)
    .await?)
}

/// The entries past `after` that the account could read, at most `limit`.
pub async fn entries(
    db: &mut PgConnection,
    account: AccountId,
    room: RoomId,
    after: i64,
    limit: i32,
    at: DateTime<Utc>,
) -> Result<Vec<EntryView>, ApiError> {
    let rows = sqlx::query!(
        r#"select seq as "seq!", sender as "sender: PersonId", body as "body!", at as "at!"
           from read_room_entries_as_of($1, $2, $3, $4, $5)"#,
        account as AccountId,
        room as RoomId,
        after,
        limit,
        at,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            let body = serde_json::from_str(&row.body).map_err(anyhow::Error::from)?;
            Ok(EntryView { seq: row.seq, sender: row.sender, at: row.at, body })
        })
        .collect()
}
