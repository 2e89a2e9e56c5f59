//! An agreement from draft to effect, and every way it is refused.

use super::*;
use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use protocol::{
    Fen,
    agreement::{
        ClauseDraft, ClauseTopic, PerformanceMode, PersonalStatus, PublicSecurityFacts,
        Responsibility, TimeLimit,
    },
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

fn party(n: u128) -> PartyId {
    PartyId(Uuid::from_u128(n))
}

fn committee() -> CommitteeId {
    CommitteeId(Uuid::from_u128(9))
}

fn text<const MIN: usize, const MAX: usize>(text: &str) -> protocol::Text<MIN, MAX> {
    text.parse().unwrap_or_else(|bad: BadText| unreachable!("{text}: {bad}"))
}

fn now() -> DateTime<Utc> {
    "2026-11-23T02:00:00Z".parse().unwrap_or_default()
}

fn day(days: u64) -> NaiveDate {
    crate::calendar::local_day(now()) + Days::new(days)
}

fn signatory(n: u128, side: Side, name: &str) -> Signatory {
    Signatory {
        party: party(n),
        person: person(n),
        side,
        name: text(name),
        about: None,
        capacity: Capacity::Full,
        guardians: vec![],
        agents: vec![],
        public_security: None,
    }
}

fn ground() -> Ground {
    Ground {
        track: Track::PeopleMediation,
        category: Category::Neighbor,
        number: text("(2026)人调字第7号"),
        parties: vec![
            signatory(APPLICANT, Side::Applicant, "王小明"),
            signatory(RESPONDENT, Side::Respondent, "李大勇"),
        ],
        host: person(HOST),
        host_name: text("陈师傅"),
        organ: text("某某街道人民调解委员会"),
        committee: Some(committee()),
    }
}

fn police_ground() -> Ground {
    let mut ground = Ground {
        track: Track::PublicSecurity,
        committee: None,
        organ: text("某某派出所"),
        ..ground()
    };
    ground.parties[0].public_security = Some(PublicSecurityRole::Victim);
    ground.parties[1].public_security = Some(PublicSecurityRole::Suspect);
    ground
}

fn payment(fen: i64, time_limit: TimeLimit) -> ClauseDraft {
    ClauseDraft {
        topic: ClauseTopic::Compensation,
        act: text("赔偿医药费"),
        obligor: Some(party(RESPONDENT)),
        beneficiary: Some(party(APPLICANT)),
        amount: Fen::new(fen).ok(),
        mode: Some(PerformanceMode::BankTransfer),
        time_limit: Some(time_limit),
    }
}

fn draft() -> AgreementDraft {
    let responsibility = |n, words| Responsibility { party: party(n), text: text(words) };
    AgreementDraft {
        form: AgreementForm::Written,
        main_facts: Some(text("夜间噪音影响休息,发生口角。")),
        issues: Some(text("赔偿数额和今后的作息。")),
        responsibilities: vec![
            responsibility(APPLICANT, "言语过激,承担次要责任。"),
            responsibility(RESPONDENT, "夜间施工,承担主要责任。"),
        ],
        clauses: vec![
            payment(50_000, TimeLimit::By { date: day(7) }),
            payment(123_450, TimeLimit::By { date: day(37) }),
        ],
        public_security: None,
        personal_status: None,
        writing_asked: false,
        major_or_complex: false,
    }
}

fn police_draft() -> AgreementDraft {
    let facts = PublicSecurityFacts {
        organ: Some(text("某某派出所")),
        host: Some(text("陈警官")),
        others_present: Some(vec![]),
        occurred_at: Some(now()),
        place: Some(text("某某小区")),
        cause: Some(text("停车")),
        course: Some(text("推搡")),
        circumstances: Some(text("情节较轻")),
        result: Some(text("无伤")),
    };
    AgreementDraft { public_security: Some(facts), ..draft() }
}

/// Carries out `commands` one after another.
fn after(ground: &Ground, start: Agreement, commands: Vec<Command>) -> Result<Agreement, Refusal> {
    commands.into_iter().try_fold(start, |agreement, command| {
        let events = decide(&agreement, ground, command, now())?;
        Ok(events.iter().fold(agreement, evolve))
    })
}

fn new(draft: AgreementDraft) -> Agreement {
    Agreement::new(AgreementId(Uuid::from_u128(1)), draft)
}

/// Put up for signing on `ground`.
fn up(ground: &Ground, draft: AgreementDraft) -> Result<Agreement, Refusal> {
    after(ground, new(draft), vec![Command::PutUpForSigning])
}

fn hash(agreement: &Agreement) -> Digest {
    agreement.frozen.as_ref().map_or_else(|| crate::digest::of(b""), |f| f.text_hash.clone())
}

fn sign(agreement: &Agreement, for_party: u128, by: u128) -> Command {
    let method = SigningMethod::Electronic;
    Command::Sign { party: party(for_party), by: person(by), text_hash: hash(agreement), method }
}

fn host_signs(agreement: &Agreement) -> Command {
    let method = SigningMethod::Electronic;
    Command::MediatorSign { by: person(HOST), text_hash: hash(agreement), method }
}

fn seal(agreement: &Agreement) -> Command {
    Command::ApplySeal { committee: committee(), by: person(HOST), text_hash: hash(agreement) }
}

#[test]
fn it_takes_effect_when_the_parties_and_the_mediator_have_signed_and_the_seal_is_set() {
    let ground = ground();
    let drafted = up(&ground, draft()).map_err(|refusal| refusal.to_string());
    let signed = drafted.and_then(|a| {
        let acts =
            vec![sign(&a, RESPONDENT, RESPONDENT), host_signs(&a), sign(&a, APPLICANT, APPLICANT)];
        after(&ground, a, acts).map_err(|refusal| refusal.to_string())
    });
    assert_eq!(signed.as_ref().map(|a| a.status), Ok(AgreementStatus::UpForSigning));
    let sealed = signed.and_then(|a| {
        let last = vec![seal(&a)];
        after(&ground, a, last).map_err(|refusal| refusal.to_string())
    });
    let effect = sealed.as_ref().map(|a| (a.status, a.effective_at, a.confirmable(&ground)));
    assert_eq!(effect, Ok((AgreementStatus::Effective, Some(now()), true)));
}

#[test]
fn a_public_security_agreement_needs_no_seal_and_is_not_confirmable() -> Result<(), Refusal> {
    let ground = police_ground();
    let a = up(&ground, police_draft())?;
    assert!(matches!(after(&ground, a.clone(), vec![seal(&a)]), Err(Refusal::NotPermitted(_))));
    let acts =
        vec![sign(&a, APPLICANT, APPLICANT), sign(&a, RESPONDENT, RESPONDENT), host_signs(&a)];
    let a = after(&ground, a, acts)?;
    assert_eq!((a.status, a.confirmable(&ground)), (AgreementStatus::Effective, false));
    Ok(())
}

#[test]
fn the_seal_comes_last_and_from_the_committee_that_mediates() -> Result<(), Refusal> {
    let ground = ground();
    let a = up(&ground, draft())?;
    let acts = vec![sign(&a, APPLICANT, APPLICANT), host_signs(&a)];
    let a = after(&ground, a, acts)?;
    assert_eq!(after(&ground, a.clone(), vec![seal(&a)]), Err(Refusal::SignaturesMissing));
    let other = CommitteeId(Uuid::from_u128(8));
    let foreign = Command::ApplySeal { committee: other, by: person(HOST), text_hash: hash(&a) };
    assert!(matches!(after(&ground, a.clone(), vec![foreign]), Err(Refusal::NotPermitted(_))));
    let text_hash = crate::digest::of(b"another text");
    let unread = Command::ApplySeal { committee: committee(), by: person(HOST), text_hash };
    assert_eq!(after(&ground, a, vec![unread]), Err(Refusal::TextChanged));
    Ok(())
}

#[test]
fn only_the_text_that_is_up_is_signed_and_once_by_each() -> Result<(), Refusal> {
    let ground = ground();
    let a = up(&ground, draft())?;
    let other = Command::Sign {
        party: party(APPLICANT),
        by: person(APPLICANT),
        text_hash: crate::digest::of(b"another text"),
        method: SigningMethod::Electronic,
    };
    assert_eq!(after(&ground, a.clone(), vec![other]), Err(Refusal::TextChanged));
    let again = vec![sign(&a, APPLICANT, APPLICANT), sign(&a, APPLICANT, APPLICANT)];
    assert_eq!(after(&ground, a.clone(), again), Err(Refusal::AlreadySigned));
    let again = vec![host_signs(&a), host_signs(&a)];
    assert_eq!(after(&ground, a.clone(), again), Err(Refusal::AlreadySigned));
    let stranger = vec![sign(&a, APPLICANT, RESPONDENT)];
    assert!(matches!(after(&ground, a, stranger), Err(Refusal::NotPermitted(_))));
    Ok(())
}

#[test]
fn reopening_lets_every_signature_fall_and_old_hashes_are_no_good() -> Result<(), Refusal> {
    let ground = ground();
    let a = up(&ground, draft())?;
    let old = sign(&a, APPLICANT, APPLICANT);
    let shorter = AgreementDraft { clauses: draft().clauses[..1].to_vec(), ..draft() };
    let acts = vec![
        old.clone(),
        host_signs(&a),
        Command::Reopen,
        Command::Revise { draft: Box::new(shorter) },
        Command::PutUpForSigning,
    ];
    let a = after(&ground, a, acts)?;
    assert!(a.signatures.is_empty() && !a.mediator_signed);
    assert_eq!(after(&ground, a, vec![old]), Err(Refusal::TextChanged));
    Ok(())
}

#[test]
fn nobody_sees_who_has_signed_until_all_parties_have() -> Result<(), Refusal> {
    let ground = ground();
    let a = up(&ground, draft())?;
    let first = sign(&a, APPLICANT, APPLICANT);
    let second = sign(&a, RESPONDENT, RESPONDENT);
    let a = after(&ground, a, vec![first])?;
    let shown = |a: &Agreement, n| a.signatures_shown_to(&ground, person(n)).len();
    assert_eq!([APPLICANT, RESPONDENT, HOST].map(|n| shown(&a, n)), [1, 0, 0]);
    let a = after(&ground, a, vec![second])?;
    assert_eq!([APPLICANT, RESPONDENT, HOST].map(|n| shown(&a, n)), [2, 2, 2]);
    Ok(())
}

#[test]
fn an_agent_needs_both_powers_and_never_stands_in_for_the_suspect() -> Result<(), Refusal> {
    let with = |mut ground: Ground, powers: &[AgentPower]| {
        ground.parties[1].agents = vec![Mandate { person: person(AGENT), powers: powers.to_vec() }];
        ground
    };
    let both = [AgentPower::DisposeOfClaims, AgentPower::AttendAndSign];
    let signed = |ground: &Ground, draft: AgreementDraft| {
        let a = up(ground, draft)?;
        let by_agent = sign(&a, RESPONDENT, AGENT);
        after(ground, a, vec![by_agent])
    };
    assert!(signed(&with(ground(), &both), draft()).is_ok());
    for lacking in [&both[..1], &both[1..], &[]] {
        assert_eq!(signed(&with(ground(), lacking), draft()), Err(Refusal::PowerMissing));
    }
    let refused = signed(&with(police_ground(), &both), police_draft());
    assert_eq!(refused, Err(Refusal::DelegationNotAllowed));
    let mut victim = police_ground();
    victim.parties[0].agents = vec![Mandate { person: person(AGENT), powers: both.to_vec() }];
    let a = up(&victim, police_draft())?;
    let by_agent = sign(&a, APPLICANT, AGENT);
    assert!(after(&victim, a, vec![by_agent]).is_ok());
    Ok(())
}

#[test]
fn who_lacks_capacity_signs_with_or_through_a_guardian() -> Result<(), Refusal> {
    let mut ground = ground();
    ground.parties[0].guardians = vec![person(GUARDIAN)];
    ground.parties[0].capacity = Capacity::Limited;
    let a = up(&ground, draft())?;
    let rest = vec![sign(&a, RESPONDENT, RESPONDENT), host_signs(&a)];
    let a = after(&ground, a, rest)?;
    let alone = after(&ground, a.clone(), vec![sign(&a, APPLICANT, APPLICANT), seal(&a)]);
    assert_eq!(alone, Err(Refusal::SignaturesMissing));
    let together = vec![sign(&a, APPLICANT, APPLICANT), sign(&a, APPLICANT, GUARDIAN), seal(&a)];
    assert_eq!(
        after(&ground, a.clone(), together).map(|a| a.status),
        Ok(AgreementStatus::Effective)
    );
    ground.parties[0].capacity = Capacity::None;
    let ward = after(&ground, a.clone(), vec![sign(&a, APPLICANT, APPLICANT)]);
    assert_eq!(ward, Err(Refusal::GuardianRequired));
    let through = vec![sign(&a, APPLICANT, GUARDIAN), seal(&a)];
    assert_eq!(after(&ground, a, through).map(|a| a.status), Ok(AgreementStatus::Effective));
    Ok(())
}

#[test]
fn personal_status_is_signed_on_paper_only() -> Result<(), Refusal> {
    let ground = Ground { category: Category::MarriageFamily, ..ground() };
    let silent = up(&ground, draft()).map_err(|refusal| refusal.fields().to_vec());
    assert_eq!(
        silent.map_err(|fields| fields[0].path.clone()).err().as_deref(),
        Some("personal_status")
    );
    let a = up(&ground, AgreementDraft { personal_status: Some(vec![]), ..draft() })?;
    assert!(after(&ground, a.clone(), vec![sign(&a, APPLICANT, APPLICANT)]).is_ok());
    let status = Some(vec![PersonalStatus::Inheritance]);
    let a = up(&ground, AgreementDraft { personal_status: status, ..draft() })?;
    let refused = after(&ground, a.clone(), vec![sign(&a, APPLICANT, APPLICANT)]);
    assert_eq!(refused, Err(Refusal::WetInkRequired));
    let on_paper = Command::Sign {
        party: party(APPLICANT),
        by: person(APPLICANT),
        text_hash: hash(&a),
        method: SigningMethod::WetInk,
    };
    assert!(after(&ground, a, vec![on_paper]).is_ok());
    Ok(())
}

#[test]
fn a_court_confirms_inheritance_but_not_marriage_or_adoption() {
    use PersonalStatus::{Adoption, Inheritance, Marriage};
    let ground = Ground { category: Category::MarriageFamily, ..ground() };
    let confirmable = |matters: &[PersonalStatus]| {
        let draft = AgreementDraft { personal_status: Some(matters.to_vec()), ..draft() };
        let effective = Agreement {
            status: AgreementStatus::Effective,
            sealed_by: Some(committee()),
            ..new(draft)
        };
        effective.confirmable(&ground)
    };
    assert!(confirmable(&[]) && confirmable(&[Inheritance]));
    assert!(!confirmable(&[Marriage]) && !confirmable(&[Inheritance, Adoption]));
}

#[test]
fn an_oral_agreement_takes_effect_when_recorded_unless_writing_is_required() {
    let at_once = vec![payment(50_000, TimeLimit::AtOnce {})];
    let oral = AgreementDraft { form: AgreementForm::Oral, clauses: at_once, ..draft() };
    let record = |ground: &Ground, draft: AgreementDraft| {
        let done = after(ground, new(draft), vec![Command::Record { by: person(HOST) }]);
        done.map(|agreement| agreement.status)
    };
    assert_eq!(record(&ground(), oral.clone()), Ok(AgreementStatus::Effective));
    let required = |ground: Ground, draft| match record(&ground, draft) {
        Err(Refusal::WritingRequired(article)) => article,
        _ => "not required",
    };
    let asked = AgreementDraft { writing_asked: true, ..oral.clone() };
    let major = AgreementDraft { major_or_complex: true, ..oral.clone() };
    let later = AgreementDraft { clauses: draft().clauses, ..oral.clone() };
    for draft in [asked, major, later] {
        assert_eq!(required(ground(), draft), "人民调解法 Art 28");
    }
    let of = |category| Ground { category, ..ground() };
    assert_eq!(required(of(Category::Medical), oral.clone()), "医疗条例 Art 39");
    assert_eq!(required(of(Category::Labor), oral.clone()), "调解仲裁法 Art 14");
    let spot = AgreementDraft { clauses: oral.clauses.clone(), ..police_draft() };
    let on_camera = AgreementDraft { form: AgreementForm::Recorded, ..spot.clone() };
    assert_eq!(record(&police_ground(), on_camera), Ok(AgreementStatus::Effective));
    let by_word = AgreementDraft { form: AgreementForm::Oral, ..spot };
    assert_eq!(required(police_ground(), by_word), "程序规定 Art 178(3), 184");
    assert_eq!(record(&ground(), draft()), Err(Refusal::SigningRequired));
    let by_party = Command::Record { by: person(APPLICANT) };
    assert!(matches!(after(&ground(), new(oral), vec![by_party]), Err(Refusal::NotPermitted(_))));
}

#[test]
fn every_gap_is_named_by_its_path() {
    let gap = |change: fn(&mut AgreementDraft)| {
        let mut draft = draft();
        change(&mut draft);
        let gaps = completeness::gaps(&draft, &ground(), day(0));
        gaps.into_iter().map(|gap| gap.path).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(gap(|_| ()), "");
    assert_eq!(gap(|d| d.main_facts = None), "main_facts");
    assert_eq!(gap(|d| d.issues = None), "issues");
    assert_eq!(gap(|d| d.clauses.clear()), "clauses");
    assert_eq!(gap(|d| drop(d.responsibilities.pop())), "responsibilities");
    assert_eq!(
        gap(|d| d.responsibilities[1].party = party(77)),
        "responsibilities responsibilities[1].party"
    );
    assert_eq!(gap(|d| d.clauses[1].mode = None), "clauses[1].mode");
    assert_eq!(gap(|d| d.clauses[1].time_limit = None), "clauses[1].time_limit");
    assert_eq!(
        gap(|d| d.clauses[1].time_limit = Some(TimeLimit::Standing {})),
        "clauses[1].time_limit"
    );
    let past = |d: &mut AgreementDraft| {
        d.clauses[0].time_limit = day(0).pred_opt().map(|date| TimeLimit::By { date });
    };
    assert_eq!(gap(past), "clauses[0].time_limit.date");
    assert_eq!(gap(|d| d.clauses[0].amount = None), "clauses[0].amount");
    assert_eq!(gap(|d| d.clauses[0].obligor = None), "clauses[0].obligor");
    assert_eq!(gap(|d| d.clauses[0].obligor = Some(party(77))), "clauses[0].obligor");
    assert_eq!(gap(|d| d.clauses[0].beneficiary = None), "clauses[0].beneficiary");
    assert_eq!(gap(|d| d.clauses[0].beneficiary = Some(party(77))), "clauses[0].beneficiary");
    assert_eq!(gap(|d| d.clauses[0].beneficiary = d.clauses[0].obligor), "clauses[0].beneficiary");
    let gaps = completeness::gaps(&draft(), &police_ground(), day(0));
    assert_eq!(gaps.len(), 9, "Art 184 asks for nine things more");
    assert_eq!(completeness::gaps(&police_draft(), &police_ground(), day(0)), []);
}

#[test]
fn the_text_says_everything_and_is_always_the_same() {
    let frozen = text::freeze(&draft(), &ground());
    assert_eq!(frozen, text::freeze(&draft(), &ground()));
    insta::assert_snapshot!("people_mediation", frozen.text);
    insta::assert_snapshot!("public_security", text::canonical(&police_draft(), &police_ground()));
}

#[test]
fn two_people_of_one_name_stay_apart() {
    let mut ground = ground();
    ground.parties[1].name = ground.parties[0].name.clone();
    let mut turned = draft();
    for clause in &mut turned.clauses {
        std::mem::swap(&mut clause.obligor, &mut clause.beneficiary);
    }
    assert_ne!(text::canonical(&draft(), &ground), text::canonical(&turned, &ground));
}

/// What may happen to an agreement, by anybody, in any order.
fn command(which: u8, agreement: &Agreement) -> Command {
    match which {
        0 => Command::PutUpForSigning,
        1 => Command::Reopen,
        2 => host_signs(agreement),
        3 => seal(agreement),
        4 => sign(agreement, APPLICANT, APPLICANT),
        5 => sign(agreement, APPLICANT, GUARDIAN),
        6 => sign(agreement, RESPONDENT, RESPONDENT),
        7 => sign(agreement, RESPONDENT, APPLICANT),
        _ => Command::Revise { draft: Box::new(draft()) },
    }
}

proptest! {
    #[test]
    fn nothing_takes_effect_before_everybody_the_law_names_has_acted(acts in proptest::collection::vec(0_u8..9, 0..40)) {
        let mut ground = ground();
        ground.parties[0].capacity = Capacity::Limited;
        ground.parties[0].guardians = vec![person(GUARDIAN)];
        let mut agreement = new(draft());
        for which in acts {
            if let Ok(events) = decide(&agreement, &ground, command(which, &agreement), now()) {
                agreement = events.iter().fold(agreement, evolve);
            }
            let by = |n: u128| agreement.signatures.iter().any(|s| s.by == person(n));
            let all = by(APPLICANT) && by(GUARDIAN) && by(RESPONDENT)
                && agreement.mediator_signed && agreement.sealed_by == Some(committee());
            prop_assert_eq!(agreement.status == AgreementStatus::Effective, all);
            prop_assert_eq!(agreement.effective_at.is_some(), all);
        }
    }

    #[test]
    fn another_draft_is_another_text(
        facts in "[a-c第\n条]{1,12}", act in "[a-c第\n条]{1,12}", fen in 1_i64..1_000, days in 1_u64..60,
        other_facts in "[a-c第\n条]{1,12}", other_act in "[a-c第\n条]{1,12}", other_fen in 1_i64..1_000, other_days in 1_u64..60,
    ) {
        let with = |facts: &str, act: &str, fen, days| {
            let mut draft = draft();
            draft.main_facts = facts.parse().ok();
            draft.clauses[0] = payment(fen, TimeLimit::By { date: day(days) });
            draft.clauses[0].act = act.parse().ok()?;
            Some(draft)
        };
        let one = with(&facts, &act, fen, days);
        let other = with(&other_facts, &other_act, other_fen, other_days);
        if let (Some(one), Some(other)) = (one, other) {
            let same = text::freeze(&one, &ground()).text_hash == text::freeze(&other, &ground()).text_hash;
            prop_assert_eq!(same, one == other);
        }
    }
}
