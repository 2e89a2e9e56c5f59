//! Obligations as the people of a dispute see them.

use crate::error::ApiError;
use crate::obligations::store::{self, Happened};
use domain::money;
use domain::obligation::{Event, Obligation, outcome};
use protocol::obligation::{ObligationDeed, ObligationList, ObligationStep, ObligationView};
use protocol::{DisputeId, ObligationId};
use sqlx::PgConnection;

pub async fn list(db: &mut PgConnection, dispute: DisputeId) -> Result<ObligationList, ApiError> {
    let all = store::of_dispute(db, dispute).await?;
    let history = store::history(db, dispute).await?;
    let statuses: Vec<_> = all.iter().map(|(obligation, _)| obligation.status).collect();
    Ok(ObligationList {
        outcome: (!statuses.is_empty()).then(|| outcome(&statuses)),
        obligations: all.into_iter().map(|(o, act)| view(&o, act, &history)).collect(),
    })
}

pub async fn one(
    db: &mut PgConnection,
    dispute: DisputeId,
    id: ObligationId,
) -> Result<ObligationView, ApiError> {
    let found = list(db, dispute).await?.obligations.into_iter().find(|view| view.id == id);
    found.ok_or_else(ApiError::not_found)
}

fn view(obligation: &Obligation, act: String, history: &[Happened]) -> ObligationView {
    let promise = obligation.promise;
    let own = history.iter().filter(|happened| happened.obligation == obligation.id);
    ObligationView {
        id: obligation.id,
        clause: promise.clause,
        act,
        obligor: promise.obligor,
        beneficiary: promise.beneficiary,
        amount: promise.amount,
        amount_in_words: promise.amount.map(money::in_words),
        due_on: promise.due_on,
        overdue_at: obligation.overdue_at(),
        status: obligation.status,
        performed_on: obligation.performed_on,
        late: obligation.late,
        history: own.map(step).collect(),
    }
}

fn step(happened: &Happened) -> ObligationStep {
    let (deed, text, evidence) = match &happened.event {
        Event::Reported { evidence, note, .. } => {
            (ObligationDeed::Reported, note.as_ref().map(ToString::to_string), *evidence)
        }
        Event::Performed { finding, .. } => {
            (ObligationDeed::Performed, finding.as_ref().map(ToString::to_string), None)
        }
        Event::Contested { reason } => (ObligationDeed::Contested, Some(reason.to_string()), None),
        Event::FoundUnperformed { finding } => {
            (ObligationDeed::FoundUnperformed, Some(finding.to_string()), None)
        }
        Event::BecameOverdue => (ObligationDeed::BecameOverdue, None, None),
        Event::Waived => (ObligationDeed::Waived, None, None),
    };
    ObligationStep { deed, at: happened.at, text, evidence }
}
