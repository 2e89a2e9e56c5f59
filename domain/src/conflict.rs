//! Who may not mediate, who may after disclosure, and the bar that mediating leaves behind.

use protocol::{
    DisputeId, ErrorCode, FirmId, PersonId,
    appointment::{ConflictKind, ConflictView, DeclaredKin, DisclosureAnswer},
    dispute::Track,
};
use serde::{Deserialize, Serialize};

/// Somebody who may come to mediate, with what is known and declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub person: PersonId,
    pub firm: Option<FirmId>,
    pub kin: Vec<DeclaredKin>,
    pub history: Vec<Earlier>,
    /// Disputes this person was taken off, or vetoed for.
    pub excluded_from: Vec<DisputeId>,
}

/// An earlier dispute or mandate that brought the candidate together with somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Earlier {
    pub with: PersonId,
    pub role: EarlierRole,
    pub dispute: Option<DisputeId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EarlierRole {
    Party,
    Agent,
    Counsel,
}

/// A party, or somebody who acts for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concerned {
    pub person: PersonId,
    pub firm: Option<FirmId>,
    pub kin: Vec<DeclaredKin>,
}

/// The dispute to be mediated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matter {
    pub dispute: DisputeId,
    pub related: Vec<DisputeId>,
    pub track: Track,
}

impl Matter {
    fn includes(&self, dispute: DisputeId) -> bool {
        self.dispute == dispute || self.related.contains(&dispute)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    pub kind: ConflictKind,
    /// Whom it concerns; absent for a bar.
    pub with: Option<PersonId>,
    /// All parties may accept it knowingly, after disclosure in writing (特邀规定 Art 15).
    pub waivable: bool,
    pub track: Track,
}

impl Conflict {
    /// Police recuse themselves under their own rule, which knows no waiver.
    pub const fn article(&self) -> &'static str {
        match (self.track, self.kind) {
            (Track::PublicSecurity, _) => "程序规定 Art 17",
            (_, ConflictKind::SameFirm | ConflictKind::EarlierCounsel) => "律师法 Art 39",
            (_, ConflictKind::Barred) => "特邀规定 Art 14",
            _ => "特邀规定 Art 15",
        }
    }

    /// Without the name behind it.
    pub fn view(&self) -> ConflictView {
        ConflictView {
            kind: self.kind,
            waivable: self.waivable,
            article: self.article().to_owned(),
            explanation: explanation(self.kind).to_owned(),
        }
    }
}

const fn explanation(kind: ConflictKind) -> &'static str {
    match kind {
        ConflictKind::SamePerson => "候选人本人是本纠纷的当事人或者代理人。",
        ConflictKind::SameFirm => "候选人与一方代理人在同一律师事务所执业。",
        ConflictKind::Kin => "候选人与当事人或者代理人有申报的亲属关系。",
        ConflictKind::EarlierParty => "候选人曾与本纠纷有关人员发生过纠纷。",
        ConflictKind::EarlierCounsel => "候选人曾为本纠纷有关人员代理或者提供法律服务。",
        ConflictKind::Barred => "候选人已被更换或者被要求回避,不得再调解本纠纷。",
    }
}

/// Everything that stands between `candidate` and the people of `matter`. To be asked before a claim succeeds and again
/// whenever a party or representative changes (律师法 Art 39, 特邀规定 Art 15, 程序规定 Art 17).
pub fn conflicts(candidate: &Candidate, matter: &Matter, people: &[Concerned]) -> Vec<Conflict> {
    let mut found: Vec<Conflict> =
        people.iter().flat_map(|concerned| between(candidate, matter, concerned)).collect();
    if candidate.excluded_from.contains(&matter.dispute) {
        found.push(conflict(ConflictKind::Barred, None, matter, false));
    }
    found
}

fn between(candidate: &Candidate, matter: &Matter, concerned: &Concerned) -> Vec<Conflict> {
    let with = Some(concerned.person);
    if candidate.person == concerned.person {
        return vec![conflict(ConflictKind::SamePerson, with, matter, false)];
    }
    let mut found = Vec::new();
    if candidate.firm.is_some() && candidate.firm == concerned.firm {
        found.push(conflict(ConflictKind::SameFirm, with, matter, true));
    }
    if declares(&candidate.kin, concerned.person) || declares(&concerned.kin, candidate.person) {
        found.push(conflict(ConflictKind::Kin, with, matter, true));
    }
    let history = || candidate.history.iter().filter(|earlier| earlier.with == concerned.person);
    if history().any(|earlier| earlier.role == EarlierRole::Party) {
        found.push(conflict(ConflictKind::EarlierParty, with, matter, true));
    }
    let mut acted = history().filter(|earlier| earlier.role != EarlierRole::Party).peekable();
    if acted.peek().is_some() {
        // Having acted in this very matter cannot be accepted away: nobody serves both sides (律师法 Art 39).
        let waivable = !acted.any(|e| e.dispute.is_some_and(|dispute| matter.includes(dispute)));
        found.push(conflict(ConflictKind::EarlierCounsel, with, matter, waivable));
    }
    found
}

fn declares(kin: &[DeclaredKin], person: PersonId) -> bool {
    kin.iter().any(|declared| declared.person == person)
}

fn conflict(
    kind: ConflictKind,
    with: Option<PersonId>,
    matter: &Matter,
    waivable: bool,
) -> Conflict {
    let waivable = waivable && matter.track == Track::PeopleMediation;
    Conflict { kind, with, waivable, track: matter.track }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("a conflict of interest excludes this person from the dispute: name somebody else")]
    Excluded(&'static str),
    #[error("not every party has answered the disclosure: wait for the answers")]
    DisclosurePending,
    #[error("a party objects to this mediator: name somebody else")]
    Objected,
    #[error(
        "whoever mediated this or a related dispute may not act for a side in it: choose another agent"
    )]
    BarredFromActing,
    #[error(
        "a colleague mediated this or a related dispute: choose another agent, or have every party agree in writing"
    )]
    FirmBarred,
}

impl Refusal {
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::DisclosurePending => ErrorCode::DisclosurePending,
            _ => ErrorCode::ConflictOfInterest,
        }
    }

    pub const fn article(&self) -> Option<&'static str> {
        Some(match self {
            Self::Excluded(article) => article,
            Self::DisclosurePending => "在线调解规则 Art 13",
            Self::Objected => "人民调解法 Art 23",
            Self::BarredFromActing | Self::FirmBarred => "特邀规定 Art 16",
        })
    }
}

/// What must be disclosed before this person mediates, or why that cannot be.
pub fn admit(conflicts: &[Conflict]) -> Result<&[Conflict], Refusal> {
    match conflicts.iter().find(|conflict| !conflict.waivable) {
        Some(conflict) => Err(Refusal::Excluded(conflict.article())),
        None => Ok(conflicts),
    }
}

/// Mediation goes on when every party has accepted what was disclosed (在线调解规则 Art 13). One objection is enough.
pub fn settled(answers: &[DisclosureAnswer]) -> Result<(), Refusal> {
    if answers.contains(&DisclosureAnswer::Objected) {
        Err(Refusal::Objected)
    } else if answers.is_empty() || answers.contains(&DisclosureAnswer::Pending) {
        Err(Refusal::DisclosurePending)
    } else {
        Ok(())
    }
}

/// Left behind for ever by whoever mediated: no acting for a side later, here or in what is related (特邀规定 Art 16).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostMediationBar {
    pub person: PersonId,
    pub firm: Option<FirmId>,
    pub dispute: DisputeId,
    pub related: Vec<DisputeId>,
}

impl PostMediationBar {
    pub fn left_by(candidate: &Candidate, matter: &Matter) -> Self {
        Self {
            person: candidate.person,
            firm: candidate.firm,
            dispute: matter.dispute,
            related: matter.related.clone(),
        }
    }

    fn covers(&self, matter: &Matter) -> bool {
        matter.includes(self.dispute) || self.related.iter().any(|d| matter.includes(*d))
    }
}

/// Whether somebody may act for a side of `matter`. A colleague's bar falls if every party has agreed in writing; one's
/// own never does.
pub fn may_act(
    person: PersonId,
    firm: Option<FirmId>,
    matter: &Matter,
    bars: &[PostMediationBar],
    all_agree: bool,
) -> Result<(), Refusal> {
    let mut barring = bars.iter().filter(|bar| bar.covers(matter));
    if barring.clone().any(|bar| bar.person == person) {
        Err(Refusal::BarredFromActing)
    } else if !all_agree && barring.any(|bar| firm.is_some() && bar.firm == firm) {
        Err(Refusal::FirmBarred)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
