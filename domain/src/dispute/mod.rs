//! The life of a dispute: which command, by whom, in which status, leads to which events.
//!
//! [`decide`] and [`evolve`] are pure and the only places where lifecycle rules live.

mod command;
mod decide;
mod ends;
mod event;
mod evolve;
mod neutrals;
mod next;
mod permits;
mod refusal;

pub use command::{Command, Kind, Nominee, Verdict};
pub use decide::decide;
pub use event::Event;
pub use evolve::evolve;
pub use next::{next, next_for};
pub use permits::{ACTS_FOR_A_PARTY, NEUTRALS, STATION, acting_as, parts_that_may, permits};
pub use refusal::Refusal;

use chrono::{DateTime, Utc};
use protocol::dispute::{
    Category, Ending, Part, PublicSecurityBar, Source, Status, TerminationReason, Track,
};
use protocol::party::{AgentPower, Capacity, ConsentState, PublicSecurityRole, Side};
use protocol::{AccountId, DisputeId, PartyId, PersonId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// All that deciding needs to know of a dispute. It is kept beside each event, to look back: a new field needs a default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    pub id: DisputeId,
    /// How many events it has behind it.
    pub version: i64,
    pub status: Status,
    pub track: Option<Track>,
    pub category: Category,
    pub source: Source,
    /// The first staff member who touched it, until a recorded hand-over (首问即办).
    pub owner: Option<AccountId>,
    pub parties: Vec<Party>,
    pub neutrals: Vec<Neutral>,
    pub approval: Option<Approval>,
    pub public_security: PublicSecurity,
    /// Until when somebody has to act in the present status.
    pub step_due_at: Option<DateTime<Utc>>,
    /// Until when the whole mediation has to end (宁波条例 Art 27: one month).
    pub limit_at: Option<DateTime<Utc>>,
    pub extension_asked: BTreeSet<PartyId>,
    pub sessions_held: u8,
    pub first_session_at: Option<DateTime<Utc>>,
    /// After a default: the parties were told of suit or enforcement (人民调解法 Art 32–33).
    pub advice_given: bool,
    pub ended_because: Option<TerminationReason>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    pub id: PartyId,
    pub person: PersonId,
    pub side: Side,
    pub capacity: Capacity,
    pub consent: ConsentState,
    pub has_guardian: bool,
    /// In 治安调解 only.
    pub role: Option<PublicSecurityRole>,
}

/// Somebody who helps both sides: mediator, co-mediator or invited lawyer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Neutral {
    pub account: AccountId,
    pub person: PersonId,
    pub part: Part,
    /// Whether interests, or that there are none, have been told.
    pub disclosed: bool,
    pub answers: BTreeMap<PartyId, bool>,
}

impl Neutral {
    /// Everybody knows what there is to know and wants this person all the same.
    pub fn is_accepted_by(&self, parties: &[Party]) -> bool {
        self.disclosed && parties.iter().all(|p| self.answers.get(&p.id) == Some(&true))
    }

    /// There is something to answer to, and one of these parties has not.
    pub fn awaits(&self, mut parties: impl Iterator<Item = PartyId>) -> bool {
        self.disclosed && parties.any(|party| !self.answers.contains_key(&party))
    }
}

/// A staff member's wish to end the dispute, waiting for a second person (难办退办审核).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    pub ending: Ending,
    pub reason: TerminationReason,
    pub proposed_by: AccountId,
}

/// What 治安调解 hangs on (程序规定 Art 178–180).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicSecurity {
    pub facts_established: bool,
    pub barred: Option<PublicSecurityBar>,
}

/// Nobody's account: what the clock does is done by this one.
pub const SYSTEM: AccountId = AccountId(uuid::Uuid::nil());

/// How somebody stands to one dispute. It comes with the dispute; there is none without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub account: AccountId,
    pub parts: Vec<Part>,
    pub acts_for: Vec<ActsFor>,
}

/// One party a person is or acts for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActsFor {
    pub party: PartyId,
    pub side: Side,
    pub part: Part,
    #[serde(default)]
    pub powers: Vec<AgentPower>,
}

/// A staff member who would own an unowned dispute by touching it.
const fn is_staff(part: Part) -> bool {
    matches!(
        part,
        Part::Owner
            | Part::StationOfficer
            | Part::StationLeader
            | Part::GridWorker
            | Part::Director
    )
}

/// Sees what is the authorities' own business: risk, owner, endings that wait, whole phone numbers.
pub const fn looks_inside(part: Part) -> bool {
    is_staff(part) || matches!(part, Part::LegalReviewer)
}

impl Standing {
    /// A deadline or what follows from a deed acts, not a person.
    pub fn clock() -> Self {
        Self { account: SYSTEM, parts: vec![Part::Clock], acts_for: Vec::new() }
    }

    pub fn has(&self, part: Part) -> bool {
        self.parts.contains(&part)
    }

    pub fn for_party(&self, party: PartyId) -> Option<&ActsFor> {
        self.acts_for.iter().find(|acts| acts.party == party)
    }

    pub fn is_staff(&self) -> bool {
        self.parts.iter().copied().any(is_staff)
    }

    pub fn looks_inside(&self) -> bool {
        self.parts.iter().copied().any(looks_inside)
    }
}

impl Dispute {
    pub fn party(&self, id: PartyId) -> Option<&Party> {
        self.parties.iter().find(|party| party.id == id)
    }

    pub fn mediator(&self) -> Option<&Neutral> {
        self.neutrals.iter().find(|neutral| neutral.part == Part::Mediator)
    }

    pub fn is_public_security(&self) -> bool {
        self.track == Some(Track::PublicSecurity)
    }

    /// The parties may still step back: nothing binds them yet (人民调解法 Art 23).
    pub fn is_before_effect(&self) -> bool {
        is_before_effect(self.status)
    }

    /// Rooms take entries from acceptance until the dispute has ended.
    pub fn rooms_are_open(&self) -> bool {
        rooms_are_open(self.status)
    }
}

pub const fn is_before_effect(status: Status) -> bool {
    matches!(
        status,
        Status::Draft
            | Status::Submitted
            | Status::EmergencyHeld
            | Status::AwaitingConsent
            | Status::Matching
            | Status::Assigned
            | Status::Scheduled
            | Status::InMediation
            | Status::Suspended
            | Status::PendingSignature
    )
}

pub const fn rooms_are_open(status: Status) -> bool {
    matches!(
        status,
        Status::Matching
            | Status::Assigned
            | Status::Scheduled
            | Status::InMediation
            | Status::PendingSignature
            | Status::Performing
            | Status::Defaulted
            | Status::Performed
    )
}
