//! Reading: communities and who is in charge there, stations, committees, workrooms, firms.

use crate::error::ApiError;
use protocol::directory::{
    CommitteeView, Committees, Communities, CommunityCode, CommunityView, FirmView, Firms,
    StationView, WorkroomView, Workrooms,
};
use protocol::dispute::StationBrief;
use protocol::{CommitteeId, FirmId, StationId, WorkroomId};
use sqlx::PgConnection;

const MOST: i64 = 50;

/// Those whose name contains the words, or whose code begins with them.
pub async fn communities(db: &mut PgConnection, search: &str) -> Result<Communities, ApiError> {
    let rows = sqlx::query!(
        r#"select c.code as "code: CommunityCode", c.name, d.name as district, s.id as "station: StationId",
                  s.name as station_name, s.phone
           from communities c join stations s on s.id = c.station_id join districts d on d.code = s.district_code
           where strpos(c.name, $1) > 0 or starts_with(c.code, $1)
           order by c.code limit $2"#,
        search.trim(),
        MOST,
    )
    .fetch_all(db)
    .await?;
    let communities = rows.into_iter().map(|row| CommunityView {
        code: row.code,
        name: row.name,
        district: row.district,
        station: StationBrief { id: row.station, name: row.station_name, phone: row.phone },
    });
    Ok(Communities { communities: communities.collect() })
}

pub async fn station(db: &mut PgConnection, id: StationId) -> Result<StationView, ApiError> {
    let row = sqlx::query!(
        r#"select s.name, s.phone, d.name as district,
                  array(select c.name from communities c where c.station_id = s.id order by c.code) as "communities!",
                  array(select m.id from committees m where m.station_id = s.id order by m.name)
                      as "committees!: Vec<CommitteeId>"
           from stations s join districts d on d.code = s.district_code where s.id = $1"#,
        id as StationId,
    )
    .fetch_optional(db)
    .await?
    .ok_or_else(ApiError::not_found)?;
    Ok(StationView {
        id,
        name: row.name,
        phone: row.phone,
        district: row.district,
        communities: row.communities,
        committees: row.committees,
    })
}

pub async fn committees(db: &mut PgConnection) -> Result<Committees, ApiError> {
    let committees = sqlx::query_as!(
        CommitteeView,
        r#"select m.id as "id: CommitteeId", m.name, m.seal_name, d.name as district,
                  m.station_id as "station: StationId"
           from committees m join districts d on d.code = m.district_code
           order by m.district_code, m.name, m.id"#,
    )
    .fetch_all(db)
    .await?;
    Ok(Committees { committees })
}

pub async fn workrooms(
    db: &mut PgConnection,
    only: Option<WorkroomId>,
) -> Result<Workrooms, ApiError> {
    let workrooms = sqlx::query_as!(
        WorkroomView,
        r#"select w.id as "id: WorkroomId", w.committee_id as "committee: CommitteeId", w.name, w.about, w.specialities,
                  array(select p.name from workroom_members m join accounts a on a.id = m.account_id
                      join people p on p.id = a.person_id
                      where m.workroom_id = w.id and a.disabled_at is null order by p.name) as "members!"
           from workrooms w where $1::uuid is null or w.id = $1 order by w.name, w.id"#,
        only.map(|id| id.0),
    )
    .fetch_all(db)
    .await?;
    Ok(Workrooms { workrooms })
}

pub async fn firms(db: &mut PgConnection) -> Result<Firms, ApiError> {
    let firms =
        sqlx::query_as!(FirmView, r#"select id as "id: FirmId", name from firms order by name"#);
    Ok(Firms { firms: firms.fetch_all(db).await? })
}
