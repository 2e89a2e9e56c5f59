//! The people of a run: put into the database as an operator's import would, all of them invented.

use crate::tokens::{Key, Pass, now};
use protocol::account::Role;
use protocol::{AccountId, LoginId, PersonId};
use sqlx::PgConnection;
use uuid::Uuid;

pub const COMMUNITY: &str = "330203001001";
pub const STATION: Uuid = Uuid::from_u128(0x0a1a_0001);
pub const COMMITTEE: Uuid = Uuid::from_u128(0x0a1a_0002);

pub struct Person {
    pub name: String,
    pub account: AccountId,
    pub id: PersonId,
    pub phone: Option<String>,
    pass: Pass,
}

impl Person {
    pub fn token(&self) -> anyhow::Result<String> {
        self.pass.token()
    }
}

/// Two neighbours, and those who see to their dispute.
pub struct Cast {
    pub applicant: Person,
    pub respondent: Person,
    pub officer: Person,
    /// 所长: appoints.
    pub leader: Person,
    pub mediator: Person,
    /// 调委会主任: seals and archives.
    pub director: Person,
    /// 网格员: visits.
    pub grid_worker: Person,
}

/// The first digits of every account here; the rest is a number.
const ACCOUNT: u128 = 0x0ac0 << 112;

/// City, district, station, committee and community.
pub async fn place(db: &mut PgConnection) -> anyhow::Result<()> {
    for statement in [
        "insert into cities (code, name) values ('330200', '宁波市') on conflict do nothing",
        "insert into districts (code, city_code, name) values ('330203', '330200', '海曙区') on conflict do nothing",
        "insert into stations (id, district_code, name, phone)
         values ('00000000-0000-0000-0000-00000a1a0001', '330203', '古城派出所', '0574-00000001')
         on conflict do nothing",
        "insert into communities (code, station_id, name)
         values ('330203001001', '00000000-0000-0000-0000-00000a1a0001', '古城社区') on conflict do nothing",
        "insert into committees (id, district_code, station_id, name, seal_name)
         values ('00000000-0000-0000-0000-00000a1a0002', '330203', '00000000-0000-0000-0000-00000a1a0001',
                 '古城人民调解委员会', '古城人民调解委员会') on conflict do nothing",
    ] {
        sqlx::query(statement).execute(&mut *db).await?;
    }
    Ok(())
}

/// The cast of one lane of traffic.
pub async fn cast(db: &mut PgConnection, key: &Key, lane: u32) -> anyhow::Result<Cast> {
    let number = |part: u32| lane * 8 + part;
    Ok(Cast {
        applicant: person(db, key, number(0), &format!("申请人{lane}"), Role::Resident).await?,
        respondent: person(db, key, number(1), &format!("被申请人{lane}"), Role::Resident).await?,
        officer: person(db, key, number(2), &format!("民警{lane}"), Role::Officer).await?,
        leader: person(db, key, number(3), &format!("所长{lane}"), Role::StationLeader).await?,
        mediator: mediator(db, key, number(4), &format!("调解员{lane}")).await?,
        director: person(db, key, number(5), &format!("主任{lane}"), Role::CommitteeDirector)
            .await?,
        grid_worker: person(db, key, number(6), &format!("网格员{lane}"), Role::GridWorker).await?,
    })
}

/// Holds the committee's appointment.
async fn mediator(
    db: &mut PgConnection,
    key: &Key,
    number: u32,
    name: &str,
) -> anyhow::Result<Person> {
    let mediator = person(db, key, number, name, Role::PeoplesMediator).await?;
    sqlx::query(
        "insert into mediator_appointments (account_id, committee_id, appointed_on, ends_on)
         values ($1, $2, $3::date - 1, $3::date + 365)",
    )
    .bind(mediator.account.0)
    .bind(COMMITTEE)
    .bind(now())
    .execute(db)
    .await?;
    Ok(mediator)
}

async fn person(
    db: &mut PgConnection,
    key: &Key,
    number: u32,
    name: &str,
    role: Role,
) -> anyhow::Result<Person> {
    let id = |kind: u128| Uuid::from_u128(ACCOUNT | (kind << 64) | u128::from(number));
    let (person, account, login) = (PersonId(id(1)), AccountId(id(2)), LoginId(id(3)));
    let resident = role == Role::Resident;
    let at_station = matches!(role, Role::Officer | Role::StationLeader | Role::GridWorker);
    // 190 0000 xxxx: numbers that nobody has.
    let phone = resident.then(|| format!("1900000{number:04}"));
    sqlx::query("insert into people (id, name, phone, created_at) values ($1, $2, $3, $4)")
        .bind(person.0)
        .bind(name)
        .bind(&phone)
        .bind(now())
        .execute(&mut *db)
        .await?;
    sqlx::query(
        "insert into accounts (id, person_id, role, phone, username, station_id, committee_id, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(account.0)
    .bind(person.0)
    .bind(role.as_str())
    .bind(&phone)
    .bind((!resident).then(|| format!("staff{number}")))
    .bind(at_station.then_some(STATION))
    .bind((role == Role::CommitteeDirector).then_some(COMMITTEE))
    .bind(now())
    .execute(&mut *db)
    .await?;
    sqlx::query(
        "insert into logins (id, account_id, device, created_at, last_seen_at, expires_at)
         values ($1, $2, 'load-tests', $3, $3, $3 + interval '30 days')",
    )
    .bind(login.0)
    .bind(account.0)
    .bind(now())
    .execute(&mut *db)
    .await?;
    let pass = Pass::new(key.clone(), account, login);
    Ok(Person { name: name.to_owned(), account, id: person, phone, pass })
}
