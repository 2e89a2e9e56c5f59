//! Which logins are known to be valid, so that it is not asked for every frame and every socket that comes back.

use crate::accounts::tokens::Claims;
use crate::app::App;
use crate::error::ApiError;
use crate::http::auth::{SEEN, STAFF_IDLE};
use crate::http::policy::{ANY_PART, Row, Rule};
use crate::http::{Actor, auth};
use crate::live::held;
use crate::live::limits::{KEEP_ROOMS, LOOKED_AT};
use crate::live::standing::{Standing, over};
use protocol::LoginId;
use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// A socket asks for nothing that the policy's table does not know: this stands for reading what it is told.
static LIVE: Row = Row { operation: "live", rule: Rule::Parts(ANY_PART) };

/// What has not changed is asked for again after so long: staff who are idle and logins that are old come to an end without
/// anybody's doing.
const ASKED_AGAIN: Duration = Duration::from_secs(30);

/// A login, and which of its refreshes a token came from.
pub type Key = (LoginId, i32);

#[derive(Default)]
pub struct Logins {
    all: Mutex<HashMap<Key, Known>>,
    /// The database's snapshot up to which it is known what has changed.
    since: Mutex<Option<String>>,
}

struct Known {
    actor: Actor,
    /// When it was last seen to be valid.
    checked: Instant,
    /// When a socket last went by it.
    used: Instant,
    /// When it was last asked for by its key, not counting how it was learned: that may have been as of before the snapshot.
    /// None if it is to be asked for.
    asked: Option<Instant>,
    /// When it was last noted that somebody is there.
    noted: Option<Instant>,
}

/// Nobody goes on as what they are not any more.
pub fn is_same(known: &Actor, actor: &Actor) -> bool {
    let what = |actor: &Actor| (actor.account, actor.role, actor.station, actor.committee);
    what(known) == what(actor)
}

pub fn key(claims: &Claims) -> Key {
    (claims.login, claims.generation)
}

impl Logins {
    /// Who that is, as of a few seconds ago at most.
    fn fresh(&self, key: Key) -> Option<Actor> {
        let mut all = held(&self.all);
        let known = all.get_mut(&key)?;
        known.used = Instant::now();
        (known.checked.elapsed() < LOOKED_AT).then(|| known.actor.clone())
    }

    /// Whether that is still who somebody was when they came, as of a few seconds ago at most.
    pub fn is_fresh(&self, key: Key, actor: &Actor) -> bool {
        let is_fresh = |known: &Known| known.checked.elapsed() < LOOKED_AT;
        held(&self.all)
            .get(&key)
            .is_some_and(|known| is_fresh(known) && is_same(&known.actor, actor))
    }

    fn learn(&self, key: Key, actor: Actor, checked: Instant) {
        let known = Known { actor, checked, used: checked, asked: None, noted: None };
        held(&self.all).insert(key, known);
    }

    pub fn forget(&self, login: LoginId) {
        held(&self.all).retain(|key, _| key.0 != login);
    }

    pub fn is_known(&self, key: Key, actor: &Actor) -> bool {
        held(&self.all).get(&key).is_some_and(|known| is_same(&known.actor, actor))
    }

    /// Somebody goes by it, and does something or only listens. True if that they are there is to be noted.
    pub fn used(&self, key: Key, is_active: bool) -> bool {
        let mut all = held(&self.all);
        let Some(known) = all.get_mut(&key) else { return false };
        known.used = Instant::now();
        is_active
            && known.noted.is_none_or(|noted| noted.elapsed() >= SEEN.to_std().unwrap_or_default())
    }

    pub fn noted(&self, some: &[Key]) {
        let mut all = held(&self.all);
        for key in some {
            if let Some(known) = all.get_mut(key) {
                known.noted = Some(Instant::now());
            }
        }
    }

    /// Hears which have changed: those are doubtful from now on. The others are as they were.
    pub async fn hear(&self, app: &App) -> Result<(), ApiError> {
        let begun = Instant::now();
        let since = held(&self.since).clone();
        let heard = sqlx::query!(
            r#"select as_of::text as "as_of!", changed from logins_changed($1::text::pg_snapshot)"#,
            since,
        )
        .fetch_one(&app.db)
        .await?;
        let changed: Option<HashSet<Uuid>> = heard.changed.map(|ids| ids.into_iter().collect());
        for (key, known) in held(&self.all).iter_mut() {
            if changed.as_ref().is_none_or(|changed| changed.contains(&key.0.0)) {
                known.asked = None;
            } else if known.asked.is_some() {
                known.checked = known.checked.max(begun);
            }
        }
        *held(&self.since) = Some(heard.as_of);
        Ok(())
    }

    /// What is to be asked for by its key, of all that sockets go by now or went by lately. What ends by time alone nobody
    /// changes: so many of those that have not been asked for the longest come up, too.
    pub fn doubtful(&self, most_again: usize) -> Vec<Standing> {
        let mut all = held(&self.all);
        all.retain(|_, known| known.used.elapsed() < KEEP_ROOMS);
        let mut doubtful: Vec<_> = all
            .iter()
            .filter(|(_, known)| known.asked.is_none_or(|asked| asked.elapsed() >= ASKED_AGAIN))
            .collect();
        doubtful.sort_unstable_by_key(|(_, known)| known.asked);
        let new = doubtful.partition_point(|(_, known)| known.asked.is_none());
        doubtful.truncate(new + most_again);
        doubtful.into_iter().map(|(key, known)| Standing::of(*key, &known.actor)).collect()
    }

    /// Asks for some together; what is not as it was is not known any more.
    pub async fn ask_for(&self, app: &App, some: &[Standing]) -> Result<(), ApiError> {
        let begun = Instant::now();
        let over = over(app, some).await?;
        let mut all = held(&self.all);
        for (n, standing) in some.iter().enumerate() {
            let key = standing.key;
            // Learned anew meanwhile, or as somebody else: that is younger than what was asked for.
            let is_this = |known: &Known| {
                known.checked <= begun && Standing::of(key, &known.actor) == *standing
            };
            let Some(known) = all.get_mut(&key).filter(|known| is_this(known)) else { continue };
            if over.contains(&n) {
                all.remove(&key);
            } else {
                known.checked = begun;
                known.asked = Some(begun);
            }
        }
        Ok(())
    }
}

/// Notes that somebody is there: staff who only talk are not idle. Who has been idle for too long does not come back by that,
/// and what somebody else is changing is not waited for.
pub async fn seen(app: &App, some: &[Key]) -> Result<(), ApiError> {
    let logins: Vec<Uuid> = some.iter().map(|key| key.0.0).collect();
    let now = app.clock.now();
    sqlx::query!(
        "update logins set last_seen_at = $2
         where id in (
             select l.id from logins l join accounts a on a.id = l.account_id
             where l.id = any ($1) and l.ended_at is null and l.last_seen_at <= $3
                 and (a.role = 'resident' or l.last_seen_at > $4)
             for update of l skip locked)",
        &logins,
        now,
        now - SEEN,
        now - STAFF_IDLE,
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
        None => drop(held(&logins.all).remove(&key(claims))),
    }
    Ok(found)
}
