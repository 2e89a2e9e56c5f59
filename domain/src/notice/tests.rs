use super::*;
use chrono::{DateTime, Utc};
use protocol::dispute::TerminationReason;

fn at() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH
}

fn told(event: &Event) -> Vec<Audience> {
    tellings(event).into_iter().map(|telling| telling.to).collect()
}

#[test]
fn the_one_appointed_hears_it_first_and_as_their_own() {
    let account = AccountId(uuid::Uuid::from_u128(1));
    let event = Event::Appointed {
        account,
        person: protocol::PersonId(uuid::Uuid::from_u128(2)),
        part: protocol::dispute::Part::Mediator,
        answer_due_at: at(),
    };
    let tellings = tellings(&event);
    assert_eq!(tellings[0], app(Audience::Account(account), NoticeKind::YouAreAppointed));
    assert_eq!(tellings[1].to, Audience::Parties);
}

#[test]
fn what_is_late_or_waits_for_a_second_person_is_not_told_to_parties() {
    let late = Event::Escalated { step_due_at: at() };
    let first = Event::FirstSessionLate { step_due_at: at() };
    for event in [late, first] {
        assert_eq!(told(&event), [Audience::Superiors, Audience::Owner]);
    }
}

#[test]
fn before_the_respondent_is_asked_only_the_applicants_are_told() {
    for event in [Event::HeldForEmergency, Event::Redirected, Event::Rejected, Event::Returned] {
        assert!(!told(&event).contains(&Audience::Parties), "{event:?}");
        assert!(told(&event).contains(&Audience::Applicants), "{event:?}");
    }
}

#[test]
fn an_end_reaches_the_parties_by_text_and_nobody_else() {
    let ended = Event::Terminated { reason: TerminationReason::NoAgreement };
    let by_text: Vec<Audience> = tellings(&ended)
        .into_iter()
        .filter(|telling| telling.reach == Reach::Text)
        .map(|telling| telling.to)
        .collect();
    assert_eq!(by_text, [Audience::Parties]);
}

#[test]
fn no_words_tell_of_private_talk_or_of_the_kind_of_case() {
    let said = NoticeKind::ALL.iter().map(|kind| words(*kind)).chain([NEUTRAL_TEXT]);
    for text in said {
        for word in ["背对背", "单独", "私下", "家暴", "婚姻", "噪音", "邻里", "治安", "申请人"]
        {
            assert!(!text.contains(word), "{text}: {word}");
        }
    }
}
