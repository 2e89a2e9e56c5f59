//! Reading: mediators as the public may know them, lawyers as staff need them, and what both are good at.

use crate::db::Tx;
use crate::error::ApiError;
use crate::http::Actor;
use chrono::NaiveDate;
use protocol::directory::{LawyerView, Lawyers, MediatorView, Mediators, Skills};
use protocol::{AccountId, CommitteeId, FirmId};
use sqlx::PgConnection;

/// Most entries of each kind.
const MOST: usize = 12;

/// Mediators whose appointment runs today: who they are has to be published (宁波条例 Art 21).
pub async fn mediators(db: &mut PgConnection, today: NaiveDate) -> Result<Mediators, ApiError> {
    let mediators = sqlx::query_as!(
        MediatorView,
        r#"select a.id as "account: AccountId", p.name, c.id as "committee: CommitteeId", c.name as committee_name,
                  m.appointed_on, m.ends_on, coalesce(s.specialities, '{}') as "specialities!",
                  coalesce(s.languages, p.languages) as "languages!", coalesce(s.dialects, '{}') as "dialects!"
           from mediator_appointments m join accounts a on a.id = m.account_id join people p on p.id = a.person_id
           join committees c on c.id = m.committee_id left join skills s on s.account_id = a.id
           where m.appointed_on <= $1 and m.ends_on > $1 and a.disabled_at is null
           order by c.name, p.name, a.id"#,
        today,
    )
    .fetch_all(db)
    .await?;
    Ok(Mediators { mediators })
}

pub async fn lawyers(db: &mut PgConnection, today: NaiveDate) -> Result<Lawyers, ApiError> {
    let lawyers = sqlx::query_as!(
        LawyerView,
        r#"select a.id as "account: AccountId", p.name, f.id as "firm: FirmId", f.name as firm_name,
                  l.licence_expires_on, l.licence_expires_on >= $1 as "may_practise!",
                  coalesce(s.specialities, '{}') as "specialities!",
                  coalesce(s.languages, p.languages) as "languages!", coalesce(s.dialects, '{}') as "dialects!"
           from lawyers l join accounts a on a.id = l.account_id join people p on p.id = a.person_id
           join firms f on f.id = l.firm_id left join skills s on s.account_id = a.id
           where a.disabled_at is null
           order by p.name, a.id"#,
        today,
    )
    .fetch_all(db)
    .await?;
    Ok(Lawyers { lawyers })
}

pub async fn keep_skills(tx: &mut Tx, actor: &Actor, skills: Skills) -> Result<Skills, ApiError> {
    let Skills { specialities, languages, dialects } = &skills;
    if specialities.len() > MOST || dialects.len() > MOST || !(1..=MOST).contains(&languages.len())
    {
        return Err(ApiError::invalid(
            "languages",
            "name one language at least, and twelve of each kind at most",
        ));
    }
    let specialities: Vec<String> = specialities.iter().map(ToString::to_string).collect();
    let languages: Vec<String> = languages.iter().map(ToString::to_string).collect();
    let dialects: Vec<String> = dialects.iter().map(ToString::to_string).collect();
    sqlx::query!(
        "insert into skills (account_id, specialities, languages, dialects) values ($1, $2, $3, $4)
         on conflict (account_id) do update set specialities = $2, languages = $3, dialects = $4",
        actor.account as AccountId,
        &specialities,
        &languages,
        &dialects,
    )
    .execute(&mut **tx)
    .await?;
    Ok(skills)
}
