//! Conflicts found and not found.

use super::*;
use proptest::prelude::*;
use protocol::appointment::KinRelation;

fn person(n: u128) -> PersonId {
    PersonId(uuid(n))
}

fn dispute(n: u128) -> DisputeId {
    DisputeId(uuid(n))
}

fn firm(n: u128) -> FirmId {
    FirmId(uuid(n))
}

fn uuid(n: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(n)
}

fn kin(n: u128) -> DeclaredKin {
    DeclaredKin { person: person(n), relation: KinRelation::Sibling }
}

fn candidate() -> Candidate {
    Candidate {
        person: person(100),
        firm: Some(firm(1)),
        kin: vec![],
        history: vec![],
        excluded_from: vec![],
    }
}

fn concerned(n: u128) -> Concerned {
    Concerned { person: person(n), firm: None, kin: vec![] }
}

fn matter() -> Matter {
    Matter { dispute: dispute(1), related: vec![dispute(2)], track: Track::PeopleMediation }
}

fn kinds(candidate: &Candidate, people: &[Concerned]) -> Vec<(ConflictKind, bool)> {
    conflicts(candidate, &matter(), people).iter().map(|c| (c.kind, c.waivable)).collect()
}

#[test]
fn a_stranger_is_free_of_conflict() {
    let people = [concerned(1), Concerned { firm: Some(firm(2)), ..concerned(2) }];
    assert_eq!(kinds(&candidate(), &people), []);
    let without = Candidate { firm: None, ..candidate() };
    assert_eq!(kinds(&without, &people), [], "two people without a firm are not of one firm");
}

#[test]
fn each_kind_is_found_and_says_whether_it_can_be_accepted() {
    let earlier = |role, dispute| Earlier { with: person(1), role, dispute };
    let with = |earlier| Candidate { history: vec![earlier], ..candidate() };
    let people = [concerned(1)];
    let elsewhere = Some(dispute(9));
    for (found, expected) in [
        (kinds(&candidate(), &[concerned(100)]), (ConflictKind::SamePerson, false)),
        (
            kinds(&candidate(), &[Concerned { firm: Some(firm(1)), ..concerned(1) }]),
            (ConflictKind::SameFirm, true),
        ),
        (
            kinds(&Candidate { kin: vec![kin(1)], ..candidate() }, &people),
            (ConflictKind::Kin, true),
        ),
        (
            kinds(&candidate(), &[Concerned { kin: vec![kin(100)], ..concerned(1) }]),
            (ConflictKind::Kin, true),
        ),
        (
            kinds(&with(earlier(EarlierRole::Party, elsewhere)), &people),
            (ConflictKind::EarlierParty, true),
        ),
        (
            kinds(&with(earlier(EarlierRole::Agent, elsewhere)), &people),
            (ConflictKind::EarlierCounsel, true),
        ),
        (
            kinds(&with(earlier(EarlierRole::Counsel, Some(dispute(2)))), &people),
            (ConflictKind::EarlierCounsel, false),
        ),
        (
            kinds(&Candidate { excluded_from: vec![dispute(1)], ..candidate() }, &people),
            (ConflictKind::Barred, false),
        ),
    ] {
        assert_eq!(found, [expected]);
    }
}

#[test]
fn one_mandate_in_this_matter_outweighs_any_number_elsewhere() {
    let earlier = |of| Earlier { with: person(1), role: EarlierRole::Counsel, dispute: Some(of) };
    let history = vec![earlier(dispute(9)), earlier(dispute(1))];
    let found = kinds(&Candidate { history, ..candidate() }, &[concerned(1)]);
    assert_eq!(found, [(ConflictKind::EarlierCounsel, false)]);
}

#[test]
fn an_officer_with_a_conflict_steps_back_whatever_the_parties_say() {
    let matter = Matter { track: Track::PublicSecurity, ..matter() };
    let officer = Candidate { firm: None, kin: vec![kin(1)], ..candidate() };
    let found = conflicts(&officer, &matter, &[concerned(1)]);
    assert_eq!(admit(&found), Err(Refusal::Excluded("程序规定 Art 17")));
}

#[test]
fn what_can_be_accepted_has_to_be_disclosed_and_accepted_by_all() {
    use DisclosureAnswer::{Accepted, Objected, Pending};
    let found =
        conflicts(&Candidate { kin: vec![kin(1)], ..candidate() }, &matter(), &[concerned(1)]);
    assert_eq!(admit(&found).map(<[Conflict]>::len), Ok(1));
    assert_eq!(found[0].view().article, "特邀规定 Art 15");
    assert_eq!(settled(&[Accepted, Accepted]), Ok(()));
    assert_eq!(settled(&[Accepted, Pending]), Err(Refusal::DisclosurePending));
    assert_eq!(settled(&[Pending, Objected]), Err(Refusal::Objected));
    assert_eq!(settled(&[]), Err(Refusal::DisclosurePending));
}

#[test]
fn whoever_mediated_never_acts_for_a_side_of_it_or_of_what_is_related() {
    let bars = [PostMediationBar::left_by(&candidate(), &matter())];
    let act = |person, firm, matter: &Matter, agreed| may_act(person, firm, matter, &bars, agreed);
    let of = |n, related| Matter { dispute: dispute(n), related, ..matter() };
    for matter in [matter(), of(2, vec![]), of(7, vec![dispute(1)]), of(8, vec![dispute(2)])] {
        assert_eq!(act(person(100), None, &matter, true), Err(Refusal::BarredFromActing));
        assert_eq!(act(person(5), Some(firm(1)), &matter, false), Err(Refusal::FirmBarred));
        assert_eq!(act(person(5), Some(firm(1)), &matter, true), Ok(()));
        assert_eq!(act(person(5), Some(firm(2)), &matter, false), Ok(()));
    }
    assert_eq!(act(person(100), Some(firm(1)), &of(9, vec![]), false), Ok(()));
}

proptest! {
    #[test]
    fn more_people_never_mean_fewer_conflicts(
        ids in proptest::collection::vec(95_u128..105, 0..6),
        kin_ids in proptest::collection::vec(95_u128..105, 0..3),
        more in 95_u128..105,
    ) {
        let candidate = Candidate { kin: kin_ids.into_iter().map(kin).collect(), ..candidate() };
        let mut people: Vec<Concerned> = ids.into_iter().map(concerned).collect();
        let before = conflicts(&candidate, &matter(), &people);
        people.push(concerned(more));
        let after = conflicts(&candidate, &matter(), &people);
        prop_assert!(before.iter().all(|conflict| after.contains(conflict)));
    }

    #[test]
    fn kinship_counts_whoever_declared_it(a in 1_u128..50, b in 51_u128..99) {
        let asked = |candidate_kin, concerned_kin| {
            let candidate = Candidate { person: person(a), kin: candidate_kin, ..candidate() };
            conflicts(&candidate, &matter(), &[Concerned { kin: concerned_kin, ..concerned(b) }])
        };
        prop_assert_eq!(asked(vec![kin(b)], vec![]), asked(vec![], vec![kin(a)]));
        prop_assert_eq!(asked(vec![kin(b)], vec![]).len(), 1);
    }
}
