//! What a command does to a dispute, or why it may not.

use super::{
    Command, Dispute, Event, Kind, Party, Refusal, Standing, Verdict, ends, neutrals, permits,
};
use crate::rules::Rules;
use chrono::{DateTime, Utc};
use protocol::PartyId;
use protocol::agreement::AgreementForm;
use protocol::dispute::{Part, PublicSecurityBar, Status, Track};
use protocol::party::{AgentPower, Capacity, ConsentState, PublicSecurityRole, Side};

pub(super) type Decision = Result<Vec<Event>, Refusal>;

/// What `command` does to `dispute`, or why it may not. Pure: the rules of the city and `now` are handed in.
pub fn decide(
    dispute: &Dispute,
    standing: &Standing,
    command: Command,
    rules: &Rules,
    now: DateTime<Utc>,
) -> Decision {
    let kind = command.kind();
    if !permits(kind, standing) {
        return Err(Refusal::NotPermitted);
    }
    let mut events = first_touch(dispute, standing, kind);
    events.extend(carry_out(dispute, standing, command, rules, now)?);
    Ok(events)
}

/// The first staff member who touches a submitted dispute owns it (首问即办).
fn first_touch(dispute: &Dispute, standing: &Standing, kind: Kind) -> Vec<Event> {
    let unowned = dispute.owner.is_none() && dispute.status != Status::Draft;
    let touches = standing.is_staff() && kind != Kind::HandOver;
    if unowned && touches { vec![Event::OwnershipTaken { by: standing.account }] } else { vec![] }
}

fn carry_out(
    dispute: &Dispute,
    standing: &Standing,
    command: Command,
    rules: &Rules,
    now: DateTime<Utc>,
) -> Decision {
    match command {
        Command::Submit { consenting } => submit(dispute, standing, &consenting),
        Command::AddParty(party) => add_party(dispute, standing, party),
        Command::AddGuardian { party } => add_guardian(dispute, standing, party),
        Command::AddAgent { party, present_on_side } => {
            add_agent(dispute, standing, party, present_on_side, rules)
        }
        Command::Triage(verdict) => triage(dispute, standing, verdict, rules, now),
        Command::HandOver { to } => in_status(dispute, is_in_hand, vec![Event::HandedOver { to }]),
        Command::Consent { party } => consent(dispute, standing, party, rules, now),
        Command::Decline { party } => decline(dispute, standing, party),
        Command::Withdraw => withdraw(dispute, standing),
        Command::AskExtension { party } => ask_extension(dispute, standing, party, rules),
        Command::EstablishFacts => public_security_step(dispute, vec![Event::FactsEstablished]),
        Command::Bar(bar) => bar_track(dispute, bar),
        Command::ChangeTrack => change_track(dispute, rules, now),
        Command::Schedule => schedule(dispute),
        Command::Begin => only_in(dispute, &[Status::Scheduled], vec![begun(dispute, rules, now)]),
        Command::Suspend(reason) => {
            only_in(dispute, &[Status::InMediation], vec![Event::Suspended { reason }])
        }
        Command::Resume => only_in(dispute, &[Status::Suspended], vec![Event::Resumed]),
        Command::PutUpForSigning => {
            only_in(dispute, &[Status::InMediation], vec![Event::PutUpForSigning])
        }
        Command::ReopenDraft => {
            only_in(dispute, &[Status::PendingSignature], vec![Event::DraftReopened])
        }
        Command::AgreeOrally { written_form_required } => {
            agree_orally(dispute, written_form_required)
        }
        Command::TakeEffect { form } => {
            only_in(dispute, &[Status::PendingSignature], vec![Event::AgreementTookEffect { form }])
        }
        Command::Appoint(_)
        | Command::Claim(_)
        | Command::Disclose
        | Command::AnswerDisclosure { .. }
        | Command::StepDown => neutrals::decide(dispute, standing, command, rules, now),
        Command::ProposeEnding { .. }
        | Command::ApproveEnding
        | Command::RefuseEnding
        | Command::NotePerformed
        | Command::NoteDefault
        | Command::Urge
        | Command::AdviseSuit
        | Command::ReferForPenalty
        | Command::Close { .. }
        | Command::Archive
        | Command::Expire => ends::decide(dispute, standing, &command, rules, now),
    }
}

pub(super) fn only_in(dispute: &Dispute, statuses: &[Status], events: Vec<Event>) -> Decision {
    in_status(dispute, |status| statuses.contains(&status), events)
}

fn in_status(dispute: &Dispute, good: impl Fn(Status) -> bool, events: Vec<Event>) -> Decision {
    if good(dispute.status) { Ok(events) } else { Err(Refusal::WrongStatus(dispute.status)) }
}

/// Submitted and not yet at an end: somebody has to look after it.
fn is_in_hand(status: Status) -> bool {
    !matches!(
        status,
        Status::Draft | Status::Redirected | Status::Rejected | Status::Closed | Status::Archived
    )
}

fn submit(dispute: &Dispute, standing: &Standing, consenting: &[PartyId]) -> Decision {
    if dispute.status != Status::Draft {
        return Err(Refusal::WrongStatus(dispute.status));
    }
    for side in [Side::Applicant, Side::Respondent] {
        if !dispute.parties.iter().any(|party| party.side == side) {
            return Err(Refusal::SideMissing);
        }
    }
    let mut events = vec![Event::Submitted];
    for party in consenting {
        answering_party(dispute, standing, *party, AgentPower::ApplyOrEnd)?;
        events.push(Event::ConsentGiven { party: *party });
    }
    Ok(events)
}

/// The party itself, its guardian, or an agent with `power`; not a minor alone (民法典 Art 19–23).
fn answering_party<'a>(
    dispute: &'a Dispute,
    standing: &Standing,
    party: PartyId,
    power: AgentPower,
) -> Result<&'a Party, Refusal> {
    let acts = standing.for_party(party).ok_or(Refusal::NotYourParty)?;
    let found = dispute.party(party).ok_or(Refusal::NotYourParty)?;
    match acts.part {
        Part::Guardian => {}
        Part::Agent if !acts.powers.contains(&power) => return Err(Refusal::PowerMissing),
        Part::Agent if found.role == Some(PublicSecurityRole::Suspect) => {
            return Err(Refusal::DelegationNotAllowed);
        }
        _ if found.capacity != Capacity::Full && !found.has_guardian => {
            return Err(Refusal::GuardianRequired);
        }
        _ if found.capacity != Capacity::Full => return Err(Refusal::GuardianActs),
        _ => {}
    }
    Ok(found)
}

/// A party brings in people of its own side; whoever files or looks after the dispute, of either.
fn add_party(dispute: &Dispute, standing: &Standing, party: Party) -> Decision {
    let files = dispute.status == Status::Draft;
    let own_side = standing.acts_for.iter().any(|acts| acts.side == party.side);
    if !files && !own_side && !looks_after(standing) {
        return Err(Refusal::NotYourParty);
    }
    only_in(
        dispute,
        &[Status::Draft, Status::Submitted, Status::AwaitingConsent],
        vec![Event::PartyAdded { party }],
    )
}

fn add_guardian(dispute: &Dispute, standing: &Standing, party: PartyId) -> Decision {
    speaks_for(dispute, standing, party)?;
    in_status(dispute, super::is_before_effect, vec![Event::GuardianAdded { party }])
}

fn looks_after(standing: &Standing) -> bool {
    standing.has(Part::Mediator) || standing.is_staff()
}

/// A party's helpers are named by that party or by staff, not by the other side.
fn speaks_for(dispute: &Dispute, standing: &Standing, party: PartyId) -> Result<(), Refusal> {
    let known = dispute.party(party).is_some();
    let by_party = standing.for_party(party).is_some();
    let by_staff = looks_after(standing)
        || (standing.has(Part::Filer) && dispute.status == Status::Draft)
        || (standing.has(Part::Applicant) && dispute.status == Status::Draft);
    if known && (by_party || by_staff) { Ok(()) } else { Err(Refusal::NotYourParty) }
}

/// 宁波条例 Art 20: at most five represent one side. 程序规定 Art 181: a suspect delegates nobody.
fn add_agent(
    dispute: &Dispute,
    standing: &Standing,
    party: PartyId,
    present_on_side: usize,
    rules: &Rules,
) -> Decision {
    speaks_for(dispute, standing, party)?;
    let is_suspect =
        dispute.party(party).is_some_and(|p| p.role == Some(PublicSecurityRole::Suspect));
    if dispute.is_public_security() && is_suspect {
        return Err(Refusal::DelegationNotAllowed);
    }
    if present_on_side >= usize::from(rules.max_representatives) {
        return Err(Refusal::TooManyRepresentatives);
    }
    in_status(dispute, super::is_before_effect, vec![Event::AgentAdded { party }])
}

fn triage(
    dispute: &Dispute,
    standing: &Standing,
    verdict: Verdict,
    rules: &Rules,
    now: DateTime<Utc>,
) -> Decision {
    let events = match verdict {
        Verdict::Hold => vec![Event::HeldForEmergency],
        Verdict::Redirect => vec![Event::Redirected],
        Verdict::Reject => vec![ends::proposed(dispute, standing)?],
        Verdict::Accept(track) => accept(dispute, track, rules, now),
    };
    match (dispute.status, verdict) {
        (Status::EmergencyHeld, Verdict::Hold) => Err(Refusal::WrongStatus(dispute.status)),
        (Status::Submitted | Status::EmergencyHeld, _) => Ok(events),
        (status, _) => Err(Refusal::WrongStatus(status)),
    }
}

/// The track is chosen; where everybody consented when filing, the dispute is accepted at once.
fn accept(dispute: &Dispute, track: Track, rules: &Rules, now: DateTime<Utc>) -> Vec<Event> {
    let consent_due_at = rules.consent_by(now);
    let mut events = vec![Event::TrackChosen { track, consent_due_at }];
    if dispute.parties.iter().all(|party| party.consent == ConsentState::Given) {
        events.push(accepted(dispute, track, rules, now));
    }
    events
}

fn accepted(dispute: &Dispute, track: Track, rules: &Rules, now: DateTime<Utc>) -> Event {
    let limit_at = match track {
        Track::PeopleMediation => rules.people_mediation_by(dispute.category, now),
        // The first session of 治安调解 within three working days (2007 norm Art 9).
        Track::PublicSecurity => rules.first_public_security_session_by(now),
    };
    Event::Accepted { step_due_at: rules.joint_choice_by(now), limit_at }
}

fn consent(
    dispute: &Dispute,
    standing: &Standing,
    party: PartyId,
    rules: &Rules,
    now: DateTime<Utc>,
) -> Decision {
    let answering = answering_party(dispute, standing, party, AgentPower::ApplyOrEnd)?;
    if dispute.status != Status::AwaitingConsent {
        return Err(Refusal::WrongStatus(dispute.status));
    }
    if answering.consent != ConsentState::Pending {
        return Err(Refusal::AlreadyAnswered);
    }
    let mut events = vec![Event::ConsentGiven { party }];
    let others_agreed = dispute
        .parties
        .iter()
        .all(|other| other.id == party || other.consent == ConsentState::Given);
    if let (true, Some(track)) = (others_agreed, dispute.track) {
        events.push(accepted(dispute, track, rules, now));
    }
    Ok(events)
}

/// One explicit refusal ends it (人民调解法 Art 17, 23).
fn decline(dispute: &Dispute, standing: &Standing, party: PartyId) -> Decision {
    let answering = answering_party(dispute, standing, party, AgentPower::ApplyOrEnd)?;
    if dispute.status != Status::AwaitingConsent {
        return Err(Refusal::WrongStatus(dispute.status));
    }
    if answering.consent != ConsentState::Pending {
        return Err(Refusal::AlreadyAnswered);
    }
    let mut events = vec![Event::ConsentDeclined { party }];
    events.extend(ends::without_agreement(dispute, protocol::dispute::TerminationReason::Refused));
    Ok(events)
}

/// A party may step back at any time before the agreement takes effect, and needs nobody's approval (Art 23).
fn withdraw(dispute: &Dispute, standing: &Standing) -> Decision {
    let may = standing
        .acts_for
        .iter()
        .any(|acts| acts.part != Part::Agent || acts.powers.contains(&AgentPower::ApplyOrEnd));
    if !may {
        return Err(Refusal::PowerMissing);
    }
    let mut events = vec![Event::Withdrawn];
    events
        .extend(ends::without_agreement(dispute, protocol::dispute::TerminationReason::Withdrawn));
    in_status(dispute, super::is_before_effect, events)
}

/// The month is extended when both sides ask (宁波条例 Art 27).
fn ask_extension(
    dispute: &Dispute,
    standing: &Standing,
    party: PartyId,
    rules: &Rules,
) -> Decision {
    answering_party(dispute, standing, party, AgentPower::ApplyOrEnd)?;
    let (Some(limit), Some(Track::PeopleMediation)) = (dispute.limit_at, dispute.track) else {
        return Err(Refusal::WrongStatus(dispute.status));
    };
    if !dispute.is_before_effect() {
        return Err(Refusal::WrongStatus(dispute.status));
    }
    if dispute.extension_asked.contains(&party) {
        return Err(Refusal::AlreadyAnswered);
    }
    let mut events = vec![Event::ExtensionAsked { party }];
    let everybody = dispute
        .parties
        .iter()
        .all(|other| other.id == party || dispute.extension_asked.contains(&other.id));
    if everybody {
        events
            .push(Event::Extended { limit_at: rules.people_mediation_by(dispute.category, limit) });
    }
    Ok(events)
}

fn public_security_step(dispute: &Dispute, events: Vec<Event>) -> Decision {
    if dispute.is_public_security() && dispute.is_before_effect() {
        Ok(events)
    } else {
        Err(Refusal::WrongStatus(dispute.status))
    }
}

/// Looked at again on every event, not only at intake (程序规定 Art 179).
fn bar_track(dispute: &Dispute, bar: PublicSecurityBar) -> Decision {
    let mut events = vec![Event::Barred { bar }];
    events.extend(ends::without_agreement(
        dispute,
        protocol::dispute::TerminationReason::TransferredToPolice,
    ));
    public_security_step(dispute, events)
}

/// A civil dispute turns out to be a 治安 case: new ground, new consent, an officer as host.
fn change_track(dispute: &Dispute, rules: &Rules, now: DateTime<Utc>) -> Decision {
    if dispute.track != Some(Track::PeopleMediation) || !dispute.is_before_effect() {
        return Err(Refusal::WrongStatus(dispute.status));
    }
    let step_due_at = rules.joint_choice_by(now);
    let mut events: Vec<Event> = dispute
        .neutrals
        .iter()
        .map(|neutral| Event::NeutralStoodDown { account: neutral.account, step_due_at })
        .collect();
    events.push(Event::TrackChanged {
        track: Track::PublicSecurity,
        consent_due_at: rules.consent_by(now),
    });
    Ok(events)
}

fn schedule(dispute: &Dispute) -> Decision {
    const MOST_PUBLIC_SECURITY_SESSIONS: u8 = 2;
    let statuses = [Status::Assigned, Status::Scheduled, Status::InMediation];
    if !statuses.contains(&dispute.status) {
        return Err(Refusal::WrongStatus(dispute.status));
    }
    if !dispute.mediator().is_some_and(|m| m.is_accepted_by(&dispute.parties)) {
        return Err(Refusal::DisclosurePending);
    }
    if dispute.is_public_security() {
        if let Some(bar) = dispute.public_security.barred {
            return Err(Refusal::Barred(bar));
        }
        if !dispute.public_security.facts_established {
            return Err(Refusal::FactsNotEstablished);
        }
        if dispute.sessions_held >= MOST_PUBLIC_SECURITY_SESSIONS {
            return Err(Refusal::SessionLimit);
        }
    }
    Ok(vec![Event::SessionScheduled])
}

fn begun(dispute: &Dispute, rules: &Rules, now: DateTime<Utc>) -> Event {
    let second_due = || rules.second_public_security_session_by(now);
    let is_first = dispute.is_public_security() && dispute.sessions_held == 0;
    Event::MediationBegun { at: now, step_due_at: is_first.then(second_due) }
}

/// 人民调解法 Art 28, 30: oral unless a party asks for writing or the matter needs it.
fn agree_orally(dispute: &Dispute, written_form_required: bool) -> Decision {
    if written_form_required || dispute.is_public_security() {
        return Err(Refusal::WrittenFormRequired);
    }
    only_in(
        dispute,
        &[Status::InMediation],
        vec![
            Event::OralAgreementRecorded,
            Event::AgreementTookEffect { form: AgreementForm::Oral },
        ],
    )
}
