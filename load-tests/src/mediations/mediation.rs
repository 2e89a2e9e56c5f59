//! One dispute between neighbours, from the filing to the archive.

use super::desk::Desk;
use crate::client::{Answer, Client};
use crate::people::{COMMUNITY, Cast, Person};
use crate::story::filing;
use crate::tokens::now;
use anyhow::{Context, bail, ensure};
use chrono::{Duration, NaiveDate};
use protocol::agreement::AgreementView;
use protocol::dispute::{DisputeView, Status};
use protocol::follow_up::{VisitList, VisitStatus};
use protocol::invitation::ConsentText;
use protocol::obligation::ObligationList;
use protocol::{DisputeId, PartyId};
use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

pub struct Mediation<'a> {
    pub desk: &'a Desk,
    pub client: &'a Client,
    pub cast: &'a Cast,
    pub server: SocketAddr,
    pub messages: u32,
    pub number: u32,
    pub requests: AtomicU32,
}

/// The dispute and its two sides.
pub struct Dispute {
    pub id: DisputeId,
    pub applicant: PartyId,
    pub respondent: PartyId,
}

impl Dispute {
    pub fn path(&self, rest: &str) -> String {
        format!("/v1/disputes/{}{rest}", self.id)
    }
}

impl Mediation<'_> {
    pub async fn live(&self) -> anyhow::Result<()> {
        let dispute = self.file().await?;
        self.appoint(&dispute).await?;
        self.meet(&dispute).await?;
        self.agree(&dispute).await?;
        self.perform(&dispute).await?;
        self.follow_up(&dispute).await
    }

    /// Filed, triaged, and agreed to by both sides.
    async fn file(&self) -> anyhow::Result<Dispute> {
        let cast = self.cast;
        let text: ConsentText =
            self.get("consent_text", &cast.applicant, "/v1/consent-text").await?;
        let shown = json!({"hash": text.hash, "version": text.version, "language": text.language});
        let title = format!("楼上夜间噪音 {}", self.number);
        let body = filing(cast, &title, COMMUNITY);
        let draft: DisputeView = self.post("file", &cast.applicant, "/v1/disputes", body).await?;
        let applicant = *draft.you_act_for.first().context("the applicant is no party")?;
        let of = |verb: &str| format!("/v1/disputes/{}/{verb}", draft.id);
        let body = json!({"consenting": [applicant], "shown": shown});
        self.done("submit", &cast.applicant, &of("submit"), body).await?;
        let body = json!({"findings": {"venue": "here"}});
        self.done("triage", &cast.officer, &of("triage"), body).await?;
        let path = format!("/v1/disputes/{}", draft.id);
        let seen: DisputeView = self.get("dispute", &cast.respondent, &path).await?;
        let respondent = *seen.you_act_for.first().context("the respondent is no party")?;
        let body = json!({"party": respondent, "shown": shown});
        self.done("consent", &cast.respondent, &of("consent"), body).await?;
        Ok(Dispute { id: draft.id, applicant, respondent })
    }

    async fn appoint(&self, dispute: &Dispute) -> anyhow::Result<()> {
        let (cast, mediator) = (self.cast, self.cast.mediator.account);
        let body = json!({"account": mediator, "role": "mediator"});
        self.done("appoint", &cast.leader, &dispute.path("/appointments"), body).await?;
        let body = json!({"interests": null});
        self.done("disclose", &cast.mediator, &dispute.path("/disclosure"), body).await?;
        for (who, party) in self.sides(dispute) {
            let body = json!({"party": party, "neutral": mediator, "accepts": true});
            self.done("accept", who, &dispute.path("/disclosure-answers"), body).await?;
        }
        Ok(())
    }

    pub fn sides(&self, dispute: &Dispute) -> [(&Person, PartyId); 2] {
        [(&self.cast.applicant, dispute.applicant), (&self.cast.respondent, dispute.respondent)]
    }

    /// Written, signed by everybody under one text, and sealed.
    async fn agree(&self, dispute: &Dispute) -> anyhow::Result<()> {
        let (cast, path) = (self.cast, dispute.path("/agreement"));
        let body = json!({"revision": 0, "draft": draft(dispute)});
        let who = &cast.mediator;
        let _: AgreementView = self.ask("draft", Method::PUT, who, &path, body).await?;
        let put_up = format!("{path}/put-up");
        let text: AgreementView = self.post("put_up", who, &put_up, Value::Null).await?;
        let hash = text.text_hash.context("there is no digest of the text")?;
        for (who, party) in self.sides(dispute) {
            let body = json!({"text_hash": hash, "party": party, "method": "electronic"});
            self.done("sign", who, &format!("{path}/sign"), body).await?;
        }
        let body = json!({"text_hash": hash});
        let attest = format!("{path}/sign-as-mediator");
        self.done("attest", who, &attest, body.clone()).await?;
        self.done("seal", &cast.director, &format!("{path}/seal"), body).await
    }

    /// Paid at once and confirmed.
    async fn perform(&self, dispute: &Dispute) -> anyhow::Result<()> {
        let (cast, path) = (self.cast, dispute.path("/obligations"));
        let list: ObligationList = self.get("obligations", &cast.respondent, &path).await?;
        ensure!(list.obligations.len() == 1, "one payment was agreed on");
        for due in &list.obligations {
            let of = |verb: &str| format!("/v1/obligations/{}/{verb}", due.id);
            let body = json!({"note": "已手机转账。"});
            self.done("report", &cast.respondent, &of("report"), body).await?;
            self.done("confirm", &cast.applicant, &of("confirm"), Value::Null).await?;
        }
        Ok(())
    }

    /// Visited, closed and archived.
    async fn follow_up(&self, dispute: &Dispute) -> anyhow::Result<()> {
        let (cast, path) = (self.cast, dispute.path("/visits"));
        let list: VisitList = self.get("visits", &cast.grid_worker, &path).await?;
        for visit in list.visits.iter().filter(|visit| visit.status == VisitStatus::Due) {
            let body = json!({
                "visited_at": now(), "manner": "in_person", "performance": "performed",
                "satisfaction": "satisfied", "residual_risk": "green", "note": "两家已正常来往。"
            });
            let path = format!("/v1/visits/{}/record", visit.id);
            self.done("visit", &cast.grid_worker, &path, body).await?;
        }
        self.done("close", &cast.mediator, &dispute.path("/close"), Value::Null).await?;
        let archive = dispute.path("/archive");
        let end: DisputeView = self.post("archive", &cast.director, &archive, Value::Null).await?;
        ensure!(end.status == Status::Archived, "it ends as {}", end.status);
        Ok(())
    }

    pub async fn get<T: DeserializeOwned>(
        &self,
        step: &'static str,
        who: &Person,
        path: &str,
    ) -> anyhow::Result<T> {
        self.ask(step, Method::GET, who, path, Value::Null).await
    }

    pub async fn post<T: DeserializeOwned>(
        &self,
        step: &'static str,
        who: &Person,
        path: &str,
        body: Value,
    ) -> anyhow::Result<T> {
        self.ask(step, Method::POST, who, path, body).await
    }

    /// Where the answer does not matter.
    pub async fn done(
        &self,
        step: &'static str,
        who: &Person,
        path: &str,
        body: Value,
    ) -> anyhow::Result<()> {
        self.post::<Value>(step, who, path, body).await.map(drop)
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        step: &'static str,
        method: Method,
        who: &Person,
        path: &str,
        body: Value,
    ) -> anyhow::Result<T> {
        let nth = self.requests.fetch_add(1, Ordering::Relaxed);
        let key = format!("mediation-{}-{nth}", self.number);
        let write = (method != Method::GET).then_some((key.as_str(), &body));
        let began = Instant::now();
        let answer = self.client.ask(method, who, path, write).await?;
        self.desk.took(step, began.elapsed());
        match answer {
            Answer::Done(value) => Ok(value),
            Answer::Refused(code) => bail!("{step} was refused: {code}"),
            Answer::Unknown => bail!("{step} has no answer"),
        }
    }
}

/// One payment, due on the same day.
fn draft(dispute: &Dispute) -> Value {
    let (ana, ben) = (dispute.applicant, dispute.respondent);
    json!({
        "form": "written",
        "main_facts": "楼上夜间拖动家具、播放音乐,楼下一家三个月无法正常休息。",
        "issues": "今后的作息和误工损失的赔偿。",
        "responsibilities": [
            {"party": ana, "text": "上门交涉时言语过激,承担次要责任。"},
            {"party": ben, "text": "夜间噪音影响邻居休息,承担主要责任。"}
        ],
        "clauses": [
            {"topic": "compensation", "act": "支付赔偿款", "obligor": ben, "beneficiary": ana, "amount": 50_000,
             "mode": "mobile_payment", "time_limit": {"kind": "by", "date": today()}},
            {"topic": "undertaking", "act": "晚上十点后不拖动家具、不外放音乐", "obligor": ben,
             "beneficiary": ana, "mode": "forbearance", "time_limit": {"kind": "standing"}}
        ]
    })
}

/// In Ningbo.
fn today() -> NaiveDate {
    (now() + Duration::hours(8)).date_naive()
}
