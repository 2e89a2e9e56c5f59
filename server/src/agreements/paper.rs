//! Signatures by hand, recorded by the mediator in front of whom they were given.

use crate::agreements::service::{Held, hand};
use crate::agreements::store::Hand;
use crate::db::Tx;
use crate::error::ApiError;
use crate::http::Actor;
use domain::agreement::Command;
use domain::rules::Rules;
use protocol::agreement::{AgreementView, PaperSignature, SignedOnPaper, SigningMethod};
use protocol::{DisputeId, PartyId, PersonId, RepresentativeId};
use sqlx::PgConnection;

pub async fn record(
    tx: &mut Tx,
    rules: &Rules,
    actor: &Actor,
    id: DisputeId,
    paper: SignedOnPaper,
) -> Result<AgreementView, ApiError> {
    check(&paper)?;
    let mut held = Held::lock(tx, id, actor).await?;
    let hand = Hand { evidence: Some(paper.evidence), ..hand(actor) };
    for (i, signature) in paper.signatures.into_iter().enumerate() {
        let by = signer(tx, &held, i, &signature).await?;
        let PaperSignature { party, method, .. } = signature;
        let text_hash = paper.text_hash.clone();
        held.give(tx, rules, Command::Sign { party, by, text_hash, method }, &hand).await?;
    }
    if let Some(method) = paper.mediator {
        let command =
            Command::MediatorSign { by: actor.person, text_hash: paper.text_hash, method };
        held.give(tx, rules, command, &hand).await?;
    }
    held.show(tx, rules, actor).await
}

fn check(paper: &SignedOnPaper) -> Result<(), ApiError> {
    const MOST: usize = 100;
    if paper.signatures.len() > MOST || (paper.signatures.is_empty() && paper.mediator.is_none()) {
        return Err(ApiError::invalid("signatures", "name 1 to 100 signatures"));
    }
    let by_hand = "say how it was signed by hand: wet_ink, fingerprint or stamp";
    for (i, signature) in paper.signatures.iter().enumerate() {
        if signature.method == SigningMethod::Electronic {
            return Err(ApiError::invalid(format!("signatures[{i}].method"), by_hand));
        }
    }
    if paper.mediator == Some(SigningMethod::Electronic) {
        return Err(ApiError::invalid("mediator", by_hand));
    }
    Ok(())
}

/// The person who signed: the party, or somebody who acts for it.
async fn signer(
    db: &mut PgConnection,
    held: &Held,
    i: usize,
    signature: &PaperSignature,
) -> Result<PersonId, ApiError> {
    let party = held.ground.party(signature.party).ok_or_else(|| {
        ApiError::invalid(format!("signatures[{i}].party"), "name a party of this dispute")
    })?;
    let Some(representative) = signature.representative else { return Ok(party.person) };
    person_of(db, representative, signature.party).await?.ok_or_else(|| {
        let path = format!("signatures[{i}].representative");
        ApiError::invalid(path, "name somebody who acts for that party")
    })
}

async fn person_of(
    db: &mut PgConnection,
    id: RepresentativeId,
    party: PartyId,
) -> sqlx::Result<Option<PersonId>> {
    sqlx::query_scalar!(
        r#"select person_id as "person: PersonId" from representatives
           where id = $1 and party_id = $2 and ended_at is null"#,
        id as RepresentativeId,
        party as PartyId,
    )
    .fetch_optional(db)
    .await
}
