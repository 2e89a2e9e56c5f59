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
    /// A message that nobody sent is stored.
    Forge,
    /// A message is stored that was refused.
    Revive,
    /// A message is changed after it was heard.
    Rewrite,
    /// An entry of the service itself is deleted.
    LoseNotice,
    /// One side is let into what the other said alone.
    LetIn,
    /// PostgreSQL acknowledges before it is on disk, and crashes at every kill.
    AsyncCommit,
}

pub async fn inject(db: &mut PgConnection, fault: Fault, history: &History) -> anyhow::Result<()> {
    let mut acked = history.attempts.iter().filter(|attempt| is_acked_message(attempt, fault));
    let one = acked.next().context("nothing was acknowledged")?;
    let query = match fault {
        Fault::LoseAck | Fault::LoseSocketAck => {
            sqlx::query("delete from room_entries where client_msg_id = $1").bind(&one.item)
        }
        Fault::Duplicate => sqlx::query(COPY).bind(&one.item).bind("again").bind(&one.item),
        Fault::Forge => sqlx::query(COPY).bind(&one.item).bind("forged").bind("forged"),
        Fault::Revive => {
            let mut refused = history.attempts.iter().filter(|it| is_refused_message(it));
            let (beside, refused) = refused
                .find_map(|it| Some((acked.clone().find(|other| other.log == it.log)?, it)))
                .context("nothing was refused where something was acknowledged")?;
            sqlx::query(COPY).bind(&beside.item).bind(&refused.item).bind(&refused.item)
        }
        Fault::Rewrite => sqlx::query(
            "update room_entries set body = replace(body, $1, $1 || ' never') where client_msg_id = $1",
        )
        .bind(&one.item),
        Fault::LoseNotice => sqlx::query("delete from room_entries where seq = 1 and sender_id is null"),
        Fault::LetIn => sqlx::query(
            "insert into room_members (room_id, person_id, joined_seq, part, name, may_say)
             select r.id, p.person_id, 1, p.side, p.name, true
             from rooms r join parties p on p.dispute_id = r.dispute_id and p.side <> r.side",
        ),
        Fault::Reorder => {
            let other = acked
                .find(|other| other.log == one.log && other.began > one.ended)
                .context("nothing was said after the first message")?;
            sqlx::query(SWAP).bind(&one.item).bind(&other.item)
        }
        // Were done during the run.
        Fault::MissEntries | Fault::AsyncCommit => return Ok(()),
    };
    ensure!(query.execute(db).await?.rows_affected() > 0, "the damage was not done");
    Ok(())
}

/// A message once more, at the end of its room, under another name and with other words.
const COPY: &str = "
    insert into room_entries (room_id, seq, sender_id, client_msg_id, body, at)
    select e.room_id, (select max(seq) + 1 from room_entries where room_id = e.room_id),
           e.sender_id, $2, replace(e.body, $1, $3), e.at
    from room_entries e where e.client_msg_id = $1";

const SWAP: &str = "
    update room_entries e set body = o.body, client_msg_id = o.client_msg_id || '-swapped',
        sender_id = o.sender_id, at = o.at
    from room_entries o
    where o.room_id = e.room_id and e.client_msg_id <> o.client_msg_id
        and e.client_msg_id in ($1, $2) and o.client_msg_id in ($1, $2)";

/// Of two attempts at one thing the other may have been taken: these belong to people who are not in the room.
fn is_refused_message(attempt: &Attempt) -> bool {
    attempt.log.starts_with("room:") && matches!(attempt.outcome, Outcome::Refused { .. })
}

fn is_acked_message(attempt: &Attempt, fault: Fault) -> bool {
    attempt.log.starts_with("room:")
        && attempt.item.starts_with('c')
        && matches!(attempt.outcome, Outcome::Acked { .. })
        && (attempt.via == Via::Socket || fault != Fault::LoseSocketAck)
}
