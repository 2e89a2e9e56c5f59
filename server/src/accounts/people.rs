//! The person behind a phone number: whoever proves to hold it is everybody whom filers named with it.
//!
//! Filers write down respondents long before these sign in, each time as a new person, so one number can belong
//! to several people here. The first login takes the oldest of them, and what the others are in disputes moves to
//! that one, at this login and at later ones. Only where it would put one person into a dispute twice does a party
//! stay as it is: a couple that shares a phone and quarrels with each other is not one person.

use crate::db::{Hint, Tx};
use crate::error::ApiError;
use crate::{disputes, rooms};
use protocol::text::Name;
use protocol::{DisputeId, PersonId, Phone};

/// The oldest person with this number who has no account, or a new one.
pub async fn behind(tx: &mut Tx, phone: &Phone, name: Option<&Name>) -> Result<PersonId, ApiError> {
    let oldest = sqlx::query_scalar!(
        r#"select p.id as "id: PersonId" from people p
           where p.phone = $1 and not exists (select from accounts a where a.person_id = p.id)
           order by p.created_at, p.id limit 1 for update"#,
        phone.as_str(),
    )
    .fetch_optional(&mut **tx)
    .await?;
    if let Some(person) = oldest {
        if let Some(name) = name {
            rename(tx, person, name).await?;
        }
        return Ok(person);
    }
    let (now, id) = (tx.now, PersonId(tx.ids.next()));
    let name = name.map_or_else(|| phone.masked(), ToString::to_string);
    sqlx::query!(
        "insert into people (id, name, phone, created_at) values ($1, $2, $3, $4)",
        id as PersonId,
        name,
        phone.as_str(),
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(id)
}

/// The name one gives oneself; what others wrote down stays on their papers.
pub async fn rename(tx: &mut Tx, person: PersonId, name: &Name) -> sqlx::Result<()> {
    sqlx::query!("update people set name = $2 where id = $1", person as PersonId, name.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Moves to `person` what people with the same number, and without an account, are in disputes.
pub async fn gather(tx: &mut Tx, phone: &Phone, person: PersonId) -> Result<(), ApiError> {
    let disputes = sqlx::query_scalar!(
        r#"select id as "id: DisputeId" from disputes where id in (
             select dispute_id from parties where person_id in (select namesakes($1, $2))
             union select dispute_id from representatives where person_id in (select namesakes($1, $2)))
         order by id"#,
        phone.as_str(),
        person as PersonId,
    )
    .fetch_all(&mut **tx)
    .await?;
    for dispute in disputes {
        disputes::store::lock_for_clock(tx, dispute).await?;
        become_them(tx, dispute, phone, person).await?;
        if let Some((after, _)) = disputes::store::lock_for_clock(tx, dispute).await? {
            rooms::sync_members(tx, &after).await?;
        }
        tx.hint(Hint::Dispute(dispute));
    }
    Ok(())
}

async fn become_them(
    tx: &mut Tx,
    dispute: DisputeId,
    phone: &Phone,
    person: PersonId,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update parties set person_id = $2 where id in (
             select p.id from parties p
             where p.dispute_id = $3 and p.person_id in (select namesakes($1, $2))
                 and not exists (select from parties o where o.dispute_id = $3 and o.person_id = $2)
             order by p.added_at, p.id limit 1)",
        phone.as_str(),
        person as PersonId,
        dispute as DisputeId,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "update representatives set person_id = $2 where id in (
             select distinct on (r.party_id) r.id from representatives r
             where r.dispute_id = $3 and r.person_id in (select namesakes($1, $2)) and r.ended_at is null
                 and not exists (select from representatives o
                     where o.party_id = r.party_id and o.person_id = $2 and o.ended_at is null)
             order by r.party_id, r.added_at, r.id)",
        phone.as_str(),
        person as PersonId,
        dispute as DisputeId,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
