//! Evidence and uploads in the database. Both belong to a dispute and are reached through it.

use crate::config::Config;
use crate::db::{Hint, Tx};
use crate::disputes;
use crate::error::{ApiError, Refused};
use crate::evidence::receive::{Declared, Stored};
use crate::http::Actor;
use chrono::{DateTime, Utc};
use domain::dispute::Standing;
use domain::evidence::{Sight, may_add};
use protocol::evidence::{EvidenceView, MediaType, Visibility};
use protocol::party::Side;
use protocol::{AccountId, Digest, DisputeId, ErrorCode, EvidenceId};
use sqlx::PgConnection;

/// Uploads of one account on their way at the same time.
const AT_ONCE: i64 = 10;
/// Pieces that one side can hand in.
const PIECES: i64 = 200;

/// Room for a file that is on its way.
#[derive(Clone, Debug)]
pub struct Upload {
    pub object: String,
    pub dispute: DisputeId,
    pub side: Option<Side>,
}

/// Makes room for an upload, if there is any left.
pub async fn reserve(
    tx: &mut Tx,
    config: &Config,
    actor: &Actor,
    dispute: DisputeId,
    declared: &Declared,
) -> Result<Upload, ApiError> {
    let (found, standing) = disputes::store::lock(tx, dispute, actor).await?;
    if !may_add(found.status) {
        return Err(ApiError::new(
            ErrorCode::WrongStatus,
            "the dispute has ended and takes no more evidence",
        ));
    }
    let side = Sight::of(&standing).side();
    quotas(tx, config, actor.account, dispute, side, declared.reserve()).await?;
    let (now, object) = (tx.now, tx.ids.next().simple().to_string());
    sqlx::query!(
        "insert into uploads (object, dispute_id, account_id, side, reserved_bytes, started_at)
         values ($1, $2, $3, $4, $5, $6)",
        object,
        dispute as DisputeId,
        actor.account as AccountId,
        side.map(Side::as_str),
        declared.reserve(),
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(Upload { object, dispute, side })
}

/// Counted for each side on its own: a common count would tell one how much the other handed in.
async fn quotas(
    tx: &mut Tx,
    config: &Config,
    account: AccountId,
    dispute: DisputeId,
    side: Option<Side>,
    more: i64,
) -> Result<(), ApiError> {
    let used = sqlx::query!(
        r#"with used as (
               select dispute_id, side, uploaded_by as account_id, size_bytes as bytes, 0 as waiting from evidence
               where dispute_id = $1 or uploaded_by = $3
               union all
               select dispute_id, side, account_id, reserved_bytes, 1 from uploads
               where dispute_id = $1 or account_id = $3)
           select coalesce(sum(bytes) filter (where account_id = $3), 0)::bigint as "account!",
                  coalesce(sum(waiting) filter (where account_id = $3), 0)::bigint as "waiting!",
                  coalesce(sum(bytes) filter (where dispute_id = $1 and side is not distinct from $2), 0)::bigint
                      as "side!",
                  count(*) filter (where dispute_id = $1 and side is not distinct from $2) as "pieces!"
           from used"#,
        dispute as DisputeId,
        side.map(Side::as_str),
        account as AccountId,
    )
    .fetch_one(&mut **tx)
    .await?;
    if used.waiting >= AT_ONCE {
        let busy = "too many uploads at once; wait until one of them has ended";
        return Err(Refused::new(ErrorCode::TooManyRequests, busy).retry_after(5).into());
    }
    let full = used.pieces >= PIECES
        || used.side + more > config.evidence_per_side
        || used.account + more > config.evidence_per_account;
    if full {
        return Err(ApiError::new(
            ErrorCode::QuotaExceeded,
            "there is no more room for evidence here; hand in what matters most, or ask the station",
        ));
    }
    Ok(())
}

/// The upload is complete and becomes evidence, if whoever sent it may still hand it in.
pub async fn record(
    tx: &mut Tx,
    actor: &Actor,
    upload: &Upload,
    stored: &Stored,
) -> Result<EvidenceView, ApiError> {
    let (found, standing) = disputes::store::lock(tx, upload.dispute, actor).await?;
    if !may_add(found.status) {
        return Err(ApiError::new(
            ErrorCode::WrongStatus,
            "the dispute ended meanwhile and takes no more evidence",
        ));
    }
    let (now, id) = (tx.now, EvidenceId(tx.ids.next()));
    if !forget(tx, &upload.object).await? {
        return Err(ApiError::unavailable());
    }
    sqlx::query!(
        "insert into evidence (id, dispute_id, uploaded_by, side, object, file_name, media_type, size_bytes,
             sha256, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id as EvidenceId,
        upload.dispute as DisputeId,
        actor.account as AccountId,
        upload.side.map(Side::as_str),
        upload.object,
        stored.file_name,
        stored.media.as_str(),
        stored.bytes,
        stored.sha256.as_str(),
        now,
    )
    .execute(&mut **tx)
    .await?;
    let sight = Sight::of(&standing);
    find(tx, id, upload.dispute, &sight)
        .await?
        .map(|found| found.view)
        .ok_or_else(ApiError::not_found)
}

/// Whether the upload was still known.
pub async fn forget(db: &mut PgConnection, object: &str) -> sqlx::Result<bool> {
    let gone = sqlx::query!("delete from uploads where object = $1", object).execute(db).await?;
    Ok(gone.rows_affected() == 1)
}

/// A piece with where it lies.
pub struct Found {
    pub view: EvidenceView,
    pub object: String,
    pub damaged_at: Option<DateTime<Utc>>,
}

/// One piece of a dispute, if `sight` reaches it.
async fn find(
    db: &mut PgConnection,
    id: EvidenceId,
    dispute: DisputeId,
    sight: &Sight,
) -> sqlx::Result<Option<Found>> {
    let sides: Vec<String> = sight.sides.iter().map(ToString::to_string).collect();
    let row = sqlx::query!(
        r#"select file_name, media_type as "media_type: MediaType", size_bytes, sha256 as "sha256: Digest",
                  visibility as "visibility: Visibility", side as "side: Side", created_at, shared_at, object,
                  damaged_at, uploaded_by as "uploaded_by: AccountId"
           from evidence
           where id = $1 and dispute_id = $2
               and (visibility = 'all' or uploaded_by = $3 or $4 or side = any ($5))"#,
        id as EvidenceId,
        dispute as DisputeId,
        sight.account as AccountId,
        sight.is_neutral,
        &sides,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| Found {
        view: EvidenceView {
            id,
            dispute,
            file_name: row.file_name,
            media_type: row.media_type,
            size_bytes: row.size_bytes,
            sha256: row.sha256,
            visibility: row.visibility,
            side: row.side,
            is_yours: row.uploaded_by == sight.account,
            created_at: row.created_at,
            shared_at: row.shared_at,
        },
        object: row.object,
        damaged_at: row.damaged_at,
    }))
}

async fn dispute_of(db: &mut PgConnection, id: EvidenceId) -> Result<DisputeId, ApiError> {
    sqlx::query_scalar!(
        r#"select dispute_id as "id: DisputeId" from evidence where id = $1"#,
        id as EvidenceId,
    )
    .fetch_optional(db)
    .await?
    .ok_or_else(ApiError::not_found)
}

/// One piece for reading. Foreign, hidden and unknown ones are the same 404.
pub async fn look(db: &mut PgConnection, id: EvidenceId, actor: &Actor) -> Result<Found, ApiError> {
    let dispute = dispute_of(db, id).await?;
    let (_, standing) = disputes::store::look(db, dispute, actor).await?;
    find(db, id, dispute, &Sight::of(&standing)).await?.ok_or_else(ApiError::not_found)
}

/// The dispute is locked, then the piece is read: one order of locks for everything in a dispute.
async fn lock(tx: &mut Tx, id: EvidenceId, actor: &Actor) -> Result<(Found, Standing), ApiError> {
    let dispute = dispute_of(tx, id).await?;
    let (_, standing) = disputes::store::lock(tx, dispute, actor).await?;
    let found = find(tx, id, dispute, &Sight::of(&standing)).await?;
    Ok((found.ok_or_else(ApiError::not_found)?, standing))
}

/// Shows a piece to everybody who takes part: an act of whoever handed it in, and of nobody else.
pub async fn share(tx: &mut Tx, actor: &Actor, id: EvidenceId) -> Result<EvidenceView, ApiError> {
    let (found, standing) = lock(tx, id, actor).await?;
    if !found.view.is_yours {
        return Err(ApiError::not_permitted());
    }
    let dispute = found.view.dispute;
    show_to_all(tx, dispute, id).await?;
    let after = find(tx, id, dispute, &Sight::of(&standing)).await?;
    after.map(|found| found.view).ok_or_else(ApiError::not_found)
}

/// Whoever says with a piece that something was done shows it to everybody: the other side is to judge by it. The
/// dispute is locked by then.
pub async fn show_as_proof(
    tx: &mut Tx,
    dispute: DisputeId,
    standing: &Standing,
    id: EvidenceId,
) -> Result<(), ApiError> {
    let found = find(tx, id, dispute, &Sight::of(standing)).await?.map(|found| found.view);
    match found {
        Some(piece) if piece.visibility == Visibility::All => Ok(()),
        Some(piece) if piece.is_yours => show_to_all(tx, dispute, id).await,
        _ => Err(ApiError::invalid(
            "evidence",
            "name a piece of this dispute that you handed in, or one that everybody sees",
        )),
    }
}

async fn show_to_all(tx: &mut Tx, dispute: DisputeId, id: EvidenceId) -> Result<(), ApiError> {
    let now = tx.now;
    sqlx::query!(
        "update evidence set visibility = 'all', shared_at = coalesce(shared_at, $2) where id = $1",
        id as EvidenceId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    tx.hint(Hint::Dispute(dispute));
    Ok(())
}
