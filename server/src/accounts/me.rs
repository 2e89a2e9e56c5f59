//! What one sees and changes about oneself.

use crate::accounts::people;
use crate::db::Tx;
use crate::error::ApiError;
use crate::http::Actor;
use chrono::{DateTime, Utc};
use domain::contact::ContactHours;
use protocol::account::{ChangeMe, HoursOfDay, Me, Role};
use protocol::{AccountId, CommitteeId, PersonId, Phone, StationId};
use sqlx::PgConnection;

const MOST_LANGUAGES: usize = 8;

pub async fn show(db: &mut PgConnection, actor: &Actor) -> Result<Me, ApiError> {
    let row = sqlx::query!(
        r#"select a.id as "account: AccountId", p.id as "person: PersonId", a.role as "role: Role", p.name,
                  a.phone, a.username, p.languages,
                  p.contact_from, p.contact_until, a.station_id as "station: StationId",
                  a.committee_id as "committee: CommitteeId"
           from accounts a join people p on p.id = a.person_id where a.id = $1"#,
        actor.account as AccountId,
    )
    .fetch_one(db)
    .await?;
    Ok(Me {
        account: row.account,
        person: row.person,
        role: row.role,
        name: row.name,
        phone: row.phone.and_then(|phone| phone.parse().ok()).map(|phone: Phone| phone.masked()),
        username: row.username,
        languages: row.languages,
        contact_hours: HoursOfDay { from: hour(row.contact_from), until: hour(row.contact_until) },
        station: row.station,
        committee: row.committee,
    })
}

pub async fn change(tx: &mut Tx, actor: &Actor, change: ChangeMe) -> Result<Me, ApiError> {
    if let Some(name) = &change.name {
        if actor.role.is_staff() {
            return Err(ApiError::invalid("name", "ask the operator: staff names are on papers"));
        }
        people::rename(tx, actor.person, name).await?;
    }
    if let Some(languages) = &change.languages {
        if languages.is_empty() || languages.len() > MOST_LANGUAGES {
            return Err(ApiError::invalid("languages", "name 1 to 8 languages"));
        }
        let languages: Vec<String> = languages.iter().map(ToString::to_string).collect();
        sqlx::query!(
            "update people set languages = $2 where id = $1",
            actor.person as PersonId,
            &languages,
        )
        .execute(&mut **tx)
        .await?;
    }
    if let Some(hours) = change.contact_hours {
        reach(tx, actor, hours).await?;
    }
    show(tx, actor).await
}

fn hour(kept: i16) -> u8 {
    u8::try_from(kept).unwrap_or_default()
}

async fn reach(tx: &mut Tx, actor: &Actor, hours: HoursOfDay) -> Result<(), ApiError> {
    if ContactHours::new(hours.from, hours.until).is_none() {
        let why = "from 0 to 23, until 1 to 24, and two hours at least";
        return Err(ApiError::invalid("contact_hours", why));
    }
    sqlx::query!(
        "update people set contact_from = $2, contact_until = $3 where id = $1",
        actor.person as PersonId,
        i16::from(hours.from),
        i16::from(hours.until),
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// When whoever has this phone may be reached next, as they have said themselves.
pub async fn reachable_at(
    db: &mut PgConnection,
    phone: &Phone,
    now: DateTime<Utc>,
) -> sqlx::Result<DateTime<Utc>> {
    let said = sqlx::query!(
        "select p.contact_from, p.contact_until from accounts a join people p on p.id = a.person_id where a.phone = $1",
        phone.as_str(),
    )
    .fetch_optional(db)
    .await?;
    let hours =
        said.and_then(|said| ContactHours::new(hour(said.contact_from), hour(said.contact_until)));
    Ok(hours.map_or(now, |hours| hours.next(now)))
}
