//! Adding parties and those who act for them.

use crate::appointments::conflicts;
use crate::db::Tx;
use crate::disputes::{file, lifecycle, store};
use crate::error::{ApiError, Refused};
use crate::http::Actor;
use domain::dispute::{Command, Dispute};
use domain::rules::Rules;
use protocol::lifecycle::AddRepresentative;
use protocol::party::{NewParty, RepresentativeKind, Side};
use protocol::{DisputeId, ErrorCode, FirmId, PartyId, PersonId, RepresentativeId};

/// Adds a party. Whoever mediates is checked against the new person too.
pub async fn add_party(
    tx: &mut Tx,
    rules: &Rules,
    actor: &Actor,
    id: DisputeId,
    new: &NewParty,
) -> Result<(), ApiError> {
    let (dispute, standing) = store::lock(tx, id, actor).await?;
    let party = file::add_party(tx, actor, id, new).await?;
    let after = lifecycle::apply(tx, rules, dispute, &standing, Command::AddParty(party)).await?;
    neutrals_stay_clear(tx, &after).await
}

pub async fn add_representative(
    tx: &mut Tx,
    rules: &Rules,
    actor: &Actor,
    id: DisputeId,
    new: AddRepresentative,
) -> Result<(), ApiError> {
    let (dispute, standing) = store::lock(tx, id, actor).await?;
    check(&new)?;
    let party = new.party;
    let side = dispute.party(party).map(|p| p.side).ok_or_else(ApiError::not_found)?;
    let command = match new.kind {
        RepresentativeKind::Guardian => Command::AddGuardian { party },
        RepresentativeKind::Agent => {
            let present_on_side = agents_on(tx, id, side.as_str()).await?;
            Command::AddAgent { party, present_on_side }
        }
    };
    let person = if new.is_me {
        actor.person
    } else {
        file::known_or_new(tx, new.name.as_str(), new.phone.as_ref(), None, None).await?
    };
    on_one_side(tx, id, person, side).await?;
    conflicts::may_act(tx, &dispute, person, new.firm).await?;
    insert(tx, id, person, &new).await?;
    let after = lifecycle::apply(tx, rules, dispute, &standing, command).await?;
    neutrals_stay_clear(tx, &after).await
}

fn check(new: &AddRepresentative) -> Result<(), ApiError> {
    let is_agent = new.kind == RepresentativeKind::Agent;
    if is_agent && new.agent_type.is_none() {
        return Err(ApiError::invalid("agent_type", "say what kind of agent this is"));
    }
    if is_agent && new.powers.is_empty() {
        return Err(ApiError::invalid("powers", "name at least one power"));
    }
    if !is_agent && (new.agent_type.is_some() || !new.powers.is_empty() || new.firm.is_some()) {
        return Err(ApiError::invalid(
            "kind",
            "a guardian acts by law, without type, powers or firm",
        ));
    }
    Ok(())
}

/// Nobody acts for one side and stands on the other, least of all a guardian (民法典 Art 35, 168; 律师法 Art 39).
async fn on_one_side(
    tx: &mut Tx,
    id: DisputeId,
    person: PersonId,
    side: Side,
) -> Result<(), ApiError> {
    let other = side.other().as_str();
    let stands_there = sqlx::query_scalar!(
        r#"select exists (select from parties where dispute_id = $1 and person_id = $2 and side = $3)
               or exists (select from representatives r join parties p on p.id = r.party_id
                   where r.dispute_id = $1 and r.person_id = $2 and p.side = $3 and r.ended_at is null)
               as "found!""#,
        id as DisputeId,
        person as PersonId,
        other,
    )
    .fetch_one(&mut **tx)
    .await?;
    if stands_there {
        return Err(Refused::new(
            ErrorCode::ConflictOfInterest,
            "this person stands on the other side; choose somebody who does not",
        )
        .article(Some("民法典 Art 35, 168"))
        .into());
    }
    Ok(())
}

async fn agents_on(tx: &mut Tx, id: DisputeId, side: &str) -> Result<usize, ApiError> {
    let count = sqlx::query_scalar!(
        r#"select count(distinct r.person_id) as "count!" from representatives r
           join parties p on p.id = r.party_id
           where r.dispute_id = $1 and p.side = $2 and r.kind = 'agent' and r.ended_at is null"#,
        id as DisputeId,
        side,
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

async fn insert(
    tx: &mut Tx,
    dispute: DisputeId,
    person: PersonId,
    new: &AddRepresentative,
) -> Result<(), ApiError> {
    let (now, id) = (tx.now, RepresentativeId(tx.ids.next()));
    let powers: Vec<String> = new.powers.iter().map(ToString::to_string).collect();
    sqlx::query!(
        "insert into representatives
             (id, dispute_id, party_id, person_id, name, kind, agent_type, powers, scope, firm_id, added_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        id as RepresentativeId,
        dispute as DisputeId,
        new.party as PartyId,
        person as PersonId,
        new.name.as_str(),
        new.kind.as_str(),
        new.agent_type.map(protocol::party::AgentType::as_str),
        &powers,
        new.scope.as_ref().map_or("", |scope| scope.as_str()),
        new.firm as Option<FirmId>,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Nobody may be put beside a mediator whom the newcomer would exclude: the mediator has to step down first.
async fn neutrals_stay_clear(tx: &mut Tx, dispute: &Dispute) -> Result<(), ApiError> {
    for neutral in &dispute.neutrals {
        let found = conflicts::find(tx, dispute, neutral.account).await?;
        domain::conflict::admit(&found)?;
    }
    Ok(())
}
