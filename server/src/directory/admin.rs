//! Keeping the directory: places and organisations by the operator, mediators and workrooms by their director.

use crate::db::Tx;
use crate::directory::places;
use crate::error::{ApiError, Refused};
use crate::http::Actor;
use chrono::{Months, NaiveDate};
use domain::calendar::local_day;
use protocol::account::Role;
use protocol::directory::{
    AppointMediator, AreaCode, CommitteeView, CommunityCode, CommunityView, DistrictView, FirmView,
    KeepCommunity, KeepDistrict, Mediators, NewCommittee, NewFirm, NewStation, NewWorkroom,
    StationView, WorkroomView,
};
use protocol::{AccountId, CommitteeId, ErrorCode, FirmId, StationId, WorkroomId};

/// A committee's term is three years (人民调解法 Art 8).
const TERM: Months = Months::new(36);
const MOST_MEMBERS: usize = 60;

pub async fn keep_district(
    tx: &mut Tx,
    code: AreaCode,
    new: KeepDistrict,
) -> Result<DistrictView, ApiError> {
    sqlx::query!(
        "insert into cities (code, name) values ($1, $2) on conflict (code) do update set name = $2",
        new.city_code.as_str(),
        new.city_name.as_str(),
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into districts (code, city_code, name) values ($1, $2, $3)
         on conflict (code) do update set city_code = $2, name = $3",
        code.as_str(),
        new.city_code.as_str(),
        new.name.as_str(),
    )
    .execute(&mut **tx)
    .await?;
    Ok(DistrictView {
        code,
        name: new.name.into_string(),
        city_code: new.city_code,
        city_name: new.city_name.into_string(),
    })
}

pub async fn create_station(tx: &mut Tx, new: &NewStation) -> Result<StationView, ApiError> {
    let id = StationId(tx.ids.next());
    sqlx::query!(
        "insert into stations (id, district_code, name, phone) values ($1, $2, $3, $4)",
        id as StationId,
        new.district_code.as_str(),
        new.name.as_str(),
        new.phone.as_str(),
    )
    .execute(&mut **tx)
    .await?;
    places::station(tx, id).await
}

pub async fn keep_community(
    tx: &mut Tx,
    code: &CommunityCode,
    new: &KeepCommunity,
) -> Result<CommunityView, ApiError> {
    sqlx::query!(
        "insert into communities (code, station_id, name) values ($1, $2, $3)
         on conflict (code) do update set station_id = $2, name = $3",
        code.as_str(),
        new.station as StationId,
        new.name.as_str(),
    )
    .execute(&mut **tx)
    .await?;
    places::communities(tx, code.as_str()).await?.communities.pop().ok_or_else(ApiError::not_found)
}

pub async fn create_committee(tx: &mut Tx, new: &NewCommittee) -> Result<CommitteeView, ApiError> {
    let id = CommitteeId(tx.ids.next());
    sqlx::query!(
        "insert into committees (id, district_code, station_id, name, seal_name) values ($1, $2, $3, $4, $5)",
        id as CommitteeId,
        new.district_code.as_str(),
        new.station as Option<StationId>,
        new.name.as_str(),
        new.seal_name.as_str(),
    )
    .execute(&mut **tx)
    .await?;
    let all = places::committees(tx).await?.committees;
    all.into_iter().find(|committee| committee.id == id).ok_or_else(ApiError::not_found)
}

pub async fn create_firm(tx: &mut Tx, new: NewFirm) -> Result<FirmView, ApiError> {
    let id = FirmId(tx.ids.next());
    sqlx::query!("insert into firms (id, name) values ($1, $2)", id as FirmId, new.name.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(FirmView { id, name: new.name.into_string() })
}

/// A director works for their own committee.
fn own(actor: &Actor, committee: CommitteeId) -> Result<(), ApiError> {
    if actor.committee == Some(committee) { Ok(()) } else { Err(ApiError::not_permitted()) }
}

/// Takes a mediator's account, so that two appointments at once see each other.
async fn lock_mediator(tx: &mut Tx, account: AccountId) -> Result<(), ApiError> {
    let role = sqlx::query_scalar!(
        r#"select role as "role: Role" from accounts where id = $1 and disabled_at is null for update"#,
        account as AccountId,
    )
    .fetch_optional(&mut **tx)
    .await?;
    if role == Some(Role::PeoplesMediator) {
        return Ok(());
    }
    Err(ApiError::invalid(
        "account",
        "choose the account of a people's mediator that is not closed",
    ))
}

/// 聘任 (人民调解法 Art 13, 14): for one term. Nobody is appointed twice for the same time.
pub async fn appoint(
    tx: &mut Tx,
    actor: &Actor,
    committee: CommitteeId,
    new: &AppointMediator,
) -> Result<Mediators, ApiError> {
    own(actor, committee)?;
    lock_mediator(tx, new.account).await?;
    let ends_on = new
        .appointed_on
        .checked_add_months(TERM)
        .ok_or_else(|| ApiError::invalid("appointed_on", "choose a day of this century"))?;
    let overlaps = sqlx::query_scalar!(
        r#"select exists (select from mediator_appointments
               where account_id = $1 and committee_id = $2 and appointed_on < $4 and ends_on > $3) as "overlaps!""#,
        new.account as AccountId,
        committee as CommitteeId,
        new.appointed_on,
        ends_on,
    )
    .fetch_one(&mut **tx)
    .await?;
    if overlaps {
        return Err(Refused::new(
            ErrorCode::AlreadyAppointed,
            "the mediator has an appointment for that time; renew it from the day it ends",
        )
        .article(Some("人民调解法 Art 14"))
        .into());
    }
    sqlx::query!(
        "insert into mediator_appointments (account_id, committee_id, appointed_on, ends_on) values ($1, $2, $3, $4)",
        new.account as AccountId,
        committee as CommitteeId,
        new.appointed_on,
        ends_on,
    )
    .execute(&mut **tx)
    .await?;
    of_committee(tx, committee).await
}

/// The appointment ends today; one that has not begun is forgotten.
pub async fn end_appointment(
    tx: &mut Tx,
    actor: &Actor,
    committee: CommitteeId,
    mediator: AccountId,
) -> Result<Mediators, ApiError> {
    own(actor, committee)?;
    let today = local_day(tx.now);
    let ended = end_running(tx, committee, mediator, today).await?;
    if ended == 0 {
        return Err(ApiError::invalid("mediator", "they have no appointment of this committee"));
    }
    of_committee(tx, committee).await
}

async fn end_running(
    tx: &mut Tx,
    committee: CommitteeId,
    mediator: AccountId,
    today: NaiveDate,
) -> sqlx::Result<u64> {
    let forgotten = sqlx::query!(
        "delete from mediator_appointments where account_id = $1 and committee_id = $2 and appointed_on >= $3",
        mediator as AccountId,
        committee as CommitteeId,
        today,
    )
    .execute(&mut **tx)
    .await?;
    let ended = sqlx::query!(
        "update mediator_appointments set ends_on = $3
         where account_id = $1 and committee_id = $2 and appointed_on < $3 and ends_on > $3",
        mediator as AccountId,
        committee as CommitteeId,
        today,
    )
    .execute(&mut **tx)
    .await?;
    Ok(forgotten.rows_affected() + ended.rows_affected())
}

async fn of_committee(tx: &mut Tx, committee: CommitteeId) -> Result<Mediators, ApiError> {
    let today = local_day(tx.now);
    let mut all = super::people::mediators(tx, today).await?;
    all.mediators.retain(|mediator| mediator.committee == committee);
    Ok(all)
}

/// Makes a workroom of the director's committee, or changes the one named.
pub async fn keep_workroom(
    tx: &mut Tx,
    actor: &Actor,
    id: Option<WorkroomId>,
    new: &NewWorkroom,
) -> Result<WorkroomView, ApiError> {
    let committee = actor.committee.ok_or_else(ApiError::not_permitted)?;
    if let Some(id) = id {
        own(actor, lock_workroom(tx, id).await?)?;
    }
    if new.members.len() > MOST_MEMBERS || new.specialities.len() > MOST_MEMBERS {
        return Err(ApiError::invalid("members", "name at most 60"));
    }
    let id = id.unwrap_or_else(|| WorkroomId(tx.ids.next()));
    let specialities: Vec<String> = new.specialities.iter().map(ToString::to_string).collect();
    sqlx::query!(
        "insert into workrooms (id, committee_id, name, about, specialities) values ($1, $2, $3, $4, $5)
         on conflict (id) do update set name = $3, about = $4, specialities = $5",
        id as WorkroomId,
        committee as CommitteeId,
        new.name.as_str(),
        new.about.as_str(),
        &specialities,
    )
    .execute(&mut **tx)
    .await?;
    set_members(tx, id, committee, &new.members).await?;
    places::workrooms(tx, Some(id)).await?.workrooms.pop().ok_or_else(ApiError::not_found)
}

/// Takes a workroom after whoever changes it has finished; answers with its committee.
async fn lock_workroom(tx: &mut Tx, id: WorkroomId) -> Result<CommitteeId, ApiError> {
    let committee = sqlx::query_scalar!(
        r#"select committee_id as "id: CommitteeId" from workrooms where id = $1 for update"#,
        id as WorkroomId,
    )
    .fetch_optional(&mut **tx)
    .await?;
    committee.ok_or_else(ApiError::not_found)
}

async fn set_members(
    tx: &mut Tx,
    id: WorkroomId,
    committee: CommitteeId,
    members: &[AccountId],
) -> Result<(), ApiError> {
    let today = local_day(tx.now);
    sqlx::query!("delete from workroom_members where workroom_id = $1", id as WorkroomId)
        .execute(&mut **tx)
        .await?;
    let accounts: Vec<_> = members.iter().map(|member| member.0).collect();
    let added = sqlx::query!(
        "insert into workroom_members (workroom_id, account_id)
         select $1, a from unnest($2::uuid[]) a where exists (
             select from mediator_appointments m where m.account_id = a and m.committee_id = $3
                 and m.appointed_on <= $4 and m.ends_on > $4)
         on conflict do nothing",
        id as WorkroomId,
        &accounts,
        committee as CommitteeId,
        today,
    )
    .execute(&mut **tx)
    .await?;
    let mut distinct = accounts;
    distinct.sort_unstable();
    distinct.dedup();
    if usize::try_from(added.rows_affected()).unwrap_or_default() != distinct.len() {
        return Err(ApiError::invalid(
            "members",
            "choose mediators whose appointment by your committee runs today",
        ));
    }
    Ok(())
}
