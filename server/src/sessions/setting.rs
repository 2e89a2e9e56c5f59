//! The dispute as a session sees it at this moment.

use crate::error::ApiError;
use crate::sessions::safeguards::Safeguards;
use chrono::{DateTime, Months, Utc};
use domain::calendar::local_day;
use domain::dispute::Dispute;
use domain::session::{Expected, Protection, Setting};
use protocol::account::Role;
use protocol::dispute::{Part, Track};
use protocol::party::RepresentativeKind;
use protocol::{DisputeId, PartyId, PersonId};
use sqlx::PgConnection;
use std::collections::HashMap;
use uuid::Uuid;

struct Helpers {
    guardians: Vec<PersonId>,
    agents: Vec<PersonId>,
    minor: bool,
    agrees_to_meet: bool,
}

/// With what the host has said of the room that the next step leads to.
pub async fn of(
    db: &mut PgConnection,
    dispute: &Dispute,
    safeguards: Safeguards,
    now: DateTime<Utc>,
) -> Result<Setting, ApiError> {
    let mut helpers = helpers(db, dispute.id, now).await?;
    let officers = officers(db, dispute).await?;
    let (mut parties, mut all_agree) = (Vec::new(), true);
    for party in &dispute.parties {
        let Some(of) = helpers.remove(&party.id) else { continue };
        all_agree &= of.agrees_to_meet;
        parties.push(Expected {
            party: party.id,
            person: party.person,
            side: party.side,
            capacity: party.capacity,
            minor: of.minor,
            // Nobody has recorded the exception of 程序规定 Art 181; until there is a place to, a guardian attends.
            guardian_waived: false,
            public_security: party.role,
            guardians: of.guardians,
            agents: of.agents,
        });
    }
    let accepted = dispute.neutrals.iter().filter(|n| n.is_accepted_by(&dispute.parties));
    Ok(Setting {
        track: dispute.track.unwrap_or(Track::PeopleMediation),
        hosts: accepted
            .filter(|n| matches!(n.part, Part::Mediator | Part::CoMediator))
            .map(|n| n.person)
            .collect(),
        parties,
        facts_established: dispute.public_security.facts_established,
        officers,
        full_recording: safeguards.full_recording,
        protection: dv_protection(db, dispute.id).await?.then_some(Protection {
            victim_agrees_to_joint: all_agree,
            officer_present: officers > 0 || safeguards.officer_present,
        }),
    })
}

async fn helpers(
    db: &mut PgConnection,
    dispute: DisputeId,
    now: DateTime<Utc>,
) -> Result<HashMap<PartyId, Helpers>, ApiError> {
    let today = local_day(now);
    let adult_if_born_by = today - Months::new(18 * 12);
    let parties = sqlx::query!(
        r#"select p.id as "id: PartyId", p.agrees_to_meet_at is not null as "agrees!",
                  coalesce(pe.born_on > $2, false) as "minor!"
           from parties p join people pe on pe.id = p.person_id where p.dispute_id = $1"#,
        dispute as DisputeId,
        adult_if_born_by,
    )
    .fetch_all(&mut *db)
    .await?;
    let mut found: HashMap<PartyId, Helpers> = parties
        .into_iter()
        .map(|row| {
            let (minor, agrees_to_meet) = (row.minor, row.agrees);
            (row.id, Helpers { guardians: vec![], agents: vec![], minor, agrees_to_meet })
        })
        .collect();
    let representatives = sqlx::query!(
        r#"select party_id as "party: PartyId", person_id as "person: PersonId", kind as "kind: RepresentativeKind"
           from representatives where dispute_id = $1 and ended_at is null"#,
        dispute as DisputeId,
    )
    .fetch_all(db)
    .await?;
    for row in representatives {
        if let Some(of) = found.get_mut(&row.party) {
            match row.kind {
                RepresentativeKind::Guardian => of.guardians.push(row.person),
                RepresentativeKind::Agent => of.agents.push(row.person),
            }
        }
    }
    Ok(found)
}

/// How many of the neutrals are police officers.
async fn officers(db: &mut PgConnection, dispute: &Dispute) -> Result<u8, ApiError> {
    let neutrals: Vec<Uuid> = dispute.neutrals.iter().map(|n| n.account.0).collect();
    let roles = [Role::Officer.to_string(), Role::StationLeader.to_string()];
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from accounts where id = any ($1) and role = any ($2)"#,
        &neutrals,
        &roles,
    )
    .fetch_one(db)
    .await?;
    Ok(u8::try_from(count).unwrap_or(u8::MAX))
}

async fn dv_protection(db: &mut PgConnection, dispute: DisputeId) -> sqlx::Result<bool> {
    sqlx::query_scalar!("select dv_protection from disputes where id = $1", dispute as DisputeId)
        .fetch_one(db)
        .await
}
