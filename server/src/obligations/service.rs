//! The steps of performing, each on a dispute that is locked first, and what the dispute makes of them.

use crate::db::Tx;
use crate::disputes::{self, lifecycle};
use crate::error::ApiError;
use crate::evidence;
use crate::http::Actor;
use crate::notices;
use crate::obligations::{store, view};
use domain::dispute::{self, Dispute, Standing};
use domain::notice;
use domain::obligation::{self, By, Command, Obligation};
use domain::rules::Rules;
use protocol::dispute::{Part, Status};
use protocol::obligation::{ObligationView, PerformanceOutcome};
use protocol::party::{AgentPower, Capacity};
use protocol::{ObligationId, PartyId};

/// Who says it, as the rules ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    Obligor,
    Beneficiary,
    Supervisor,
}

pub async fn carry_out(
    tx: &mut Tx,
    rules: &Rules,
    actor: &Actor,
    id: ObligationId,
    (voice, command): (Voice, Command),
) -> Result<ObligationView, ApiError> {
    let dispute_id = store::dispute_of(tx, id).await?;
    let (dispute, standing) = disputes::store::lock(tx, dispute_id, actor).await?;
    runs(&dispute)?;
    let obligation = load(tx, &dispute, id).await?;
    let by = speaks(&dispute, &standing, &obligation, voice)?;
    if let Command::Report { evidence: Some(proof), .. } = &command {
        evidence::store::show_as_proof(tx, dispute_id, &standing, *proof).await?;
    }
    apply(tx, rules, dispute, obligation, (by, command), standing.account).await?;
    view::one(tx, dispute_id, id).await
}

pub async fn load(
    tx: &mut Tx,
    dispute: &Dispute,
    id: ObligationId,
) -> Result<Obligation, ApiError> {
    let all = store::of_dispute(tx, dispute.id).await?;
    let found = all.into_iter().map(|(obligation, _)| obligation).find(|o| o.id == id);
    found.ok_or_else(ApiError::not_found)
}

/// Decides, records, and lets the dispute follow.
pub async fn apply(
    tx: &mut Tx,
    rules: &Rules,
    dispute: Dispute,
    obligation: Obligation,
    (by, command): (By, Command),
    account: protocol::AccountId,
) -> Result<Dispute, ApiError> {
    runs(&dispute)?;
    let events = obligation::decide(&obligation, by, command, tx.now)?;
    let told: Vec<_> =
        events.iter().flat_map(|event| notice::performance(event, &obligation.promise)).collect();
    store::record(tx, dispute.id, obligation, &events, account).await?;
    notices::tell::in_app(tx, dispute.id, &told).await?;
    settle(tx, rules, dispute).await
}

/// 治安: once the penalty follows (程序规定 Art 185), and after closing, nothing is settled here any more.
fn runs(dispute: &Dispute) -> Result<(), dispute::Refusal> {
    if matches!(dispute.status, Status::Performing | Status::Defaulted) {
        Ok(())
    } else {
        Err(dispute::Refusal::WrongStatus(dispute.status))
    }
}

/// Performed when everything was, in default when something is late: the dispute follows its obligations.
pub async fn settle(tx: &mut Tx, rules: &Rules, dispute: Dispute) -> Result<Dispute, ApiError> {
    let all = store::of_dispute(tx, dispute.id).await?;
    let statuses: Vec<_> = all.iter().map(|(obligation, _)| obligation.status).collect();
    let command = match (obligation::outcome(&statuses), dispute.status) {
        (PerformanceOutcome::Performed, Status::Performing | Status::Defaulted) => {
            dispute::Command::NotePerformed
        }
        (
            PerformanceOutcome::Defaulted | PerformanceOutcome::PartlyPerformed,
            Status::Performing,
        ) => dispute::Command::NoteDefault,
        _ => return Ok(dispute),
    };
    lifecycle::apply(tx, rules, dispute, &Standing::clock(), command).await
}

fn speaks(
    dispute: &Dispute,
    standing: &Standing,
    obligation: &Obligation,
    voice: Voice,
) -> Result<By, dispute::Refusal> {
    match voice {
        Voice::Obligor => {
            let party = obligation.promise.obligor;
            standing.for_party(party).map(|_| By::Obligor).ok_or(dispute::Refusal::NotYourParty)
        }
        Voice::Beneficiary => {
            disposes_for(dispute, standing, obligation.promise.beneficiary)?;
            Ok(By::Beneficiary)
        }
        Voice::Supervisor => Ok(By::Supervisor),
    }
}

/// To confirm, contest or release is to dispose of a claim: the party itself where it can (民法典 Art 19–23), its
/// guardian, or an agent with that power.
fn disposes_for(
    dispute: &Dispute,
    standing: &Standing,
    party: PartyId,
) -> Result<(), dispute::Refusal> {
    let full = dispute.party(party).is_some_and(|p| p.capacity == Capacity::Full);
    let mut refusal = dispute::Refusal::NotYourParty;
    for acts in standing.acts_for.iter().filter(|acts| acts.party == party) {
        refusal = match acts.part {
            Part::Guardian => return Ok(()),
            _ if !full => dispute::Refusal::GuardianActs,
            Part::Agent if !acts.powers.contains(&AgentPower::DisposeOfClaims) => {
                dispute::Refusal::PowerMissing
            }
            _ => return Ok(()),
        };
    }
    Err(refusal)
}
