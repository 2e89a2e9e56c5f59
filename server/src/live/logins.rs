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

    /// All that sockets go by now or went by lately.
    fn all(&self) -> Vec<(Key, Actor)> {
        let mut all = held(&self.0);
        all.retain(|_, known| known.used.elapsed() < KEEP_ROOMS);
        all.iter().map(|(key, known)| (*key, known.actor.clone())).collect()
    }

    pub fn used(&self, key: Key) {
        if let Some(known) = held(&self.0).get_mut(&key) {
            known.used = Instant::now();
        }
    }

    /// Looks at all of them at once; what is not as it was is not known any more.
    pub async fn look(&self, app: &App) -> Result<(), ApiError> {
        let begun = Instant::now();
        let all = self.all();
        let valid = valid(app, &all).await?;
        let mut known = held(&self.0);
        for (n, (key, _)) in all.iter().enumerate() {
            match known.get_mut(key) {
                Some(known) if valid.contains(&n) => known.checked = begun,
                // Learned anew meanwhile: that is younger than what was looked at.
                Some(known) if known.checked > begun => {}
                _ => {
                    known.remove(key);
                }
            }
        }
        Ok(())
    }
}

/// Which of them still stand, with the same role at the same place.
async fn valid(app: &App, all: &[(Key, Actor)]) -> Result<HashSet<usize>, ApiError> {
    if all.is_empty() {
        return Ok(HashSet::new());
    }
    let logins: Vec<Uuid> = all.iter().map(|(key, _)| key.0.0).collect();
    let generations: Vec<i32> = all.iter().map(|(key, _)| key.1).collect();
    let now = app.clock.now();
    let rows = sqlx::query!(
        r#"select k.n as "n!", a.role as "role: Role", a.station_id as "station: StationId",
                  a.committee_id as "committee: CommitteeId"
           from unnest($1::uuid[], $2::integer[]) with ordinality as k (login, generation, n)
           join logins l on l.id = k.login
           join accounts a on a.id = l.account_id
           where l.ended_at is null and l.expires_at > $3
               and (l.generation = k.generation or l.parent = k.generation) and a.disabled_at is null
               and (a.role = 'resident' or l.last_seen_at > $4)"#,
        &logins,
        &generations,
        now,
        now - STAFF_IDLE,
    )
    .fetch_all(&app.db)
    .await?;
    let same = rows.into_iter().filter_map(|row| {
        let n = usize::try_from(row.n - 1).ok()?;
        let (_, actor) = all.get(n)?;
        let is_same =
            (actor.role, actor.station, actor.committee) == (row.role, row.station, row.committee);
        is_same.then_some(n)
    });
    Ok(same.collect())
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
    let begun = Instant::now();
    let found = auth::find(&app.db, claims, app.clock.now(), &LIVE).await?;
    match &found {
        Some(actor) => logins.learn(key(claims), actor.clone(), begun),
        None => logins.forget(claims.login),
    }
    Ok(found)
}
