//! Obligations in the database: reached through their dispute, written together with their events.

use crate::db::{Hint, Tx};
use crate::error::ApiError;
use chrono::{DateTime, NaiveDate, Utc};
use domain::agreement::Agreement;
use domain::dispute::SYSTEM;
use domain::obligation::{self, Event, Obligation, Promise};
use protocol::obligation::ObligationStatus;
use protocol::{AccountId, AgreementId, DisputeId, Fen, ObligationId, PartyId};
use sqlx::PgConnection;
use sqlx::types::Json;

/// One obligation for every clause with a day.
pub async fn create(
    tx: &mut Tx,
    dispute: DisputeId,
    agreement: &Agreement,
) -> Result<Vec<Obligation>, ApiError> {
    let mut created = Vec::new();
    for promise in obligation::promises(&agreement.draft.clauses) {
        let obligation = Obligation::new(ObligationId(tx.ids.next()), promise);
        let act = agreement.draft.clauses.get(promise.clause).map(|clause| clause.act.as_str());
        insert(tx, dispute, agreement.id, &obligation, act.unwrap_or_default()).await?;
        created.push(obligation);
    }
    Ok(created)
}

async fn insert(
    tx: &mut Tx,
    dispute: DisputeId,
    agreement: AgreementId,
    obligation: &Obligation,
    act: &str,
) -> Result<(), ApiError> {
    let (now, promise) = (tx.now, &obligation.promise);
    sqlx::query!(
        "insert into obligations (id, dispute_id, agreement_id, clause, obligor, beneficiary, amount_fen, act,
             due_on, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
        obligation.id as ObligationId,
        dispute as DisputeId,
        agreement as AgreementId,
        i16::try_from(promise.clause).map_err(anyhow::Error::from)?,
        promise.obligor as PartyId,
        promise.beneficiary as PartyId,
        promise.amount.map(Fen::get),
        act,
        promise.due_on,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The dispute of an obligation; whether one may know of it is asked there.
pub async fn dispute_of(db: &mut PgConnection, id: ObligationId) -> Result<DisputeId, ApiError> {
    sqlx::query_scalar!(
        r#"select dispute_id as "id: DisputeId" from obligations where id = $1"#,
        id as ObligationId,
    )
    .fetch_optional(db)
    .await?
    .ok_or_else(ApiError::not_found)
}

struct Row {
    id: ObligationId,
    clause: i16,
    obligor: PartyId,
    beneficiary: PartyId,
    amount: Option<Fen>,
    due_on: NaiveDate,
    status: ObligationStatus,
    reported_on: Option<NaiveDate>,
    performed_on: Option<NaiveDate>,
    late: bool,
    version: i64,
    act: String,
}

impl Row {
    fn obligation(self) -> (Obligation, String) {
        let promise = Promise {
            clause: usize::try_from(self.clause).unwrap_or_default(),
            obligor: self.obligor,
            beneficiary: self.beneficiary,
            amount: self.amount,
            due_on: self.due_on,
        };
        let obligation = Obligation {
            id: self.id,
            promise,
            status: self.status,
            reported_on: self.reported_on,
            performed_on: self.performed_on,
            late: self.late,
            version: self.version,
        };
        (obligation, self.act)
    }
}

/// The obligations of a dispute, each with what is to be done. To change one, the dispute is locked first.
pub async fn of_dispute(
    db: &mut PgConnection,
    dispute: DisputeId,
) -> sqlx::Result<Vec<(Obligation, String)>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id as "id: ObligationId", clause, obligor as "obligor: PartyId",
                  beneficiary as "beneficiary: PartyId", amount_fen as "amount: Fen", due_on,
                  status as "status: ObligationStatus", reported_on, performed_on, late, version, act
           from obligations where dispute_id = $1 order by due_on, clause"#,
        dispute as DisputeId,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Row::obligation).collect())
}

/// Applies `events`: the new state, and one `obligation_events` row for each.
pub async fn record(
    tx: &mut Tx,
    dispute: DisputeId,
    before: Obligation,
    events: &[Event],
    by: AccountId,
) -> sqlx::Result<Obligation> {
    let now = tx.now;
    let mut after = before;
    for event in events {
        after = obligation::evolve(after, event);
        sqlx::query!(
            "insert into obligation_events (obligation_id, seq, event, caused_by, happened_at)
             values ($1, $2, $3, $4, $5)",
            after.id as ObligationId,
            after.version,
            Json(event) as _,
            (by != SYSTEM).then_some(by.0),
            now,
        )
        .execute(&mut **tx)
        .await?;
    }
    sqlx::query!(
        "update obligations set version = $2, status = $3, reported_on = $4, performed_on = $5, late = $6,
             updated_at = $7
         where id = $1",
        after.id as ObligationId,
        after.version,
        after.status as ObligationStatus,
        after.reported_on,
        after.performed_on,
        after.late,
        now,
    )
    .execute(&mut **tx)
    .await?;
    tx.hint(Hint::Dispute(dispute));
    Ok(after)
}

/// Something that happened to an obligation, and when.
pub struct Happened {
    pub obligation: ObligationId,
    pub event: Event,
    pub at: DateTime<Utc>,
}

pub async fn history(db: &mut PgConnection, dispute: DisputeId) -> sqlx::Result<Vec<Happened>> {
    let rows = sqlx::query!(
        r#"select e.obligation_id as "obligation: ObligationId", e.event as "event: Json<Event>", e.happened_at
           from obligation_events e join obligations o on o.id = e.obligation_id
           where o.dispute_id = $1 order by e.obligation_id, e.seq"#,
        dispute as DisputeId,
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Happened { obligation: row.obligation, event: row.event.0, at: row.happened_at })
        .collect())
}

/// Keeps in which words the parties were told of suit and confirmation.
pub async fn keep_advice(
    tx: &mut Tx,
    dispute: DisputeId,
    version: i64,
    text: &str,
    by: AccountId,
) -> sqlx::Result<()> {
    let now = tx.now;
    sqlx::query!(
        "insert into advice (dispute_id, seq, text, told_by, told_at) values ($1, $2, $3, $4, $5)",
        dispute as DisputeId,
        version,
        text,
        by as AccountId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
