//! What one sees and changes about oneself.

use crate::accounts::people;
use crate::db::Tx;
use crate::error::ApiError;
use crate::http::Actor;
use protocol::account::{ChangeMe, Me, Role};
use protocol::{AccountId, CommitteeId, PersonId, Phone, StationId};
use sqlx::PgConnection;

const MOST_LANGUAGES: usize = 8;

pub async fn show(db: &mut PgConnection, actor: &Actor) -> Result<Me, ApiError> {
    let row = sqlx::query!(
        r#"select a.id as "account: AccountId", p.id as "person: PersonId", a.role as "role: Role", p.name,
                  a.phone, a.username, p.languages, a.station_id as "station: StationId",
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
    show(tx, actor).await
}
