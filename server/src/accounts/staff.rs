//! The accounts of staff, kept by the operator.

use crate::accounts::{enrolment, logins};
use crate::db::Tx;
use crate::error::ApiError;
use crate::http::Actor;
use protocol::account::{LoginEnd, Role};
use protocol::staff::{Enrolment, Licence, NewStaff, StaffPage, StaffView};
use protocol::{AccountId, CommitteeId, ErrorCode, FirmId, PersonId, StationId, Text};
use sqlx::PgConnection;

pub async fn create(tx: &mut Tx, new: &NewStaff) -> Result<StaffView, ApiError> {
    check(new)?;
    let (now, id, person) = (tx.now, AccountId(tx.ids.next()), PersonId(tx.ids.next()));
    sqlx::query!(
        "insert into people (id, name, created_at) values ($1, $2, $3)",
        person as PersonId,
        new.name.as_str(),
        now,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into accounts (id, person_id, role, username, station_id, committee_id, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        id as AccountId,
        person as PersonId,
        new.role.as_str(),
        new.username.as_str(),
        new.station as Option<StationId>,
        new.committee as Option<CommitteeId>,
        now,
    )
    .execute(&mut **tx)
    .await?;
    if let Some(licence) = &new.licence {
        license(tx, id, licence).await?;
    }
    show(tx, id).await
}

fn check(new: &NewStaff) -> Result<(), ApiError> {
    let at_station = matches!(
        new.role,
        Role::Officer | Role::GridWorker | Role::StationLeader | Role::LegalReviewer
    );
    let wrong = if !new.role.is_staff() {
        Some(("role", "residents make their own accounts"))
    } else if at_station != new.station.is_some() {
        Some(("station", "officers, grid workers, leaders and reviewers have one, others none"))
    } else if (new.role == Role::CommitteeDirector) != new.committee.is_some() {
        Some(("committee", "committee directors have one; mediators are appointed by theirs"))
    } else if (new.role == Role::Lawyer) != new.licence.is_some() {
        Some(("licence", "lawyers have one, others none"))
    } else {
        None
    };
    wrong.map_or(Ok(()), |(path, detail)| Err(ApiError::invalid(path, detail)))
}

/// Keeps the licence, or the renewed one.
pub async fn license(tx: &mut Tx, account: AccountId, licence: &Licence) -> Result<(), ApiError> {
    sqlx::query!(
        "insert into lawyers (account_id, firm_id, licence_no, licence_expires_on) values ($1, $2, $3, $4)
         on conflict (account_id) do update set firm_id = $2, licence_no = $3, licence_expires_on = $4",
        account as AccountId,
        licence.firm as FirmId,
        licence.number.as_str(),
        licence.expires_on,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Renews the licence of a lawyer, or notes that they changed firms.
pub async fn renew(tx: &mut Tx, id: AccountId, licence: &Licence) -> Result<StaffView, ApiError> {
    let before = lock(tx, id).await?;
    if before.role != Role::Lawyer {
        return Err(ApiError::new(ErrorCode::WrongStatus, "only lawyers have a licence"));
    }
    license(tx, id, licence).await?;
    show(tx, id).await
}

/// A new way in: both factors are chosen anew, and until then nothing signs in.
pub async fn enrol(tx: &mut Tx, id: AccountId) -> Result<Enrolment, ApiError> {
    if lock(tx, id).await?.disabled {
        return Err(ApiError::new(
            ErrorCode::WrongStatus,
            "the account is disabled; enable it first",
        ));
    }
    sqlx::query!("delete from credentials where account_id = $1", id as AccountId)
        .execute(&mut **tx)
        .await?;
    logins::end_all(tx, id, LoginEnd::Enrolled).await?;
    enrolment::begin(tx, id).await
}

/// Closes the account at once, or opens it again. Enabled again, it signs in as before.
pub async fn set_disabled(
    tx: &mut Tx,
    actor: &Actor,
    id: AccountId,
    disabled: bool,
) -> Result<StaffView, ApiError> {
    lock(tx, id).await?;
    if id == actor.account {
        return Err(ApiError::new(
            ErrorCode::SecondPersonRequired,
            "another operator has to do this to your own account",
        ));
    }
    let at = disabled.then_some(tx.now);
    sqlx::query!(
        "update accounts set disabled_at = case when $2::timestamptz is null then null
             else coalesce(disabled_at, $2) end where id = $1",
        id as AccountId,
        at,
    )
    .execute(&mut **tx)
    .await?;
    if disabled {
        logins::end_all(tx, id, LoginEnd::Disabled).await?;
    }
    show(tx, id).await
}

struct Locked {
    role: Role,
    disabled: bool,
}

/// Takes a staff account after whoever changes it, or signs in with it, has finished.
async fn lock(tx: &mut Tx, id: AccountId) -> Result<Locked, ApiError> {
    let found = sqlx::query_as!(
        Locked,
        r#"select role as "role: Role", disabled_at is not null as "disabled!"
           from accounts where id = $1 and role <> 'resident' for update"#,
        id as AccountId,
    )
    .fetch_optional(&mut **tx)
    .await?;
    found.ok_or_else(ApiError::not_found)
}

pub async fn show(db: &mut PgConnection, id: AccountId) -> Result<StaffView, ApiError> {
    page(db, Some(id), None, 1).await?.accounts.pop().ok_or_else(ApiError::not_found)
}

/// Staff accounts by username, one or a page of them.
pub async fn page(
    db: &mut PgConnection,
    only: Option<AccountId>,
    after: Option<&str>,
    limit: i64,
) -> Result<StaffPage, ApiError> {
    let rows = sqlx::query!(
        r#"select a.id as "account: AccountId", p.name, a.username as "username!", a.role as "role: Role",
                  a.station_id as "station: StationId", a.committee_id as "committee: CommitteeId",
                  l.firm_id as "firm?: FirmId", l.licence_no as "licence_no?",
                  l.licence_expires_on as "licence_expires_on?", c.account_id is not null as "enrolled!",
                  a.disabled_at, a.created_at
           from accounts a join people p on p.id = a.person_id
           left join lawyers l on l.account_id = a.id left join credentials c on c.account_id = a.id
           where a.role <> 'resident' and ($1::uuid is null or a.id = $1) and ($2::text is null or a.username > $2)
           order by a.username limit $3"#,
        only.map(|id| id.0),
        after,
        limit + 1,
    )
    .fetch_all(db)
    .await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    let mut accounts = Vec::new();
    for row in rows.into_iter().take(limit) {
        let licence = match (row.firm, row.licence_no, row.licence_expires_on) {
            (Some(firm), Some(number), Some(expires_on)) => {
                let number: Text<1, 40> = number.parse().map_err(anyhow::Error::from)?;
                Some(Licence { firm, number, expires_on })
            }
            _ => None,
        };
        accounts.push(StaffView {
            account: row.account,
            name: row.name,
            username: row.username,
            role: row.role,
            station: row.station,
            committee: row.committee,
            licence,
            enrolled: row.enrolled,
            disabled_at: row.disabled_at,
            created_at: row.created_at,
        });
    }
    let next = accounts.last().filter(|_| more).map(|last| last.username.clone());
    Ok(StaffPage { accounts, next })
}
