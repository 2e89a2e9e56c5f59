//! Sessions in the database, reached only through their dispute, which is locked first.

use crate::db::Tx;
use crate::error::ApiError;
use crate::sessions::safeguards::ByRoom;
use chrono::{DateTime, Utc};
use domain::session::{self, Attendance, Event, RecordAnswer, Session};
use protocol::dispute::Status;
use protocol::party::Side;
use protocol::session::{Attendee, AttendingAs, IdentityMethod, SessionStatus};
use protocol::{AccountId, DisputeId, PartyId, PersonId, SessionId};
use sqlx::PgConnection;
use sqlx::types::Json;

/// A session with what the domain's rules do not look at.
pub struct Stored {
    pub session: Session,
    pub host: AccountId,
    pub safeguards: ByRoom,
}

/// The dispute a session belongs to; who may know of it is decided there.
pub async fn dispute_of(db: &mut PgConnection, id: SessionId) -> Result<DisputeId, ApiError> {
    sqlx::query_scalar!(
        r#"select dispute_id as "id: DisputeId" from sessions where id = $1"#,
        id as SessionId,
    )
    .fetch_optional(db)
    .await?
    .ok_or_else(ApiError::not_found)
}

/// The sessions of a dispute, or one of them.
pub async fn load(
    db: &mut PgConnection,
    dispute: DisputeId,
    only: Option<SessionId>,
) -> Result<Vec<Stored>, ApiError> {
    let rows = sqlx::query!(
        r#"select id as "id: SessionId", number, status as "status: SessionStatus", side as "side: Side",
                  host_id as "host: AccountId", plan as "plan: Json<protocol::session::PlanSession>",
                  safeguards as "safeguards: Json<ByRoom>", record as "record: Json<session::Record>", version
           from sessions where dispute_id = $1 and ($2::uuid is null or id = $2) order by starts_at, id"#,
        dispute as DisputeId,
        only as Option<SessionId>,
    )
    .fetch_all(&mut *db)
    .await?;
    let mut sessions = Vec::with_capacity(rows.len());
    for row in rows {
        let session = Session {
            id: row.id,
            number: u8::try_from(row.number).unwrap_or(u8::MAX),
            status: row.status,
            side: row.side,
            plan: row.plan.0,
            attendance: attendance(db, row.id).await?,
            record: row.record.map(|record| record.0),
            version: row.version,
        };
        sessions.push(Stored { session, host: row.host, safeguards: row.safeguards.0 });
    }
    Ok(sessions)
}

/// The sessions of a dispute as they were at a moment. Each event counts by its own time, so that what the other side is
/// not told of cannot hold back what it is.
pub async fn as_of(
    db: &mut PgConnection,
    dispute: DisputeId,
    at: DateTime<Utc>,
) -> Result<Vec<Session>, ApiError> {
    let rows = sqlx::query!(
        r#"select s.id as "id: SessionId", e.event as "event: Json<Event>"
           from sessions s join session_events e on e.session_id = s.id
           where s.dispute_id = $1 and e.happened_at <= $2 order by s.starts_at, s.id, e.seq"#,
        dispute as DisputeId,
        at,
    )
    .fetch_all(db)
    .await?;
    let mut sessions: Vec<Session> = Vec::new();
    for row in rows {
        let before = match (sessions.pop_if(|last| last.id == row.id), &row.event.0) {
            (Some(known), _) => known,
            (None, Event::Planned { number, plan }) => Session::new(row.id, *number, plan.clone()),
            // Not planned yet.
            (None, _) => continue,
        };
        sessions.push(session::evolve(before, &row.event.0));
    }
    Ok(sessions)
}

pub async fn one(
    db: &mut PgConnection,
    dispute: DisputeId,
    id: SessionId,
) -> Result<Stored, ApiError> {
    load(db, dispute, Some(id)).await?.pop().ok_or_else(ApiError::not_found)
}

async fn attendance(db: &mut PgConnection, id: SessionId) -> sqlx::Result<Vec<Attendance>> {
    let rows = sqlx::query!(
        r#"select person_id as "person: PersonId", party_id as "party: PartyId", acting as "acting: AttendingAs",
                  identity as "identity: IdentityMethod", rights, record, is_gone
           from session_attendance where session_id = $1 order by place"#,
        id as SessionId,
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Attendance {
            attendee: Attendee { person: row.person, party: row.party, acting: row.acting },
            identity: row.identity,
            rights: row.rights,
            record: match row.record.as_str() {
                "confirmed" => RecordAnswer::Confirmed,
                "refused" => RecordAnswer::Refused,
                _ => RecordAnswer::None,
            },
            left: row.is_gone,
        })
        .collect())
}

/// Applies `events` and keeps them.
pub async fn record(
    tx: &mut Tx,
    dispute: DisputeId,
    before: Stored,
    events: &[Event],
    by: Option<AccountId>,
) -> Result<Stored, ApiError> {
    let mut stored = before;
    for event in events {
        stored.session = session::evolve(stored.session, event);
        append(tx, &stored.session, event, by).await?;
    }
    save(tx, dispute, &stored).await?;
    save_attendance(tx, &stored.session).await?;
    Ok(stored)
}

async fn append(
    tx: &mut Tx,
    after: &Session,
    event: &Event,
    by: Option<AccountId>,
) -> sqlx::Result<()> {
    let now = tx.now;
    sqlx::query!(
        "insert into session_events (session_id, seq, event, caused_by, happened_at)
         values ($1, $2, $3, $4, $5)",
        after.id as SessionId,
        after.version,
        Json(event) as _,
        by as Option<AccountId>,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// New or changed: the row is written whole. Events refer to it, so their constraint waits for nothing.
async fn save(tx: &mut Tx, dispute: DisputeId, stored: &Stored) -> sqlx::Result<()> {
    let s = &stored.session;
    sqlx::query!(
        "update sessions set status = $3, side = $4, safeguards = $5, record = $6, version = $7
         where id = $1 and dispute_id = $2",
        s.id as SessionId,
        dispute as DisputeId,
        s.status as SessionStatus,
        s.side as Option<Side>,
        Json(&stored.safeguards) as _,
        s.record.as_ref().map(Json) as _,
        s.version,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn insert(
    tx: &mut Tx,
    dispute: DisputeId,
    session: &Session,
    host: AccountId,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into sessions (id, dispute_id, number, status, host_id, plan, starts_at, ends_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        session.id as SessionId,
        dispute as DisputeId,
        i16::from(session.number),
        session.status as SessionStatus,
        host as AccountId,
        Json(&session.plan) as _,
        session.plan.starts_at,
        session.plan.ends_at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn save_attendance(tx: &mut Tx, session: &Session) -> sqlx::Result<()> {
    for (place, there) in session.attendance.iter().enumerate() {
        let record = match there.record {
            RecordAnswer::None => "none",
            RecordAnswer::Confirmed => "confirmed",
            RecordAnswer::Refused => "refused",
        };
        sqlx::query!(
            "insert into session_attendance
                 (session_id, person_id, party_id, acting, identity, rights, record, is_gone, place)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             on conflict (session_id, person_id) do update set identity = excluded.identity,
                 rights = excluded.rights, record = excluded.record, is_gone = excluded.is_gone",
            session.id as SessionId,
            there.attendee.person as PersonId,
            there.attendee.party as PartyId,
            there.attendee.acting as AttendingAs,
            there.identity as Option<IdentityMethod>,
            there.rights,
            record,
            there.left,
            i16::try_from(place).unwrap_or(i16::MAX),
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// What was planned falls away with its dispute or its mediator, and the mediator's time is free again.
pub async fn cancel_idle(tx: &mut Tx, dispute: &domain::dispute::Dispute) -> Result<(), ApiError> {
    let held_by = dispute.mediator().map(|mediator| mediator.account);
    let goes_on = dispute.is_before_effect() && dispute.status != Status::AwaitingConsent;
    for stored in load(tx, dispute.id, None).await? {
        let idle = matches!(
            stored.session.status,
            SessionStatus::Planned
                | SessionStatus::Notified
                | SessionStatus::Lobby
                | SessionStatus::IdentityVerified
                | SessionStatus::RightsRead
        );
        if idle && !(goes_on && held_by == Some(stored.host)) {
            let reason = if goes_on { "调解员已更换" } else { "调解已结束" };
            let reason = reason.parse().map_err(anyhow::Error::new)?;
            record(tx, dispute.id, stored, &[Event::Cancelled { reason }], None).await?;
        }
    }
    Ok(())
}
