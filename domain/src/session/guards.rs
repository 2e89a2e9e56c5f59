//! What must hold before each step.

use super::{Attendance, Command, Event, Expected, RecordAnswer, Refusal, Session, Setting};
use protocol::{
    Digest, PersonId,
    dispute::Track,
    party::{Capacity, PublicSecurityRole, Side},
    session::{Attendee, AttendingAs, IdentityMethod},
    text::Paragraph,
};

/// The host leads; those who came speak for themselves.
pub(super) fn permits(
    session: &Session,
    setting: &Setting,
    by: PersonId,
    command: &Command,
) -> Result<(), Refusal> {
    let is_host = setting.hosts.contains(&by);
    let (allowed, who) = match command {
        Command::Arrive(attendee) => (is_host || attendee.person == by, "who attends or the host"),
        Command::Depart { person } => (is_host || *person == by, "who attends or the host"),
        Command::AcknowledgeRights | Command::ConfirmRecord { .. } => {
            (session.attendance_of(by).is_some(), "who attends")
        }
        _ => (is_host, "the host"),
    };
    if allowed { Ok(()) } else { Err(Refusal::NotPermitted(who)) }
}

/// Only the party itself, its guardian or its agent attends for it; nobody for the suspect (程序规定 Art 181).
pub(super) fn arrives(
    session: &Session,
    setting: &Setting,
    attendee: Attendee,
) -> Result<Event, Refusal> {
    let stranger = Refusal::NotPermitted("a party, its guardian or its agent");
    let expected = setting.parties.iter().find(|expected| expected.party == attendee.party);
    let expected = expected.ok_or(stranger)?;
    let known = match attendee.acting {
        AttendingAs::Party => expected.person == attendee.person,
        AttendingAs::Guardian => expected.guardians.contains(&attendee.person),
        AttendingAs::Agent => expected.agents.contains(&attendee.person),
    };
    if !known {
        return Err(stranger);
    }
    if attendee.acting == AttendingAs::Agent && is_suspect(setting, expected) {
        return Err(Refusal::DelegationNotAllowed);
    }
    match session.attendance_of(attendee.person) {
        Some(there) if !there.left => Err(Refusal::AlreadyDone),
        // One person does not change sides by going out and coming in again.
        Some(there) if there.attendee != attendee => Err(stranger),
        _ => Ok(Event::Arrived { attendee }),
    }
}

fn is_suspect(setting: &Setting, expected: &Expected) -> bool {
    setting.track == Track::PublicSecurity
        && expected.public_security == Some(PublicSecurityRole::Suspect)
}

pub(super) fn departs(session: &Session, person: PersonId) -> Result<Event, Refusal> {
    match session.attendance_of(person) {
        Some(there) if !there.left => Ok(Event::Departed { person }),
        _ => Err(Refusal::NotPermitted("who attends")),
    }
}

pub(super) fn verified(
    session: &Session,
    person: PersonId,
    method: IdentityMethod,
    by: PersonId,
) -> Result<Event, Refusal> {
    match session.attendance_of(person) {
        None => Err(Refusal::NotPermitted("who attends")),
        Some(_) if person == by => Err(Refusal::NotPermitted("another host")),
        Some(there) if there.identity.is_some() => Err(Refusal::AlreadyDone),
        Some(_) => Ok(Event::IdentityVerified { person, method, by }),
    }
}

fn present(session: &Session) -> impl Iterator<Item = &Attendance> {
    session.attendance.iter().filter(|there| !there.left)
}

/// Everybody who came is verified by a host (在线调解规则 Art 17).
pub(super) fn identities(session: &Session) -> Result<Event, Refusal> {
    let mut there = present(session).peekable();
    if there.peek().is_none() || there.any(|there| there.identity.is_none()) {
        return Err(Refusal::IdentityUnverified);
    }
    Ok(Event::IdentitiesConfirmed)
}

pub(super) fn acknowledged(session: &Session, person: PersonId) -> Result<Event, Refusal> {
    let there = session.attendance_of(person).ok_or(Refusal::NotPermitted("who attends"))?;
    if there.identity.is_none() {
        Err(Refusal::IdentityUnverified)
    } else if there.rights {
        Err(Refusal::AlreadyDone)
    } else {
        Ok(Event::RightsAcknowledged { person })
    }
}

pub(super) fn rights(session: &Session) -> Result<Event, Refusal> {
    if present(session).any(|there| there.identity.is_none()) {
        Err(Refusal::IdentityUnverified)
    } else if present(session).next().is_none() || present(session).any(|there| !there.rights) {
        Err(Refusal::RightsUnread)
    } else {
        Ok(Event::RightsRead)
    }
}

pub(super) fn joint(session: &Session, setting: &Setting) -> Result<Event, Refusal> {
    if setting.protection.is_some_and(|protection| !protection.victim_agrees_to_joint) {
        return Err(Refusal::JointConsentMissing);
    }
    safeguards(setting)?;
    side_attends(session, setting, Side::Applicant)?;
    side_attends(session, setting, Side::Respondent)?;
    Ok(Event::JointBegan)
}

pub(super) fn caucus(session: &Session, setting: &Setting, side: Side) -> Result<Event, Refusal> {
    if session.side == Some(side) {
        return Err(Refusal::AlreadyDone);
    }
    safeguards(setting)?;
    side_attends(session, setting, side)?;
    Ok(Event::CaucusBegan { side })
}

/// What the neutrals owe before they talk to anybody (程序规定 Art 52; protection against domestic violence).
fn safeguards(setting: &Setting) -> Result<(), Refusal> {
    if setting.protection.is_some_and(|protection| !protection.officer_present) {
        return Err(Refusal::OfficerAbsent);
    }
    let alone = setting.track == Track::PublicSecurity && setting.officers < 2;
    if alone && !setting.full_recording { Err(Refusal::RecordingRequired) } else { Ok(()) }
}

/// Somebody of the side is there and admitted, with the guardians that are needed, and the suspect in person.
fn side_attends(session: &Session, setting: &Setting, side: Side) -> Result<(), Refusal> {
    let of_side = || setting.parties.iter().filter(|expected| expected.side == side);
    for expected in of_side().filter(|expected| is_suspect(setting, expected)) {
        if !attends(session, expected, Some(AttendingAs::Party)) {
            return Err(Refusal::SuspectAbsent);
        }
    }
    if !of_side().any(|expected| attends(session, expected, None)) {
        return Err(Refusal::NobodyThere(side));
    }
    let unguarded = |expected: &&Expected| {
        needs_guardian(setting, expected)
            && attends(session, expected, None)
            && !attends(session, expected, Some(AttendingAs::Guardian))
    };
    if of_side().any(|expected| unguarded(&expected)) {
        return Err(Refusal::GuardianAbsent);
    }
    Ok(())
}

fn attends(session: &Session, expected: &Expected, acting: Option<AttendingAs>) -> bool {
    present(session).filter(|there| there.is_admitted()).any(|there| {
        there.attendee.party == expected.party
            && acting.is_none_or(|acting| there.attendee.acting == acting)
    })
}

/// Who lacks full capacity (民法典 Art 19–23), and in 治安调解 every minor but one who lives on own earnings and agrees
/// (程序规定 Art 181).
fn needs_guardian(setting: &Setting, expected: &Expected) -> bool {
    let minor = setting.track == Track::PublicSecurity && expected.minor;
    expected.capacity != Capacity::Full || (minor && !expected.guardian_waived)
}

pub(super) fn confirms(
    session: &Session,
    person: PersonId,
    text_hash: &Digest,
) -> Result<Event, Refusal> {
    let record = session.record.as_ref().ok_or(Refusal::NoRecord)?;
    let there = session.attendance_of(person).filter(|there| there.is_admitted());
    let there = there.ok_or(Refusal::NotPermitted("who took part"))?;
    if record.text_hash != *text_hash {
        Err(Refusal::RecordChanged)
    } else if there.record == RecordAnswer::Confirmed {
        Err(Refusal::AlreadyDone)
    } else {
        Ok(Event::RecordConfirmedBy { person })
    }
}

pub(super) fn refuses(
    session: &Session,
    person: PersonId,
    reason: Paragraph,
) -> Result<Event, Refusal> {
    if session.record.is_none() {
        return Err(Refusal::NoRecord);
    }
    match session.attendance_of(person).filter(|there| there.is_admitted()) {
        None => Err(Refusal::NotPermitted("who took part")),
        Some(there) if there.record == RecordAnswer::None => {
            Ok(Event::RecordRefusalNoted { person, reason })
        }
        Some(_) => Err(Refusal::AlreadyDone),
    }
}

/// Everybody who took part has confirmed the record, or the refusal is noted; whoever left early is no exception.
pub(super) fn record(session: &Session) -> Result<Event, Refusal> {
    if session.record.is_none() {
        return Err(Refusal::NoRecord);
    }
    let mut took_part = session.attendance.iter().filter(|there| there.is_admitted());
    if took_part.any(|there| there.record == RecordAnswer::None) {
        Err(Refusal::RecordUnconfirmed)
    } else {
        Ok(Event::RecordConfirmed)
    }
}
