//! Filing: the draft with its people, in one transaction.

use crate::db::Tx;
use crate::disputes::view;
use crate::error::{ApiError, Refused};
use crate::http::Actor;
use chrono::{Datelike, NaiveDate};
use domain::calendar::local_day;
use protocol::account::Role;
use protocol::dispute::{DisputeView, FileDispute, Source};
use protocol::party::{Capacity, NewParty};
use protocol::{CommitteeId, DisputeId, ErrorCode, PartyId, PersonId, Phone, StationId, Text};
use sqlx::PgConnection;

/// Most people one side can have in one dispute.
const MOST_PARTIES: usize = 50;

pub async fn file(tx: &mut Tx, actor: &Actor, new: FileDispute) -> Result<DisputeView, ApiError> {
    check(actor, &new)?;
    let place = jurisdiction(tx, new.community_code.as_str()).await?;
    let (now, id) = (tx.now, DisputeId(tx.ids.next()));
    let claims: Vec<String> = new.claims.iter().map(ToString::to_string).collect();
    sqlx::query!(
        "insert into disputes (id, status, category, source, title, narrative, claims, happened_at, place,
             community_code, station_id, committee_id, filed_by, created_at, updated_at)
         values ($1, 'draft', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)",
        id as DisputeId,
        new.category.as_str(),
        new.source.as_str(),
        new.title.as_str(),
        new.narrative.as_str(),
        &claims,
        new.happened_at,
        new.place.as_ref().map(Text::as_str),
        new.community_code.as_str(),
        place.0 as StationId,
        place.1 as Option<CommitteeId>,
        actor.account.0,
        now,
    )
    .execute(&mut **tx)
    .await?;
    for party in &new.parties {
        add_party(tx, actor, id, party).await?;
    }
    view::show(tx, id, actor).await
}

fn check(actor: &Actor, new: &FileDispute) -> Result<(), ApiError> {
    if new.parties.is_empty() || new.parties.len() > MOST_PARTIES {
        return Err(ApiError::invalid("parties", "name 1 to 50 people"));
    }
    if new.claims.len() > 20 {
        return Err(ApiError::invalid("claims", "name at most 20 claims"));
    }
    if new.parties.iter().filter(|party| party.is_me).count() > 1 {
        return Err(ApiError::invalid("parties", "only one of the people can be yourself"));
    }
    let own = matches!(new.source, Source::PartyApplication);
    if actor.role == Role::Resident && !own {
        return Err(Refused::new(ErrorCode::Invalid, "residents file their own applications")
            .field("source", "use party_application")
            .into());
    }
    Ok(())
}

/// The station in charge of a community, and its committee.
async fn jurisdiction(
    db: &mut PgConnection,
    community: &str,
) -> Result<(StationId, Option<CommitteeId>), ApiError> {
    let found = sqlx::query!(
        r#"select c.station_id as "station: StationId",
                  (select m.id from committees m where m.station_id = c.station_id order by m.id limit 1)
                      as "committee: CommitteeId"
           from communities c where c.code = $1"#,
        community,
    )
    .fetch_optional(db)
    .await?;
    found.map(|row| (row.station, row.committee)).ok_or_else(|| {
        ApiError::invalid(
            "community_code",
            "no station is in charge there; choose one from the directory",
        )
    })
}

/// Puts a person on one side and answers with the party made.
pub async fn add_party(
    tx: &mut Tx,
    actor: &Actor,
    dispute: DisputeId,
    new: &NewParty,
) -> Result<domain::dispute::Party, ApiError> {
    let person = if new.is_me {
        actor.person
    } else {
        let address = new.address.as_ref().map(Text::as_str);
        known_or_new(tx, new.name.as_str(), new.phone.as_ref(), new.born_on, address).await?
    };
    let (now, id) = (tx.now, PartyId(tx.ids.next()));
    let capacity = capacity(new, local_day(now));
    sqlx::query!(
        "insert into parties (id, dispute_id, person_id, name, side, capacity, role, added_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id as PartyId,
        dispute as DisputeId,
        person as PersonId,
        new.name.as_str(),
        new.side.as_str(),
        capacity.as_str(),
        new.role.map(protocol::party::PublicSecurityRole::as_str),
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(domain::dispute::Party {
        id,
        person,
        side: new.side,
        capacity,
        consent: protocol::party::ConsentState::Pending,
        has_guardian: false,
        role: new.role,
    })
}

/// Whoever already uses the phone number here, or somebody new.
pub async fn known_or_new(
    tx: &mut Tx,
    name: &str,
    phone: Option<&Phone>,
    born_on: Option<NaiveDate>,
    address: Option<&str>,
) -> Result<PersonId, ApiError> {
    if let Some(phone) = phone
        && let Some(known) = by_phone(tx, phone).await?
    {
        return Ok(known);
    }
    insert_person(tx, name, phone, born_on, address).await
}

async fn by_phone(db: &mut PgConnection, phone: &Phone) -> Result<Option<PersonId>, ApiError> {
    Ok(sqlx::query_scalar!(
        r#"select person_id as "id: PersonId" from accounts where phone = $1"#,
        phone.as_str(),
    )
    .fetch_optional(db)
    .await?)
}

pub async fn insert_person(
    tx: &mut Tx,
    name: &str,
    phone: Option<&Phone>,
    born_on: Option<NaiveDate>,
    address: Option<&str>,
) -> Result<PersonId, ApiError> {
    let (now, id) = (tx.now, PersonId(tx.ids.next()));
    sqlx::query!(
        "insert into people (id, name, phone, born_on, address, created_at) values ($1, $2, $3, $4, $5, $6)",
        id as PersonId,
        name,
        phone.map(Phone::as_str),
        born_on,
        address,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(id)
}

/// 民法典 Art 17–22: under eight none, under eighteen limited, unless said otherwise of an adult.
fn capacity(new: &NewParty, today: NaiveDate) -> Capacity {
    match new.born_on.and_then(|born| age(born, today)) {
        Some(0..8) => Capacity::None,
        Some(8..18) => Capacity::Limited,
        _ => new.capacity.unwrap_or(Capacity::Full),
    }
}

fn age(born: NaiveDate, today: NaiveDate) -> Option<u32> {
    let had_birthday = (today.month(), today.day()) >= (born.month(), born.day());
    u32::try_from(today.year() - born.year() - i32::from(!had_birthday)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_counts_birthdays() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
        assert_eq!(age(day("2018-11-23"), day("2026-11-23")), Some(8));
        assert_eq!(age(day("2018-11-24"), day("2026-11-23")), Some(7));
        assert_eq!(age(day("2027-01-01"), day("2026-11-23")), None);
    }
}
