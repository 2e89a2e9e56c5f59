//! A session walked through, and every step that is refused.

use super::*;
use crate::rules::Rules;
use chrono::{DateTime, TimeDelta, Utc};
use proptest::{collection::vec, prelude::*};
use protocol::{
    PartyId,
    dispute::Track,
    party::{Capacity, PublicSecurityRole},
    session::{AttendingAs, Publicity, SessionManner},
    text::BadText,
};
use uuid::Uuid;

const APPLICANT: u128 = 1;
const RESPONDENT: u128 = 2;
const HOST: u128 = 3;
const GUARDIAN: u128 = 4;
const AGENT: u128 = 5;

fn person(n: u128) -> PersonId {
    PersonId(Uuid::from_u128(n))
}

fn words<const MIN: usize, const MAX: usize>(text: &str) -> protocol::Text<MIN, MAX> {
    text.parse().unwrap_or_else(|bad: BadText| unreachable!("{text}: {bad}"))
}

fn now() -> DateTime<Utc> {
    "2026-11-23T02:00:00Z".parse().unwrap_or_default()
}

fn planned(days: i64) -> PlanSession {
    let starts_at = now() + TimeDelta::days(days);
    let ends_at = starts_at + TimeDelta::hours(1);
    PlanSession { starts_at, ends_at, manner: SessionManner::Video, place: None }
}

fn expected(n: u128, side: Side, role: PublicSecurityRole) -> Expected {
    Expected {
        party: PartyId(Uuid::from_u128(n)),
        person: person(n),
        side,
        capacity: Capacity::Full,
        minor: false,
        guardian_waived: false,
        public_security: Some(role),
        guardians: vec![person(GUARDIAN)],
        agents: vec![person(AGENT)],
    }
}

/// The respondent is the suspect, and the second party's guardian and agent are the same people as the first's.
fn setting(track: Track) -> Setting {
    Setting {
        track,
        hosts: vec![person(HOST)],
        parties: vec![
            expected(APPLICANT, Side::Applicant, PublicSecurityRole::Victim),
            expected(RESPONDENT, Side::Respondent, PublicSecurityRole::Suspect),
        ],
        facts_established: true,
        officers: 2,
        full_recording: false,
        protection: None,
    }
}

fn people() -> Setting {
    setting(Track::PeopleMediation)
}

fn police() -> Setting {
    setting(Track::PublicSecurity)
}

fn as_(n: u128, party: u128, acting: AttendingAs) -> Attendee {
    Attendee { person: person(n), party: PartyId(Uuid::from_u128(party)), acting }
}

fn party(n: u128) -> Attendee {
    as_(n, n, AttendingAs::Party)
}

fn after(
    setting: &Setting,
    session: Session,
    acts: Vec<(u128, Command)>,
) -> Result<Session, Refusal> {
    acts.into_iter().try_fold(session, |session, (by, command)| {
        let events = decide(&session, setting, person(by), command)?;
        Ok(events.iter().fold(session, evolve))
    })
}

fn new() -> Session {
    Session::new(SessionId(Uuid::from_u128(1)), 1, planned(1))
}

fn open() -> Vec<(u128, Command)> {
    vec![(HOST, Command::Notify), (HOST, Command::OpenLobby)]
}

fn verify(n: u128) -> (u128, Command) {
    let method = IdentityMethod::DocumentSeen;
    (HOST, Command::VerifyIdentity { person: person(n), method })
}

/// Everybody named has come, is verified and has acknowledged the rights.
fn ready(setting: &Setting, attendees: &[Attendee]) -> Result<Session, Refusal> {
    let ns: Vec<u128> = attendees.iter().map(|attendee| attendee.person.0.as_u128()).collect();
    let mut acts = open();
    acts.extend(attendees.iter().map(|attendee| (HOST, Command::Arrive(*attendee))));
    acts.extend(ns.iter().map(|n| verify(*n)));
    acts.push((HOST, Command::ConfirmIdentities));
    acts.extend(ns.iter().map(|n| (*n, Command::AcknowledgeRights)));
    acts.push((HOST, Command::ConfirmRights));
    after(setting, new(), acts)
}

fn joint(setting: &Setting, attendees: &[Attendee]) -> Result<Session, Refusal> {
    after(setting, ready(setting, attendees)?, vec![(HOST, Command::MeetJointly)])
}

fn both() -> [Attendee; 2] {
    [party(APPLICANT), party(RESPONDENT)]
}

fn present_record(text: &str) -> (u128, Command) {
    (HOST, Command::PresentRecord { text: words(text) })
}

fn confirm(n: u128, text: &str) -> (u128, Command) {
    (n, Command::ConfirmRecord { text_hash: digest::of(text.as_bytes()) })
}

fn note_refusal(n: u128) -> (u128, Command) {
    (HOST, Command::NoteRecordRefusal { person: person(n), reason: words("不愿签字") })
}

#[test]
fn it_walks_from_planned_to_ended() -> Result<(), Refusal> {
    let setting = people();
    let session = joint(&setting, &both())?;
    let acts = vec![
        (HOST, Command::MeetInCaucus { side: Side::Applicant }),
        (HOST, Command::MeetInCaucus { side: Side::Respondent }),
        (HOST, Command::MeetJointly),
        present_record("记录"),
        confirm(APPLICANT, "记录"),
        note_refusal(RESPONDENT),
        (HOST, Command::CloseRecord),
        (HOST, Command::End),
    ];
    let ended = after(&setting, session, acts)?;
    assert_eq!((ended.status, ended.side), (SessionStatus::Ended, None));
    Ok(())
}

#[test]
fn nobody_talks_before_being_verified_and_told_their_rights() {
    let setting = people();
    let mut acts = open();
    acts.extend(both().map(|attendee| (attendee.person.0.as_u128(), Command::Arrive(attendee))));
    let lobby = after(&setting, new(), acts);
    let with = |acts: Vec<(u128, Command)>| lobby.clone().and_then(|s| after(&setting, s, acts));
    let confirm = || (HOST, Command::ConfirmIdentities);
    assert_eq!(with(vec![verify(APPLICANT), confirm()]), Err(Refusal::IdentityUnverified));
    let verified = || vec![verify(APPLICANT), verify(RESPONDENT), confirm()];
    assert_eq!(with(verified()).map(|s| s.status), Ok(SessionStatus::IdentityVerified));
    let mut one = verified();
    one.extend([(APPLICANT, Command::AcknowledgeRights), (HOST, Command::ConfirmRights)]);
    assert_eq!(with(one), Err(Refusal::RightsUnread));
    let empty = after(&setting, new(), open());
    let empty = empty.and_then(|s| after(&setting, s, vec![confirm()]));
    assert_eq!(empty, Err(Refusal::IdentityUnverified));
}

#[test]
fn only_the_host_leads_and_only_those_who_came_answer() -> Result<(), Refusal> {
    let setting = people();
    let session = joint(&setting, &both())?;
    let refused = |n, command| {
        matches!(decide(&session, &setting, person(n), command), Err(Refusal::NotPermitted(_)))
    };
    assert!(refused(APPLICANT, Command::MeetInCaucus { side: Side::Applicant }));
    assert!(refused(APPLICANT, Command::PresentRecord { text: words("记录") }));
    assert!(refused(APPLICANT, Command::Depart { person: person(RESPONDENT) }));
    assert!(refused(AGENT, Command::AcknowledgeRights));
    assert!(refused(HOST, Command::Arrive(party(77))));
    assert!(refused(HOST, Command::Arrive(as_(AGENT, APPLICANT, AttendingAs::Guardian))));
    Ok(())
}

#[test]
fn somebody_late_is_let_in_after_the_same_steps() -> Result<(), Refusal> {
    let setting = people();
    let session = joint(&setting, &both())?;
    let agent = as_(AGENT, APPLICANT, AttendingAs::Agent);
    let session = after(&setting, session, vec![(AGENT, Command::Arrive(agent))])?;
    assert!(!session.admits(person(AGENT)));
    let early = decide(&session, &setting, person(AGENT), Command::AcknowledgeRights);
    assert_eq!(early, Err(Refusal::IdentityUnverified));
    let acts = vec![verify(AGENT), (AGENT, Command::AcknowledgeRights)];
    let session = after(&setting, session, acts)?;
    assert!(session.admits(person(AGENT)));
    let acts =
        vec![present_record("记录"), confirm(APPLICANT, "记录"), confirm(RESPONDENT, "记录")];
    let session = after(&setting, session, acts)?;
    let close = vec![(HOST, Command::CloseRecord)];
    assert_eq!(after(&setting, session, close), Err(Refusal::RecordUnconfirmed));
    Ok(())
}

#[test]
fn nobody_changes_sides_by_going_out_or_vouches_for_themselves() -> Result<(), Refusal> {
    let guardian = |of| Command::Arrive(as_(GUARDIAN, of, AttendingAs::Guardian));
    let mut acts = open();
    acts.extend([
        (GUARDIAN, guardian(APPLICANT)),
        (GUARDIAN, Command::Depart { person: person(GUARDIAN) }),
    ]);
    let session = after(&people(), new(), acts)?;
    let turned = decide(&session, &people(), person(GUARDIAN), guardian(RESPONDENT));
    assert!(matches!(turned, Err(Refusal::NotPermitted(_))));
    assert!(decide(&session, &people(), person(GUARDIAN), guardian(APPLICANT)).is_ok());

    let own = Setting { hosts: vec![person(HOST), person(APPLICANT)], ..people() };
    let mut acts = open();
    acts.push((APPLICANT, Command::Arrive(party(APPLICANT))));
    let session = after(&own, new(), acts)?;
    let (_, verify) = verify(APPLICANT);
    let vouched = decide(&session, &own, person(APPLICANT), verify.clone());
    assert!(matches!(vouched, Err(Refusal::NotPermitted(_))));
    assert!(decide(&session, &own, person(HOST), verify).is_ok());
    Ok(())
}

#[test]
fn the_record_is_confirmed_as_it_was_read() -> Result<(), Refusal> {
    let setting = people();
    let session = joint(&setting, &both())?;
    let with = |acts| after(&setting, session.clone(), acts);
    assert_eq!(with(vec![confirm(APPLICANT, "记录")]), Err(Refusal::NoRecord));
    assert_eq!(with(vec![(HOST, Command::CloseRecord)]), Err(Refusal::NoRecord));
    assert_eq!(
        with(vec![present_record("记录"), confirm(APPLICANT, "另一份")]),
        Err(Refusal::RecordChanged)
    );
    let changed = vec![
        present_record("记录"),
        confirm(APPLICANT, "记录"),
        confirm(RESPONDENT, "记录"),
        present_record("改过的记录"),
        (HOST, Command::CloseRecord),
    ];
    assert_eq!(with(changed), Err(Refusal::RecordUnconfirmed));
    let cancel = Command::Cancel { reason: words("改期") };
    assert_eq!(with(vec![(HOST, cancel)]), Err(Refusal::RecordUnconfirmed));
    Ok(())
}

#[test]
fn a_side_that_is_not_there_meets_nobody() -> Result<(), Refusal> {
    let setting = people();
    let session = ready(&setting, &[party(APPLICANT)])?;
    let meet = |command| decide(&session, &setting, person(HOST), command);
    let absent = Refusal::NobodyThere(Side::Respondent);
    assert_eq!(meet(Command::MeetJointly), Err(absent));
    assert_eq!(meet(Command::MeetInCaucus { side: Side::Respondent }), Err(absent));
    assert!(meet(Command::MeetInCaucus { side: Side::Applicant }).is_ok());
    let session = ready(&setting, &both())?;
    let depart = vec![(RESPONDENT, Command::Depart { person: person(RESPONDENT) })];
    let session = after(&setting, session, depart)?;
    let alone = after(&setting, session.clone(), vec![(HOST, Command::MeetJointly)]);
    assert_eq!(alone, Err(absent));
    let agent = as_(AGENT, APPLICANT, AttendingAs::Agent);
    let sent = vec![
        (APPLICANT, Command::Depart { person: person(APPLICANT) }),
        (AGENT, Command::Arrive(agent)),
        (HOST, Command::MeetInCaucus { side: Side::Applicant }),
    ];
    let unknown = after(&setting, session.clone(), sent);
    assert_eq!(
        unknown,
        Err(Refusal::NobodyThere(Side::Applicant)),
        "who was not let in is not there"
    );
    let back = vec![(RESPONDENT, Command::Arrive(party(RESPONDENT))), (HOST, Command::MeetJointly)];
    assert_eq!(after(&setting, session, back).map(|s| s.status), Ok(SessionStatus::Joint));
    Ok(())
}

#[test]
fn the_suspect_attends_in_person_and_the_victim_may_send_an_agent() {
    let agent = |of| as_(AGENT, of, AttendingAs::Agent);
    let suspect = [party(APPLICANT), agent(RESPONDENT)];
    assert_eq!(ready(&police(), &suspect), Err(Refusal::DelegationNotAllowed));
    assert!(joint(&people(), &suspect).is_ok());
    let guardian_only = [party(APPLICANT), as_(GUARDIAN, RESPONDENT, AttendingAs::Guardian)];
    assert_eq!(joint(&police(), &guardian_only), Err(Refusal::SuspectAbsent));
    assert!(joint(&police(), &[agent(APPLICANT), party(RESPONDENT)]).is_ok());
}

#[test]
fn a_minor_comes_with_a_guardian() {
    let guardian = as_(GUARDIAN, RESPONDENT, AttendingAs::Guardian);
    let accompanied = [party(APPLICANT), party(RESPONDENT), guardian];
    let with = |track, change: fn(&mut Expected)| {
        let mut setting = setting(track);
        change(&mut setting.parties[1]);
        setting
    };
    let limited = |expected: &mut Expected| expected.capacity = Capacity::Limited;
    for track in [Track::PeopleMediation, Track::PublicSecurity] {
        let child = with(track, limited);
        assert_eq!(joint(&child, &both()), Err(Refusal::GuardianAbsent));
        assert!(joint(&child, &accompanied).is_ok());
    }
    let working = |expected: &mut Expected| expected.minor = true;
    let waived =
        |expected: &mut Expected| (expected.minor, expected.guardian_waived) = (true, true);
    let track = Track::PublicSecurity;
    assert_eq!(joint(&with(track, working), &both()), Err(Refusal::GuardianAbsent));
    assert!(joint(&with(track, waived), &both()).is_ok());
    assert!(joint(&with(Track::PeopleMediation, working), &both()).is_ok());
}

#[test]
fn one_officer_alone_records_everything() {
    let alone = Setting { officers: 1, ..police() };
    assert_eq!(joint(&alone, &both()), Err(Refusal::RecordingRequired));
    assert!(joint(&Setting { full_recording: true, ..alone }, &both()).is_ok());
    assert!(joint(&Setting { officers: 0, ..people() }, &both()).is_ok());
}

#[test]
fn a_victim_of_domestic_violence_meets_the_other_side_only_by_own_will() -> Result<(), Refusal> {
    let with = |victim_agrees_to_joint, officer_present| {
        let protection = Protection { victim_agrees_to_joint, officer_present };
        Setting { protection: Some(protection), ..people() }
    };
    assert_eq!(joint(&with(false, true), &both()), Err(Refusal::JointConsentMissing));
    assert_eq!(joint(&with(true, false), &both()), Err(Refusal::OfficerAbsent));
    assert!(joint(&with(true, true), &both()).is_ok());
    let setting = with(false, true);
    let shuttle = vec![(HOST, Command::MeetInCaucus { side: Side::Applicant })];
    let session = after(&setting, ready(&setting, &both())?, shuttle)?;
    assert_eq!(session.side, Some(Side::Applicant));
    Ok(())
}

#[test]
fn public_security_has_two_sessions_at_most_the_second_in_seven_working_days() {
    let rules = Rules::ningbo();
    let plan_on = |setting: &Setting, earlier: &[DateTime<Utc>], days| {
        plan(setting, earlier, planned(days), &rules, now())
    };
    let first = now() - TimeDelta::days(4); // Thursday, November 19: seven working days end on the 30th
    assert!(plan_on(&police(), &[], 1).is_ok());
    assert!(plan_on(&police(), &[first], 7).is_ok());
    assert_eq!(plan_on(&police(), &[first], 8), Err(Refusal::SessionTooLate));
    assert_eq!(plan_on(&police(), &[first, now()], 1), Err(Refusal::SessionLimit));
    let early = Setting { facts_established: false, ..police() };
    assert_eq!(plan_on(&early, &[], 1), Err(Refusal::FactsNotEstablished));
    let many = [now(); 5];
    let number = plan_on(&people(), &many, 60).map(|event| match event {
        Event::Planned { number, .. } => number,
        _ => 0,
    });
    assert_eq!(number, Ok(6));
    assert_eq!(plan_on(&people(), &[], -1), Err(Refusal::BadTime));
}

#[test]
fn publicity_follows_the_track_and_what_both_ask() {
    use Publicity::{Closed, Open};
    let asked = |a, b| [(Side::Applicant, a), (Side::Respondent, b)];
    for (track, secret, wishes, expected) in [
        (Track::PeopleMediation, false, &[][..], Closed),
        (Track::PeopleMediation, false, &asked(Open, Open), Open),
        (Track::PeopleMediation, true, &asked(Open, Open), Closed),
        (Track::PeopleMediation, false, &asked(Open, Closed), Closed),
        (Track::PublicSecurity, false, &[], Open),
        (Track::PublicSecurity, false, &asked(Closed, Open), Open),
        (Track::PublicSecurity, false, &asked(Closed, Closed), Closed),
        (Track::PublicSecurity, true, &[], Closed),
    ] {
        assert_eq!(publicity(track, secret, wishes), expected, "{track} {secret} {wishes:?}");
    }
}

/// Anything by anybody.
fn anything(which: u8, n: u128) -> (u128, Command) {
    match which {
        0 => (HOST, Command::Notify),
        1 => (HOST, Command::OpenLobby),
        2 => (n, Command::Arrive(party(n))),
        3 => verify(n),
        4 => (HOST, Command::ConfirmIdentities),
        5 => (n, Command::AcknowledgeRights),
        6 => (HOST, Command::ConfirmRights),
        7 => (HOST, Command::MeetJointly),
        8 => (HOST, Command::MeetInCaucus { side: Side::Applicant }),
        9 => present_record("记录"),
        10 => confirm(n, "记录"),
        11 => (HOST, Command::CloseRecord),
        12 => (HOST, Command::End),
        _ => (n, Command::Depart { person: person(n) }),
    }
}

proptest! {
    #[test]
    fn whatever_is_tried_the_steps_hold(start in 0..3, acts in vec((0_u8..14, 1_u128..3), 0..120)) {
        let setting = people();
        let mut session = match start {
            0 => new(),
            1 => ready(&setting, &both()).unwrap_or_else(|_| new()),
            _ => joint(&setting, &both()).unwrap_or_else(|_| new()),
        };
        for (which, n) in acts {
            let (by, command) = anything(which, n);
            let before = session.clone();
            if let Ok(events) = decide(&session, &setting, person(by), command) {
                session = events.iter().fold(session, evolve);
            }
            let admitted = |n| session.attendance_of(person(n)).is_some_and(Attendance::is_admitted);
            match session.status {
                SessionStatus::Joint => prop_assert!(admitted(APPLICANT) && admitted(RESPONDENT)),
                SessionStatus::Caucus => prop_assert!(admitted(APPLICANT)),
                SessionStatus::Ended if before.status != SessionStatus::Ended => {
                    prop_assert!(session.record.is_some());
                    prop_assert!(session.attendance.iter().all(|t| !t.is_admitted() || t.record == RecordAnswer::Confirmed));
                }
                _ => {}
            }
            prop_assert_eq!(session.side.is_some(), session.status == SessionStatus::Caucus);
        }
    }
}
