//! Devices signed in: begun, listed, ended.

use crate::accounts::secrets;
use crate::accounts::tokens::Tokens;
use crate::db::{Hint, Tx};
use crate::error::ApiError;
use crate::http::Actor;
use chrono::{DateTime, Duration, Utc};
use protocol::account::{LoginEnd, LoginView, Logins, Role, SignedIn};
use protocol::{AccountId, LoginId};
use sqlx::PgPool;

/// How long those that ended are listed.
const LISTED: Duration = Duration::days(30);

/// However busy, one signs in anew after this (SEC-JWT-05).
fn lifetime(role: Role) -> Duration {
    if role.is_staff() { Duration::hours(12) } else { Duration::days(30) }
}

/// Devices at a time (SEC-AUT-03).
const fn most(role: Role) -> i64 {
    if role.is_staff() { 2 } else { 5 }
}

pub struct NewLogin<'a> {
    pub account: AccountId,
    pub role: Role,
    pub device: &'a str,
}

/// Signs a device in. Where that makes one too many, the oldest goes.
pub async fn create(tx: &mut Tx, tokens: &Tokens, new: NewLogin<'_>) -> Result<SignedIn, ApiError> {
    lock_account(tx, new.account).await?;
    make_room(tx, new.account, most(new.role) - 1).await?;
    let (now, login) = (tx.now, LoginId(tx.ids.next()));
    let expires_at = now + lifetime(new.role);
    sqlx::query!(
        "insert into logins (id, account_id, device, created_at, last_seen_at, expires_at)
         values ($1, $2, $3, $4, $4, $5)",
        login as LoginId,
        new.account as AccountId,
        new.device,
        now,
        expires_at,
    )
    .execute(&mut **tx)
    .await?;
    let refresh_token = new_refresh_token(tx, login, 1).await?;
    let (access_token, access_expires_at) = tokens.issue(new.account, login, 1, now)?;
    Ok(SignedIn {
        login,
        access_token,
        access_expires_at,
        refresh_token,
        expires_at,
        account: new.account,
        role: new.role,
    })
}

/// One sign-in of an account at a time: two at once would both count the devices before the other's.
async fn lock_account(tx: &mut Tx, account: AccountId) -> sqlx::Result<()> {
    sqlx::query!("select id from accounts where id = $1 for update", account as AccountId)
        .fetch_optional(&mut **tx)
        .await?;
    Ok(())
}

async fn make_room(tx: &mut Tx, account: AccountId, keep: i64) -> Result<(), ApiError> {
    let now = tx.now;
    let surplus = sqlx::query_scalar!(
        r#"select id as "id: LoginId" from logins
           where account_id = $1 and ended_at is null and expires_at > $2
           order by created_at desc, id offset $3"#,
        account as AccountId,
        now,
        keep,
    )
    .fetch_all(&mut **tx)
    .await?;
    for login in surplus {
        end(tx, login, LoginEnd::Limit).await?;
    }
    Ok(())
}

/// A secret that renews the login; kept as its hash.
pub async fn new_refresh_token(
    tx: &mut Tx,
    login: LoginId,
    generation: i32,
) -> Result<String, ApiError> {
    let token = secrets::opaque()?;
    let hash = secrets::hash(&token);
    sqlx::query!(
        "insert into refresh_tokens (token_hash, login_id, generation) values ($1, $2, $3)",
        hash.as_slice(),
        login as LoginId,
        generation,
    )
    .execute(&mut **tx)
    .await?;
    Ok(token)
}

/// Ends a login and closes its sockets. Ending it again changes nothing.
pub async fn end(tx: &mut Tx, login: LoginId, because: LoginEnd) -> sqlx::Result<()> {
    let now = tx.now;
    sqlx::query!(
        "update logins set ended_at = $2, ended_because = $3 where id = $1 and ended_at is null",
        login as LoginId,
        now,
        because.as_str(),
    )
    .execute(&mut **tx)
    .await?;
    // What is left of a dead login is of no use to anybody.
    sqlx::query!("delete from refresh_tokens where login_id = $1", login as LoginId)
        .execute(&mut **tx)
        .await?;
    tx.hint(Hint::Login(login));
    Ok(())
}

/// Ends one's own login. Somebody else's looks like an unknown one. Whose it is never changes: `end` takes the lock.
pub async fn end_own(tx: &mut Tx, actor: &Actor, login: LoginId) -> Result<Logins, ApiError> {
    let own = sqlx::query!(
        "select id from logins where id = $1 and account_id = $2",
        login as LoginId,
        actor.account as AccountId,
    )
    .fetch_optional(&mut **tx)
    .await?;
    own.ok_or_else(ApiError::not_found)?;
    end(tx, login, LoginEnd::Owner).await?;
    let now = tx.now;
    list(tx, actor, now).await
}

/// Ends all devices of an account.
pub async fn end_all(tx: &mut Tx, account: AccountId, because: LoginEnd) -> sqlx::Result<()> {
    let logins = sqlx::query_scalar!(
        r#"select id as "id: LoginId" from logins where account_id = $1 and ended_at is null"#,
        account as AccountId,
    )
    .fetch_all(&mut **tx)
    .await?;
    for login in logins {
        end(tx, login, because).await?;
    }
    Ok(())
}

pub async fn list_from(db: &PgPool, actor: &Actor, now: DateTime<Utc>) -> Result<Logins, ApiError> {
    list(&mut *db.acquire().await?, actor, now).await
}

async fn list(
    db: &mut sqlx::PgConnection,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Logins, ApiError> {
    let rows = sqlx::query!(
        r#"select id as "id: LoginId", device, created_at, last_seen_at, expires_at, ended_at,
                  ended_because as "ended_because: LoginEnd"
           from logins
           where account_id = $1 and coalesce(ended_at > $3, expires_at > $2)
           order by created_at desc, id"#,
        actor.account as AccountId,
        now,
        now - LISTED,
    )
    .fetch_all(db)
    .await?;
    let logins = rows.into_iter().map(|row| LoginView {
        id: row.id,
        device: row.device,
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
        expires_at: row.expires_at,
        current: row.id == actor.login,
        ended_at: row.ended_at,
        ended_because: row.ended_because,
    });
    Ok(Logins { logins: logins.collect() })
}
