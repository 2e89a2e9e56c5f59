//! How a mediator or lawyer comes to a dispute and leaves it again.

use super::decide::Decision;
use super::{Command, Dispute, Event, Neutral, Nominee, Refusal, Standing};
use crate::rules::Rules;
use chrono::{DateTime, Utc};
use protocol::dispute::{Part, Status, Track};
use protocol::party::AgentPower;
use protocol::{AccountId, PartyId};

pub(super) fn decide(
    dispute: &Dispute,
    standing: &Standing,
    command: Command,
    rules: &Rules,
    now: DateTime<Utc>,
) -> Decision {
    match command {
        Command::Appoint(nominee) | Command::Claim(nominee) => {
            appoint(dispute, &nominee, rules, now)
        }
        Command::Disclose => disclose(dispute, standing),
        Command::AnswerDisclosure { party, neutral, accepts } => {
            answer(dispute, standing, (party, neutral, accepts), rules, now)
        }
        Command::StepDown => step_down(dispute, standing, rules, now),
        other => unreachable_kind(dispute, &other),
    }
}

/// `decide` routes only its own commands here; anything else is refused rather than trusted.
fn unreachable_kind(dispute: &Dispute, _: &Command) -> Decision {
    Err(Refusal::WrongStatus(dispute.status))
}

fn appoint(dispute: &Dispute, nominee: &Nominee, rules: &Rules, now: DateTime<Utc>) -> Decision {
    if !fits_status(dispute.status, nominee.part) {
        return Err(Refusal::WrongStatus(dispute.status));
    }
    let taken = dispute.neutrals.iter().any(|neutral| {
        neutral.account == nominee.account
            || (neutral.part == nominee.part && nominee.part != Part::CoMediator)
    });
    if taken {
        return Err(Refusal::AlreadyAppointed);
    }
    may_hold_part(dispute, nominee)?;
    Ok(vec![Event::Appointed {
        account: nominee.account,
        person: nominee.person,
        part: nominee.part,
        answer_due_at: rules.mediator_response_by(now),
    }])
}

fn fits_status(status: Status, part: Part) -> bool {
    match part {
        Part::Mediator => status == Status::Matching,
        Part::CoMediator | Part::InvitedLawyer => matches!(
            status,
            Status::Matching | Status::Assigned | Status::Scheduled | Status::InMediation
        ),
        _ => false,
    }
}

/// Who may sit where: 人民调解法 Art 13–14, 20; 程序规定 Art 178.
fn may_hold_part(dispute: &Dispute, nominee: &Nominee) -> Result<(), Refusal> {
    match (dispute.track, nominee.part) {
        (Some(Track::PeopleMediation), Part::Mediator | Part::CoMediator)
            if !nominee.appointed_by_committee =>
        {
            Err(Refusal::NotAppointedByCommittee)
        }
        (Some(Track::PublicSecurity), Part::Mediator) if !nominee.is_officer => {
            Err(Refusal::OfficerRequired)
        }
        _ => Ok(()),
    }
}

/// From acceptance to effect: while neutrals come and go.
const fn is_being_staffed(status: Status) -> bool {
    matches!(
        status,
        Status::Matching
            | Status::Assigned
            | Status::Scheduled
            | Status::InMediation
            | Status::Suspended
            | Status::PendingSignature
    )
}

fn present(dispute: &Dispute, account: AccountId) -> Result<&Neutral, Refusal> {
    dispute.neutrals.iter().find(|neutral| neutral.account == account).ok_or(Refusal::NotPermitted)
}

fn disclose(dispute: &Dispute, standing: &Standing) -> Decision {
    let neutral = present(dispute, standing.account)?;
    if neutral.disclosed {
        return Err(Refusal::AlreadyAnswered);
    }
    if !is_being_staffed(dispute.status) {
        return Err(Refusal::WrongStatus(dispute.status));
    }
    Ok(vec![Event::InterestDisclosed { by: standing.account }])
}

/// Each party may refuse a mediator (人民调解法 Art 23).
fn answer(
    dispute: &Dispute,
    standing: &Standing,
    (party, account, accepts): (PartyId, AccountId, bool),
    rules: &Rules,
    now: DateTime<Utc>,
) -> Decision {
    let acts = standing.for_party(party).ok_or(Refusal::NotYourParty)?;
    if acts.part == Part::Agent && !acts.powers.contains(&AgentPower::ChooseMediator) {
        return Err(Refusal::PowerMissing);
    }
    let neutral = present(dispute, account).map_err(|_| Refusal::WrongStatus(dispute.status))?;
    if !is_being_staffed(dispute.status) {
        return Err(Refusal::WrongStatus(dispute.status));
    }
    if !neutral.disclosed {
        return Err(Refusal::DisclosurePending);
    }
    if neutral.answers.contains_key(&party) {
        return Err(Refusal::AlreadyAnswered);
    }
    let mut events = vec![Event::DisclosureAnswered { party, neutral: account, accepts }];
    if !accepts {
        events.push(stood_down(account, rules, now));
    }
    Ok(events)
}

fn step_down(
    dispute: &Dispute,
    standing: &Standing,
    rules: &Rules,
    now: DateTime<Utc>,
) -> Decision {
    present(dispute, standing.account)?;
    if !is_being_staffed(dispute.status) {
        return Err(Refusal::WrongStatus(dispute.status));
    }
    Ok(vec![stood_down(standing.account, rules, now)])
}

pub(super) fn stood_down(account: AccountId, rules: &Rules, now: DateTime<Utc>) -> Event {
    Event::NeutralStoodDown { account, step_due_at: rules.joint_choice_by(now) }
}
