//! What an agreement promised for a day: reported, confirmed or contested, late or never.

use crate::calendar::{end_of, local_day};
use chrono::{DateTime, NaiveDate, Utc};
use protocol::{
    ErrorCode, EvidenceId, Fen, ObligationId, PartyId,
    agreement::ClauseDraft,
    obligation::{ObligationStatus, PerformanceOutcome},
    text::{Line, Paragraph},
};
use serde::{Deserialize, Serialize};

/// A clause with a day, before it has an id of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promise {
    /// Which clause of the agreement, counted from 0.
    pub clause: usize,
    pub obligor: PartyId,
    pub beneficiary: PartyId,
    pub amount: Option<Fen>,
    pub due_on: NaiveDate,
}

/// Every clause with a day becomes an obligation. A complete draft names who owes it and to whom.
pub fn promises(clauses: &[ClauseDraft]) -> Vec<Promise> {
    let promise = |(clause, draft): (usize, &ClauseDraft)| {
        Some(Promise {
            clause,
            obligor: draft.obligor?,
            beneficiary: draft.beneficiary?,
            amount: draft.amount,
            due_on: draft.time_limit?.due_on()?,
        })
    };
    clauses.iter().enumerate().filter_map(promise).collect()
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obligation {
    pub id: ObligationId,
    pub promise: Promise,
    pub status: ObligationStatus,
    /// The day of the obligor's last report.
    pub reported_on: Option<NaiveDate>,
    pub performed_on: Option<NaiveDate>,
    pub late: bool,
    pub version: i64,
}

impl Obligation {
    pub const fn new(id: ObligationId, promise: Promise) -> Self {
        let status = ObligationStatus::Pending;
        Self { id, promise, status, reported_on: None, performed_on: None, late: false, version: 0 }
    }

    /// The first instant at which it is overdue: 24:00 of its day.
    pub fn overdue_at(&self) -> DateTime<Utc> {
        end_of(self.promise.due_on)
    }
}

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Obligor,
    Beneficiary,
    /// The mediator or officer who supervises the performance (人民调解法 Art 31).
    Supervisor,
    Clock,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    Report {
        evidence: Option<EvidenceId>,
        note: Option<Line>,
    },
    Confirm,
    Contest {
        reason: Paragraph,
    },
    Establish {
        performed: bool,
        finding: Paragraph,
    },
    /// The day is over.
    Lapse,
    Waive,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    Reported { evidence: Option<EvidenceId>, note: Option<Line>, on: NaiveDate },
    Performed { on: NaiveDate, late: bool, finding: Option<Paragraph> },
    Contested { reason: Paragraph },
    FoundUnperformed { finding: Paragraph },
    BecameOverdue,
    Waived,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("your part in this obligation does not allow that: {0} may do it")]
    NotPermitted(&'static str),
    #[error("not possible while the obligation is {0}: look at it again")]
    WrongStatus(ObligationStatus),
    #[error("the day for it is not over yet: wait until 24:00")]
    NotDue,
}

impl Refusal {
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::NotPermitted(_) => ErrorCode::NotPermitted,
            Self::WrongStatus(_) | Self::NotDue => ErrorCode::WrongStatus,
        }
    }

    pub const fn article(&self) -> Option<&'static str> {
        match self {
            Self::NotPermitted(_) => Some("人民调解法 Art 31"),
            Self::WrongStatus(_) | Self::NotDue => None,
        }
    }
}

fn permits(command: &Command, by: By) -> Result<(), Refusal> {
    let (who, words) = match command {
        Command::Report { .. } => (By::Obligor, "who owes it"),
        Command::Confirm | Command::Contest { .. } | Command::Waive => {
            (By::Beneficiary, "to whom it is owed")
        }
        Command::Establish { .. } => (By::Supervisor, "the mediator or officer"),
        Command::Lapse => (By::Clock, "the clock"),
    };
    if who == by { Ok(()) } else { Err(Refusal::NotPermitted(words)) }
}

/// What `command` does to the obligation, or why it may not.
pub fn decide(
    obligation: &Obligation,
    by: By,
    command: Command,
    now: DateTime<Utc>,
) -> Result<Vec<Event>, Refusal> {
    use ObligationStatus::{Contested, Overdue, Pending, Reported};
    permits(&command, by)?;
    let event = match (command, obligation.status) {
        (Command::Report { evidence, note }, Pending | Overdue | Contested) => {
            Event::Reported { evidence, note, on: local_day(now) }
        }
        (Command::Confirm, Pending | Reported | Contested | Overdue) => {
            performed(obligation, None, now)
        }
        (Command::Contest { reason }, Reported) => Event::Contested { reason },
        // A beneficiary who stays silent does not hold up the file: what was only reported can be established, too.
        (Command::Establish { performed: true, finding }, Reported | Contested | Overdue) => {
            performed(obligation, Some(finding), now)
        }
        (Command::Establish { performed: false, finding }, Reported | Contested) => {
            Event::FoundUnperformed { finding }
        }
        (Command::Lapse, Pending) if now < obligation.overdue_at() => return Err(Refusal::NotDue),
        (Command::Lapse, Pending) => Event::BecameOverdue,
        (Command::Waive, Pending | Reported | Contested | Overdue) => Event::Waived,
        (_, status) => return Err(Refusal::WrongStatus(status)),
    };
    let overdue = matches!(event, Event::FoundUnperformed { .. }) && now >= obligation.overdue_at();
    Ok(if overdue { vec![event, Event::BecameOverdue] } else { vec![event] })
}

/// Done on the day it was reported, or today where it was not. Late performance is performance.
fn performed(obligation: &Obligation, finding: Option<Paragraph>, now: DateTime<Utc>) -> Event {
    let on = obligation.reported_on.unwrap_or_else(|| local_day(now));
    Event::Performed { on, late: on > obligation.promise.due_on, finding }
}

/// The obligation after `event`. Total: what has happened cannot be refused.
#[must_use]
pub fn evolve(mut obligation: Obligation, event: &Event) -> Obligation {
    obligation.version += 1;
    obligation.status = match event {
        Event::Reported { on, .. } => {
            obligation.reported_on = Some(*on);
            ObligationStatus::Reported
        }
        Event::Performed { on, late, .. } => {
            obligation.performed_on = Some(*on);
            obligation.late = *late;
            ObligationStatus::Performed
        }
        Event::Contested { .. } => ObligationStatus::Contested,
        Event::FoundUnperformed { .. } => {
            obligation.reported_on = None;
            ObligationStatus::Pending
        }
        Event::BecameOverdue => ObligationStatus::Overdue,
        Event::Waived => ObligationStatus::Waived,
    };
    obligation
}

/// How the agreement fares as a whole. What was released counts as done.
pub fn outcome(statuses: &[ObligationStatus]) -> PerformanceOutcome {
    use ObligationStatus::{Overdue, Performed, Waived};
    let done = statuses.iter().filter(|s| matches!(s, Performed | Waived)).count();
    if done == statuses.len() {
        PerformanceOutcome::Performed
    } else if !statuses.contains(&Overdue) {
        PerformanceOutcome::Running
    } else if done > 0 {
        PerformanceOutcome::PartlyPerformed
    } else {
        PerformanceOutcome::Defaulted
    }
}

#[cfg(test)]
mod tests;
