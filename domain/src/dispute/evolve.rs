//! The dispute after an event. Total: what has happened cannot be refused.

use super::{Dispute, Event, Neutral};
use chrono::{DateTime, Utc};
use protocol::AccountId;
use protocol::dispute::{Ending, Part, Status, TerminationReason};
use protocol::party::ConsentState;
use std::collections::BTreeMap;

#[must_use]
pub fn evolve(mut dispute: Dispute, event: &Event) -> Dispute {
    dispute.version += 1;
    people(&mut dispute, event);
    if let Some(status) = status_after(&dispute, event) {
        dispute.status = status;
        dispute.step_due_at = None;
        dispute.approval = None;
    }
    details(&mut dispute, event);
    dispute
}

/// Where an event leads, if it leads anywhere.
fn status_after(dispute: &Dispute, event: &Event) -> Option<Status> {
    Some(match event {
        Event::Submitted => Status::Submitted,
        Event::HeldForEmergency => Status::EmergencyHeld,
        Event::Redirected => Status::Redirected,
        Event::TrackChosen { .. } | Event::TrackChanged { .. } => Status::AwaitingConsent,
        Event::Rejected => Status::Rejected,
        Event::Returned => Status::Draft,
        Event::Accepted { .. } => Status::Matching,
        Event::Appointed { part: Part::Mediator, .. } => Status::Assigned,
        Event::NeutralStoodDown { .. } if dispute.mediator().is_none() && was_staffed(dispute) => {
            Status::Matching
        }
        Event::SessionScheduled if dispute.status == Status::Assigned => Status::Scheduled,
        Event::MediationBegun { .. } | Event::Resumed | Event::DraftReopened => Status::InMediation,
        Event::Suspended { .. } => Status::Suspended,
        Event::PutUpForSigning => Status::PendingSignature,
        Event::AgreementTookEffect { .. } => Status::Performing,
        Event::PerformanceCompleted => Status::Performed,
        Event::Defaulted => Status::Defaulted,
        Event::Terminated { .. } => Status::Terminated,
        Event::ReferredForPenalty => Status::PenaltyReferral,
        Event::Closed => Status::Closed,
        Event::Archived => Status::Archived,
        _ => return None,
    })
}

fn was_staffed(dispute: &Dispute) -> bool {
    matches!(
        dispute.status,
        Status::Assigned
            | Status::Scheduled
            | Status::InMediation
            | Status::Suspended
            | Status::PendingSignature
    )
}

fn people(dispute: &mut Dispute, event: &Event) {
    match event {
        Event::PartyAdded { party } => dispute.parties.push(party.clone()),
        Event::GuardianAdded { party } => {
            each_party(dispute, Some(*party), |p| p.has_guardian = true);
        }
        Event::ConsentGiven { party } => {
            each_party(dispute, Some(*party), |p| p.consent = ConsentState::Given);
        }
        Event::ConsentDeclined { party } => {
            each_party(dispute, Some(*party), |p| p.consent = ConsentState::Declined);
        }
        Event::TrackChanged { .. } => {
            each_party(dispute, None, |p| p.consent = ConsentState::Pending);
        }
        Event::Appointed { account, person, part, .. } => dispute.neutrals.push(Neutral {
            account: *account,
            person: *person,
            part: *part,
            disclosed: false,
            answers: BTreeMap::new(),
        }),
        Event::InterestDisclosed { by } => neutral(dispute, *by, |n| n.disclosed = true),
        Event::DisclosureAnswered { party, neutral: by, accepts } => neutral(dispute, *by, |n| {
            n.answers.insert(*party, *accepts);
        }),
        Event::NeutralStoodDown { account, .. } => {
            dispute.neutrals.retain(|neutral| neutral.account != *account);
        }
        _ => {}
    }
}

fn each_party(
    dispute: &mut Dispute,
    only: Option<protocol::PartyId>,
    mut change: impl FnMut(&mut super::Party),
) {
    for party in dispute.parties.iter_mut().filter(|p| only.is_none_or(|id| p.id == id)) {
        change(party);
    }
}

fn neutral(dispute: &mut Dispute, account: AccountId, change: impl FnOnce(&mut Neutral)) {
    if let Some(found) = dispute.neutrals.iter_mut().find(|n| n.account == account) {
        change(found);
    }
}

fn details(dispute: &mut Dispute, event: &Event) {
    match event {
        Event::OwnershipTaken { by } => dispute.owner = Some(*by),
        Event::HandedOver { to } => dispute.owner = Some(*to),
        Event::TrackChosen { track, consent_due_at } => {
            begin_consent(dispute, *track, *consent_due_at);
        }
        Event::TrackChanged { track, consent_due_at } => {
            begin_consent(dispute, *track, *consent_due_at);
            dispute.limit_at = None;
        }
        Event::EndingProposed { approval } => dispute.approval = Some(approval.clone()),
        Event::EndingRefused { ending: Ending::Reject | Ending::Return | Ending::Terminate } => {
            dispute.approval = None;
        }
        Event::Accepted { step_due_at, limit_at } => {
            dispute.step_due_at = Some(*step_due_at);
            dispute.limit_at = Some(*limit_at);
        }
        Event::Appointed { part: Part::Mediator, answer_due_at, .. } => {
            dispute.step_due_at = Some(*answer_due_at);
        }
        Event::NeutralStoodDown { step_due_at, .. } if dispute.status == Status::Matching => {
            dispute.step_due_at = Some(*step_due_at);
        }
        Event::Escalated { step_due_at } => dispute.step_due_at = Some(*step_due_at),
        Event::FirstSessionLate { step_due_at } => {
            dispute.step_due_at = Some(*step_due_at);
            dispute.limit_at = None;
        }
        Event::FactsEstablished => dispute.public_security.facts_established = true,
        Event::Barred { bar } => dispute.public_security.barred = Some(*bar),
        Event::MediationBegun { at, step_due_at } => {
            dispute.sessions_held += 1;
            dispute.first_session_at.get_or_insert(*at);
            dispute.step_due_at = *step_due_at;
            if dispute.is_public_security() {
                // The limit was for the first session.
                dispute.limit_at = None;
            }
        }
        Event::ExtensionAsked { party } => {
            dispute.extension_asked.insert(*party);
        }
        Event::Extended { limit_at } => {
            dispute.extension_asked.clear();
            dispute.limit_at = Some(*limit_at);
        }
        Event::SuitAdvised => dispute.advice_given = true,
        Event::Terminated { reason } => dispute.ended_because = Some(*reason),
        Event::ConsentDeclined { .. } => {
            dispute.ended_because = Some(TerminationReason::Refused);
        }
        _ => {}
    }
}

fn begin_consent(dispute: &mut Dispute, track: protocol::dispute::Track, due: DateTime<Utc>) {
    dispute.track = Some(track);
    dispute.step_due_at = Some(due);
}
