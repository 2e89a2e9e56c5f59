//! Visits, reminders and the closing rules of both tracks.

use super::*;
use crate::obligation::Promise;
use proptest::{collection::vec, prelude::*, sample::select};
use protocol::follow_up::{EscalationSign, PerformanceFound, Satisfaction, VisitManner};
use uuid::Uuid;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap_or_default()
}

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap_or_default()
}

fn party(n: u128) -> PartyId {
    PartyId(Uuid::from_u128(n))
}

fn obligation(due_on: NaiveDate) -> Obligation {
    let (obligor, beneficiary) = (party(2), party(1));
    let promise = Promise { clause: 0, obligor, beneficiary, amount: None, due_on };
    Obligation::new(ObligationId(Uuid::from_u128(1)), promise)
}

fn days(track: Track, level: RiskLevel, obligations: &[Obligation]) -> Vec<NaiveDate> {
    let base = at("2026-11-02T02:00:00Z");
    let visits = schedule(track, level, base, obligations, &Rules::ningbo());
    visits.iter().map(|visit| visit.due_on).collect()
}

#[test]
fn the_riskier_the_more_often_and_never_on_a_holiday() {
    let by_risk = |level| days(Track::PeopleMediation, level, &[]);
    assert_eq!(by_risk(RiskLevel::Green), [day(11, 9)]);
    assert_eq!(by_risk(RiskLevel::Yellow), [day(11, 9), day(12, 2)]);
    assert_eq!(by_risk(RiskLevel::Orange), [day(11, 5), day(11, 9), day(12, 2)]);
    // D+90 is January 31, 2027, a Sunday.
    let february = NaiveDate::from_ymd_opt(2027, 2, 1).unwrap_or_default();
    assert_eq!(by_risk(RiskLevel::Red), [day(11, 3), day(11, 5), day(11, 9), day(12, 2), february]);
}

#[test]
fn a_promised_day_is_looked_at_the_day_after_and_by_police_within_three() {
    let friday = [obligation(day(11, 20))];
    let found = |track| days(track, RiskLevel::Green, &friday);
    assert_eq!(found(Track::PeopleMediation), [day(11, 9), day(11, 23)]);
    assert_eq!(found(Track::PublicSecurity), [day(11, 9), day(11, 23)]);
    let monday = [obligation(day(11, 16))];
    let found = |track| days(track, RiskLevel::Green, &monday);
    assert_eq!(found(Track::PeopleMediation), [day(11, 9), day(11, 17)]);
    assert_eq!(found(Track::PublicSecurity), [day(11, 9), day(11, 19)]);
    // A limit for police is not stretched by a weekend.
    assert_eq!(
        days(Track::PublicSecurity, RiskLevel::Green, &[obligation(day(11, 18))]),
        [day(11, 9), day(11, 21)]
    );
}

#[test]
fn a_new_level_adds_what_is_wanting_and_drops_what_is_not_yet_made() {
    let (base, rules) = (at("2026-11-02T02:00:00Z"), Rules::ningbo());
    let plan = |level, of: &[Obligation]| schedule(Track::PeopleMediation, level, base, of, &rules);
    let promised = [obligation(day(11, 20))];
    let known: Vec<_> = plan(RiskLevel::Orange, &promised)
        .into_iter()
        .zip([VisitStatus::Done, VisitStatus::Done, VisitStatus::Due, VisitStatus::Due])
        .collect();
    let change = |to, of: &[Obligation], today| {
        let (add, cancel) = reschedule(&known, &plan(to, of), today);
        let days = |visits: Vec<PlannedVisit>| visits.iter().map(|v| v.due_on).collect::<Vec<_>>();
        (days(add), days(cancel))
    };
    let (start, later) = (day(11, 2), day(11, 10));
    let ninety = NaiveDate::from_ymd_opt(2027, 2, 1).unwrap_or_default();
    assert_eq!(change(RiskLevel::Green, &promised, start), (vec![], vec![day(12, 2)]));
    assert_eq!(change(RiskLevel::Red, &promised, start), (vec![day(11, 3), ninety], vec![]));
    assert_eq!(change(RiskLevel::Red, &promised, later), (vec![ninety], vec![]));
    assert_eq!(change(RiskLevel::Orange, &[], start), (vec![], vec![]));
}

#[test]
fn the_obligor_is_reminded_at_nine_and_not_of_what_is_past_or_settled() {
    let rules = Rules::ningbo();
    let due = obligation(day(12, 10));
    let sent = |of: &Obligation, now| {
        let reminders = reminders(of, &rules, at(now));
        reminders.iter().map(|r| (r.at, r.kind)).collect::<Vec<_>>()
    };
    assert_eq!(
        sent(&due, "2026-12-01T00:00:00Z"),
        [
            (at("2026-12-03T01:00:00Z"), ReminderKind::DueSoon),
            (at("2026-12-07T01:00:00Z"), ReminderKind::DueSoon),
            (at("2026-12-09T01:00:00Z"), ReminderKind::DueSoon),
            (at("2026-12-10T01:00:00Z"), ReminderKind::DueToday),
        ]
    );
    assert_eq!(sent(&due, "2026-12-09T01:00:00Z").len(), 1);
    let done = Obligation { status: ObligationStatus::Performed, ..due };
    assert_eq!(sent(&done, "2026-12-01T00:00:00Z"), []);
}

#[test]
fn every_party_is_warned_that_the_time_for_confirmation_runs_out() {
    let rules = Rules::ningbo();
    let parties = [party(1), party(2)];
    let effective = at("2026-11-10T02:00:00Z");
    let sent = |now| confirmation_reminders(effective, &parties, &rules, at(now)).len();
    assert_eq!(sent("2026-11-10T02:00:00Z"), 4);
    assert_eq!(sent("2026-12-01T02:00:00Z"), 2);
    assert_eq!(sent("2026-12-10T02:00:00Z"), 0);
}

#[test]
fn what_has_to_hold_before_closing() {
    use ObligationStatus::{Contested, Overdue, Pending, Performed, Reported, Waived};
    use Track::{PeopleMediation, PublicSecurity};
    let close = |track, obligations: &[ObligationStatus], advice_given, visits: &[VisitStatus]| {
        may_close(Standing { track, obligations, advice_given, visits })
    };
    let made = [VisitStatus::Done, VisitStatus::Cancelled];
    for track in [PeopleMediation, PublicSecurity] {
        assert_eq!(close(track, &[Performed, Waived], false, &made), Ok(()));
        assert_eq!(close(track, &[], false, &made), Ok(()));
        for open in [Pending, Reported, Contested] {
            let refused = close(track, &[Overdue, open], true, &made);
            assert_eq!(refused, Err(Refusal::ObligationsOpen), "a later instalment is still open");
        }
        let open = [VisitStatus::Due, VisitStatus::Done, VisitStatus::Due];
        assert_eq!(close(track, &[Performed], true, &open), Err(Refusal::VisitsOpen(2)));
    }
    for broken in [&[Overdue][..], &[Performed, Overdue]] {
        assert_eq!(close(PeopleMediation, broken, true, &made), Ok(()));
        assert_eq!(close(PeopleMediation, broken, false, &made), Err(Refusal::AdviceMissing));
        assert_eq!(close(PublicSecurity, broken, true, &made), Err(Refusal::NotPerformed));
    }
    assert_eq!(Refusal::NotPerformed.article(), Some("程序规定 Art 258(2)"));
}

#[test]
fn signs_of_escalation_are_answered_by_measures() {
    let now = at("2026-11-23T02:00:00Z");
    let calm = VisitRecord {
        visited_at: now,
        manner: VisitManner::InPerson,
        performance: PerformanceFound::OnTrack,
        satisfaction: Satisfaction::Satisfied,
        escalation: vec![],
        residual_risk: RiskLevel::Green,
        suit: None,
        measures: None,
        note: None,
    };
    assert_eq!(check_record(&calm, now), Ok(()));
    let tense = VisitRecord { escalation: vec![EscalationSign::Threat], ..calm.clone() };
    assert_eq!(check_record(&tense, now), Err(Refusal::MeasuresMissing));
    let answered = VisitRecord { measures: "已劝导并通报网格员".parse().ok(), ..tense };
    assert_eq!(check_record(&answered, now), Ok(()));
    let ahead = VisitRecord { visited_at: at("2026-11-23T02:00:01Z"), ..calm };
    assert_eq!(check_record(&ahead, now), Err(Refusal::NotYetVisited));
}

proptest! {
    #[test]
    fn after_rescheduling_what_is_open_is_what_is_wanted(
        from in select(RiskLevel::ALL.to_vec()),
        to in select(RiskLevel::ALL.to_vec()),
        statuses in vec(select(VisitStatus::ALL.to_vec()), 10),
    ) {
        let (base, rules) = (at("2026-11-02T02:00:00Z"), Rules::ningbo());
        let promised = [obligation(day(11, 20))];
        let plan = |level| schedule(Track::PeopleMediation, level, base, &promised, &rules);
        let known: Vec<_> = plan(from).into_iter().zip(statuses).collect();
        let wanted = plan(to);
        let (add, cancel) = reschedule(&known, &wanted, local_day(base));
        for visit in &wanted {
            let kept = known.iter().any(|(v, s)| v == visit && *s != VisitStatus::Cancelled);
            prop_assert!(kept != add.contains(visit));
        }
        prop_assert!(cancel.iter().all(|visit| !wanted.contains(visit)));
        prop_assert!(cancel.iter().all(|visit| known.contains(&(*visit, VisitStatus::Due))));
    }
}
