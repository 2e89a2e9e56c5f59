//! Which logins are known to be valid, so that it is not asked for every frame and every socket that comes back.

use crate::accounts::tokens::Claims;
use crate::app::App;
use crate::error::ApiError;
use crate::http::auth::{SEEN, STAFF_IDLE};
use crate::http::policy::{ANY_PART, Row, Rule};
use crate::http::{Actor, auth};
use crate::live::held;
use crate::live::limits::{KEEP_ROOMS, LOOKED_AT};
use protocol::account::Role;
use protocol::{CommitteeId, LoginId, StationId};
use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::time::Instant;
use uuid::Uuid;

/// A socket asks for nothing that the policy's table does not know: this stands for reading what it is told.
static LIVE: Row = Row { operation: "live", rule: Rule::Parts(ANY_PART) };

/// A login, and which of its refreshes a token came from.
pub type Key = (LoginId, i32);

#[derive(Default)]
pub struct Logins(Mutex<HashMap<Key, Known>>);

struct Known {
    actor: Actor,
    /// When it was last seen to be valid.
    checked: Instant,
    /// When a socket last went by it.
    used: Instant,
}

/// As what somebody is known who goes by a login.
pub struct Standing {
    key: Key,
    role: Role,
    station: Option<StationId>,
    committee: Option<CommitteeId>,
}

impl Standing {
    fn of(key: Key, actor: &Actor) -> Self {
        let Actor { role, station, committee, .. } = *actor;
        Self { key, role, station, committee }
    }
}

pub fn key(claims: &Claims) -> Key {
    (claims.login, claims.generation)
}

impl Logins {
    /// Who that is, as of a few seconds ago at most.
    fn fresh(&self, key: Key) -> Option<Actor> {
        let mut all = held(&self.0);
        let known = all.get_mut(&key)?;
        known.used = Instant::now();
        (known.checked.elapsed() < LOOKED_AT).then(|| known.actor.clone())
    }

    pub fn is_fresh(&self, key: Key) -> bool {
        held(&self.0).get(&key).is_some_and(|known| known.checked.elapsed() < LOOKED_AT)
    }

    fn learn(&self, key: Key, actor: Actor, checked: Instant) {
        held(&self.0).insert(key, Known { actor, checked, used: checked });
    }

    pub fn forget(&self, login: LoginId) {
        held(&self.0).retain(|key, _| key.0 != login);
    }

    pub fn is_known(&self, key: Key) -> bool {
        held(&self.0).contains_key(&key)
    }

    /// What is known of all that sockets go by now or went by lately.
    pub fn standing(&self) -> Vec<Standing> {
        let mut all = held(&self.0);
        all.retain(|_, known| known.used.elapsed() < KEEP_ROOMS);
        all.iter().map(|(key, known)| Standing::of(*key, &known.actor)).collect()
    }

    pub fn used(&self, key: Key) {
        if let Some(known) = held(&self.0).get_mut(&key) {
            known.used = Instant::now();
        }
    }

    /// Looks at some together; what is not as it was is not known any more.
    pub async fn look(&self, app: &App, some: &[Standing]) -> Result<(), ApiError> {
        let begun = Instant::now();
        let over = over(app, some).await?;
        let mut all = held(&self.0);
        for (n, Standing { key, .. }) in some.iter().enumerate() {
            // Learned anew meanwhile: that is younger than what was looked at.
            let Some(known) = all.get_mut(key).filter(|known| known.checked <= begun) else {
                continue;
            };
            if over.contains(&n) {
                all.remove(key);
            } else {
                known.checked = begun;
            }
        }
        Ok(())
    }
}

/// Which of them do not stand any more, or not with the same role at the same place. Those are few: nothing is sent for the
/// others.
async fn over(app: &App, some: &[Standing]) -> Result<HashSet<usize>, ApiError> {
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

/// Notes that somebody is there: staff who only talk are not idle.
pub async fn seen(app: &App, logins: &[LoginId]) -> Result<(), ApiError> {
    if logins.is_empty() {
        return Ok(());
    }
    let logins: Vec<Uuid> = logins.iter().map(|login| login.0).collect();
    let now = app.clock.now();
    sqlx::query!(
        "update logins set last_seen_at = $2 where id = any ($1) and ended_at is null and last_seen_at <= $3",
        &logins,
        now,
        now - SEEN,
    )
    .execute(&app.db)
    .await?;
    Ok(())
}

/// Whoever has this token, if it is still good for anything.
pub async fn authenticate(app: &App, token: &str) -> Result<Option<(Actor, Claims)>, ApiError> {
    let claims = app.tokens.verify(token, app.clock.now())?;
    Ok(find(app, &claims).await?.map(|actor| (actor, claims)))
}

/// Role and login as of a few seconds ago at most; what is known is looked at all the time.
pub async fn find(app: &App, claims: &Claims) -> Result<Option<Actor>, ApiError> {
    let logins = &app.live.logins;
    if let Some(actor) = logins.fresh(key(claims)) {
        return Ok(Some(actor));
    }
    ask(app, claims).await
}

/// As of now, whatever is known. Until the answer comes, what is known stays: a hint alone ends nothing.
pub async fn ask(app: &App, claims: &Claims) -> Result<Option<Actor>, ApiError> {
    let logins = &app.live.logins;
    let begun = Instant::now();
    let found = auth::find(&app.db, claims, app.clock.now(), &LIVE).await?;
    match &found {
        Some(actor) => logins.learn(key(claims), actor.clone(), begun),
        None => logins.forget(claims.login),
    }
    Ok(found)
}
