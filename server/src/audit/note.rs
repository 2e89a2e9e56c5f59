//! Writing the trail. If it cannot be written, neither can the deed.

use crate::db::Tx;
use crate::http::Actor;
use protocol::AuditId;
use protocol::account::Role;
use serde::Deserialize;

/// The id that an answer names first.
#[derive(Deserialize)]
struct Named {
    id: Option<String>,
}

/// Notes what `actor` did; `answer` is the JSON that they get for it.
pub async fn note(tx: &mut Tx, actor: &Actor, answer: &[u8]) -> sqlx::Result<()> {
    let object = actor.trace.object.clone();
    let named = serde_json::from_slice::<Named>(answer).ok().and_then(|named| named.id);
    let outcome = named.filter(|id| is_an_id(id) && Some(id) != object.as_ref());
    let (now, id) = (tx.now, AuditId(tx.ids.next()));
    sqlx::query!(
        "insert into audit_entries (id, happened_at, account_id, role, operation, object, outcome, request)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id as AuditId,
        now,
        actor.account.0,
        actor.role as Role,
        actor.operation,
        object,
        outcome,
        actor.trace.request,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Notes what the system found or did by itself.
pub async fn note_system(tx: &mut Tx, operation: &str, object: &str) -> sqlx::Result<()> {
    let (now, id) = (tx.now, AuditId(tx.ids.next()));
    sqlx::query!(
        "insert into audit_entries (id, happened_at, operation, object, request) values ($1, $2, $3, $4, '')",
        id as AuditId,
        now,
        operation,
        object,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// `dsp_…` and the like: anything else could be what somebody wrote.
pub fn is_an_id(text: &str) -> bool {
    text.split_once('_').is_some_and(|(prefix, rest)| {
        prefix.len() == 3
            && prefix.bytes().all(|b| b.is_ascii_lowercase())
            && rest.len() == 32
            && rest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    })
}
