//! Agreements in the database: reached through their dispute, written together with their events.

use crate::db::Tx;
use crate::error::ApiError;
use chrono::{DateTime, Utc};
use domain::agreement::{self, Agreement, Event, Frozen, Signature};
use protocol::agreement::{AgreementDraft, AgreementStatus, SigningMethod};
use protocol::session::AttendingAs;
use protocol::text::Line;
use protocol::{
    AccountId, AgreementId, CommitteeId, Digest, DisputeId, LoginId, PartyId, PersonId,
};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

/// An agreement with what only its row knows.
#[derive(Clone, Debug)]
pub struct Stored {
    pub agreement: Agreement,
    pub organ: Uuid,
    pub number: Line,
    pub revision: i32,
    round: i16,
}

/// Whose hand a change came from, and the paper it is on.
#[derive(Clone, Debug)]
pub struct Hand {
    pub account: AccountId,
    pub login: LoginId,
    pub evidence: Option<Digest>,
}

/// The agreement of a dispute. To change it, the dispute is locked first.
pub async fn find(db: &mut PgConnection, dispute: DisputeId) -> Result<Option<Stored>, ApiError> {
    let Some(row) = sqlx::query!(
        r#"select id as "id: AgreementId", organ_id, number as "number: Line", version, revision, round,
                  status as "status: AgreementStatus", draft as "draft: Json<AgreementDraft>", text,
                  text_hash as "text_hash: Digest", requires_wet_ink, effective_at
           from agreements where dispute_id = $1"#,
        dispute as DisputeId,
    )
    .fetch_optional(&mut *db)
    .await?
    else {
        return Ok(None);
    };
    let given = given(db, row.id, row.round).await?;
    let requires_wet_ink = row.requires_wet_ink;
    Ok(Some(Stored {
        agreement: Agreement {
            id: row.id,
            status: row.status,
            draft: row.draft.0,
            frozen: row.text.zip(row.text_hash).map(|(text, text_hash)| Frozen {
                text,
                text_hash,
                requires_wet_ink,
            }),
            signatures: given.signatures,
            mediator_signed: given.mediator,
            sealed_by: given.seal,
            effective_at: row.effective_at,
            version: row.version,
        },
        organ: row.organ_id,
        number: row.number,
        revision: row.revision,
        round: row.round,
    }))
}

#[derive(Default)]
struct Given {
    signatures: Vec<Signature>,
    mediator: bool,
    seal: Option<CommitteeId>,
}

/// What stands under the text of this round.
async fn given(db: &mut PgConnection, id: AgreementId, round: i16) -> sqlx::Result<Given> {
    let rows = sqlx::query!(
        r#"select kind, party_id as "party: PartyId", committee_id as "committee: CommitteeId",
                  person_id as "by: PersonId", acting as "acting: AttendingAs",
                  method as "method: SigningMethod"
           from signatures where agreement_id = $1 and round = $2 order by signed_at, person_id"#,
        id as AgreementId,
        round,
    )
    .fetch_all(db)
    .await?;
    let mut given = Given::default();
    for row in rows {
        match (row.party, row.acting, row.method) {
            (Some(party), Some(acting), Some(method)) => {
                given.signatures.push(Signature { party, by: row.by, acting, method });
            }
            _ if row.kind == "mediator" => given.mediator = true,
            _ => given.seal = row.committee,
        }
    }
    Ok(given)
}

/// An empty place for the first draft.
pub async fn create(
    tx: &mut Tx,
    dispute: DisputeId,
    (organ, number): (Uuid, Line),
    draft: AgreementDraft,
) -> Result<Stored, ApiError> {
    let (now, id) = (tx.now, AgreementId(tx.ids.next()));
    sqlx::query!(
        "insert into agreements (id, dispute_id, organ_id, number, version, revision, status, draft,
             created_at, updated_at)
         values ($1, $2, $3, $4, 0, 0, 'draft', $5, $6, $6)",
        id as AgreementId,
        dispute as DisputeId,
        organ,
        number.as_str(),
        Json(&draft) as _,
        now,
    )
    .execute(&mut **tx)
    .await?;
    let agreement = Agreement::new(id, draft);
    Ok(Stored { agreement, organ, number, revision: 0, round: 0 })
}

/// Applies `events`: the new state, one `agreement_events` row for each, and a row for each signature. Without a hand
/// it is what followed from something else.
pub async fn record(
    tx: &mut Tx,
    mut stored: Stored,
    events: &[Event],
    hand: Option<&Hand>,
) -> Result<Stored, ApiError> {
    for event in events {
        if let (Some(hand), Some(given)) = (hand, Giving::of(event)) {
            sign(tx, &stored, given, hand).await?;
        }
        stored.agreement = agreement::evolve(stored.agreement, event);
        match event {
            Event::Revised { .. } => stored.revision += 1,
            Event::PutUpForSigning(_) => stored.round += 1,
            _ => {}
        }
        // The row follows each event: signatures stand under what it holds.
        save(tx, &stored).await?;
        append(tx, &stored, event, hand).await?;
    }
    Ok(stored)
}

async fn append(
    tx: &mut Tx,
    stored: &Stored,
    event: &Event,
    hand: Option<&Hand>,
) -> sqlx::Result<()> {
    let now = tx.now;
    sqlx::query!(
        "insert into agreement_events (agreement_id, seq, event, caused_by, happened_at)
         values ($1, $2, $3, $4, $5)",
        stored.agreement.id as AgreementId,
        stored.agreement.version,
        Json(event) as _,
        hand.map(|hand| hand.account.0),
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn save(tx: &mut Tx, stored: &Stored) -> sqlx::Result<()> {
    let now = tx.now;
    let agreement = &stored.agreement;
    let frozen = agreement.frozen.as_ref();
    sqlx::query!(
        "update agreements set organ_id = $2, number = $3, version = $4, revision = $5, round = $6, status = $7,
             draft = $8, text = $9, text_hash = $10, requires_wet_ink = $11, effective_at = $12, updated_at = $13
         where id = $1",
        agreement.id as AgreementId,
        stored.organ,
        stored.number.as_str(),
        agreement.version,
        stored.revision,
        stored.round,
        agreement.status as AgreementStatus,
        Json(&agreement.draft) as _,
        frozen.map(|frozen| frozen.text.as_str()),
        frozen.map(|frozen| frozen.text_hash.as_str()),
        frozen.is_some_and(|frozen| frozen.requires_wet_ink),
        agreement.effective_at as Option<DateTime<Utc>>,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A signature or seal as its row has it.
struct Giving {
    kind: &'static str,
    by: PersonId,
    party: Option<(PartyId, AttendingAs)>,
    committee: Option<CommitteeId>,
    method: Option<SigningMethod>,
}

impl Giving {
    fn of(event: &Event) -> Option<Self> {
        let (kind, by, party, committee, method) = match *event {
            Event::PartySigned(Signature { party, by, acting, method }) => {
                ("party", by, Some((party, acting)), None, Some(method))
            }
            Event::MediatorSigned { by, method } => ("mediator", by, None, None, Some(method)),
            Event::SealApplied { committee, by } => ("seal", by, None, Some(committee), None),
            _ => return None,
        };
        Some(Self { kind, by, party, committee, method })
    }
}

async fn sign(tx: &mut Tx, stored: &Stored, given: Giving, hand: &Hand) -> sqlx::Result<()> {
    let now = tx.now;
    let frozen = stored.agreement.frozen.as_ref();
    sqlx::query!(
        "insert into signatures (agreement_id, round, kind, party_id, committee_id, person_id, acting, method,
             text_hash, evidence, given_by, login_id, signed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        stored.agreement.id as AgreementId,
        stored.round,
        given.kind,
        given.party.map(|(party, _)| party) as Option<PartyId>,
        given.committee as Option<CommitteeId>,
        given.by as PersonId,
        given.party.map(|(_, acting)| acting) as Option<AttendingAs>,
        given.method as Option<SigningMethod>,
        frozen.map(|frozen| frozen.text_hash.as_str()).unwrap_or_default(),
        hand.evidence.as_ref().map(Digest::as_str),
        hand.account as AccountId,
        hand.login as LoginId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
