//! Who signs for whom, with what powers, and when all have.

use super::{Agreement, Event, Ground, Refusal, Signatory, Signature};
use protocol::{
    CommitteeId, Digest, PartyId, PersonId,
    agreement::SigningMethod,
    dispute::Track,
    party::{AgentPower, Capacity, PublicSecurityRole},
    session::AttendingAs,
};

pub(super) fn sign(
    agreement: &Agreement,
    ground: &Ground,
    party: PartyId,
    by: PersonId,
    text_hash: &Digest,
    method: SigningMethod,
) -> Result<Event, Refusal> {
    let signatory = ground.party(party).ok_or(Refusal::NotPermitted("a party of this dispute"))?;
    check_text(agreement, text_hash, method)?;
    let acting = acting_for(signatory, ground.track, by)?;
    if agreement.signatures.iter().any(|s| s.party == party && s.by == by) {
        return Err(Refusal::AlreadySigned);
    }
    Ok(Event::PartySigned(Signature { party, by, acting, method }))
}

pub(super) fn mediator_signs(
    agreement: &Agreement,
    ground: &Ground,
    by: PersonId,
    text_hash: &Digest,
    method: SigningMethod,
) -> Result<Event, Refusal> {
    if by != ground.host {
        return Err(Refusal::NotPermitted("whoever hosts the mediation"));
    }
    check_text(agreement, text_hash, method)?;
    if agreement.mediator_signed {
        return Err(Refusal::AlreadySigned);
    }
    Ok(Event::MediatorSigned { by, method })
}

/// Only the seal of the committee that mediated counts (人民调解法 Art 29); it is set under a text that all have signed.
pub(super) fn seal(
    agreement: &Agreement,
    ground: &Ground,
    committee: CommitteeId,
    by: PersonId,
    text_hash: &Digest,
) -> Result<Event, Refusal> {
    if ground.track != Track::PeopleMediation || ground.committee != Some(committee) {
        return Err(Refusal::NotPermitted("the committee that mediates this dispute"));
    }
    if agreement.frozen.as_ref().is_none_or(|frozen| frozen.text_hash != *text_hash) {
        return Err(Refusal::TextChanged);
    }
    if !agreement.mediator_signed || !all_parties_signed(agreement, ground) {
        return Err(Refusal::SignaturesMissing);
    }
    Ok(Event::SealApplied { committee, by })
}

fn check_text(
    agreement: &Agreement,
    text_hash: &Digest,
    method: SigningMethod,
) -> Result<(), Refusal> {
    let frozen = agreement.frozen.as_ref().ok_or(Refusal::TextChanged)?;
    if frozen.text_hash != *text_hash {
        Err(Refusal::TextChanged)
    } else if frozen.requires_wet_ink && method == SigningMethod::Electronic {
        Err(Refusal::WetInkRequired)
    } else {
        Ok(())
    }
}

/// As whom `by` signs for this party, if at all (民法典 Art 19–23; 程序规定 Art 181).
fn acting_for(signatory: &Signatory, track: Track, by: PersonId) -> Result<AttendingAs, Refusal> {
    if by == signatory.person {
        return match signatory.capacity {
            Capacity::None => Err(Refusal::GuardianRequired),
            Capacity::Full | Capacity::Limited => Ok(AttendingAs::Party),
        };
    }
    if signatory.guardians.contains(&by) && signatory.capacity != Capacity::Full {
        return Ok(AttendingAs::Guardian);
    }
    let mandate = signatory.agents.iter().find(|agent| agent.person == by);
    let mandate = mandate.ok_or(Refusal::NotPermitted("a party, its guardian or its agent"))?;
    if track == Track::PublicSecurity
        && signatory.public_security == Some(PublicSecurityRole::Suspect)
    {
        Err(Refusal::DelegationNotAllowed)
    } else if signatory.capacity != Capacity::Full {
        Err(Refusal::GuardianRequired)
    } else if [AgentPower::DisposeOfClaims, AgentPower::AttendAndSign]
        .iter()
        .all(|power| mandate.powers.contains(power))
    {
        Ok(AttendingAs::Agent)
    } else {
        Err(Refusal::PowerMissing)
    }
}

pub(super) fn all_parties_signed(agreement: &Agreement, ground: &Ground) -> bool {
    ground.parties.iter().all(|party| has_signed(agreement, party))
}

/// With full capacity, the party or its agent; with limited, the party together with a guardian; with none, a guardian.
fn has_signed(agreement: &Agreement, party: &Signatory) -> bool {
    let signed =
        |acting| agreement.signatures.iter().any(|s| s.party == party.party && s.acting == acting);
    match party.capacity {
        Capacity::Full => signed(AttendingAs::Party) || signed(AttendingAs::Agent),
        Capacity::Limited => signed(AttendingAs::Party) && signed(AttendingAs::Guardian),
        Capacity::None => signed(AttendingAs::Guardian),
    }
}
