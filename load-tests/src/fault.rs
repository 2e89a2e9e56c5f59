//! Damage done on purpose: a checker that does not find it proves nothing.

use crate::history::{Attempt, History, Outcome, Via};
use anyhow::{Context, ensure};
use clap::ValueEnum;
use serde::Serialize;
use sqlx::PgConnection;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// An acknowledged message is deleted behind the server's back.
    LoseAck,
    /// A message is deleted that was acknowledged on the live socket.
    LoseSocketAck,
    /// A socket passes over entries that it was sent.
    MissEntries,
    /// A message is stored a second time.
    Duplicate,
    /// Two messages of one sender change places.
    Reorder,
    /// PostgreSQL acknowledges before it is on disk, and crashes at every kill.
    AsyncCommit,
}

pub async fn inject(db: &mut PgConnection, fault: Fault, history: &History) -> anyhow::Result<()> {
    let mut acked = history.attempts.iter().filter(|attempt| is_acked_message(attempt, fault));
    let one = acked.next().context("nothing was acknowledged")?;
    let rows = match fault {
        Fault::LoseAck | Fault::LoseSocketAck => {
            sqlx::query("delete from room_entries where client_msg_id = $1")
                .bind(&one.item)
                .execute(db)
                .await?
        }
        Fault::Duplicate => {
            sqlx::query(
                "insert into room_entries (room_id, seq, sender_id, client_msg_id, body, at)
                 select e.room_id, (select max(seq) + 1 from room_entries where room_id = e.room_id),
                        e.sender_id, 'again', e.body, e.at
                 from room_entries e where e.client_msg_id = $1",
            )
            .bind(&one.item)
            .execute(db)
            .await?
        }
        Fault::Reorder => {
            let other = acked
                .find(|other| other.log == one.log && other.began > one.ended)
                .context("nothing was said after the first message")?;
            sqlx::query(
                "update room_entries e set body = o.body, client_msg_id = o.client_msg_id || '-swapped',
                     sender_id = o.sender_id, at = o.at
                 from room_entries o
                 where o.room_id = e.room_id and e.client_msg_id <> o.client_msg_id
                     and e.client_msg_id in ($1, $2) and o.client_msg_id in ($1, $2)",
            )
            .bind(&one.item)
            .bind(&other.item)
            .execute(db)
            .await?
        }
        // Were done during the run.
        Fault::MissEntries | Fault::AsyncCommit => return Ok(()),
    };
    ensure!(rows.rows_affected() > 0, "the damage was not done");
    Ok(())
}

fn is_acked_message(attempt: &Attempt, fault: Fault) -> bool {
    attempt.log.starts_with("room:")
        && matches!(attempt.outcome, Outcome::Acked { .. })
        && (attempt.via == Via::Socket || fault != Fault::LoseSocketAck)
}
