//! The evidence of a dispute, as far as one may see it.

use crate::disputes;
use crate::error::ApiError;
use crate::http::Actor;
use crate::http::cursor::{self, Cursor};
use domain::evidence::Sight;
use protocol::evidence::{EvidencePage, EvidenceView, MediaType, Visibility};
use protocol::party::Side;
use protocol::{AccountId, Digest, DisputeId, EvidenceId};
use sqlx::PgConnection;

/// What is hidden leaves no trace: neither in counts nor in the cursor.
pub async fn list(
    db: &mut PgConnection,
    dispute: DisputeId,
    actor: &Actor,
    after: Option<Cursor>,
    limit: i64,
) -> Result<EvidencePage, ApiError> {
    let (_, standing) = disputes::store::look(db, dispute, actor).await?;
    let sight = Sight::of(&standing);
    let sides: Vec<String> = sight.sides.iter().map(ToString::to_string).collect();
    let rows = sqlx::query!(
        r#"select id as "id: EvidenceId", file_name, media_type as "media_type: MediaType", size_bytes,
                  sha256 as "sha256: Digest", visibility as "visibility: Visibility", side as "side: Side",
                  created_at, shared_at, uploaded_by as "uploaded_by: AccountId"
           from evidence
           where dispute_id = $1 and (visibility = 'all' or uploaded_by = $2 or $3 or side = any ($4))
               and ($5::timestamptz is null or (created_at, id) > ($5, $6))
           order by created_at, id limit $7"#,
        dispute as DisputeId,
        sight.account as AccountId,
        sight.is_neutral,
        &sides,
        after.map(|after| after.at),
        after.map(|after| after.id),
        limit + 1,
    )
    .fetch_all(db)
    .await?;
    let mut evidence: Vec<EvidenceView> = rows
        .into_iter()
        .map(|row| EvidenceView {
            id: row.id,
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
        })
        .collect();
    let next = cursor::cut(&mut evidence, limit, |e| Cursor { at: e.created_at, id: e.id.0 });
    Ok(EvidencePage { evidence, next })
}
