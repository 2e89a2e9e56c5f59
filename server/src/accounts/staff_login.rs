//! Staff sign in with a password and an authenticator.

use crate::accounts::guards::{self, Subject};
use crate::accounts::logins::{self, NewLogin};
use crate::accounts::second_factor;
use crate::app::App;
use crate::db::Tx;
use crate::error::{ApiError, Refused};
use protocol::account::{Role, SignedIn};
use protocol::staff::{StaffSignIn, Username};
use protocol::{AccountId, ErrorCode};
use sqlx::PgConnection;

/// An unknown name takes the same steps as a wrong password, the slow one included.
pub async fn sign_in(app: &App, sign_in: StaffSignIn) -> Result<SignedIn, ApiError> {
    refuse_while_locked(app, &sign_in.username).await?;
    let kept = kept_hash(&mut *app.db.acquire().await?, &sign_in.username).await?;
    let right = app.passwords.matches(sign_in.password.clone(), kept.clone()).await?;
    let proven = kept.filter(|_| right);
    let parts = app.clone();
    app.attempt(move |tx| Box::pin(async move { second_step(tx, &parts, &sign_in, proven).await }))
        .await
}

/// Before the costly part; decided again below, under the lock.
async fn refuse_while_locked(app: &App, username: &Username) -> Result<(), ApiError> {
    let subject = Subject::username(username);
    Ok(guards::look(&app.db, &subject, app.clock.now()).await??)
}

async fn kept_hash(db: &mut PgConnection, username: &Username) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!(
        "select c.password_hash from credentials c join accounts a on a.id = c.account_id
         where a.username = $1 and a.disabled_at is null",
        username.as_str(),
    )
    .fetch_optional(db)
    .await
}

async fn second_step(
    tx: &mut Tx,
    app: &App,
    sign_in: &StaffSignIn,
    proven: Option<String>,
) -> Result<Result<SignedIn, Refused>, ApiError> {
    let now = tx.now;
    let guard = guards::lock(tx, Subject::username(&sign_in.username)).await?;
    if let Err(refused) = guard.check(now) {
        return Ok(Err(refused));
    }
    // Looked at again: the account may have been disabled or enrolled anew while the hash was computed.
    let found = lock(tx, &sign_in.username).await?;
    let Some(known) = found.filter(|known| proven.as_ref() == Some(&known.password_hash)) else {
        guard.fail(tx).await?;
        return Ok(Err(Refused::new(
            ErrorCode::WrongCredentials,
            "name or password is wrong; try again, or ask the operator for a new enrolment",
        )));
    };
    let Some(code) = &sign_in.code else {
        return Ok(Err(Refused::new(
            ErrorCode::SecondFactorRequired,
            "send the same again with the six digits of your authenticator as `code`",
        )));
    };
    let secret = app.vault.open(known.account.0, &known.totp_secret)?;
    let Some(step) = second_factor::step(&secret, code, known.totp_step, now)? else {
        guard.fail(tx).await?;
        return Ok(Err(Refused::new(
            ErrorCode::WrongCode,
            "the code is wrong or was used before; wait for the next one and check the phone's clock",
        )));
    };
    guard.succeed(tx).await?;
    use_up(tx, known.account, step).await?;
    let new =
        NewLogin { account: known.account, role: known.role, device: sign_in.device.as_str() };
    logins::create(tx, &app.tokens, new).await.map(Ok)
}

struct Known {
    account: AccountId,
    role: Role,
    password_hash: String,
    totp_secret: Vec<u8>,
    totp_step: i64,
}

/// Takes the credentials after whoever uses them at this moment has finished: a code is never good twice.
async fn lock(tx: &mut Tx, username: &Username) -> sqlx::Result<Option<Known>> {
    sqlx::query_as!(
        Known,
        r#"select a.id as "account: AccountId", a.role as "role: Role", c.password_hash, c.totp_secret, c.totp_step
           from credentials c join accounts a on a.id = c.account_id
           where a.username = $1 and a.disabled_at is null
           for update of c"#,
        username.as_str(),
    )
    .fetch_optional(&mut **tx)
    .await
}

async fn use_up(tx: &mut Tx, account: AccountId, step: i64) -> sqlx::Result<()> {
    sqlx::query!(
        "update credentials set totp_step = $2 where account_id = $1",
        account as AccountId,
        step,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
