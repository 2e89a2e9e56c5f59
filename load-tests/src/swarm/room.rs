//! The ledger of one room: what was said in it during a turn, where it stands, and who is there.

use super::scan::{Mark, Seen};
use super::tally::{Tally, Violations};
use protocol::RoomId;

pub struct Room {
    /// As it stands in frames.
    pub name: String,
    /// By number: when it was sent or due, in nanoseconds of the swarm's clock.
    sent: Vec<u64>,
    /// By number: where it stands, once anybody was told.
    places: Vec<i64>,
    pub acked: u64,
    /// Members that are caught up.
    pub present: u64,
}

impl Room {
    pub fn new(id: RoomId) -> Self {
        Self { name: id.to_string(), sent: vec![], places: vec![], acked: 0, present: 0 }
    }

    pub fn begin(&mut self) {
        self.sent.clear();
        self.places.clear();
        self.acked = 0;
    }

    /// The number of one more message.
    pub fn say(&mut self, at: u64) -> usize {
        self.sent.push(at);
        self.places.push(0);
        self.sent.len() - 1
    }

    /// Since when it is under way.
    pub fn sent(&self, number: usize) -> Option<u64> {
        self.sent.get(number).copied()
    }

    /// Whether everybody was told the same place.
    pub fn stands(&mut self, number: usize, seq: i64, violations: &mut Violations) {
        match self.places.get_mut(number) {
            Some(place @ 0) => *place = seq,
            Some(place) if *place == seq => {}
            _ => violations.divergent += 1,
        }
    }
}

/// How far one member has heard its room.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ear {
    /// The last entry, or the greatest where numbers are not given in order.
    pub cursor: i64,
    /// Messages of this turn.
    pub heard: u64,
}

impl Ear {
    /// Takes in one entry; tells which message of this turn it is.
    pub fn hear(
        &mut self,
        seen: &Seen,
        turn: u32,
        contiguous: bool,
        tally: &mut Tally,
    ) -> Option<Mark> {
        let violations = &mut tally.violations;
        if seen.seq == self.cursor {
            violations.duplicates += 1;
        } else if seen.seq < self.cursor {
            violations.reordered += 1;
        } else if contiguous && seen.seq != self.cursor + 1 {
            violations.gaps += 1;
        }
        self.cursor = self.cursor.max(seen.seq);
        let mark = seen.mark.filter(|mark| mark.turn == turn)?;
        self.heard += 1;
        tally.delivered += 1;
        Some(mark)
    }
}

#[cfg(test)]
mod tests {
    use super::{Ear, Mark, Room, Seen, Tally, Violations};
    use protocol::RoomId;
    use uuid::Uuid;

    fn heard(numbers: &[i64], contiguous: bool) -> Violations {
        let (mut ear, mut tally) = (Ear { cursor: 4, heard: 0 }, Tally::new().unwrap());
        for seq in numbers {
            let mark = Some(Mark { turn: 1, number: 0 });
            ear.hear(&Seen { seq: *seq, mark }, 1, contiguous, &mut tally);
        }
        assert_eq!(ear.heard, numbers.len() as u64);
        tally.violations
    }

    #[test]
    fn every_kind_of_disorder_is_counted() {
        let none = Violations::default();
        assert_eq!(heard(&[5, 6, 7], true), none);
        assert_eq!(heard(&[5, 7], true), Violations { gaps: 1, ..none });
        assert_eq!(heard(&[5, 7, 12], false), none, "numbers shared between rooms");
        assert_eq!(heard(&[5, 5], true), Violations { duplicates: 1, ..none });
        assert_eq!(heard(&[5, 6, 5], true), Violations { reordered: 1, ..none });
        assert_eq!(heard(&[9, 7], false), Violations { reordered: 1, ..none });
    }

    #[test]
    fn a_message_stands_at_one_place() {
        let (mut room, mut found) = (Room::new(RoomId(Uuid::from_u128(1))), Violations::default());
        let (first, second) = (room.say(10), room.say(20));
        assert_eq!((room.sent(first), room.sent(second)), (Some(10), Some(20)));
        for _ in 0..3 {
            room.stands(first, 5, &mut found);
        }
        room.stands(second, 6, &mut found);
        assert_eq!(found, Violations::default());
        room.stands(second, 7, &mut found);
        assert_eq!(found, Violations { divergent: 1, ..Violations::default() });
    }
}
