//! Somebody proposed as a neutral, with what the directory and the conflict check say of them.

use crate::appointments::conflicts;
use crate::db::Tx;
use crate::error::ApiError;
use chrono::NaiveDate;
use domain::calendar::local_day;
use domain::dispute::{Dispute, Nominee};
use protocol::account::Role;
use protocol::appointment::AppointmentRole;
use protocol::dispute::Part;
use protocol::{AccountId, DisputeId, ErrorCode, PersonId, StationId};
use sqlx::PgConnection;

/// Reads all that deciding needs; conflicts that cannot be waived are refused here, with their article.
pub async fn find(
    tx: &mut Tx,
    dispute: &Dispute,
    account: AccountId,
    role: AppointmentRole,
) -> Result<Nominee, ApiError> {
    let today = local_day(tx.now);
    let who = directory_entry(tx, dispute.id, account, today).await?;
    let found = conflicts::find(tx, dispute, account).await?;
    domain::conflict::admit(&found)?;
    Ok(Nominee {
        account,
        person: who.person,
        part: part(role),
        appointed_by_committee: who.appointed,
        is_officer: who.is_officer,
    })
}

const fn part(role: AppointmentRole) -> Part {
    match role {
        AppointmentRole::Mediator => Part::Mediator,
        AppointmentRole::CoMediator => Part::CoMediator,
        AppointmentRole::InvitedLawyer => Part::InvitedLawyer,
    }
}

struct Entry {
    person: PersonId,
    appointed: bool,
    is_officer: bool,
}

async fn directory_entry(
    db: &mut PgConnection,
    dispute: DisputeId,
    account: AccountId,
    today: NaiveDate,
) -> Result<Entry, ApiError> {
    let row = sqlx::query!(
        r#"select a.person_id as "person: PersonId", a.role as "role: Role", a.station_id as "station: StationId",
                  d.station_id as "place: StationId", l.licence_expires_on as "licence_expires_on?",
                  exists (select from mediator_appointments m where m.account_id = a.id
                      and m.committee_id = d.committee_id and m.appointed_on <= $3 and m.ends_on > $3) as "appointed!"
           from accounts a cross join disputes d left join lawyers l on l.account_id = a.id
           where a.id = $2 and d.id = $1 and a.disabled_at is null"#,
        dispute as DisputeId,
        account as AccountId,
        today,
    )
    .fetch_optional(db)
    .await?
    .ok_or_else(|| ApiError::invalid("account", "there is no such account, or it is disabled"))?;
    if row.role == Role::Lawyer && row.licence_expires_on.is_none_or(|day| day < today) {
        return Err(ApiError::new(
            ErrorCode::NotPermitted,
            "the licence has expired; have it renewed in the directory first (律师法 Art 5)",
        ));
    }
    let is_officer =
        matches!(row.role, Role::Officer | Role::StationLeader) && row.station == Some(row.place);
    Ok(Entry { person: row.person, appointed: row.appointed, is_officer })
}

/// Leaves the permanent bar: who helped both sides may not later stand on one (特邀规定 Art 16).
pub async fn leave_bar(tx: &mut Tx, dispute: DisputeId, nominee: &Nominee) -> Result<(), ApiError> {
    let now = tx.now;
    sqlx::query!(
        "insert into mediation_bars (dispute_id, account_id, person_id, firm_id, created_at)
         values ($1, $2, $3, (select firm_id from lawyers where account_id = $2), $4)
         on conflict do nothing",
        dispute as DisputeId,
        nominee.account as AccountId,
        nominee.person as PersonId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
