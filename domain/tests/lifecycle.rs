//! The whole lifecycle, computed by asking `decide` every question there is, and printed as docs/LIFECYCLE.md.
//!
//! `WRITE_GENERATED=1 cargo test -p domain generated` writes the document; without it, a difference fails.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use chrono::{DateTime, Duration, Utc};
use domain::dispute::{
    ActsFor, Approval, Command, Dispute, Kind, Neutral, Nominee, Party, PublicSecurity, Refusal,
    Standing, Verdict, decide, evolve, parts_that_may,
};
use domain::rules::Rules;
use protocol::agreement::AgreementForm;
use protocol::dispute::{
    Category, Ending, Part, PublicSecurityBar, Source, Status, SuspensionReason, TerminationReason,
    Track,
};
use protocol::party::{AgentPower, Capacity, ConsentState, Side};
use protocol::{AccountId, DisputeId, PartyId, PersonId};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use uuid::Uuid;

const ACTOR: AccountId = AccountId(Uuid::from_u128(1));
const MEDIATOR: AccountId = AccountId(Uuid::from_u128(2));
const NEWCOMER: AccountId = AccountId(Uuid::from_u128(3));
const PROPOSER: AccountId = AccountId(Uuid::from_u128(4));
const APPLICANT: PartyId = PartyId(Uuid::from_u128(11));
const RESPONDENT: PartyId = PartyId(Uuid::from_u128(12));

fn now() -> DateTime<Utc> {
    "2026-11-02T01:00:00Z".parse().unwrap()
}

fn party(id: PartyId, side: Side, consent: ConsentState) -> Party {
    Party {
        id,
        person: PersonId(id.0),
        side,
        capacity: Capacity::Full,
        consent,
        has_guardian: false,
        role: None,
    }
}

/// A dispute in `status` in which every guard that can hold does hold.
fn sample(status: Status, track: Track, actor_is_neutral: bool) -> Dispute {
    let before_track = matches!(status, Status::Draft | Status::Submitted | Status::EmergencyHeld);
    let asked = before_track || status == Status::AwaitingConsent;
    let respondent = if asked { ConsentState::Pending } else { ConsentState::Given };
    let staffed = !asked && status != Status::Matching;
    let account = if actor_is_neutral { ACTOR } else { MEDIATOR };
    let neutral = Neutral {
        account,
        person: PersonId(account.0),
        part: Part::Mediator,
        disclosed: true,
        answers: BTreeMap::from([(APPLICANT, true), (RESPONDENT, true)]),
    };
    let ending = match status {
        Status::Submitted | Status::EmergencyHeld => Ending::Reject,
        _ => Ending::Terminate,
    };
    let reason = TerminationReason::NoAgreement;
    Dispute {
        id: DisputeId(Uuid::from_u128(9)),
        version: 1,
        status,
        track: (!before_track).then_some(track),
        category: Category::Neighbor,
        source: Source::PartyApplication,
        owner: Some(PROPOSER),
        parties: vec![
            party(APPLICANT, Side::Applicant, respondent),
            party(RESPONDENT, Side::Respondent, ConsentState::Given),
        ],
        neutrals: if staffed || actor_is_neutral { vec![neutral] } else { vec![] },
        approval: Some(Approval { ending, reason, proposed_by: PROPOSER }),
        public_security: PublicSecurity { facts_established: true, barred: None },
        step_due_at: Some(now() - Duration::days(1)),
        limit_at: Some(now() + Duration::days(9)),
        extension_asked: BTreeSet::from([RESPONDENT]),
        sessions_held: 0,
        first_session_at: None,
        advice_given: true,
        ended_because: None,
    }
}

fn standing(part: Part) -> Standing {
    let side = if part == Part::Respondent { Side::Respondent } else { Side::Applicant };
    let acts = matches!(part, Part::Applicant | Part::Respondent | Part::Agent | Part::Guardian);
    let acts_for = ActsFor { party: APPLICANT, side, part, powers: AgentPower::ALL.to_vec() };
    Standing {
        account: ACTOR,
        parts: vec![part],
        acts_for: acts.then_some(acts_for).into_iter().collect(),
    }
}

/// The ways in which a kind can be asked for; most have one.
fn variants(kind: Kind, dispute: &Dispute) -> Vec<(Dispute, Command)> {
    let with = |command| (dispute.clone(), command);
    match kind {
        Kind::Triage => [Verdict::Hold, Verdict::Redirect, Verdict::Reject]
            .into_iter()
            .map(|verdict| {
                (Dispute { approval: None, ..dispute.clone() }, Command::Triage(verdict))
            })
            .chain([with(command(kind, dispute))])
            .collect(),
        Kind::ApproveEnding => {
            let returned =
                dispute.approval.clone().map(|a| Approval { ending: Ending::Return, ..a });
            let returned = Dispute { approval: returned, ..dispute.clone() };
            vec![with(Command::ApproveEnding), (returned, Command::ApproveEnding)]
        }
        Kind::Expire => {
            let late = Dispute { limit_at: Some(now() - Duration::days(1)), ..dispute.clone() };
            vec![with(Command::Expire), (late, Command::Expire)]
        }
        _ => vec![with(command(kind, dispute))],
    }
}

/// A command of this kind that asks for something possible in `dispute`.
fn command(kind: Kind, dispute: &Dispute) -> Command {
    let nominee = |part| Nominee {
        account: NEWCOMER,
        person: PersonId(NEWCOMER.0),
        part,
        appointed_by_committee: true,
        is_officer: true,
    };
    let reason = TerminationReason::NoAgreement;
    let ending = match dispute.status {
        Status::Submitted | Status::EmergencyHeld => Ending::Reject,
        _ => Ending::Terminate,
    };
    match kind {
        Kind::Submit => Command::Submit { consenting: vec![] },
        Kind::AddParty => {
            let id = PartyId(Uuid::from_u128(13));
            Command::AddParty(party(id, Side::Applicant, ConsentState::Pending))
        }
        Kind::AddGuardian => Command::AddGuardian { party: APPLICANT },
        Kind::AddAgent => Command::AddAgent { party: APPLICANT, present_on_side: 0 },
        Kind::Triage => Command::Triage(Verdict::Accept(Track::PeopleMediation)),
        Kind::HandOver => Command::HandOver { to: NEWCOMER },
        Kind::ProposeEnding => Command::ProposeEnding { ending, reason },
        Kind::ApproveEnding => Command::ApproveEnding,
        Kind::RefuseEnding => Command::RefuseEnding,
        Kind::Consent => Command::Consent { party: APPLICANT },
        Kind::Decline => Command::Decline { party: APPLICANT },
        Kind::Withdraw => Command::Withdraw,
        Kind::Appoint => Command::Appoint(nominee(Part::Mediator)),
        Kind::Claim => Command::Claim(nominee(Part::InvitedLawyer)),
        Kind::Disclose => Command::Disclose,
        Kind::AnswerDisclosure => {
            Command::AnswerDisclosure { party: APPLICANT, neutral: MEDIATOR, accepts: false }
        }
        Kind::StepDown => Command::StepDown,
        Kind::EstablishFacts => Command::EstablishFacts,
        Kind::Bar => Command::Bar(PublicSecurityBar::NewViolation),
        Kind::ChangeTrack => Command::ChangeTrack,
        Kind::Schedule => Command::Schedule,
        Kind::Begin => Command::Begin,
        Kind::Suspend => Command::Suspend(SuspensionReason::Safety),
        Kind::Resume => Command::Resume,
        Kind::AskExtension => Command::AskExtension { party: APPLICANT },
        Kind::PutUpForSigning => Command::PutUpForSigning,
        Kind::ReopenDraft => Command::ReopenDraft,
        Kind::AgreeOrally => Command::AgreeOrally { written_form_required: false },
        Kind::TakeEffect => Command::TakeEffect { form: AgreementForm::Written },
        Kind::NotePerformed => Command::NotePerformed,
        Kind::NoteDefault => Command::NoteDefault,
        Kind::Urge => Command::Urge,
        Kind::AdviseSuit => Command::AdviseSuit,
        Kind::ReferForPenalty => Command::ReferForPenalty,
        Kind::Close => Command::Close { visits_open: 0 },
        Kind::Archive => Command::Archive,
        Kind::Expire => Command::Expire,
    }
}

/// Where each variant of `kind`, given by somebody with `part`, leads from `status`.
fn outcomes(status: Status, track: Track, kind: Kind, part: Part) -> Vec<Result<Status, Refusal>> {
    let is_neutral_act = matches!(kind, Kind::Disclose | Kind::StepDown);
    let mut dispute = sample(status, track, is_neutral_act);
    for neutral in &mut dispute.neutrals {
        if kind == Kind::Disclose {
            neutral.disclosed = false;
        }
        if kind == Kind::AnswerDisclosure {
            neutral.answers.clear();
        }
    }
    if kind == Kind::ProposeEnding {
        dispute.approval = None;
    }
    variants(kind, &dispute)
        .into_iter()
        .map(|(dispute, command)| {
            let events = decide(&dispute, &standing(part), command, &Rules::ningbo(), now())?;
            Ok(events.iter().fold(dispute, evolve).status)
        })
        .collect()
}

const TRACKS: [(Track, &str); 2] = [
    (Track::PeopleMediation, "people's mediation (人民调解)"),
    (Track::PublicSecurity, "治安调解"),
];

#[test]
fn parts_that_may_not_are_refused_in_every_status() {
    for ((track, _), status) in TRACKS.iter().flat_map(|t| Status::ALL.iter().map(move |s| (t, *s)))
    {
        for (kind, part) in Kind::ALL.iter().flat_map(|k| Part::ALL.iter().map(move |p| (*k, *p))) {
            let refused = outcomes(status, *track, kind, part)
                .iter()
                .all(|outcome| *outcome == Err(Refusal::NotPermitted));
            let may = parts_that_may(kind).contains(&part);
            assert!(may || refused, "{status} {} {part}", kind.as_str());
        }
    }
}

#[test]
fn nothing_leaves_the_archive_and_every_other_status_can_be_left() {
    for (track, _) in TRACKS {
        for status in Status::ALL {
            let leaves = Kind::ALL.iter().any(|kind| {
                parts_that_may(*kind).iter().any(|part| {
                    outcomes(*status, track, *kind, *part)
                        .iter()
                        .any(|outcome| outcome.is_ok_and(|to| to != *status))
                })
            });
            assert_eq!(leaves, *status != Status::Archived, "{status}");
        }
    }
}

/// One cell: the target, the same status, or why not. All parts that may get the same, or each gets its own line.
fn cell(status: Status, track: Track, kind: Kind) -> String {
    let mut by_outcome: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for part in parts_that_may(kind) {
        let texts: BTreeSet<String> = outcomes(status, track, kind, *part)
            .iter()
            .map(|outcome| word(*outcome, status))
            .collect();
        let only_refused = texts.iter().all(|text| text == "·");
        let told: Vec<String> =
            texts.into_iter().filter(|text| only_refused || text != "·").collect();
        by_outcome.entry(told.join(", ")).or_default().push(part.as_str());
    }
    if by_outcome.len() == 1 {
        return by_outcome.into_keys().next().unwrap();
    }
    let parts: Vec<String> = by_outcome
        .into_iter()
        .map(|(text, parts)| format!("{text} ({})", parts.join(", ")))
        .collect();
    parts.join("<br>")
}

fn word(outcome: Result<Status, Refusal>, status: Status) -> String {
    match outcome {
        Ok(to) if to == status => "✓".to_owned(),
        Ok(to) => format!("→ {to}"),
        Err(Refusal::WrongStatus(_) | Refusal::NotDue) => "·".to_owned(),
        Err(refusal) => format!("✗ {}", refusal.code()),
    }
}

fn diagram(text: &mut String) {
    let mut edges: BTreeMap<(Status, Status), BTreeSet<&str>> = BTreeMap::new();
    for (track, _) in TRACKS {
        for (status, kind) in
            Status::ALL.iter().flat_map(|s| Kind::ALL.iter().map(move |k| (*s, *k)))
        {
            for part in parts_that_may(kind) {
                let targets = outcomes(status, track, kind, *part);
                for to in targets.into_iter().flatten().filter(|to| *to != status) {
                    edges.entry((status, to)).or_default().insert(kind.as_str());
                }
            }
        }
    }
    text.push_str("```mermaid\nstateDiagram-v2\n    [*] --> draft\n");
    for ((from, to), kinds) in edges {
        let kinds: Vec<&str> = kinds.into_iter().collect();
        writeln!(text, "    {from} --> {to}: {}", kinds.join(" / ")).unwrap();
    }
    text.push_str("    archived --> [*]\n```\n");
}

fn who_may(text: &mut String) {
    text.push_str("\n## Who may\n\n| command |");
    for part in Part::ALL {
        write!(text, " {part} |").unwrap();
    }
    write!(text, "\n|---|{}\n", "---|".repeat(Part::ALL.len())).unwrap();
    for kind in Kind::ALL {
        write!(text, "| `{}` |", kind.as_str()).unwrap();
        for part in Part::ALL {
            text.push_str(if parts_that_may(*kind).contains(part) { " ● |" } else { "  |" });
        }
        text.push('\n');
    }
}

fn what_follows(text: &mut String, track: Track, name: &str) {
    write!(text, "\n## What follows: {name}\n\n| command |").unwrap();
    for status in Status::ALL {
        write!(text, " {status} |").unwrap();
    }
    write!(text, "\n|---|{}\n", "---|".repeat(Status::ALL.len())).unwrap();
    for kind in Kind::ALL {
        write!(text, "| `{}` |", kind.as_str()).unwrap();
        for status in Status::ALL {
            write!(text, " {} |", cell(*status, track, *kind)).unwrap();
        }
        text.push('\n');
    }
}

fn document() -> String {
    let mut text = String::from(
        "# The life of a dispute\n\n\
         Generated from the rules in `domain/src/dispute`: every cell is what `decide` answered for a dispute in \
         which the guards of the command hold. Do not edit; `make prepare` writes it, a test compares it.\n\n\
         `→ status`: leads there. `✓`: done, the status stays. `·`: not at this moment (409). `✗ code`: refused by \
         a guard that cannot hold there. Parts that are not marked under \"Who may\" are refused in every status.\n\n",
    );
    diagram(&mut text);
    who_may(&mut text);
    for (track, name) in TRACKS {
        what_follows(&mut text, track, name);
    }
    text
}

#[test]
fn the_generated_document_is_what_the_rules_say() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/LIFECYCLE.md");
    let document = document();
    if std::env::var_os("WRITE_GENERATED").is_some() {
        std::fs::write(file, &document).unwrap();
    }
    let stored = std::fs::read_to_string(file).unwrap_or_default();
    assert!(stored == document, "docs/LIFECYCLE.md is not what the rules say: run `make prepare`");
}
