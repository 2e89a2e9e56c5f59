//! Recording a talk: off by default, and on only while everybody who is there was told of it and agrees.

use super::Refusal;
use protocol::PersonId;
use protocol::media::{RecordingDeed, RecordingState};
use std::collections::BTreeSet;

/// Who has agreed since the host last announced it; nobody is asked while there is no such list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recording(Option<BTreeSet<PersonId>>);

impl Recording {
    /// As the log tells it.
    pub fn of(log: impl IntoIterator<Item = (PersonId, RecordingDeed)>) -> Self {
        log.into_iter().fold(Self::default(), |now, (person, deed)| now.after(person, deed))
    }

    #[must_use]
    pub fn after(mut self, person: PersonId, deed: RecordingDeed) -> Self {
        match deed {
            RecordingDeed::Announced => self.0 = Some(BTreeSet::from([person])),
            RecordingDeed::Consented => {
                if let Some(agreed) = &mut self.0 {
                    agreed.insert(person);
                }
            }
            // One refusal ends it for all: nobody is recorded who does not want to be.
            RecordingDeed::Refused | RecordingDeed::Stopped => self.0 = None,
        }
        self
    }

    /// Whether there is something to answer or to stop.
    pub const fn is_asked(&self) -> Result<(), Refusal> {
        if self.0.is_some() { Ok(()) } else { Err(Refusal::NoRecording) }
    }

    pub fn has_consented(&self, person: PersonId) -> bool {
        self.0.as_ref().is_some_and(|agreed| agreed.contains(&person))
    }

    /// Somebody who comes later was not asked yet: it pauses until they have agreed.
    pub fn state(&self, present: &[PersonId]) -> RecordingState {
        match &self.0 {
            None => RecordingState::Off,
            Some(agreed) if present.iter().all(|person| agreed.contains(person)) => {
                RecordingState::On
            }
            Some(_) => RecordingState::Announced,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn it_runs_only_while_everybody_who_is_there_agrees() {
        let [host, ana, ben] = [1, 2, 3].map(|n| PersonId(Uuid::from_u128(n)));
        let both = [host, ana];
        let mut recording = Recording::default();
        assert_eq!(recording.state(&both), RecordingState::Off);
        assert_eq!(recording.is_asked(), Err(Refusal::NoRecording));
        recording = recording.after(ana, RecordingDeed::Consented);
        assert_eq!(recording.state(&both), RecordingState::Off, "nobody was asked");
        recording = recording.after(host, RecordingDeed::Announced);
        assert_eq!(recording.state(&both), RecordingState::Announced);
        recording = recording.after(ana, RecordingDeed::Consented);
        assert_eq!(recording.state(&both), RecordingState::On);
        assert_eq!(recording.state(&[host, ana, ben]), RecordingState::Announced, "ben came");
        let refused = recording.clone().after(ana, RecordingDeed::Refused);
        assert_eq!(refused.state(&both), RecordingState::Off, "taken back");
        assert_eq!(refused.after(ben, RecordingDeed::Consented).state(&[ben]), RecordingState::Off);
        recording = recording.after(host, RecordingDeed::Stopped);
        recording = recording.after(host, RecordingDeed::Announced);
        assert_eq!(recording.state(&both), RecordingState::Announced, "asked anew");
    }
}
