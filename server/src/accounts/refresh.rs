//! Renewing a login so that a lost answer loses nothing, and a stolen token gains nothing (SEC-JWT-06).
//!
//! Every refresh makes a new generation. Its parent may be refreshed again until the device has shown that it got
//! the new one, by an access token or a refresh token of it. Refreshing the parent again gives the unseen generation
//! up: at every moment one chain is alive, never two branches. Any other refresh token that comes back has been
//! copied, and ends the login.

use crate::accounts::{logins, secrets};
use crate::app::App;
use crate::db::Tx;
use crate::error::{ApiError, Refused};
use crate::notify::sms::{self, TextKind};
use chrono::{DateTime, Duration, Utc};
use protocol::account::{LoginEnd, Refresh, Role, SignedIn};
use protocol::{AccountId, ErrorCode, LoginId, Phone};

/// How long a warning is worth sending.
const WARNING: Duration = Duration::hours(24);

/// The same as for a request without a login: one signs in again.
const ENDED: &str = "this login has ended; sign in again";

pub async fn refresh(app: &App, refresh: Refresh) -> Result<SignedIn, ApiError> {
    let parts = app.clone();
    app.attempt(move |tx| {
        Box::pin(async move { refreshed(tx, &parts, &refresh.refresh_token).await })
    })
    .await
}

async fn refreshed(
    tx: &mut Tx,
    app: &App,
    token: &str,
) -> Result<Result<SignedIn, Refused>, ApiError> {
    let hash = secrets::hash(token);
    let known = sqlx::query!(
        r#"select login_id as "login: LoginId", generation from refresh_tokens where token_hash = $1"#,
        hash.as_slice(),
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(known) = known else { return Ok(Err(ended())) };
    let Some(login) = lock(tx, known.login).await? else { return Ok(Err(ended())) };
    let Some(next) = login.after(known.generation) else {
        logins::end(tx, login.id, LoginEnd::Replay).await?;
        warn_owner(tx, &login).await?;
        metrics::counter!("refresh_tokens_replayed_total").increment(1);
        return Ok(Err(ended()));
    };
    let now = tx.now;
    sqlx::query!(
        "update logins set generation = $2, parent = $3, confirmed = false, last_seen_at = $4 where id = $1",
        login.id as LoginId,
        next,
        known.generation,
        now,
    )
    .execute(&mut **tx)
    .await?;
    let refresh_token = logins::new_refresh_token(tx, login.id, next).await?;
    let (access_token, access_expires_at) = app.tokens.issue(login.account, login.id, next, now)?;
    Ok(Ok(SignedIn {
        login: login.id,
        access_token,
        access_expires_at,
        refresh_token,
        expires_at: login.expires_at,
        account: login.account,
        role: login.role,
    }))
}

fn ended() -> Refused {
    Refused::new(ErrorCode::Unauthenticated, ENDED)
}

struct Login {
    id: LoginId,
    account: AccountId,
    role: Role,
    phone: Option<String>,
    expires_at: DateTime<Utc>,
    generation: i32,
    parent: Option<i32>,
    confirmed: bool,
}

impl Login {
    /// The generation that a refresh of `presented` makes; `None` where it may not be refreshed any more.
    fn after(&self, presented: i32) -> Option<i32> {
        let lost_answer = !self.confirmed && self.parent == Some(presented);
        (presented == self.generation || lost_answer).then(|| self.generation + 1)
    }
}

/// Takes a live login after whoever renews or ends it at this moment has finished.
async fn lock(tx: &mut Tx, id: LoginId) -> Result<Option<Login>, ApiError> {
    sqlx::query!("select id from logins where id = $1 for update", id as LoginId)
        .fetch_optional(&mut **tx)
        .await?;
    let now = tx.now;
    Ok(sqlx::query_as!(
        Login,
        r#"select l.id as "id: LoginId", a.id as "account: AccountId", a.role as "role: Role", a.phone,
                  l.expires_at, l.generation, l.parent, l.confirmed
           from logins l join accounts a on a.id = l.account_id
           where l.id = $1 and l.ended_at is null and l.expires_at > $2 and a.disabled_at is null
               and (a.role = 'resident' or l.last_seen_at > $3)"#,
        id as LoginId,
        now,
        now - crate::http::auth::STAFF_IDLE,
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Residents are told by text message; everybody sees it in the list of logins.
async fn warn_owner(tx: &mut Tx, login: &Login) -> Result<(), ApiError> {
    let Some(phone) = login.phone.as_deref().and_then(|phone| phone.parse::<Phone>().ok()) else {
        return Ok(());
    };
    let text = "【阿拉调解】您的一台设备的登录凭证被重复使用,为安全起见已将其退出。如非本人操作,请重新登录并检查登录设备。";
    let until = tx.now + WARNING;
    sms::queue(tx, &phone, TextKind::Security, text, until).await?;
    Ok(())
}
