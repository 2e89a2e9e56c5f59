//! The steps of a session, by the doors that its people use.

use crate::app::{Answer, Person};
use chrono::{DateTime, Duration, Utc};
use protocol::session::{SessionPhase, SessionView};
use protocol::{DisputeId, PartyId};
use reqwest::Method;
use serde_json::{Value, json};

/// A step of a session.
pub async fn step(who: &Person<'_>, session: &SessionView, verb: &str, body: Value) -> Answer {
    who.request(Method::POST, &format!("/v1/sessions/{}/{verb}", session.id), Some(body), None)
        .await
}

pub async fn command(who: &Person<'_>, session: &SessionView, verb: &str) -> SessionView {
    who.command(&format!("/v1/sessions/{}/{verb}", session.id)).await.to()
}

/// Somebody who attends for a party: themselves, or as its guardian.
#[derive(Clone, Copy)]
pub struct Attending<'a> {
    pub who: &'a Person<'a>,
    pub party: PartyId,
    pub acting: &'static str,
}

/// Told of it, let in, verified, and aware of their rights.
pub async fn ready(host: &Person<'_>, session: &SessionView, all: &[Attending<'_>]) {
    command(host, session, "notify").await;
    command(host, session, "open").await;
    come(host, session, all).await;
    command(host, session, "confirm-identities").await;
    for one in all {
        command(one.who, session, "acknowledge-rights").await;
    }
    command(host, session, "confirm-rights").await;
}

pub async fn come(host: &Person<'_>, session: &SessionView, all: &[Attending<'_>]) {
    for one in all {
        let body = json!({"person": one.who.id, "party": one.party, "as": one.acting});
        step(one.who, session, "arrive", body).await.ok();
        let body = json!({"person": one.who.id, "method": "document_seen"});
        step(host, session, "verify", body).await.ok();
    }
}

/// The record is read out, confirmed by all, and the session is over.
pub async fn recorded(host: &Person<'_>, session: &SessionView, text: &str, all: &[Attending<'_>]) {
    let read: SessionView = step(host, session, "record", json!({"text": text})).await.to();
    let hash = read.record.unwrap().text_hash;
    for one in all {
        step(one.who, session, "confirm-record", json!({"text_hash": hash})).await.ok();
    }
    command(host, session, "close-record").await;
    assert_eq!(command(host, session, "end").await.phase, SessionPhase::Ended);
}

pub async fn planned(host: &Person<'_>, dispute: DisputeId, at: DateTime<Utc>) -> Answer {
    let plan = json!({"starts_at": at, "ends_at": at + Duration::hours(2), "manner": "on_site"});
    host.post(&format!("/v1/disputes/{dispute}/sessions"), plan).await
}
