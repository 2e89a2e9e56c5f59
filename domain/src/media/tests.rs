//! What one place does, step by step.

use super::*;
use protocol::party::Side;
use uuid::Uuid;

fn room(n: u128, epoch: i64) -> MediaRoom {
    MediaRoom { id: MediaRoomId(Uuid::from_u128(n)), epoch }
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::default() + TimeDelta::seconds(seconds)
}

fn somebody() -> Place {
    Place::out(PersonId(Uuid::from_u128(7)))
}

#[test]
fn a_move_needs_the_confirmation_of_this_very_leaving() {
    let (joint, caucus) = (room(1, 1), room(2, 1));
    let there = somebody().join(joint, 0, at(0)).unwrap();
    assert_eq!(there.join(caucus, 0, at(1)), Err(Refusal::PlaceHeld));
    let leaving = there.told_to_leave();
    assert_eq!(leaving.join(caucus, 0, at(1)), Err(Refusal::PlaceHeld), "not confirmed");
    assert_eq!(leaving.confirm_left(there.turn), Err(Refusal::Stale), "of before");
    let out = leaving.confirm_left(leaving.turn).unwrap();
    assert_eq!(out.confirm_left(leaving.turn), Ok(out), "said twice");
    let moved = out.join(caucus, 0, at(1)).unwrap();
    assert!(moved.is_in(caucus, at(1)) && !moved.is_in(joint, at(1)));
    assert_eq!(moved.confirm_left(leaving.turn), Err(Refusal::Stale));
}

#[test]
fn a_lease_that_has_run_out_holds_nobody() {
    let (joint, caucus) = (room(1, 1), room(2, 1));
    for left in [
        somebody().join(joint, 0, at(0)).unwrap(),
        somebody().join(joint, 0, at(0)).unwrap().told_to_leave(),
    ] {
        assert_eq!(left.join(caucus, 0, at(119)), Err(Refusal::PlaceHeld));
        assert!(left.join(caucus, 0, at(120)).unwrap().is_in(caucus, at(120)));
    }
}

#[test]
fn a_token_opens_its_room_for_its_person_in_its_epoch_and_for_two_minutes() {
    let joint = room(1, 1);
    let there = somebody().join(joint, 0, at(0)).unwrap();
    let token = Token { person: there.person, room: joint, until: at(0) + LEASE };
    assert!(token.admits(&there, joint, at(119)));
    assert!(!token.admits(&there, joint, at(120)), "too late");
    let other = Place { person: PersonId(Uuid::from_u128(8)), ..there };
    assert!(!token.admits(&other, joint, at(1)), "somebody else's");
    let later = room(1, 2);
    let carried = there.carried(later);
    assert!(!token.admits(&carried, later, at(1)), "another epoch");
    assert!(carried.is_in(later, at(1)));
    assert!(!token.admits(&there.told_to_leave(), joint, at(1)), "leaving");
    assert!(!token.admits(&there.put_out(), joint, at(1)), "put out");
}

#[test]
fn six_are_in_a_mesh_and_who_is_in_stays() {
    let joint = room(1, 1);
    assert_eq!(somebody().join(joint, MESH, at(0)), Err(Refusal::Full));
    let sixth = somebody().join(joint, MESH - 1, at(0)).unwrap();
    assert!(sixth.join(joint, MESH - 1, at(60)).unwrap().is_in(joint, at(170)), "renewed");
}

#[test]
fn everybody_belongs_in_one_room_and_the_side_outside_sees_no_difference() {
    use SessionStatus::{Caucus, Joint};
    let (a, b) = (Side::Applicant, Side::Respondent);
    let of = |status, side, who| room_of(SessionManner::Video, status, side, who);
    let own = Ok(RoomAddress::Caucus { side: a });
    assert_eq!(of(Caucus, Some(a), Viewpoint::Side(a)), own);
    assert_eq!(of(Caucus, Some(a), Viewpoint::Neutral), own);
    assert_eq!(of(Caucus, Some(a), Viewpoint::Side(b)), of(Joint, None, Viewpoint::Side(b)));
    assert_eq!(of(Caucus, Some(a), Viewpoint::Outside), Err(Refusal::NotNow));
    for status in SessionStatus::ALL.iter().filter(|s| !matches!(s, Joint | Caucus)) {
        assert_eq!(of(*status, None, Viewpoint::Neutral), Err(Refusal::NotNow), "{status}");
    }
    for manner in [SessionManner::OnSite, SessionManner::Asynchronous] {
        let there = room_of(manner, Joint, None, Viewpoint::Neutral);
        assert_eq!(there, Err(Refusal::NotAppointed));
    }
}
