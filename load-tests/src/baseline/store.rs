//! One statement for each message.

use chrono::{DateTime, Utc};
use protocol::room::EntryBody;
use protocol::{AccountId, RoomId};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

/// Key and resume share an index; the other keeps a message that is sent twice from being stored twice.
const TABLE: &str = "create table if not exists messages (
    id bigint generated always as identity,
    room_id uuid not null,
    sender_id uuid not null,
    client_msg_id text not null,
    body text not null,
    at timestamptz not null default now(),
    primary key (room_id, id),
    unique (room_id, sender_id, client_msg_id))";

pub struct Store(PgPool);

pub type Row = (i64, AccountId, String, DateTime<Utc>);

impl Store {
    pub async fn open(url: &str, connections: u32) -> anyhow::Result<Self> {
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .min_connections(connections)
            .test_before_acquire(false)
            .connect(url)
            .await?;
        sqlx::query(TABLE).execute(&pool).await?;
        Ok(Self(pool))
    }

    /// Where it stands, and since when; on disk.
    pub async fn insert(
        &self,
        room: RoomId,
        sender: AccountId,
        client_msg_id: &str,
        body: &EntryBody,
    ) -> anyhow::Result<(i64, DateTime<Utc>)> {
        let stored: Option<(i64, DateTime<Utc>)> = sqlx::query_as(
            "insert into messages (room_id, sender_id, client_msg_id, body) values ($1, $2, $3, $4)
             on conflict (room_id, sender_id, client_msg_id) do nothing returning id, at",
        )
        .bind(room.0)
        .bind(sender.0)
        .bind(client_msg_id)
        .bind(serde_json::to_string(body)?)
        .fetch_optional(&self.0)
        .await?;
        if let Some(stored) = stored {
            return Ok(stored);
        }
        let before = sqlx::query_as(
            "select id, at from messages where room_id = $1 and sender_id = $2 and client_msg_id = $3",
        );
        let before = before.bind(room.0).bind(sender.0).bind(client_msg_id);
        before.fetch_one(&self.0).await.map_err(Into::into)
    }

    pub async fn after(&self, room: RoomId, cursor: i64, limit: i64) -> anyhow::Result<Vec<Row>> {
        let rows: Vec<(i64, uuid::Uuid, String, DateTime<Utc>)> = sqlx::query_as(
            "select id, sender_id, body, at from messages where room_id = $1 and id > $2
             order by id limit $3",
        )
        .bind(room.0)
        .bind(cursor)
        .bind(limit)
        .fetch_all(&self.0)
        .await?;
        let row = |(id, sender, body, at)| (id, AccountId(sender), body, at);
        Ok(rows.into_iter().map(row).collect())
    }
}
