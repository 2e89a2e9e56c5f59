//! Invitations in the database.

use crate::db::Tx;
use crate::error::ApiError;
use chrono::{DateTime, Utc};
use protocol::dispute::{StationBrief, Track};
use protocol::invitation::{InvitationState, InvitationStatus, SuitableTime};
use protocol::party::Side;
use protocol::{DisputeId, InvitationId, PartyId, PersonId, StationId};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use sqlx::types::Json;

/// Wrong codes after which an invitation is void: five of a million.
pub const MOST_TRIES: i32 = 5;

pub struct Invitation {
    pub id: InvitationId,
    pub dispute: DisputeId,
    pub party: PartyId,
    pub person: PersonId,
    pub party_person: PersonId,
    pub side: Side,
    pub track: Option<Track>,
    pub title: String,
    pub claims: Vec<String>,
    pub station: StationBrief,
    pub code_hash: Vec<u8>,
    pub expires_at: DateTime<Utc>,
    answered_at: Option<DateTime<Utc>>,
    voided_at: Option<DateTime<Utc>>,
}

impl Invitation {
    pub fn status(&self, now: DateTime<Utc>) -> InvitationStatus {
        status(self.voided_at, self.answered_at, self.expires_at, now)
    }
}

fn status(
    voided_at: Option<DateTime<Utc>>,
    answered_at: Option<DateTime<Utc>>,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> InvitationStatus {
    if voided_at.is_some() {
        InvitationStatus::Void
    } else if answered_at.is_some() {
        InvitationStatus::Answered
    } else if now >= expires_at {
        InvitationStatus::Expired
    } else {
        InvitationStatus::Open
    }
}

pub fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Useless without the link: the token's secret goes into it.
pub fn code_hash(token: &str, code: &str) -> [u8; 32] {
    Sha256::new().chain_update(token).chain_update([0]).chain_update(code).finalize().into()
}

pub async fn find(db: &mut PgConnection, token: &str) -> Result<Option<Invitation>, ApiError> {
    let hash = token_hash(token);
    let found = sqlx::query!(
        r#"select i.id as "id: InvitationId", i.dispute_id as "dispute: DisputeId",
                  i.party_id as "party: PartyId", i.person_id as "person: PersonId",
                  p.person_id as "party_person: PersonId", p.side as "side: Side",
                  d.track as "track: Track", d.title, d.claims, s.id as "station: StationId",
                  s.name as station_name, s.phone as station_phone, i.code_hash, i.expires_at,
                  i.answered_at, i.voided_at
           from invitations i join parties p on p.id = i.party_id join disputes d on d.id = i.dispute_id
                join stations s on s.id = d.station_id
           where i.token_hash = $1"#,
        hash.as_slice(),
    )
    .fetch_optional(db)
    .await?;
    Ok(found.map(|i| Invitation {
        id: i.id,
        dispute: i.dispute,
        party: i.party,
        person: i.person,
        party_person: i.party_person,
        side: i.side,
        track: i.track,
        title: i.title,
        claims: i.claims,
        station: StationBrief { id: i.station, name: i.station_name, phone: i.station_phone },
        code_hash: i.code_hash,
        expires_at: i.expires_at,
        answered_at: i.answered_at,
        voided_at: i.voided_at,
    }))
}

/// The same after whoever tries it at this moment has finished: many tries at once never count as one.
pub async fn lock(tx: &mut Tx, token: &str) -> Result<Option<Invitation>, ApiError> {
    let hash = token_hash(token);
    sqlx::query!("select id from invitations where token_hash = $1 for update", hash.as_slice())
        .fetch_optional(&mut **tx)
        .await?;
    find(tx, token).await
}

/// Replaces whatever invitation this person still had open.
pub async fn insert(
    tx: &mut Tx,
    (dispute, party, person): (DisputeId, PartyId, PersonId),
    (token, code): (&str, &str),
    expires_at: DateTime<Utc>,
) -> Result<InvitationId, ApiError> {
    let (now, id) = (tx.now, InvitationId(tx.ids.next()));
    sqlx::query!(
        "update invitations set voided_at = $3
         where party_id = $1 and person_id = $2 and answered_at is null and voided_at is null",
        party as PartyId,
        person as PersonId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    let (token_hash, code_hash) = (token_hash(token), code_hash(token, code));
    sqlx::query!(
        "insert into invitations (id, dispute_id, party_id, person_id, token_hash, code_hash, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id as InvitationId,
        dispute as DisputeId,
        party as PartyId,
        person as PersonId,
        token_hash.as_slice(),
        code_hash.as_slice(),
        now,
        expires_at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(id)
}

/// Counts a wrong code; whether that was the last one allowed, which voids the invitation.
pub async fn count_try(tx: &mut Tx, id: InvitationId) -> sqlx::Result<bool> {
    let now = tx.now;
    sqlx::query_scalar!(
        r#"update invitations set tries = tries + 1,
               voided_at = case when tries + 1 >= $2 then coalesce(voided_at, $3) else voided_at end
           where id = $1 returning voided_at is not null as "void!""#,
        id as InvitationId,
        MOST_TRIES,
        now,
    )
    .fetch_one(&mut **tx)
    .await
}

/// The dispute whose party can no longer answer this invitation, has no other one, and is still waited for.
pub async fn lapsed(
    tx: &mut Tx,
    id: InvitationId,
    by_tries: bool,
) -> sqlx::Result<Option<DisputeId>> {
    let now = tx.now;
    sqlx::query_scalar!(
        r#"select i.dispute_id as "id: DisputeId"
           from invitations i join disputes d on d.id = i.dispute_id join parties p on p.id = i.party_id
           where i.id = $1 and d.status = 'awaiting_consent' and p.consent = 'pending'
               and case when $4 then i.tries >= $2::integer else i.voided_at is null and i.expires_at <= $3 end
               and not exists (select from invitations o
                   where o.party_id = i.party_id and o.voided_at is null and o.expires_at > $3)"#,
        id as InvitationId,
        MOST_TRIES,
        now,
        by_tries,
    )
    .fetch_optional(&mut **tx)
    .await
}

pub async fn mark_opened(
    db: &mut PgConnection,
    id: InvitationId,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update invitations set opened_at = coalesce(opened_at, $2) where id = $1",
        id as InvitationId,
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Takes the answer, once.
pub async fn mark_answered(tx: &mut Tx, id: InvitationId) -> sqlx::Result<bool> {
    let now = tx.now;
    let done = sqlx::query!(
        "update invitations set answered_at = $2
         where id = $1 and answered_at is null and voided_at is null and expires_at > $2",
        id as InvitationId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn applicants(db: &mut PgConnection, dispute: DisputeId) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        "select name from parties where dispute_id = $1 and side = 'applicant' order by added_at, id",
        dispute as DisputeId,
    )
    .fetch_all(db)
    .await
}

/// The newest first.
pub async fn of_dispute(
    db: &mut PgConnection,
    dispute: DisputeId,
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<InvitationState>> {
    let rows = sqlx::query!(
        r#"select id as "id: InvitationId", party_id as "party: PartyId", created_at, opened_at, answered_at,
                  voided_at, expires_at, call_asked_at, times as "times: Json<Vec<SuitableTime>>"
           from invitations where dispute_id = $1 order by created_at desc, id"#,
        dispute as DisputeId,
    )
    .fetch_all(db)
    .await?;
    let states = rows.into_iter().map(|row| InvitationState {
        id: row.id,
        party: row.party,
        status: status(row.voided_at, row.answered_at, row.expires_at, now),
        sent_at: row.created_at,
        opened_at: row.opened_at,
        answered_at: row.answered_at,
        expires_at: row.expires_at,
        call_asked_at: row.call_asked_at,
        times: row.times.0,
    });
    Ok(states.collect())
}

/// What somebody invited says now.
pub struct Wishes {
    pub call: bool,
    pub times: Option<Vec<SuitableTime>>,
}

/// What they have said so far, and how often it changed.
pub struct Wished {
    pub call: bool,
    pub times: Vec<SuitableTime>,
    pub many: i16,
}

/// To be asked under the lock.
pub async fn wishes(tx: &mut Tx, id: InvitationId) -> sqlx::Result<Wished> {
    let row = sqlx::query!(
        r#"select call_asked_at, times as "times: Json<Vec<SuitableTime>>", wishes
           from invitations where id = $1"#,
        id as InvitationId,
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(Wished { call: row.call_asked_at.is_some(), times: row.times.0, many: row.wishes })
}

pub async fn wish(tx: &mut Tx, id: InvitationId, wishes: &Wishes) -> sqlx::Result<()> {
    let now = tx.now;
    sqlx::query!(
        "update invitations set wishes = wishes + 1,
             call_asked_at = case when $2 then coalesce(call_asked_at, $3) else call_asked_at end,
             times = coalesce($4, times)
         where id = $1",
        id as InvitationId,
        wishes.call,
        now,
        wishes.times.as_ref().map(Json) as _,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
