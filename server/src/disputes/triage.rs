//! Triage: findings in, track and next step out, and the invitations that follow.

use crate::db::Tx;
use crate::disputes::{lifecycle, store, view};
use crate::error::ApiError;
use crate::http::Actor;
use crate::invitations::send::{self, Desk};
use domain::dispute::{Command, Verdict};
use protocol::DisputeId;
use protocol::dispute::{Status, Track};
use protocol::lifecycle::{TriageDispute, Triaged};
use protocol::triage::{Triage, TriageOutcome};
use sqlx::types::Json;

pub async fn triage(
    tx: &mut Tx,
    desk: &Desk,
    actor: &Actor,
    id: DisputeId,
    request: TriageDispute,
) -> Result<Triaged, ApiError> {
    let (dispute, standing) = store::lock(tx, id, actor).await?;
    let triage = domain::triage::triage(&request.findings);
    let command = Command::Triage(verdict(&triage));
    let after = lifecycle::apply(tx, &desk.rules, dispute, &standing, command).await?;
    sqlx::query!(
        "update disputes set findings = $2, dv_protection = $3 where id = $1",
        id as DisputeId,
        Json(&request.findings) as _,
        triage.dv_protection,
    )
    .execute(&mut **tx)
    .await?;
    if after.status == Status::AwaitingConsent {
        send::invite_pending(tx, desk, &after).await?;
    }
    Ok(Triaged { triage, dispute: view::show(tx, id, actor).await? })
}

/// What the outcome means for the dispute's life.
fn verdict(triage: &Triage) -> Verdict {
    match triage.outcome {
        TriageOutcome::EmergencyDispatch | TriageOutcome::DomesticViolenceFirst => Verdict::Hold,
        TriageOutcome::CriminalProcedure
        | TriageOutcome::PenaltyProcedure
        | TriageOutcome::OtherVenue => Verdict::Redirect,
        TriageOutcome::Reject => Verdict::Reject,
        TriageOutcome::PublicSecurity => Verdict::Accept(Track::PublicSecurity),
        TriageOutcome::PeopleMediation => Verdict::Accept(Track::PeopleMediation),
    }
}
