//! The risk level of a dispute: proposed by a score with its reasons, confirmed by a person.

use crate::db::{Hint, Tx};
use crate::disputes;
use crate::error::ApiError;
use crate::follow_ups::plan;
use crate::follow_ups::store::{self, Confirmed};
use crate::http::Actor;
use domain::dispute::{self, Dispute};
use domain::risk;
use domain::rules::Rules;
use protocol::dispute::{Part, Status};
use protocol::follow_up::VisitRecord;
use protocol::risk::{ConfirmRisk, RiskFindings, RiskView};
use protocol::{AccountId, DisputeId, VisitId};

pub async fn confirm(
    tx: &mut Tx,
    rules: &Rules,
    actor: &Actor,
    id: DisputeId,
    ConfirmRisk { findings, level, note }: ConfirmRisk,
) -> Result<RiskView, ApiError> {
    let (dispute, standing) = disputes::store::lock(tx, id, actor).await?;
    if dispute.status == Status::Archived {
        return Err(dispute::Refusal::WrongStatus(dispute.status).into());
    }
    let (before, _) = store::level(tx, id).await?;
    let assessment = risk::assess(&findings, &rules.risk);
    if level != assessment.level && note.is_none() {
        return Err(ApiError::invalid(
            "note",
            "say why it is not the level that the signs propose",
        ));
    }
    // Below the proposal is below, too: only the leader goes there.
    let floor = before.max(assessment.level);
    let level = risk::confirm(floor, level, standing.has(Part::StationLeader))?;
    let confirmed = Confirmed {
        findings: &findings,
        assessment: &assessment,
        level,
        note: note.as_ref().map(protocol::Text::as_str),
        visit: None,
        by: standing.account,
    };
    set(tx, rules, &dispute, &confirmed).await?;
    Ok(RiskView { before, level, assessment, note: note.map(|note| note.to_string()) })
}

/// What a visitor saw may raise the level; lowering it takes its own way.
pub async fn raise_to_what_was_seen(
    tx: &mut Tx,
    rules: &Rules,
    dispute: &Dispute,
    (visit, record): (VisitId, &VisitRecord),
    by: AccountId,
) -> Result<(), ApiError> {
    let (before, _) = store::level(tx, dispute.id).await?;
    if record.residual_risk <= before {
        return Ok(());
    }
    let findings = RiskFindings::default();
    let confirmed = Confirmed {
        findings: &findings,
        assessment: &risk::assess(&findings, &rules.risk),
        level: record.residual_risk,
        note: record.measures.as_ref().map(protocol::Text::as_str),
        visit: Some(visit),
        by,
    };
    set(tx, rules, dispute, &confirmed).await
}

async fn set(
    tx: &mut Tx,
    rules: &Rules,
    dispute: &Dispute,
    confirmed: &Confirmed<'_>,
) -> Result<(), ApiError> {
    store::set_level(tx, dispute.id, confirmed).await?;
    if matches!(dispute.status, Status::Performing | Status::Defaulted | Status::Performed) {
        plan::at_level(tx, rules, dispute, confirmed.level).await?;
    }
    tx.hint(Hint::Dispute(dispute.id));
    Ok(())
}
