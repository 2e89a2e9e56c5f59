//! Every way a request can fail, and how that looks from outside: one problem document.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::{agreement, follow_up};
use protocol::{ErrorCode, FieldError, Problem};
use std::borrow::Cow;

pub type Result<T, E = ApiError> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// Decided: a code, a sentence that says what to do, perhaps fields and the article of a law.
    #[error("{0}")]
    Refused(#[from] Refused),
    /// Ours: logged once, told to nobody.
    #[error("internal error")]
    Internal(#[from] anyhow::Error),
}

#[derive(Clone, Debug, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct Refused {
    pub code: ErrorCode,
    pub detail: Cow<'static, str>,
    pub fields: Vec<FieldError>,
    pub article: Option<&'static str>,
    pub retry_after: Option<u64>,
}

impl Refused {
    pub fn new(code: ErrorCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { code, detail: detail.into(), fields: Vec::new(), article: None, retry_after: None }
    }

    #[must_use]
    pub fn field(mut self, path: impl Into<String>, detail: impl Into<String>) -> Self {
        self.fields.push(FieldError { path: path.into(), detail: detail.into() });
        self
    }

    #[must_use]
    pub fn article(mut self, article: Option<&'static str>) -> Self {
        self.article = article;
        self
    }

    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }
}

impl ApiError {
    pub fn new(code: ErrorCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Refused::new(code, detail).into()
    }

    /// The same for what does not exist and for what is not yours to see.
    pub fn not_found() -> Self {
        Self::new(ErrorCode::NotFound, "there is nothing here, or it is not yours to see")
    }

    pub fn not_permitted() -> Self {
        Self::new(ErrorCode::NotPermitted, "your part in this does not allow that")
    }

    pub fn unauthenticated() -> Self {
        Self::new(ErrorCode::Unauthenticated, "sign in and send the access token as a bearer token")
    }

    /// A field whose value was readable but cannot be used.
    pub fn invalid(path: impl Into<String>, detail: impl Into<String>) -> Self {
        Refused::new(ErrorCode::Invalid, "correct the fields named and send it again")
            .field(path, detail)
            .into()
    }

    pub fn unavailable() -> Self {
        Refused::new(
            ErrorCode::Unavailable,
            "the service cannot answer at the moment; repeat the request shortly, with the same Idempotency-Key if it had one",
        )
        .retry_after(2)
        .into()
    }

    /// The same for somebody else whom it concerns as well.
    #[must_use]
    pub fn again(&self) -> Self {
        match self {
            Self::Refused(refused) => refused.clone().into(),
            Self::Internal(error) => Self::Internal(anyhow::anyhow!("{error:#}")),
        }
    }

    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Refused(refused) => refused.code,
            Self::Internal(_) => ErrorCode::Internal,
        }
    }

    pub fn to_problem(&self) -> Problem {
        let (code, detail) = match self {
            Self::Refused(refused) => (refused.code, refused.detail.to_string()),
            Self::Internal(_) => (
                ErrorCode::Internal,
                "something went wrong on our side; try again, and quote the request id if it stays"
                    .into(),
            ),
        };
        let refused = match self {
            Self::Refused(refused) => Some(refused),
            Self::Internal(_) => None,
        };
        Problem {
            kind: format!("/problems/{code}"),
            title: title(code),
            status: status(code).as_u16(),
            code,
            detail,
            fields: refused.map(|r| r.fields.clone()).unwrap_or_default(),
            article: refused.and_then(|r| r.article).map(Into::into),
            retry_after: refused.and_then(|r| r.retry_after),
            request_id: None,
        }
    }
}

/// The code in words.
fn title(code: ErrorCode) -> String {
    let mut words = code.as_str().replace('_', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

pub const fn status(code: ErrorCode) -> StatusCode {
    use ErrorCode as C;
    match code {
        C::Malformed | C::IdempotencyKeyRequired => StatusCode::BAD_REQUEST,
        C::Invalid | C::IdempotencyKeyReused | C::MessageIdReused => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        C::TooLarge | C::QuotaExceeded => StatusCode::PAYLOAD_TOO_LARGE,
        C::UnsupportedMediaType | C::FileTypeNotAllowed => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        C::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        C::Unauthenticated
        | C::TokenExpired
        | C::SecondFactorRequired
        | C::WrongCode
        | C::WrongCredentials => StatusCode::UNAUTHORIZED,
        C::NotPermitted | C::PowerMissing => StatusCode::FORBIDDEN,
        C::NotFound => StatusCode::NOT_FOUND,
        C::TooManyRequests | C::AccountLocked => StatusCode::TOO_MANY_REQUESTS,
        C::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        C::StorageFull => StatusCode::INSUFFICIENT_STORAGE,
        C::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::CONFLICT,
    }
}

/// The rules' refusals say everything themselves: code, sentence, article.
macro_rules! refusals {
    ($($refusal:ty),+ $(,)?) => {$(
        impl From<$refusal> for ApiError {
            fn from(refusal: $refusal) -> Self {
                Refused::new(refusal.code(), refusal.to_string()).article(refusal.article()).into()
            }
        }
    )+};
}

refusals! {
    domain::conflict::Refusal,
    domain::dispute::Refusal,
    domain::media::Refusal,
    domain::obligation::Refusal,
    domain::risk::Refusal,
    domain::session::Refusal,
}

impl From<agreement::Refusal> for ApiError {
    fn from(refusal: agreement::Refusal) -> Self {
        let mut refused =
            Refused::new(refusal.code(), refusal.to_string()).article(refusal.article());
        refused.fields = refusal.fields().to_vec();
        refused.into()
    }
}

impl From<follow_up::Refusal> for ApiError {
    fn from(refusal: follow_up::Refusal) -> Self {
        let refused = Refused::new(refusal.code(), refusal.to_string()).article(refusal.article());
        match refusal {
            follow_up::Refusal::MeasuresMissing => refused.field("measures", "say what was done"),
            follow_up::Refusal::NotYetVisited => {
                refused.field("visited_at", "give the time at which it was made")
            }
            _ => refused,
        }
        .into()
    }
}

impl From<sqlx::Error> for ApiError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        match &error {
            E::Io(_) | E::Tls(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed => {
                tracing::warn!(error = %error, "database away");
                Self::unavailable()
            }
            E::Database(database) => {
                from_database(database.code().as_deref(), database.constraint())
                    .unwrap_or_else(|| Self::Internal(told_by(database.as_ref())))
            }
            _ => Self::Internal(error.into()),
        }
    }
}

/// What the log may say of it. Its text and detail hold the values at fault, which people wrote.
fn told_by(error: &dyn sqlx::error::DatabaseError) -> anyhow::Error {
    anyhow::anyhow!(
        "the database refused: state {}, table {}, constraint {}",
        error.code().unwrap_or_default(),
        error.table().unwrap_or("-"),
        error.constraint().unwrap_or("-"),
    )
}

/// States of PostgreSQL that mean "later", and constraints that mean a decided refusal.
fn from_database(state: Option<&str>, constraint: Option<&str>) -> Option<ApiError> {
    match state? {
        // connection lost, shutting down, too many connections, lock and statement time-outs, deadlock
        "08000" | "08003" | "08006" | "57P01" | "57P02" | "57P03" | "53300" | "55P03" | "57014"
        | "40P01" | "40001" => Some(ApiError::unavailable()),
        "53100" => Some(ApiError::new(
            ErrorCode::StorageFull,
            "there is no room to store this; nothing was changed, try again later",
        )),
        "23503" | "23505" | "23514" | "23P01" => from_constraint(constraint?),
        _ => None,
    }
}

fn from_constraint(name: &str) -> Option<ApiError> {
    let (code, detail) = match name {
        "appointments_one_mediator" | "appointments_one_part_a_person" => (
            ErrorCode::AlreadyAppointed,
            "somebody already has this part; they must step down first",
        ),
        "parties_stand_on_one_side" => {
            (ErrorCode::Invalid, "this person is already a party; nobody stands on two sides")
        }
        "representatives_act_once" => {
            (ErrorCode::Invalid, "this person already acts for that party")
        }
        "disputes_public_security_has_two_sessions" => {
            (ErrorCode::SessionLimit, "治安调解 has at most two sessions")
        }
        "accounts_station_id_fkey"
        | "communities_station_id_fkey"
        | "committees_station_id_fkey" => {
            (ErrorCode::Invalid, "there is no such station; choose one from the directory")
        }
        "accounts_committee_id_fkey" => {
            (ErrorCode::Invalid, "there is no such committee; choose one from the directory")
        }
        "stations_district_code_fkey" | "committees_district_code_fkey" => {
            (ErrorCode::Invalid, "there is no such district; have the operator add it first")
        }
        "firms_name_is_unique" => (ErrorCode::Invalid, "there is a firm of this name already"),
        "lawyers_firm_id_fkey" => {
            (ErrorCode::Invalid, "there is no such firm; choose one from the directory")
        }
        "accounts_username_is_unique" => {
            (ErrorCode::Invalid, "this username is taken; choose another")
        }
        "lawyers_licence_is_unique" => {
            (ErrorCode::Invalid, "another lawyer here has this licence number")
        }
        "sessions_hosts_do_not_overlap" => {
            (ErrorCode::Invalid, "the mediator has another session then; choose another time")
        }
        "agreements_text_is_frozen" | "agreements_end_once" | "signatures_are_of_the_text" => (
            ErrorCode::TextChanged,
            "the agreement changed in the meantime; read it again and go on from there",
        ),
        "signatures_once" => {
            (ErrorCode::AlreadyAnswered, "you have signed already; nothing more is needed from you")
        }
        "visits_end_once" => (
            ErrorCode::AlreadyAnswered,
            "this visit was made or called off; load the visits again to see what is due",
        ),
        "agreements_one_a_dispute" => (
            ErrorCode::TextChanged,
            "somebody else wrote the first draft; read it and go on from there",
        ),
        "accounts_phone_is_unique" => (ErrorCode::Invalid, "this phone number has an account"),
        _ => return None,
    };
    Some(ApiError::new(code, detail))
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        if let Self::Internal(error) = &self {
            tracing::error!(error = ?error, "internal error");
        }
        problem_response(&self.to_problem())
    }
}

pub fn problem_response(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = serde_json::to_vec(problem).unwrap_or_default();
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if let Some(seconds) = problem.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response.extensions_mut().insert(problem.code);
    response
}
