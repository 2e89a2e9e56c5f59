//! The life of an agreement: drafted, put up, signed sealed from one another, in effect when the law says so.

pub mod completeness;
mod refusal;
mod signing;
pub mod text;
pub mod writing;

use chrono::{DateTime, Utc};
use protocol::{
    AgreementId, CommitteeId, Digest, PartyId, PersonId,
    agreement::{AgreementDraft, AgreementForm, AgreementStatus, SigningMethod},
    dispute::{Category, Track},
    party::{AgentPower, Capacity, PublicSecurityRole, Side},
    session::AttendingAs,
    text::{Line, Name},
};
use serde::{Deserialize, Serialize};

pub use refusal::Refusal;

/// What an agreement stands on: the dispute's track and people at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ground {
    pub track: Track,
    pub category: Category,
    /// The number of the agreement, as the file has it.
    pub number: Line,
    pub parties: Vec<Signatory>,
    /// Mediator of record; for 治安调解 the hosting officer.
    pub host: PersonId,
    pub host_name: Name,
    /// The committee or police organ, in full.
    pub organ: Line,
    /// The committee whose seal is needed; none for 治安调解.
    pub committee: Option<CommitteeId>,
}

impl Ground {
    pub fn party(&self, id: PartyId) -> Option<&Signatory> {
        self.parties.iter().find(|party| party.party == id)
    }
}

/// A party with those who may sign for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signatory {
    pub party: PartyId,
    pub person: PersonId,
    pub side: Side,
    pub name: Name,
    /// 基本情况 as the text shows it, such as sex, age and address.
    pub about: Option<Line>,
    pub capacity: Capacity,
    pub guardians: Vec<PersonId>,
    pub agents: Vec<Mandate>,
    pub public_security: Option<PublicSecurityRole>,
}

/// An agent with recorded powers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mandate {
    pub person: PersonId,
    pub powers: Vec<AgentPower>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    pub id: AgreementId,
    pub status: AgreementStatus,
    pub draft: AgreementDraft,
    /// The text that was frozen; absent while it is a draft.
    pub frozen: Option<Frozen>,
    pub signatures: Vec<Signature>,
    pub mediator_signed: bool,
    pub sealed_by: Option<CommitteeId>,
    pub effective_at: Option<DateTime<Utc>>,
    pub version: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frozen {
    pub text: String,
    pub text_hash: Digest,
    /// Paper only (电子签名法 Art 3).
    pub requires_wet_ink: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    pub party: PartyId,
    pub by: PersonId,
    #[serde(rename = "as")]
    pub acting: AttendingAs,
    pub method: SigningMethod,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    Revise {
        draft: Box<AgreementDraft>,
    },
    PutUpForSigning,
    Sign {
        party: PartyId,
        by: PersonId,
        text_hash: Digest,
        method: SigningMethod,
    },
    MediatorSign {
        by: PersonId,
        text_hash: Digest,
        method: SigningMethod,
    },
    ApplySeal {
        committee: CommitteeId,
        by: PersonId,
        text_hash: Digest,
    },
    /// Writes down what was agreed without paper: 口头协议, or 当场调解 on the body camera.
    Record {
        by: PersonId,
    },
    /// Back to the draft; every signature falls.
    Reopen,
    /// The dispute ended before the agreement took effect.
    Void,
}

/// `PartySigned` is for the signer's eyes until all parties have signed: see [`Agreement::signatures_shown_to`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    Revised { draft: Box<AgreementDraft> },
    PutUpForSigning(Frozen),
    PartySigned(Signature),
    MediatorSigned { by: PersonId, method: SigningMethod },
    SealApplied { committee: CommitteeId, by: PersonId },
    Recorded { frozen: Frozen, by: PersonId },
    TookEffect { at: DateTime<Utc> },
    Reopened,
    Voided,
}

/// What `command` does to the agreement, or why it may not.
pub fn decide(
    agreement: &Agreement,
    ground: &Ground,
    command: Command,
    now: DateTime<Utc>,
) -> Result<Vec<Event>, Refusal> {
    use AgreementStatus::{Draft, UpForSigning};
    let event = match (command, agreement.status) {
        (Command::Revise { draft }, Draft) => Event::Revised { draft },
        (Command::PutUpForSigning, Draft) => put_up(agreement, ground, now)?,
        (Command::Record { by }, Draft) => return record(agreement, ground, by, now),
        (Command::Sign { party, by, text_hash, method }, UpForSigning) => {
            signing::sign(agreement, ground, party, by, &text_hash, method)?
        }
        (Command::MediatorSign { by, text_hash, method }, UpForSigning) => {
            signing::mediator_signs(agreement, ground, by, &text_hash, method)?
        }
        (Command::ApplySeal { committee, by, text_hash }, UpForSigning) => {
            signing::seal(agreement, ground, committee, by, &text_hash)?
        }
        (Command::Reopen, UpForSigning) => Event::Reopened,
        (Command::Void, Draft | UpForSigning) => Event::Voided,
        (_, status) => return Err(Refusal::WrongStatus(status)),
    };
    let after = evolve(agreement.clone(), &event);
    let mut events = vec![event];
    if after.status == UpForSigning && after.is_complete(ground) {
        events.push(Event::TookEffect { at: now });
    }
    Ok(events)
}

fn put_up(agreement: &Agreement, ground: &Ground, now: DateTime<Utc>) -> Result<Event, Refusal> {
    if agreement.draft.form != AgreementForm::Written {
        return Err(Refusal::RecordRequired);
    }
    completeness::check(&agreement.draft, ground, now)?;
    Ok(Event::PutUpForSigning(text::freeze(&agreement.draft, ground)))
}

/// An oral agreement takes effect when it is reached (人民调解法 Art 30); its content is recorded all the same.
fn record(
    agreement: &Agreement,
    ground: &Ground,
    by: PersonId,
    now: DateTime<Utc>,
) -> Result<Vec<Event>, Refusal> {
    if agreement.draft.form == AgreementForm::Written {
        return Err(Refusal::SigningRequired);
    }
    if by != ground.host {
        return Err(Refusal::NotPermitted("whoever hosts the mediation"));
    }
    if let Some(article) = writing::required_by(&agreement.draft, ground) {
        return Err(Refusal::WritingRequired(article));
    }
    completeness::check(&agreement.draft, ground, now)?;
    let frozen = text::freeze(&agreement.draft, ground);
    Ok(vec![Event::Recorded { frozen, by }, Event::TookEffect { at: now }])
}

/// The agreement after `event`. Total: what has happened cannot be refused.
#[must_use]
pub fn evolve(mut agreement: Agreement, event: &Event) -> Agreement {
    agreement.version += 1;
    match event {
        Event::Revised { draft } => agreement.draft = (**draft).clone(),
        Event::PutUpForSigning(frozen) => {
            agreement.frozen = Some(frozen.clone());
            agreement.status = AgreementStatus::UpForSigning;
        }
        Event::PartySigned(signature) => agreement.signatures.push(*signature),
        Event::MediatorSigned { .. } => agreement.mediator_signed = true,
        Event::SealApplied { committee, .. } => agreement.sealed_by = Some(*committee),
        Event::Recorded { frozen, .. } => agreement.frozen = Some(frozen.clone()),
        Event::TookEffect { at } => {
            agreement.status = AgreementStatus::Effective;
            agreement.effective_at = Some(*at);
        }
        Event::Reopened => {
            agreement.status = AgreementStatus::Draft;
            agreement.frozen = None;
            agreement.signatures.clear();
            agreement.mediator_signed = false;
            agreement.sealed_by = None;
        }
        Event::Voided => agreement.status = AgreementStatus::Void,
    }
    agreement
}

impl Agreement {
    pub fn new(id: AgreementId, draft: AgreementDraft) -> Self {
        Self {
            id,
            status: AgreementStatus::Draft,
            draft,
            frozen: None,
            signatures: vec![],
            mediator_signed: false,
            sealed_by: None,
            effective_at: None,
            version: 0,
        }
    }

    /// All parties, the mediator and the committee's seal (人民调解法 Art 29); for 治安调解 the parties and the hosting
    /// officer (程序规定 Art 184).
    fn is_complete(&self, ground: &Ground) -> bool {
        let sealed = ground.track == Track::PublicSecurity || self.sealed_by.is_some();
        self.is_signed_by_all(ground) && self.mediator_signed && sealed
    }

    /// Every party is bound: nothing about their signatures is sealed any more.
    pub fn is_signed_by_all(&self, ground: &Ground) -> bool {
        signing::all_parties_signed(self, ground)
    }

    /// Sealed signing: until all parties have signed, everybody sees their own signature only.
    pub fn signatures_shown_to(&self, ground: &Ground, viewer: PersonId) -> Vec<Signature> {
        let all = self.is_signed_by_all(ground);
        self.signatures.iter().copied().filter(|s| all || s.by == viewer).collect()
    }

    /// Whether a court may confirm it: an organisation's sealed agreement (民诉法 Art 205) that does not touch marriage,
    /// parentage or adoption (民诉法解释 Art 355). Title to property is for the court to see.
    pub fn confirmable(&self, ground: &Ground) -> bool {
        use protocol::agreement::PersonalStatus::Inheritance;
        let status = self.draft.personal_status.as_deref().unwrap_or_default();
        ground.track == Track::PeopleMediation
            && self.status == AgreementStatus::Effective
            && self.sealed_by.is_some()
            && status.iter().all(|matter| *matter == Inheritance)
    }
}

#[cfg(test)]
mod tests;
