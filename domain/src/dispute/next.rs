//! What happens next in a dispute, and whether it is for whoever asks to do.

use super::{Dispute, Kind, Standing, permits};
use protocol::dispute::{NextCode, Status};
use protocol::party::ConsentState;

/// As told to everybody. A mediation that goes on waits for its next session, if one is still to be held.
pub const fn next(status: Status, session_is_ahead: bool) -> NextCode {
    match status {
        Status::InMediation if session_is_ahead => NextCode::SessionIsHeld,
        Status::Draft => NextCode::SubmitIt,
        Status::Submitted => NextCode::StationTriages,
        Status::EmergencyHeld => NextCode::PoliceClear,
        Status::AwaitingConsent => NextCode::PartiesConsent,
        Status::Matching => NextCode::MediatorIsFound,
        Status::Assigned => NextCode::InterestsAreTold,
        Status::Scheduled => NextCode::SessionIsHeld,
        Status::InMediation => NextCode::MediationGoesOn,
        Status::Suspended => NextCode::WaitsForResumption,
        Status::PendingSignature => NextCode::PartiesSign,
        Status::Performing => NextCode::PromisesAreKept,
        Status::Defaulted => NextCode::StationUrges,
        Status::Performed => NextCode::StationVisits,
        Status::Redirected
        | Status::Rejected
        | Status::Terminated
        | Status::PenaltyReferral
        | Status::Closed
        | Status::Archived => NextCode::Nothing,
    }
}

/// As told to one person: what they have to do themselves comes first.
pub fn next_for(dispute: &Dispute, standing: &Standing, session_is_ahead: bool) -> NextCode {
    let of_all = next(dispute.status, session_is_ahead);
    match of_all {
        NextCode::StationTriages if permits(Kind::Triage, standing) => NextCode::YouTriage,
        NextCode::PartiesConsent if consent_is_awaited(dispute, standing) => NextCode::YouConsent,
        NextCode::MediatorIsFound if permits(Kind::Appoint, standing) => NextCode::YouAppoint,
        NextCode::MediatorIsFound
        | NextCode::InterestsAreTold
        | NextCode::SessionIsHeld
        | NextCode::MediationGoesOn
        | NextCode::WaitsForResumption
        | NextCode::PartiesSign => about_neutrals(dispute, standing).unwrap_or(of_all),
        _ => of_all,
    }
}

fn consent_is_awaited(dispute: &Dispute, standing: &Standing) -> bool {
    let awaited =
        |party| dispute.parties.iter().any(|p| p.id == party && p.consent == ConsentState::Pending);
    standing.acts_for.iter().any(|acts| awaited(acts.party))
}

fn about_neutrals(dispute: &Dispute, standing: &Standing) -> Option<NextCode> {
    let mut neutrals = dispute.neutrals.iter();
    if neutrals.clone().any(|n| n.account == standing.account && !n.disclosed) {
        return Some(NextCode::YouTellInterests);
    }
    let awaits = neutrals.any(|n| n.awaits(standing.acts_for.iter().map(|acts| acts.party)));
    awaits.then_some(NextCode::YouAnswerNeutral)
}
