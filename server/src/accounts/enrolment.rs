//! Staff choose both factors with a code that the operator hands over in person.

use crate::accounts::guards::{self, Subject};
use crate::accounts::{logins, passwords, second_factor, secrets};
use crate::app::App;
use crate::db::Tx;
use crate::error::{ApiError, Refused};
use chrono::Duration;
use protocol::account::LoginEnd;
use protocol::staff::{ConfirmEnrolment, Enrol, Enrolled, Enrolment, EnrolmentConfirmed, Username};
use protocol::{AccountId, ErrorCode};

const LIFETIME: Duration = Duration::hours(72);

/// A new code; the one before is void. Only its hash is kept, so it can be told this once.
pub async fn begin(tx: &mut Tx, account: AccountId) -> Result<Enrolment, ApiError> {
    let code = secrets::opaque()?;
    let (hash, expires_at) = (secrets::hash(&code), tx.now + LIFETIME);
    sqlx::query!(
        "insert into enrolments (account_id, code_hash, expires_at) values ($1, $2, $3)
         on conflict (account_id) do update
             set code_hash = $2, expires_at = $3, password_hash = null, totp_secret = null",
        account as AccountId,
        hash.as_slice(),
        expires_at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(Enrolment { enrolment_code: code, expires_at })
}

/// Keeps the password and makes the authenticator's secret. Until confirmed it can be done again.
pub async fn enrol(app: &App, enrol: Enrol) -> Result<Enrolled, ApiError> {
    let mut tx = app.begin().await?;
    let open = lock(&mut tx, enrol.enrolment_code.as_str()).await?.ok_or_else(unknown)?;
    // No lock is held while the password is hashed.
    drop(tx);
    passwords::check(&enrol.password, &open.username)?;
    let hash = app.passwords.hash(enrol.password).await?;
    let secret = second_factor::new_secret()?;
    let sealed = app.vault.seal(open.account.0, &secret)?;
    let code = secrets::hash(enrol.enrolment_code.as_str());
    app.attempt(move |tx| {
        Box::pin(async move {
            let now = tx.now;
            let kept = sqlx::query!(
                "update enrolments set password_hash = $2, totp_secret = $3
                 where code_hash = $1 and expires_at > $4",
                code.as_slice(),
                hash,
                sealed,
                now,
            )
            .execute(&mut **tx)
            .await?;
            Ok(if kept.rows_affected() == 1 { Ok(()) } else { Err(refusal()) })
        })
    })
    .await?;
    Ok(second_factor::describe(&secret, &open.username)?)
}

/// The authenticator shows the right digits: what was chosen becomes good, and every device signs in anew.
pub async fn confirm(app: &App, confirm: ConfirmEnrolment) -> Result<EnrolmentConfirmed, ApiError> {
    let parts = app.clone();
    app.attempt(move |tx| Box::pin(async move { confirmed(tx, &parts, &confirm).await })).await
}

async fn confirmed(
    tx: &mut Tx,
    app: &App,
    confirm: &ConfirmEnrolment,
) -> Result<Result<EnrolmentConfirmed, Refused>, ApiError> {
    let now = tx.now;
    let Some(open) = lock(tx, confirm.enrolment_code.as_str()).await? else {
        return Ok(Err(refusal()));
    };
    let (Some(hash), Some(sealed)) = (&open.password_hash, &open.totp_secret) else {
        return Ok(Err(Refused::new(
            ErrorCode::WrongStatus,
            "choose a password first, with POST /v1/staff-enrolments",
        )));
    };
    let guard = guards::lock(tx, Subject::username(&open.username)).await?;
    if let Err(refused) = guard.check(now) {
        return Ok(Err(refused));
    }
    let secret = app.vault.open(open.account.0, sealed)?;
    let Some(step) = second_factor::step(&secret, &confirm.code, 0, now)? else {
        guard.fail(tx).await?;
        return Ok(Err(Refused::new(
            ErrorCode::WrongCode,
            "the digits do not fit; wait for the next ones and check the phone's clock",
        )));
    };
    guard.succeed(tx).await?;
    sqlx::query!(
        "insert into credentials (account_id, password_hash, totp_secret, totp_step, confirmed_at)
         values ($1, $2, $3, $4, $5)
         on conflict (account_id) do update
             set password_hash = $2, totp_secret = $3, totp_step = $4, confirmed_at = $5",
        open.account as AccountId,
        hash,
        sealed,
        step,
        now,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("delete from enrolments where account_id = $1", open.account as AccountId)
        .execute(&mut **tx)
        .await?;
    logins::end_all(tx, open.account, LoginEnd::Enrolled).await?;
    Ok(Ok(EnrolmentConfirmed { username: open.username.as_str().to_owned() }))
}

fn refusal() -> Refused {
    Refused::new(
        ErrorCode::WrongCode,
        "this enrolment code is unknown, used or too old; ask the operator for a new one",
    )
}

fn unknown() -> ApiError {
    refusal().into()
}

struct Open {
    account: AccountId,
    username: Username,
    password_hash: Option<String>,
    totp_secret: Option<Vec<u8>>,
}

/// Takes the enrolment after whoever works on it at this moment has finished.
async fn lock(tx: &mut Tx, code: &str) -> Result<Option<Open>, ApiError> {
    let (hash, now) = (secrets::hash(code), tx.now);
    let found = sqlx::query!(
        r#"select a.id as "account: AccountId", a.username as "username!", e.password_hash, e.totp_secret
           from enrolments e join accounts a on a.id = e.account_id
           where e.code_hash = $1 and e.expires_at > $2 and a.disabled_at is null
           for update of e"#,
        hash.as_slice(),
        now,
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = found else { return Ok(None) };
    let username = row.username.parse().map_err(anyhow::Error::from)?;
    Ok(Some(Open {
        account: row.account,
        username,
        password_hash: row.password_hash,
        totp_secret: row.totp_secret,
    }))
}
