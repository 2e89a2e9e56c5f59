//! How a dispute comes to an end: with a second person's approval, by default, by the clock, or in peace.

use super::decide::{Decision, only_in};
use super::neutrals::stood_down;
use super::{Approval, Command, Dispute, Event, Refusal, Standing};
use crate::rules::Rules;
use chrono::{DateTime, Utc};
use protocol::dispute::{Ending, Status, TerminationReason, Track};

pub(super) fn decide(
    dispute: &Dispute,
    standing: &Standing,
    command: &Command,
    rules: &Rules,
    now: DateTime<Utc>,
) -> Decision {
    match *command {
        Command::ProposeEnding { ending, reason } => propose(dispute, standing, ending, reason),
        Command::ApproveEnding => approve(dispute, standing),
        Command::RefuseEnding => refuse(dispute, standing),
        Command::NotePerformed => only_in(
            dispute,
            &[Status::Performing, Status::Defaulted],
            vec![Event::PerformanceCompleted],
        ),
        Command::NoteDefault => only_in(dispute, &[Status::Performing], vec![Event::Defaulted]),
        Command::Urge => {
            only_in(dispute, &[Status::Performing, Status::Defaulted], vec![Event::Urged])
        }
        Command::AdviseSuit => only_in(dispute, &[Status::Defaulted], vec![Event::SuitAdvised]),
        Command::ReferForPenalty => refer_for_penalty(dispute),
        Command::Close { visits_open } => close(dispute, visits_open),
        Command::Archive => only_in(
            dispute,
            &[
                Status::Closed,
                Status::Terminated,
                Status::Rejected,
                Status::Redirected,
                Status::PenaltyReferral,
            ],
            vec![Event::Archived],
        ),
        Command::Expire => expire(dispute, rules, now),
        _ => Err(Refusal::WrongStatus(dispute.status)),
    }
}

/// Which endings a staff member may propose where.
const fn may_end(status: Status, ending: Ending) -> bool {
    match ending {
        Ending::Reject => matches!(status, Status::Submitted | Status::EmergencyHeld),
        Ending::Return => matches!(status, Status::Submitted | Status::AwaitingConsent),
        Ending::Terminate => matches!(
            status,
            Status::AwaitingConsent
                | Status::Matching
                | Status::Assigned
                | Status::Scheduled
                | Status::InMediation
                | Status::Suspended
                | Status::PendingSignature
        ),
    }
}

fn propose(
    dispute: &Dispute,
    standing: &Standing,
    ending: Ending,
    reason: TerminationReason,
) -> Decision {
    if !may_end(dispute.status, ending) {
        return Err(Refusal::WrongStatus(dispute.status));
    }
    if dispute.approval.is_some() {
        return Err(Refusal::ApprovalPending);
    }
    let approval = Approval { ending, reason, proposed_by: standing.account };
    Ok(vec![Event::EndingProposed { approval }])
}

/// A rejection that triage came to: proposed, like any other, to a second person.
pub(super) fn proposed(dispute: &Dispute, standing: &Standing) -> Result<Event, Refusal> {
    if dispute.approval.is_some() {
        return Err(Refusal::ApprovalPending);
    }
    let approval = Approval {
        ending: Ending::Reject,
        reason: TerminationReason::OtherByLaw,
        proposed_by: standing.account,
    };
    Ok(Event::EndingProposed { approval })
}

fn second_person<'a>(dispute: &'a Dispute, standing: &Standing) -> Result<&'a Approval, Refusal> {
    let approval = dispute.approval.as_ref().ok_or(Refusal::NothingToApprove)?;
    if approval.proposed_by == standing.account {
        return Err(Refusal::SecondPersonRequired);
    }
    if !may_end(dispute.status, approval.ending) {
        return Err(Refusal::WrongStatus(dispute.status));
    }
    Ok(approval)
}

fn approve(dispute: &Dispute, standing: &Standing) -> Decision {
    let approval = second_person(dispute, standing)?;
    Ok(match approval.ending {
        Ending::Reject => vec![Event::Rejected],
        Ending::Return => vec![Event::Returned],
        Ending::Terminate => without_agreement(dispute, approval.reason),
    })
}

fn refuse(dispute: &Dispute, standing: &Standing) -> Decision {
    let approval = second_person(dispute, standing)?;
    Ok(vec![Event::EndingRefused { ending: approval.ending }])
}

/// Without an agreement a 治安 case goes back to the penalty procedure (程序规定 Art 185).
pub(super) fn without_agreement(dispute: &Dispute, reason: TerminationReason) -> Vec<Event> {
    let mut events = vec![Event::Terminated { reason }];
    if dispute.is_public_security() {
        events.push(Event::ReferredForPenalty);
    }
    events
}

/// 程序规定 Art 185: not performed, so the penalty follows.
fn refer_for_penalty(dispute: &Dispute) -> Decision {
    if dispute.track != Some(Track::PublicSecurity) {
        return Err(Refusal::WrongStatus(dispute.status));
    }
    only_in(dispute, &[Status::Defaulted], vec![Event::ReferredForPenalty])
}

/// 程序规定 Art 258: a 治安 case closes only when performed. 人民调解 closes when performed, or when the
/// parties were told how to go on (人民调解法 Art 31–33).
fn close(dispute: &Dispute, visits_open: u32) -> Decision {
    let settled = match dispute.status {
        Status::Performed => true,
        Status::Defaulted => dispute.track == Some(Track::PeopleMediation) && dispute.advice_given,
        status => return Err(Refusal::WrongStatus(status)),
    };
    if !settled {
        return Err(Refusal::ObligationsOpen);
    }
    if visits_open > 0 {
        return Err(Refusal::VisitsOpen);
    }
    Ok(vec![Event::Closed])
}

/// What follows when nobody acted in time.
fn expire(dispute: &Dispute, rules: &Rules, now: DateTime<Utc>) -> Decision {
    let limit_passed = dispute.is_before_effect() && dispute.limit_at.is_some_and(|at| at <= now);
    let step_passed = dispute.step_due_at.is_some_and(|at| at <= now);
    if limit_passed && dispute.track == Some(Track::PeopleMediation) {
        return Ok(without_agreement(dispute, TerminationReason::TimeLimit));
    }
    if limit_passed && dispute.sessions_held == 0 {
        // Told once: what is late after that is the step that follows.
        return Ok(vec![Event::FirstSessionLate { step_due_at: rules.joint_choice_by(now) }]);
    }
    if !step_passed {
        return Err(Refusal::NotDue);
    }
    Ok(match dispute.status {
        Status::AwaitingConsent => without_agreement(dispute, TerminationReason::Unreachable),
        Status::Assigned => match dispute.mediator() {
            Some(silent) if !silent.disclosed => vec![stood_down(silent.account, rules, now)],
            _ => vec![escalated(rules, now)],
        },
        Status::Submitted | Status::Matching | Status::Scheduled | Status::InMediation => {
            vec![escalated(rules, now)]
        }
        _ => return Err(Refusal::NotDue),
    })
}

fn escalated(rules: &Rules, now: DateTime<Utc>) -> Event {
    Event::Escalated { step_due_at: rules.joint_choice_by(now) }
}
