//! As what somebody is known who goes by a login, and which of those are not so any more.

use crate::app::App;
use crate::error::ApiError;
use crate::http::Actor;
use crate::http::auth::STAFF_IDLE;
use crate::live::logins::Key;
use protocol::account::Role;
use protocol::{CommitteeId, StationId};
use std::collections::HashSet;
use uuid::Uuid;

#[derive(PartialEq, Eq)]
pub struct Standing {
    pub key: Key,
    role: Role,
    station: Option<StationId>,
    committee: Option<CommitteeId>,
}

impl Standing {
    pub fn of(key: Key, actor: &Actor) -> Self {
        let Actor { role, station, committee, .. } = *actor;
        Self { key, role, station, committee }
    }
}

/// Which of them do not stand any more, or not with the same role at the same place. Those are few: nothing is sent for the
/// others.
pub async fn over(app: &App, some: &[Standing]) -> Result<HashSet<usize>, ApiError> {
    let logins: Vec<Uuid> = some.iter().map(|s| s.key.0.0).collect();
    let generations: Vec<i32> = some.iter().map(|s| s.key.1).collect();
    let roles: Vec<&str> = some.iter().map(|s| s.role.as_str()).collect();
    let stations: Vec<Option<Uuid>> = some.iter().map(|s| s.station.map(|id| id.0)).collect();
    let committees: Vec<Option<Uuid>> = some.iter().map(|s| s.committee.map(|id| id.0)).collect();
    let now = app.clock.now();
    let over = sqlx::query_scalar!(
        r#"select k.n as "n!"
           from unnest($1::uuid[], $2::integer[], $3::text[], $4::uuid[], $5::uuid[])
               with ordinality as k (login, generation, role, station, committee, n)
           where not exists (
               select from logins l join accounts a on a.id = l.account_id
               where l.id = k.login and l.ended_at is null and l.expires_at > $6
                   and (l.generation = k.generation or l.parent = k.generation) and a.disabled_at is null
                   and (a.role = 'resident' or l.last_seen_at > $7) and a.role = k.role
                   and a.station_id is not distinct from k.station
                   and a.committee_id is not distinct from k.committee)"#,
        &logins,
        &generations,
        &roles as &[&str],
        &stations as &[Option<Uuid>],
        &committees as &[Option<Uuid>],
        now,
        now - STAFF_IDLE,
    )
    .fetch_all(&app.db)
    .await?;
    Ok(over.into_iter().filter_map(|n| usize::try_from(n - 1).ok()).collect())
}
