//! Disputes in the database: loaded together with how one stands to them, written together with their events.

use crate::db::{Hint, Tx};
use crate::error::ApiError;
use crate::http::Actor;
use chrono::{DateTime, Utc};
use domain::dispute::{
    self, ActsFor, Approval, Dispute, Event, Neutral, Party, PublicSecurity, SYSTEM, Standing,
};
use protocol::dispute::{
    Category, Part, PublicSecurityBar, Source, Status, TerminationReason, Track,
};
use protocol::party::{Capacity, ConsentState, PublicSecurityRole, Side};
use protocol::{AccountId, DisputeId, PartyId, PersonId};
use sqlx::PgConnection;
use sqlx::types::Json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Locks the dispute and says how the actor stands to it, after whoever held it before has finished.
/// Outsiders learn nothing: unknown and foreign are the same 404.
pub async fn lock(
    tx: &mut PgConnection,
    id: DisputeId,
    actor: &Actor,
) -> Result<(Dispute, Standing), ApiError> {
    lock_row(tx, id).await?;
    permitted(load(tx, id, actor.account).await?, actor)
}

/// Locks the dispute for what the clock, or a deed already decided, brings about.
pub async fn lock_for_clock(
    tx: &mut PgConnection,
    id: DisputeId,
) -> Result<Option<(Dispute, Standing)>, ApiError> {
    lock_row(tx, id).await?;
    let found = load(tx, id, SYSTEM).await?;
    Ok(found.map(|(dispute, _)| (dispute, Standing::clock())))
}

/// The row is locked before anything is read: a join read in the locking statement itself would show
/// standing as it was before the wait.
async fn lock_row(tx: &mut PgConnection, id: DisputeId) -> sqlx::Result<()> {
    sqlx::query!("select id from disputes where id = $1 for update", id as DisputeId)
        .fetch_optional(tx)
        .await?;
    Ok(())
}

/// The same for a read: no lock, the same answer to outsiders.
pub async fn look(
    db: &mut PgConnection,
    id: DisputeId,
    actor: &Actor,
) -> Result<(Dispute, Standing), ApiError> {
    permitted(load(db, id, actor.account).await?, actor)
}

/// Without asking what for: after a write the actor sees the outcome even where it ends their part.
pub async fn look_any(
    db: &mut PgConnection,
    id: DisputeId,
    account: AccountId,
) -> Result<(Dispute, Standing), ApiError> {
    load(db, id, account).await?.ok_or_else(ApiError::not_found)
}

fn permitted(
    found: Option<(Dispute, Standing)>,
    actor: &Actor,
) -> Result<(Dispute, Standing), ApiError> {
    let (dispute, standing) = found.ok_or_else(ApiError::not_found)?;
    if standing.parts.is_empty() {
        return Err(ApiError::not_found());
    }
    if !actor.rule.permits_parts(&standing.parts) {
        return Err(ApiError::not_permitted());
    }
    Ok((dispute, standing))
}

async fn load(
    db: &mut PgConnection,
    id: DisputeId,
    account: AccountId,
) -> Result<Option<(Dispute, Standing)>, ApiError> {
    let Some(d) = sqlx::query!(
        r#"select d.version, d.status as "status: Status", d.track as "track: Track",
                  d.category as "category: Category", d.source as "source: Source",
                  d.owner_id as "owner: AccountId", d.approval as "approval: Json<Approval>",
                  d.facts_established, d.barred as "barred: PublicSecurityBar",
                  d.step_due_at, d.limit_at, d.extension_asked, d.sessions_held, d.first_session_at,
                  d.advice_given, d.ended_because as "ended_because: TerminationReason",
                  s.parts as "parts!: Vec<Part>", s.acts_for as "acts_for!: Json<Vec<ActsFor>>"
           from disputes d cross join lateral dispute_standing(d.id, $2) s
           where d.id = $1"#,
        id as DisputeId,
        account as AccountId,
    )
    .fetch_optional(&mut *db)
    .await?
    else {
        return Ok(None);
    };
    let dispute = Dispute {
        id,
        version: d.version,
        status: d.status,
        track: d.track,
        category: d.category,
        source: d.source,
        owner: d.owner,
        parties: parties(db, id).await?,
        neutrals: neutrals(db, id).await?,
        approval: d.approval.map(|Json(approval)| approval),
        public_security: PublicSecurity {
            facts_established: d.facts_established,
            barred: d.barred,
        },
        step_due_at: d.step_due_at,
        limit_at: d.limit_at,
        extension_asked: d.extension_asked.into_iter().map(PartyId).collect(),
        sessions_held: u8::try_from(d.sessions_held).unwrap_or(u8::MAX),
        first_session_at: d.first_session_at,
        advice_given: d.advice_given,
        ended_because: d.ended_because,
    };
    let standing = Standing { account, parts: d.parts, acts_for: d.acts_for.0 };
    Ok(Some((dispute, standing)))
}

async fn parties(db: &mut PgConnection, id: DisputeId) -> sqlx::Result<Vec<Party>> {
    sqlx::query_as!(
        Party,
        r#"select id as "id: PartyId", person_id as "person: PersonId", side as "side: Side",
                  capacity as "capacity: Capacity", consent as "consent: ConsentState", has_guardian,
                  role as "role: PublicSecurityRole"
           from parties where dispute_id = $1 order by side, added_at, id"#,
        id as DisputeId,
    )
    .fetch_all(db)
    .await
}

async fn neutrals(db: &mut PgConnection, id: DisputeId) -> sqlx::Result<Vec<Neutral>> {
    let rows = sqlx::query!(
        r#"select ap.account_id as "account: AccountId", a.person_id as "person: PersonId",
                  ap.part as "part: Part", ap.disclosed_at,
                  ap.answers as "answers: Json<BTreeMap<PartyId, bool>>"
           from appointments ap join accounts a on a.id = ap.account_id
           where ap.dispute_id = $1 and ap.ended_at is null order by ap.appointed_at, ap.id"#,
        id as DisputeId,
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Neutral {
            account: row.account,
            person: row.person,
            part: row.part,
            disclosed: row.disclosed_at.is_some(),
            answers: row.answers.0,
        })
        .collect())
}

/// Applies `events`, caused by somebody in this part: the new state, and one `dispute_events` row for each.
pub async fn record(
    tx: &mut Tx,
    before: Dispute,
    events: &[Event],
    by: AccountId,
    part: Option<Part>,
) -> sqlx::Result<Dispute> {
    let mut dispute = before;
    for event in events {
        dispute = dispute::evolve(dispute, event);
        append(tx, &dispute, event, by, part).await?;
    }
    save(tx, &dispute).await?;
    save_parties(tx, &dispute).await?;
    save_neutrals(tx, &dispute, by).await?;
    tx.hint(Hint::Dispute(dispute.id));
    Ok(dispute)
}

async fn append(
    tx: &mut Tx,
    after: &Dispute,
    event: &Event,
    by: AccountId,
    part: Option<Part>,
) -> sqlx::Result<()> {
    let now = tx.now;
    let person = by != SYSTEM;
    sqlx::query!(
        "insert into dispute_events (dispute_id, seq, event, caused_by, happened_at, part, state)
         values ($1, $2, $3, $4, $5, $6, $7)",
        after.id as DisputeId,
        after.version,
        Json(event) as _,
        person.then_some(by.0),
        now,
        part.filter(|_| person) as Option<Part>,
        Json(after) as _,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn save(tx: &mut Tx, d: &Dispute) -> sqlx::Result<()> {
    let now = tx.now;
    let asked: Vec<Uuid> = d.extension_asked.iter().map(|party| party.0).collect();
    let effective: Option<DateTime<Utc>> = (d.status == Status::Performing).then_some(now);
    sqlx::query!(
        "update disputes set version = $2, status = $3, track = $4, owner_id = $5, approval = $6,
             facts_established = $7, barred = $8, step_due_at = $9, limit_at = $10, extension_asked = $11,
             sessions_held = $12, first_session_at = $13, advice_given = $14, ended_because = $15,
             effective_at = coalesce(effective_at, $16), updated_at = $17
         where id = $1",
        d.id as DisputeId,
        d.version,
        d.status as Status,
        d.track as Option<Track>,
        d.owner as Option<AccountId>,
        d.approval.as_ref().map(Json) as _,
        d.public_security.facts_established,
        d.public_security.barred as Option<PublicSecurityBar>,
        d.step_due_at,
        d.limit_at,
        &asked,
        i16::from(d.sessions_held),
        d.first_session_at,
        d.advice_given,
        d.ended_because as Option<TerminationReason>,
        effective,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// New parties come with their own statement; here is only what events change.
async fn save_parties(tx: &mut Tx, d: &Dispute) -> sqlx::Result<()> {
    let ids: Vec<Uuid> = d.parties.iter().map(|party| party.id.0).collect();
    let consents: Vec<String> = d.parties.iter().map(|party| party.consent.to_string()).collect();
    let guarded: Vec<bool> = d.parties.iter().map(|party| party.has_guardian).collect();
    sqlx::query!(
        "update parties p set consent = n.consent, has_guardian = n.has_guardian
         from unnest($1::uuid[], $2::text[], $3::bool[]) as n (id, consent, has_guardian)
         where p.id = n.id and (p.consent, p.has_guardian) is distinct from (n.consent, n.has_guardian)",
        &ids,
        &consents,
        &guarded,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn save_neutrals(tx: &mut Tx, d: &Dispute, by: AccountId) -> sqlx::Result<()> {
    let now = tx.now;
    let present: Vec<Uuid> = d.neutrals.iter().map(|neutral| neutral.account.0).collect();
    sqlx::query!(
        "update appointments set ended_at = $3
         where dispute_id = $1 and ended_at is null and account_id <> all ($2)",
        d.id as DisputeId,
        &present,
        now,
    )
    .execute(&mut **tx)
    .await?;
    for neutral in &d.neutrals {
        let id = tx.ids.next();
        sqlx::query!(
            "insert into appointments (id, dispute_id, account_id, part, appointed_by, appointed_at, answers)
             values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (dispute_id, account_id) where ended_at is null
             do update set answers = excluded.answers,
                 disclosed_at = coalesce(appointments.disclosed_at, $8)",
            id,
            d.id as DisputeId,
            neutral.account as AccountId,
            neutral.part as Part,
            by as AccountId,
            now,
            Json(&neutral.answers) as _,
            neutral.disclosed.then_some(now),
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Whoever takes a dispute over has to be an officer or leader of its station.
pub async fn is_colleague(
    db: &mut PgConnection,
    id: DisputeId,
    account: AccountId,
) -> Result<(), ApiError> {
    let found = sqlx::query_scalar!(
        r#"select exists (select from accounts a join disputes d on d.station_id = a.station_id
           where d.id = $1 and a.id = $2 and a.disabled_at is null
               and a.role in ('officer', 'station_leader')) as "found!""#,
        id as DisputeId,
        account as AccountId,
    )
    .fetch_one(db)
    .await?;
    if found {
        Ok(())
    } else {
        Err(ApiError::invalid("to", "choose an officer or leader of the same station"))
    }
}

/// What staff say beside the event just recorded.
pub async fn note(
    tx: &mut Tx,
    id: DisputeId,
    topic: &str,
    text: &str,
    by: AccountId,
) -> sqlx::Result<()> {
    let now = tx.now;
    sqlx::query!(
        "insert into dispute_notes (dispute_id, version, topic, text, written_by, written_at)
         select $1, version, $2, $3, $4, $5 from disputes where id = $1",
        id as DisputeId,
        topic,
        text,
        by as AccountId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
