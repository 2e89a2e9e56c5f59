//! After the agreement: when to visit, when to remind, and when a dispute may be closed.

use crate::{
    calendar::local_day,
    obligation::{Obligation, outcome},
    rules::Rules,
};
use chrono::{DateTime, Days, NaiveDate, Utc};
use protocol::{
    ErrorCode, ObligationId, PartyId,
    dispute::Track,
    follow_up::{ReminderKind, VisitReason, VisitRecord, VisitStatus},
    obligation::{ObligationStatus, PerformanceOutcome},
    risk::RiskLevel,
};

/// A visit (回访) that has to be made by the end of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PlannedVisit {
    pub due_on: NaiveDate,
    pub reason: VisitReason,
    /// The performance it looks at, where that is the reason.
    pub obligation: Option<ObligationId>,
}

/// The visits that the risk level asks for, counted from `base`, and one after each promised day. They fall on working
/// days. 人民调解法 Art 31 asks for supervision and sets no interval; 治安: within three days (2007 norm Art 12).
pub fn schedule(
    track: Track,
    level: RiskLevel,
    base: DateTime<Utc>,
    obligations: &[Obligation],
    rules: &Rules,
) -> Vec<PlannedVisit> {
    let base = local_day(base);
    let by_risk = rules.visits.days(level).iter().map(|days| PlannedVisit {
        due_on: rules.calendar.add_days(base, *days),
        reason: VisitReason::Risk,
        obligation: None,
    });
    let by_performance = obligations.iter().map(|obligation| PlannedVisit {
        due_on: performance_visit_on(track, obligation.promise.due_on, rules),
        reason: VisitReason::Performance,
        obligation: Some(obligation.id),
    });
    let mut visits: Vec<PlannedVisit> = by_risk.chain(by_performance).collect();
    visits.sort();
    visits.dedup();
    visits
}

/// 治安: the last day to check; others: the day on which it becomes somebody's task.
fn performance_visit_on(track: Track, due_on: NaiveDate, rules: &Rules) -> NaiveDate {
    match track {
        Track::PublicSecurity => due_on + Days::new(rules.visits.public_security_check_days.into()),
        Track::PeopleMediation => {
            rules.calendar.add_days(due_on, rules.visits.performance_task_days)
        }
    }
}

/// What a change of level changes from `today` on: the visits to add, and which of those still due fall away. Visits to a
/// performance stay as they are.
pub fn reschedule(
    known: &[(PlannedVisit, VisitStatus)],
    wanted: &[PlannedVisit],
    today: NaiveDate,
) -> (Vec<PlannedVisit>, Vec<PlannedVisit>) {
    let stands = |visit: &PlannedVisit| {
        known.iter().any(|(known, status)| known == visit && *status != VisitStatus::Cancelled)
    };
    let ahead = wanted.iter().copied().filter(|visit| visit.due_on >= today);
    let add = ahead.filter(|visit| !stands(visit)).collect();
    let cancel = known
        .iter()
        .filter(|(visit, status)| *status == VisitStatus::Due && visit.reason == VisitReason::Risk)
        .map(|(visit, _)| *visit)
        .filter(|visit| !wanted.contains(visit))
        .collect();
    (add, cancel)
}

/// A reminder to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reminder {
    pub at: DateTime<Utc>,
    pub to: PartyId,
    pub kind: ReminderKind,
}

/// The reminders to the obligor that are still ahead. Nobody is reminded of what is no longer open.
pub fn reminders(obligation: &Obligation, rules: &Rules, now: DateTime<Utc>) -> Vec<Reminder> {
    if obligation.status != ObligationStatus::Pending {
        return vec![];
    }
    let reminder = |before: &u16| Reminder {
        at: rules.reminder_at(obligation.promise.due_on, *before),
        to: obligation.promise.obligor,
        kind: if *before == 0 { ReminderKind::DueToday } else { ReminderKind::DueSoon },
    };
    let all = rules.reminders.before_due_days.iter().map(reminder);
    all.filter(|reminder| reminder.at > now).collect()
}

/// The warnings to every party that the time for judicial confirmation runs out (人民调解法 Art 33).
pub fn confirmation_reminders(
    effective_at: DateTime<Utc>,
    parties: &[PartyId],
    rules: &Rules,
    now: DateTime<Utc>,
) -> Vec<Reminder> {
    let warnings = rules.judicial_confirmation_warnings(effective_at);
    let ahead = warnings.into_iter().filter(|at| *at > now);
    ahead
        .flat_map(|at| {
            parties.iter().map(move |to| Reminder {
                at,
                to: *to,
                kind: ReminderKind::ConfirmationEnds,
            })
        })
        .collect()
}

/// What a closing is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing<'a> {
    pub track: Track,
    pub obligations: &'a [ObligationStatus],
    /// After a default: the parties were told of court, confirmation or enforcement (人民调解法 Art 31–33).
    pub advice_given: bool,
    pub visits: &'a [VisitStatus],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("some obligations are still open: wait for them, or establish what became of them")]
    ObligationsOpen,
    #[error(
        "a public security case closes only when everything was performed: refer it to the penalty procedure"
    )]
    NotPerformed,
    #[error(
        "the parties were not told what they can do after the default: tell them and record it"
    )]
    AdviceMissing,
    #[error("{0} visits are still due: make them and record them")]
    VisitsOpen(usize),
    #[error("signs of escalation need measures: say what was done")]
    MeasuresMissing,
    #[error("a visit is recorded after it was made: correct the time")]
    NotYetVisited,
}

impl Refusal {
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::ObligationsOpen | Self::NotPerformed => ErrorCode::ObligationsOpen,
            Self::AdviceMissing => ErrorCode::WrongStatus,
            Self::VisitsOpen(_) => ErrorCode::VisitsOpen,
            Self::MeasuresMissing | Self::NotYetVisited => ErrorCode::Invalid,
        }
    }

    pub const fn article(&self) -> Option<&'static str> {
        match self {
            Self::NotPerformed => Some("程序规定 Art 258(2)"),
            Self::ObligationsOpen => Some("人民调解法 Art 31"),
            Self::AdviceMissing => Some("人民调解法 Art 32"),
            Self::MeasuresMissing => Some("人民调解法 Art 25"),
            Self::VisitsOpen(_) | Self::NotYetVisited => None,
        }
    }
}

/// People's mediation closes when all was performed, or defaulted and the parties were advised; 治安 only when performed
/// (程序规定 Art 258(2)). Visits that are due are made first.
pub fn may_close(standing: Standing) -> Result<(), Refusal> {
    use ObligationStatus::{Contested, Pending, Reported};
    let open = |status: &ObligationStatus| matches!(status, Pending | Reported | Contested);
    if standing.obligations.iter().any(open) {
        return Err(Refusal::ObligationsOpen);
    }
    if outcome(standing.obligations) != PerformanceOutcome::Performed {
        match standing.track {
            Track::PublicSecurity => return Err(Refusal::NotPerformed),
            Track::PeopleMediation if !standing.advice_given => return Err(Refusal::AdviceMissing),
            Track::PeopleMediation => {}
        }
    }
    match standing.visits.iter().filter(|status| **status == VisitStatus::Due).count() {
        0 => Ok(()),
        due => Err(Refusal::VisitsOpen(due)),
    }
}

/// Whether a visit record can be taken: what points to escalation is answered by measures (人民调解法 Art 25).
pub fn check_record(record: &VisitRecord, now: DateTime<Utc>) -> Result<(), Refusal> {
    if record.visited_at > now {
        Err(Refusal::NotYetVisited)
    } else if !record.escalation.is_empty() && record.measures.is_none() {
        Err(Refusal::MeasuresMissing)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
