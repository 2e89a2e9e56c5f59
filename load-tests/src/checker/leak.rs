//! Whether anybody was shown what was said while they were not in the room.

use super::{Log, Rule};
use crate::history::Place;

impl Log<'_> {
    /// Of logs of which nobody is a member, nothing is known: those are judged by what may be read in them at all.
    pub(super) fn leak(&self, tell: &mut impl FnMut(Rule, String)) {
        if self.members.is_empty() {
            return;
        }
        for reading in self.live.iter().chain(&self.last) {
            let foreign = |seq: i64| !self.is_for(&reading.reader, seq);
            for seen in &reading.entries {
                if let Place::Seq(seq) = seen.place
                    && foreign(seq)
                {
                    tell(Rule::Leak, format!("{} was shown entry {seq}", reading.reader));
                }
            }
        }
    }

    fn is_for(&self, reader: &str, seq: i64) -> bool {
        let mut times = self.members.iter().filter(|member| member.reader == reader);
        times.any(|time| time.first <= seq && time.left.is_none_or(|left| seq < left))
    }
}
