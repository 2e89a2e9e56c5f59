//! One's notices, newest first.

use crate::db::Tx;
use crate::error::ApiError;
use crate::http::Actor;
use crate::http::cursor::{self, Cursor};
use domain::notice;
use protocol::notice::{NoticeKind, NoticePage, NoticeView};
use protocol::{DisputeId, NoticeId};
use sqlx::PgPool;

pub async fn list(
    db: &PgPool,
    actor: &Actor,
    only_unread: bool,
    after: Option<Cursor>,
    limit: i64,
) -> Result<NoticePage, ApiError> {
    let rows = sqlx::query!(
        r#"select id as "id: NoticeId", kind as "kind: NoticeKind", dispute_id as "dispute: DisputeId",
                  created_at, read_at
           from notices
           where person_id = $1 and (not $2 or read_at is null)
               and ($3::timestamptz is null or (created_at, id) < ($3, $4))
           order by created_at desc, id desc limit $5"#,
        actor.person.0,
        only_unread,
        after.map(|after| after.at),
        after.map(|after| after.id),
        limit + 1,
    )
    .fetch_all(db)
    .await?;
    let mut notices: Vec<NoticeView> = rows
        .into_iter()
        .map(|row| NoticeView {
            id: row.id,
            kind: row.kind,
            text: notice::words(row.kind).to_owned(),
            dispute: row.dispute,
            created_at: row.created_at,
            read_at: row.read_at,
        })
        .collect();
    let next = cursor::cut(&mut notices, limit, |n| Cursor { at: n.created_at, id: n.id.0 });
    Ok(NoticePage { notices, unread: unread(db, actor).await?, next })
}

async fn unread(db: &PgPool, actor: &Actor) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from notices where person_id = $1 and read_at is null"#,
        actor.person.0,
    )
    .fetch_one(db)
    .await
}

/// Marks one of the actor's notices as read; the first reading counts.
pub async fn read(tx: &mut Tx, actor: &Actor, id: NoticeId) -> Result<NoticeView, ApiError> {
    let now = tx.now;
    let row = sqlx::query!(
        r#"update notices set read_at = coalesce(read_at, $3) where id = $1 and person_id = $2
           returning kind as "kind: NoticeKind", dispute_id as "dispute: DisputeId", created_at, read_at"#,
        id as NoticeId,
        actor.person.0,
        now,
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or_else(ApiError::not_found)?;
    Ok(NoticeView {
        id,
        kind: row.kind,
        text: notice::words(row.kind).to_owned(),
        dispute: row.dispute,
        created_at: row.created_at,
        read_at: row.read_at,
    })
}
