//! Puts the demo's places and people into an empty database.

use crate::accounts::{second_factor, staff};
use crate::app::App;
use crate::db::Tx;
use crate::demo::data::{self, Staff};
use crate::demo::{PASSWORD, SECRET};
use crate::disputes::file;
use anyhow::Context;
use chrono::{Duration, Months};
use domain::calendar::local_day;
use protocol::account::Role;
use protocol::staff::{Licence, NewStaff};
use protocol::{AccountId, CommitteeId, FirmId, LoginId, Phone, StationId};
use std::collections::HashMap;
use uuid::Uuid;

/// Somebody of the demo, signed in for as long as it is being filled.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    pub account: AccountId,
    pub login: LoginId,
}

/// Everybody by username or, for residents, by name; communities by name.
#[derive(Default)]
pub struct Directory {
    pub people: HashMap<String, Known>,
    pub phones: HashMap<String, String>,
    /// A community's code and station.
    pub communities: HashMap<String, (String, String)>,
    pub staff: Vec<Staff>,
    committees: HashMap<String, Uuid>,
    stations: HashMap<String, Uuid>,
    firms: HashMap<String, Uuid>,
}

impl Directory {
    pub fn person(&self, name: &str) -> anyhow::Result<Known> {
        self.people.get(name).copied().with_context(|| format!("nobody is called {name}"))
    }

    /// The first of this role at the station, or at the committee beside it.
    pub fn at(&self, station: &str, role: Role) -> anyhow::Result<Known> {
        let committee = station.replace("派出所", "人民调解委员会");
        let found = self.staff.iter().find(|s| {
            s.role == role
                && (s.station.as_deref() == Some(station)
                    || s.committee.as_deref() == Some(&committee))
        });
        self.person(&found.with_context(|| format!("no {role} at {station}"))?.username)
    }
}

/// Everything in one transaction: there is a whole directory or none.
pub async fn fill(app: &App) -> anyhow::Result<Directory> {
    let password = app.passwords.hash(PASSWORD.parse()?).await?;
    let mut tx = app.begin().await?;
    let mut directory = Directory::default();
    places(&mut tx, &mut directory).await?;
    for member in data::staff()? {
        let known = add_staff(&mut tx, app, &directory, &member, &password).await?;
        directory.people.insert(member.username.clone(), known);
        directory.staff.push(member);
    }
    workrooms(&mut tx, &directory).await?;
    for resident in data::residents()? {
        let known = add_resident(&mut tx, &resident).await?;
        directory.people.insert(resident.name.clone(), known);
        directory.phones.insert(resident.name, resident.phone);
    }
    tx.commit().await?;
    Ok(directory)
}

async fn places(tx: &mut Tx, directory: &mut Directory) -> anyhow::Result<()> {
    let places = data::places()?;
    sqlx::query!("insert into cities (code, name) values ('330200', '宁波市')")
        .execute(&mut **tx)
        .await?;
    for district in places.district {
        sqlx::query!(
            "insert into districts (code, city_code, name) values ($1, '330200', $2)",
            district.code,
            district.name,
        )
        .execute(&mut **tx)
        .await?;
    }
    for station in places.station {
        add_station(tx, directory, station).await?;
    }
    for committee in places.committee {
        let id = tx.ids.next();
        let station = directory.stations[&committee.station];
        sqlx::query!(
            "insert into committees (id, district_code, station_id, name, seal_name)
             select $1, s.district_code, s.id, $3, $3 from stations s where s.id = $2",
            id,
            station,
            committee.name,
        )
        .execute(&mut **tx)
        .await?;
        directory.committees.insert(committee.name, id);
    }
    for firm in places.firm {
        let id = tx.ids.next();
        sqlx::query!("insert into firms (id, name) values ($1, $2)", id, firm.name)
            .execute(&mut **tx)
            .await?;
        directory.firms.insert(firm.name, id);
    }
    Ok(())
}

async fn add_station(
    tx: &mut Tx,
    directory: &mut Directory,
    station: data::Station,
) -> anyhow::Result<()> {
    let id = tx.ids.next();
    sqlx::query!(
        "insert into stations (id, district_code, name, phone) values ($1, $2, $3, $4)",
        id,
        station.district,
        station.name,
        station.phone,
    )
    .execute(&mut **tx)
    .await?;
    for (code, name) in station.communities {
        sqlx::query!(
            "insert into communities (code, station_id, name) values ($1, $2, $3)",
            code,
            id,
            name,
        )
        .execute(&mut **tx)
        .await?;
        directory.communities.insert(name, (code, station.name.clone()));
    }
    directory.stations.insert(station.name, id);
    Ok(())
}

async fn add_staff(
    tx: &mut Tx,
    app: &App,
    directory: &Directory,
    member: &Staff,
    password_hash: &str,
) -> anyhow::Result<Known> {
    let account = staff::create(tx, &new_staff(directory, member)?).await?.account;
    let now = tx.now;
    sqlx::query!(
        "insert into credentials (account_id, password_hash, totp_secret, totp_step, confirmed_at)
         values ($1, $2, $3, 0, $4)",
        account as AccountId,
        password_hash,
        app.vault.seal(account.0, SECRET)?,
        now,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into skills (account_id, specialities, dialects) values ($1, $2, $3)",
        account as AccountId,
        &member.specialities,
        &member.dialects,
    )
    .execute(&mut **tx)
    .await?;
    if let (Role::PeoplesMediator, Some(committee)) = (member.role, &member.committee) {
        let appointed = local_day(now) - Duration::days(400);
        sqlx::query!(
            "insert into mediator_appointments (account_id, committee_id, appointed_on, ends_on)
             values ($1, $2, $3, $4)",
            account as AccountId,
            directory.committees[committee],
            appointed,
            appointed + Months::new(36),
        )
        .execute(&mut **tx)
        .await?;
    }
    sign_in(tx, account).await
}

fn new_staff(directory: &Directory, member: &Staff) -> anyhow::Result<NewStaff> {
    let is_director = member.role == Role::CommitteeDirector;
    let committee = member.committee.as_ref().filter(|_| is_director);
    let licence = match (&member.firm, &member.licence, member.licence_expires_on) {
        (Some(firm), Some(number), Some(expires_on)) => Some(Licence {
            firm: FirmId(directory.firms[firm]),
            number: number.parse()?,
            expires_on,
        }),
        _ => None,
    };
    Ok(NewStaff {
        name: member.name.parse()?,
        username: member.username.parse()?,
        role: member.role,
        station: member.station.as_ref().map(|name| StationId(directory.stations[name])),
        committee: committee.map(|name| CommitteeId(directory.committees[name])),
        licence,
    })
}

async fn add_resident(tx: &mut Tx, resident: &data::Resident) -> anyhow::Result<Known> {
    let phone: Phone = resident.phone.parse()?;
    let person = file::insert_person(tx, &resident.name, Some(&phone), None, None).await?;
    let (now, account) = (tx.now, AccountId(tx.ids.next()));
    sqlx::query!(
        "insert into accounts (id, person_id, role, phone, created_at) values ($1, $2, 'resident', $3, $4)",
        account as AccountId,
        person.0,
        phone.as_str(),
        now,
    )
    .execute(&mut **tx)
    .await?;
    sign_in(tx, account).await
}

async fn workrooms(tx: &mut Tx, directory: &Directory) -> anyhow::Result<()> {
    for room in data::places()?.workroom {
        let id = tx.ids.next();
        sqlx::query!(
            "insert into workrooms (id, committee_id, name, about, specialities) values ($1, $2, $3, $4, $5)",
            id,
            directory.committees[&room.committee],
            room.name,
            room.about,
            &room.specialities,
        )
        .execute(&mut **tx)
        .await?;
        for member in room.members {
            sqlx::query!(
                "insert into workroom_members (workroom_id, account_id) values ($1, $2)",
                id,
                directory.person(&member)?.account as AccountId,
            )
            .execute(&mut **tx)
            .await?;
        }
    }
    Ok(())
}

const DEVICE: &str = "demo data";

async fn sign_in(tx: &mut Tx, account: AccountId) -> anyhow::Result<Known> {
    let (now, login) = (tx.now, LoginId(tx.ids.next()));
    // Seen in times to come: staff may otherwise not leave a device alone for half an hour.
    sqlx::query!(
        "insert into logins (id, account_id, device, created_at, last_seen_at, expires_at)
         values ($1, $2, $3, $4, $5, $5)",
        login as LoginId,
        account as AccountId,
        DEVICE,
        now,
        now + Duration::days(365),
    )
    .execute(&mut **tx)
    .await?;
    Ok(Known { account, login })
}

/// Nobody stays signed in on a device that does not exist.
pub async fn sign_out(app: &App) -> anyhow::Result<()> {
    sqlx::query!("delete from logins where device = $1", DEVICE).execute(&app.db).await?;
    Ok(())
}

/// What a newcomer types into an authenticator.
pub fn otpauth() -> anyhow::Result<String> {
    Ok(second_factor::describe(SECRET, &"demo".parse()?).context("no authenticator")?.otpauth_uri)
}
