//! Residents sign in with a code sent to their phone (SEC-SMS-01 to 04, 06).

use crate::accounts::codes::{CodeKey, Purpose};
use crate::accounts::guards::{self, Subject};
use crate::accounts::logins::{self, NewLogin};
use crate::accounts::{alarm, people, secrets};
use crate::app::App;
use crate::db::Tx;
use crate::error::{ApiError, Refused};
use crate::notify::sms::{self, TextKind};
use chrono::{DateTime, Duration, Utc};
use protocol::account::{AskLoginCode, LoginCodeSent, Role, SignIn, SignedIn};
use protocol::{AccountId, ErrorCode, LoginCodeId, Phone};

const CODE_LIFETIME: Duration = Duration::minutes(5);
/// Tries until a code is void.
const TRIES: i16 = 5;
/// How often a code may be sent to one number: so often in so long.
const SENDINGS: [(i64, Duration); 3] =
    [(1, Duration::minutes(1)), (5, Duration::hours(1)), (10, Duration::hours(24))];

/// Sends a code. Whether the number has an account is not even looked up, so nothing can tell.
pub async fn ask_code(app: &App, ask: AskLoginCode) -> Result<LoginCodeSent, ApiError> {
    let key = app.clone();
    app.attempt(move |tx| {
        Box::pin(async move {
            let guard = guards::lock(tx, Subject::phone(&ask.phone)).await?;
            if let Err(refused) = guard.check(tx.now) {
                return Ok(Err(refused));
            }
            if let Err(refused) = may_send(tx, &ask.phone).await? {
                return Ok(Err(refused));
            }
            send(tx, &key.codes, &ask.phone).await.map(Ok)
        })
    })
    .await
}

/// Counted in the rows themselves: a restart forgets nothing, and without the database there is no code anyway.
async fn may_send(tx: &mut Tx, phone: &Phone) -> Result<Result<(), Refused>, ApiError> {
    for (most, within) in SENDINGS {
        let now = tx.now;
        let sent = sqlx::query!(
            r#"select count(*) as "count!", min(created_at) as first from login_codes
               where phone = $1 and created_at > $2"#,
            phone.as_str(),
            now - within,
        )
        .fetch_one(&mut **tx)
        .await?;
        if let Some(first) = sent.first.filter(|_| sent.count >= most) {
            let wait = (first + within - now).num_seconds().max(1);
            return Ok(Err(Refused::new(
                ErrorCode::TooManyRequests,
                "a code was sent to this number a short while ago; use it, or wait as long as Retry-After says",
            )
            .retry_after(u64::try_from(wait).unwrap_or(1))));
        }
    }
    Ok(Ok(()))
}

async fn send(tx: &mut Tx, key: &CodeKey, phone: &Phone) -> Result<LoginCodeSent, ApiError> {
    let (now, id, code) = (tx.now, LoginCodeId(tx.ids.next()), secrets::digits()?);
    let expires_at = now + CODE_LIFETIME;
    let hmac = key.digest(Purpose::Login, id.0, &code);
    sqlx::query!(
        "insert into login_codes (id, phone, code_hmac, created_at, expires_at) values ($1, $2, $3, $4, $5)",
        id as LoginCodeId,
        phone.as_str(),
        hmac.as_slice(),
        now,
        expires_at,
    )
    .execute(&mut **tx)
    .await?;
    let text = format!(
        "【阿拉调解】验证码{code},5分钟内有效。民警和调解员都不会向您索要,请勿告诉任何人。"
    );
    sms::queue(tx, phone, TextKind::LoginCode, &text, expires_at).await?;
    Ok(LoginCodeSent { login_code: id, expires_at, next_at: now + SENDINGS[0].1 })
}

/// Signs in; the account and its person are made at the first login.
pub async fn sign_in(app: &App, sign_in: SignIn) -> Result<SignedIn, ApiError> {
    let parts = app.clone();
    app.attempt(move |tx| Box::pin(async move { signed_in(tx, &parts, &sign_in).await })).await
}

async fn signed_in(
    tx: &mut Tx,
    app: &App,
    sign_in: &SignIn,
) -> Result<Result<SignedIn, Refused>, ApiError> {
    let now = tx.now;
    let Some(code) = lock(tx, sign_in.login_code, &sign_in.phone).await? else {
        return Ok(Err(wrong_code()));
    };
    let guard = guards::lock(tx, Subject::phone(&sign_in.phone)).await?;
    if let Err(refused) = guard.check(now) {
        return Ok(Err(refused));
    }
    if code.is_void(now) {
        return Ok(Err(wrong_code()));
    }
    let given = sign_in.code.as_str();
    if !app.codes.matches(Purpose::Login, sign_in.login_code.0, given, &code.hmac) {
        count_try(tx, sign_in.login_code).await?;
        guard.fail(tx).await?;
        alarm::failed_code(app).await;
        return Ok(Err(wrong_code()));
    }
    guard.succeed(tx).await?;
    use_up(tx, sign_in.login_code).await?;
    let Some(account) = account(tx, sign_in).await? else {
        return Ok(Err(Refused::new(
            ErrorCode::NotPermitted,
            "this account is closed; ask the station why and what to do",
        )));
    };
    let new = NewLogin { account, role: Role::Resident, device: sign_in.device.as_str() };
    logins::create(tx, &app.tokens, new).await.map(Ok)
}

fn wrong_code() -> Refused {
    Refused::new(
        ErrorCode::WrongCode,
        "the code is wrong, used or too old; look at the newest text message, or ask for a new code",
    )
}

/// A code that was sent.
pub struct Sent {
    hmac: Vec<u8>,
    expires_at: DateTime<Utc>,
    tries: i16,
    used: bool,
}

impl Sent {
    fn is_void(&self, now: DateTime<Utc>) -> bool {
        self.used || self.tries >= TRIES || self.expires_at <= now
    }
}

/// Takes the code after whoever tries it at this moment has finished: two tries never count as one.
async fn lock(tx: &mut Tx, id: LoginCodeId, phone: &Phone) -> sqlx::Result<Option<Sent>> {
    sqlx::query_as!(
        Sent,
        r#"select code_hmac as hmac, expires_at, tries, used_at is not null as "used!"
           from login_codes where id = $1 and phone = $2 for update"#,
        id as LoginCodeId,
        phone.as_str(),
    )
    .fetch_optional(&mut **tx)
    .await
}

async fn count_try(tx: &mut Tx, id: LoginCodeId) -> sqlx::Result<()> {
    sqlx::query!("update login_codes set tries = tries + 1 where id = $1", id as LoginCodeId)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn use_up(tx: &mut Tx, id: LoginCodeId) -> sqlx::Result<()> {
    let now = tx.now;
    sqlx::query!("update login_codes set used_at = $2 where id = $1", id as LoginCodeId, now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The account of the number, made if there is none; `None` if it is disabled.
async fn account(tx: &mut Tx, sign_in: &SignIn) -> Result<Option<AccountId>, ApiError> {
    let phone = &sign_in.phone;
    let known = sqlx::query!(
        r#"select id as "id: AccountId", person_id, disabled_at from accounts where phone = $1"#,
        phone.as_str(),
    )
    .fetch_optional(&mut **tx)
    .await?;
    let (account, person) = match known {
        Some(known) if known.disabled_at.is_some() => return Ok(None),
        Some(known) => (known.id, protocol::PersonId(known.person_id)),
        None => {
            let person = people::behind(tx, phone, sign_in.name.as_ref()).await?;
            let (now, id) = (tx.now, AccountId(tx.ids.next()));
            sqlx::query!(
                "insert into accounts (id, person_id, role, phone, created_at)
                 values ($1, $2, 'resident', $3, $4)",
                id as AccountId,
                person.0,
                phone.as_str(),
                now,
            )
            .execute(&mut **tx)
            .await?;
            (id, person)
        }
    };
    people::gather(tx, phone, person).await?;
    Ok(Some(account))
}
