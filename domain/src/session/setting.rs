//! What a session knows of its dispute: who hosts, who is expected, what protects whom.

use protocol::{
    PartyId, PersonId,
    dispute::Track,
    party::{Capacity, PublicSecurityRole, Side},
};

/// The dispute as the session sees it at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    pub track: Track,
    /// Mediators of the dispute; for 治安调解 the officers.
    pub hosts: Vec<PersonId>,
    pub parties: Vec<Expected>,
    /// 治安: facts are investigated and evidence is collected (程序规定 Art 180).
    pub facts_established: bool,
    /// How many officers take part.
    pub officers: u8,
    /// Everything is recorded in sound and picture, from beginning to end.
    pub full_recording: bool,
    /// Where domestic violence is indicated.
    pub protection: Option<Protection>,
}

/// What shields the victim of domestic violence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Protection {
    /// Asked alone and without pressure, the victim agrees to meet the other side.
    pub victim_agrees_to_joint: bool,
    pub officer_present: bool,
}

/// A party and those who may attend for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    pub party: PartyId,
    pub person: PersonId,
    pub side: Side,
    pub capacity: Capacity,
    /// Under 18.
    pub minor: bool,
    /// At least 16, living on own earnings, and agrees that no guardian be called (程序规定 Art 181).
    pub guardian_waived: bool,
    pub public_security: Option<PublicSecurityRole>,
    pub guardians: Vec<PersonId>,
    pub agents: Vec<PersonId>,
}
