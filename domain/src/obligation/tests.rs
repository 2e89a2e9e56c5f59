//! Promises kept, kept late, contested and broken.

use super::*;
use chrono::Days;
use proptest::{collection::vec, prelude::*, sample::select};
use protocol::{
    agreement::{ClauseTopic, PerformanceMode, TimeLimit},
    text::BadText,
};
use uuid::Uuid;

fn due() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 12, 1).unwrap_or_default()
}

/// Noon in China, so many days after the due day.
fn noon(days: i64) -> DateTime<Utc> {
    crate::calendar::at_hour(due(), 12) + chrono::TimeDelta::days(days)
}

fn words(text: &str) -> Paragraph {
    text.parse().unwrap_or_else(|bad: BadText| unreachable!("{text}: {bad}"))
}

fn obligation() -> Obligation {
    let party = |n| PartyId(Uuid::from_u128(n));
    let (obligor, beneficiary) = (party(2), party(1));
    let amount = Fen::new(50_000).ok();
    let promise = Promise { clause: 0, obligor, beneficiary, amount, due_on: due() };
    Obligation::new(ObligationId(Uuid::from_u128(1)), promise)
}

fn report() -> (By, Command) {
    (By::Obligor, Command::Report { evidence: None, note: None })
}

fn contest() -> (By, Command) {
    (By::Beneficiary, Command::Contest { reason: words("没有收到") })
}

fn establish(performed: bool) -> (By, Command) {
    (By::Supervisor, Command::Establish { performed, finding: words("查明") })
}

const CONFIRM: (By, Command) = (By::Beneficiary, Command::Confirm);
const LAPSE: (By, Command) = (By::Clock, Command::Lapse);

/// Each act on its day, counted from the due day.
fn after(acts: Vec<(i64, (By, Command))>) -> Result<Obligation, Refusal> {
    acts.into_iter().try_fold(obligation(), |obligation, (day, (by, command))| {
        let events = decide(&obligation, by, command, noon(day))?;
        Ok(events.iter().fold(obligation, evolve))
    })
}

fn status(acts: Vec<(i64, (By, Command))>) -> Result<(ObligationStatus, bool), Refusal> {
    after(acts).map(|obligation| (obligation.status, obligation.late))
}

#[test]
fn reported_in_time_is_in_time_however_late_it_is_confirmed() {
    use ObligationStatus::Performed;
    assert_eq!(status(vec![(0, report()), (9, CONFIRM)]), Ok((Performed, false)));
    assert_eq!(status(vec![(1, LAPSE), (2, report()), (2, CONFIRM)]), Ok((Performed, true)));
    assert_eq!(status(vec![(-3, CONFIRM)]), Ok((Performed, false)));
    assert_eq!(status(vec![(1, CONFIRM)]), Ok((Performed, true)));
}

#[test]
fn a_contest_is_established_one_way_or_the_other() {
    use ObligationStatus::{Overdue, Pending, Performed};
    let contested = |day| vec![(day, report()), (day, contest())];
    let with = |day, act| {
        let mut acts = contested(day);
        acts.push((day + 1, act));
        status(acts)
    };
    assert_eq!(with(-5, establish(true)), Ok((Performed, false)));
    assert_eq!(with(-5, establish(false)), Ok((Pending, false)));
    assert_eq!(with(0, establish(false)), Ok((Overdue, false)));
    let mut again = contested(-5);
    again.extend([(-4, establish(false)), (2, CONFIRM)]);
    assert_eq!(status(again), Ok((Performed, true)), "the first report no longer counts");
}

#[test]
fn the_clock_strikes_at_24_00_and_only_what_is_pending() {
    let at = |now| decide(&obligation(), By::Clock, Command::Lapse, now);
    let midnight = obligation().overdue_at();
    assert_eq!(at(midnight - chrono::TimeDelta::seconds(1)), Err(Refusal::NotDue));
    assert_eq!(at(midnight), Ok(vec![Event::BecameOverdue]));
    assert_eq!(
        status(vec![(0, report()), (1, LAPSE)]),
        Err(Refusal::WrongStatus(ObligationStatus::Reported))
    );
}

#[test]
fn everybody_has_their_own_part() {
    for (right, command) in
        [report(), CONFIRM, contest(), establish(true), LAPSE, (By::Beneficiary, Command::Waive)]
    {
        for by in [By::Obligor, By::Beneficiary, By::Supervisor, By::Clock] {
            let refused = decide(&obligation(), by, command.clone(), noon(0));
            let barred = matches!(refused, Err(Refusal::NotPermitted(_)));
            assert_eq!(barred, by != right, "{by:?} {command:?}");
        }
    }
}

#[test]
fn what_is_done_stays_done() {
    for act in [report(), CONFIRM, contest(), establish(false), LAPSE] {
        let refused = Err(Refusal::WrongStatus(ObligationStatus::Performed));
        assert_eq!(status(vec![(0, CONFIRM), (1, act)]), refused);
    }
}

#[test]
fn only_clauses_with_a_day_become_obligations() {
    let party = |n| Some(PartyId(Uuid::from_u128(n)));
    let clause = |time_limit| ClauseDraft {
        topic: ClauseTopic::Compensation,
        act: words("赔偿"),
        obligor: party(2),
        beneficiary: party(1),
        amount: Fen::new(100).ok(),
        mode: Some(PerformanceMode::Cash),
        time_limit: Some(time_limit),
    };
    let by = |date| clause(TimeLimit::By { date });
    let later = due() + Days::new(30);
    let found = promises(&[
        clause(TimeLimit::AtOnce {}),
        by(due()),
        clause(TimeLimit::Standing {}),
        by(later),
    ]);
    let found: Vec<_> = found.iter().map(|promise| (promise.clause, promise.due_on)).collect();
    assert_eq!(found, [(1, due()), (3, later)]);
}

#[test]
fn the_outcome_of_an_agreement() {
    use ObligationStatus::{Contested, Overdue, Pending, Performed, Waived};
    for (statuses, expected) in [
        (&[][..], PerformanceOutcome::Performed),
        (&[Performed, Waived], PerformanceOutcome::Performed),
        (&[Performed, Pending], PerformanceOutcome::Running),
        (&[Contested, Pending], PerformanceOutcome::Running),
        (&[Performed, Overdue], PerformanceOutcome::PartlyPerformed),
        (&[Pending, Overdue], PerformanceOutcome::Defaulted),
    ] {
        assert_eq!(outcome(statuses), expected, "{statuses:?}");
    }
}

proptest! {
    #[test]
    fn performed_means_that_the_beneficiary_or_a_supervisor_said_so(
        acts in vec((-5_i64..5, select(vec![report(), CONFIRM, contest(), establish(true), establish(false), LAPSE])), 0..20)
    ) {
        let mut obligation = obligation();
        let mut acts = acts;
        acts.sort_by_key(|(day, _)| *day);
        let mut said = false;
        for (day, (by, command)) in acts {
            if let Ok(events) = decide(&obligation, by, command, noon(day)) {
                said |= by != By::Obligor && events.iter().any(|e| matches!(e, Event::Performed { .. }));
                obligation = events.iter().fold(obligation, evolve);
            }
        }
        let performed = obligation.status == ObligationStatus::Performed;
        prop_assert_eq!(performed, said);
        prop_assert_eq!(obligation.late, obligation.performed_on.is_some_and(|on| on > due()));
        prop_assert_eq!(performed, obligation.performed_on.is_some());
    }
}
