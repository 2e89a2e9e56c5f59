//! Who belongs in which room, and which entries a membership lets one see.

use protocol::{dispute::Part, party::Side, room::RoomAddress};
use serde::{Deserialize, Serialize};

/// A part in a dispute and, for a party or who acts for one, the side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    pub part: Part,
    pub side: Option<Side>,
}

/// Whether the joint room is open. Where domestic violence is indicated, the victim agrees to it separately first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JointRoom {
    Open,
    /// The victim has not agreed: the parties meet nowhere, the neutrals go to and fro.
    Withheld,
}

/// The rooms of one part. Station, committee, owner and filer are in none: what is said stays with those who talk.
pub fn rooms_of(member: Member, joint: JointRoom) -> Vec<RoomAddress> {
    RoomAddress::ALL.into_iter().filter(|room| belongs(member, *room, joint)).collect()
}

pub fn belongs(member: Member, room: RoomAddress, joint: JointRoom) -> bool {
    if is_neutral(member.part) {
        return true;
    }
    let Some(side) = side_of(member) else { return false };
    match room {
        RoomAddress::Joint {} => joint == JointRoom::Open,
        RoomAddress::Caucus { side: theirs } => side == theirs,
        RoomAddress::Neutrals {} => false,
    }
}

/// Mediators and the invited lawyer; the officer who hosts 治安调解 is its mediator of record.
pub const fn is_neutral(part: Part) -> bool {
    matches!(part, Part::Mediator | Part::CoMediator | Part::InvitedLawyer)
}

/// The side somebody stands on. An agent or guardian without a recorded side stands on none.
const fn side_of(member: Member) -> Option<Side> {
    match member.part {
        Part::Applicant => Some(Side::Applicant),
        Part::Respondent => Some(Side::Respondent),
        Part::Agent | Part::Guardian => member.side,
        _ => None,
    }
}

/// From which entry on somebody is in a room, and the first entry after that person left: `[joined_seq, left_seq)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    pub joined_seq: i64,
    pub left_seq: Option<i64>,
}

pub fn visible(entry_seq: i64, membership: Membership) -> bool {
    entry_seq >= membership.joined_seq && membership.left_seq.is_none_or(|left| entry_seq < left)
}

/// Somebody may come and go: an entry is seen if any of the memberships covers it.
pub fn visible_in(entry_seq: i64, memberships: &[Membership]) -> bool {
    memberships.iter().any(|membership| visible(entry_seq, *membership))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{option, prelude::*, sample::select};

    fn member() -> impl Strategy<Value = Member> {
        (select(Part::ALL.to_vec()), option::of(select(Side::ALL.to_vec())))
            .prop_map(|(part, side)| Member { part, side })
    }

    fn joint() -> impl Strategy<Value = JointRoom> {
        select(vec![JointRoom::Open, JointRoom::Withheld])
    }

    #[test]
    fn the_rooms_of_each_part() {
        let caucus = |side| RoomAddress::Caucus { side };
        let (applicant, respondent) = (Side::Applicant, Side::Respondent);
        for (part, side, rooms) in [
            (Part::Applicant, None, vec![RoomAddress::JOINT, caucus(applicant)]),
            (Part::Respondent, None, vec![RoomAddress::JOINT, caucus(respondent)]),
            (Part::Agent, Some(respondent), vec![RoomAddress::JOINT, caucus(respondent)]),
            (Part::Guardian, Some(applicant), vec![RoomAddress::JOINT, caucus(applicant)]),
            (Part::Guardian, None, vec![]),
            (Part::Mediator, None, RoomAddress::ALL.to_vec()),
            (Part::InvitedLawyer, None, RoomAddress::ALL.to_vec()),
            (Part::Owner, Some(applicant), vec![]),
            (Part::StationLeader, None, vec![]),
            (Part::Filer, None, vec![]),
            (Part::Candidate, None, vec![]),
        ] {
            assert_eq!(rooms_of(Member { part, side }, JointRoom::Open), rooms, "{part} {side:?}");
        }
        let victim = Member { part: Part::Applicant, side: None };
        assert_eq!(rooms_of(victim, JointRoom::Withheld), [caucus(applicant)]);
    }

    #[test]
    fn a_membership_is_open_at_its_left_and_closed_at_its_right() {
        let stay = Membership { joined_seq: 3, left_seq: Some(5) };
        let seen: Vec<i64> = (1..=7).filter(|seq| visible(*seq, stay)).collect();
        assert_eq!(seen, [3, 4]);
        assert!(visible(9, Membership { joined_seq: 9, left_seq: None }));
    }

    proptest! {
        #[test]
        fn nobody_but_a_neutral_is_in_both_caucuses_or_among_the_neutrals(member in member(), joint in joint()) {
            let rooms = rooms_of(member, joint);
            let caucuses = rooms.iter().filter(|room| room.side().is_some()).count();
            if !is_neutral(member.part) {
                prop_assert!(caucuses <= 1);
                prop_assert!(!rooms.contains(&RoomAddress::NEUTRALS));
            }
        }

        #[test]
        fn two_sides_share_nothing_but_the_joint_room(a in member(), b in member(), joint in joint()) {
            prop_assume!(!is_neutral(a.part) && !is_neutral(b.part) && side_of(a) != side_of(b));
            let theirs = rooms_of(b, joint);
            let shared: Vec<_> = rooms_of(a, joint).into_iter().filter(|r| theirs.contains(r)).collect();
            prop_assert!(shared.iter().all(|room| *room == RoomAddress::JOINT), "{:?}", shared);
            if joint == JointRoom::Withheld {
                prop_assert!(shared.is_empty());
            }
        }

        #[test]
        fn a_former_member_sees_nothing_past_the_end(
            joined in 1_i64..50, stay in 0_i64..50, seq in 1_i64..120, again in 0_i64..50,
        ) {
            let left = joined + stay;
            let first = Membership { joined_seq: joined, left_seq: Some(left) };
            prop_assert_eq!(visible(seq, first), (joined..left).contains(&seq));
            let back = Membership { joined_seq: left + again, left_seq: None };
            let away = seq >= left && seq < left + again;
            prop_assert_eq!(visible_in(seq, &[first, back]), seq >= joined && !away);
        }

        #[test]
        fn leaving_never_shows_more(joined in 1_i64..50, left in 1_i64..60, seq in 1_i64..120) {
            let still = Membership { joined_seq: joined, left_seq: None };
            let gone = Membership { left_seq: Some(left), ..still };
            prop_assert!(visible(seq, still) || !visible(seq, gone));
        }
    }
}
