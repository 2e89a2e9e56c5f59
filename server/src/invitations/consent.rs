//! Consent and refusal, with proof of the text that was shown.

use crate::db::Tx;
use crate::error::ApiError;
use protocol::invitation::ShownText;
use protocol::{AccountId, DisputeId, ErrorCode, InvitationId, PartyId};

/// Who answered: somebody signed in, or whoever holds link and code.
#[derive(Clone, Copy, Debug)]
pub enum From {
    Account(AccountId),
    Invitation(InvitationId),
}

/// Keeps the answer. Consent to a text that is not the one in force is not taken.
pub async fn record(
    tx: &mut Tx,
    dispute: DisputeId,
    party: PartyId,
    from: From,
    shown: Option<&ShownText>,
) -> Result<(), ApiError> {
    if shown.is_some_and(|shown| !domain::consent::is_current(shown)) {
        return Err(ApiError::new(
            ErrorCode::TextChanged,
            "the text has changed since it was shown; show the present one and ask again",
        ));
    }
    let (account, invitation) = match from {
        From::Account(id) => (Some(id), None),
        From::Invitation(id) => (None, Some(id)),
    };
    let now = tx.now;
    sqlx::query!(
        "insert into consents (dispute_id, party_id, given, text_hash, text_version, language, account_id,
             invitation_id, answered_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        dispute as DisputeId,
        party as PartyId,
        shown.is_some(),
        shown.map(|s| s.hash.as_str()),
        shown.map(|s| i16::try_from(s.version).unwrap_or(i16::MAX)),
        shown.map(|s| s.language.as_str()),
        account as Option<AccountId>,
        invitation as Option<InvitationId>,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// To consent one has to have seen the text.
pub fn needed(shown: Option<&ShownText>) -> Result<&ShownText, ApiError> {
    shown.ok_or_else(|| {
        ApiError::invalid("shown", "name the text that was shown: hash, version, language")
    })
}
