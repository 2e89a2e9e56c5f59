//! Which problems an operation can answer with: by who may ask, by what it takes, and by whether it writes.

use super::parameters;
use crate::error::{self, ApiError, Refused};
use crate::http::policy::Rule;
use protocol::{ErrorCode, Problem};
use utoipa::ToSchema;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{Components, Content, ContentBuilder, Ref, RefOr, ResponseBuilder};

/// Problems of one status, as the document describes them once for all operations.
struct Kind {
    name: &'static str,
    means: &'static str,
    code: ErrorCode,
    /// What the example says.
    detail: &'static str,
}

const KINDS: &[Kind] = &[
    Kind {
        name: "Malformed",
        means: "The request cannot be read.",
        code: ErrorCode::Malformed,
        detail: "the body is not well-formed JSON; correct it",
    },
    Kind {
        name: "Unauthenticated",
        means: "Not signed in, or the token has expired.",
        code: ErrorCode::Unauthenticated,
        detail: "sign in and send the access token as a bearer token",
    },
    Kind {
        name: "NotPermitted",
        means: "Your role, or your part in the dispute, does not allow this.",
        code: ErrorCode::NotPermitted,
        detail: "your part in this does not allow that",
    },
    Kind {
        name: "NotFound",
        means: "Unknown, or not yours to see: the same answer.",
        code: ErrorCode::NotFound,
        detail: "there is nothing here, or it is not yours to see",
    },
    Kind {
        name: "NotNow",
        means: "Not at this moment: the code says why and what to do first.",
        code: ErrorCode::WrongStatus,
        detail: "load it again: it is in another status by now",
    },
    Kind {
        name: "TooLarge",
        means: "The body is too large.",
        code: ErrorCode::TooLarge,
        detail: "the body is larger than this operation takes; shorten it",
    },
    Kind {
        name: "UnsupportedMediaType",
        means: "The body is not of a type that this operation takes.",
        code: ErrorCode::UnsupportedMediaType,
        detail: "send the body as JSON, with the header Content-Type: application/json",
    },
    Kind {
        name: "Invalid",
        means: "Fields that do not fit, by path; or a key that another request had.",
        code: ErrorCode::Invalid,
        detail: "correct the fields named and send it again",
    },
    Kind {
        name: "TooManyRequests",
        means: "Too often: wait as long as `Retry-After` says.",
        code: ErrorCode::TooManyRequests,
        detail: "too often; wait as long as Retry-After says",
    },
    Kind {
        name: "Internal",
        means: "Our fault. Retry with the same key, and quote the request id if it stays.",
        code: ErrorCode::Internal,
        detail: "something went wrong on our side; try again, and quote the request id if it stays",
    },
    Kind {
        name: "Unavailable",
        means: "The database is away; nothing was acknowledged. Repeat it, with the same key if it had one.",
        code: ErrorCode::Unavailable,
        detail: "the service cannot answer at the moment; repeat the request shortly",
    },
    Kind {
        name: "StorageFull",
        means: "There is no room to store it; nothing was changed.",
        code: ErrorCode::StorageFull,
        detail: "there is no room to store this; nothing was changed, try again later",
    },
];

impl Kind {
    fn of(status: u16) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.status() == status)
    }

    fn status(&self) -> u16 {
        error::status(self.code).as_u16()
    }

    fn content(&self) -> Content {
        let mut refused = Refused::new(self.code, self.detail);
        refused = match self.code {
            ErrorCode::Invalid => refused.field("limit", "ask for 1 to 100 lines"),
            ErrorCode::TooManyRequests | ErrorCode::Unavailable => refused.retry_after(2),
            _ => refused,
        };
        let problem = ApiError::from(refused).to_problem();
        ContentBuilder::new()
            .schema(Some(Ref::from_schema_name(Problem::name())))
            .example(serde_json::to_value(problem).ok())
            .build()
    }
}

const PROBLEM: &str = "application/problem+json";

/// Describes every kind once.
pub fn add(components: &mut Components) {
    for kind in KINDS {
        let response =
            ResponseBuilder::new().description(kind.means).content(PROBLEM, kind.content());
        components.responses.insert(kind.name.into(), response.build().into());
    }
}

/// Lists what this operation can answer with. What an operation says itself of a status stays, as a problem.
pub fn list(operation: &mut Operation, rule: Rule, writes: bool) {
    for status in statuses(operation, rule, writes) {
        let Some(kind) = Kind::of(status) else { continue };
        operation
            .responses
            .responses
            .entry(status.to_string())
            .or_insert_with(|| Ref::from_response_name(kind.name).into());
    }
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(own) = response else { continue };
        let kind = status.parse().ok().and_then(Kind::of);
        if let Some(kind) = kind.filter(|_| own.content.is_empty()) {
            own.content.insert(PROBLEM.into(), kind.content().into());
        }
    }
}

fn statuses(operation: &Operation, rule: Rule, writes: bool) -> Vec<u16> {
    let (body, key) = (operation.request_body.is_some(), parameters::has_key(operation));
    let public = matches!(rule, Rule::Public);
    let in_dispute = matches!(rule, Rule::Parts(_) | Rule::Command(_) | Rule::InRoom);
    [
        (400, body || key),
        (401, !public),
        (403, in_dispute || matches!(rule, Rule::Roles(_))),
        (404, parameters::takes(operation, &ParameterIn::Path)),
        (409, in_dispute && writes),
        (413, body),
        (415, body),
        (422, body || key || parameters::takes(operation, &ParameterIn::Query)),
        (429, true),
        (500, true),
        (503, true),
        (507, writes),
    ]
    .into_iter()
    .filter_map(|(status, possible)| possible.then_some(status))
    .collect()
}
