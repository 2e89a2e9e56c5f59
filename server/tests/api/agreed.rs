//! A dispute on its way to an agreement and beyond, one step a function.

use crate::app::{Answer, Person, TestApp};
use crate::mediation::Mediation;
use protocol::PartyId;
use protocol::account::Role;
use protocol::agreement::AgreementView;
use protocol::appointment::AppointmentRole;
use protocol::dispute::{DisputeView, Status, Track};
use protocol::obligation::{ObligationList, ObligationView};
use protocol::risk::RiskLevel;
use reqwest::Method;
use serde_json::{Value, json};
use std::ops::Deref;
use uuid::Uuid;

/// In mediation, with whom it takes to sign, seal and look after it.
pub struct Agreed<'a> {
    mediation: Mediation<'a>,
    pub director: Person<'a>,
    pub leader: Person<'a>,
    pub grid: Person<'a>,
    pub applicant: PartyId,
    pub respondent: PartyId,
}

impl<'a> Deref for Agreed<'a> {
    type Target = Mediation<'a>;

    fn deref(&self) -> &Mediation<'a> {
        &self.mediation
    }
}

impl<'a> Agreed<'a> {
    pub async fn in_mediation(test: &'a TestApp) -> Self {
        let mediation = Mediation::start(test).await;
        mediation.in_session(&mediation.mediator).await;
        Self::of(mediation).await
    }

    /// 治安调解: the officer hosts, 林二 is the suspect.
    pub async fn before_police(test: &'a TestApp) -> Self {
        let mut mediation = Mediation::accepted(test, Track::PublicSecurity).await;
        mediation.staffed(&mediation.officer, AppointmentRole::Mediator).await;
        mediation.officer.command(&mediation.path("/establish-facts")).await.ok();
        mediation.in_session(&mediation.officer).await;
        mediation.mediator = mediation.officer;
        Self::of(mediation).await
    }

    async fn of(mediation: Mediation<'a>) -> Self {
        let test = mediation.test;
        let mut this = Self {
            director: test.person("赵主任", Role::CommitteeDirector).await,
            leader: test.person("孙所长", Role::StationLeader).await,
            grid: test.person("钱网格", Role::GridWorker).await,
            applicant: PartyId(Uuid::nil()),
            respondent: PartyId(Uuid::nil()),
            mediation,
        };
        this.applicant = this.dispute(&this.ana).await.you_act_for[0];
        this.respondent = this.dispute(&this.ben).await.you_act_for[0];
        this
    }

    pub async fn dispute(&self, who: &Person<'_>) -> DisputeView {
        who.get(&self.path("")).await.to()
    }

    pub async fn status(&self) -> Status {
        self.dispute(&self.leader).await.status
    }

    /// Two instalments, complete in every respect.
    pub fn draft(&self) -> Value {
        let (ana, ben) = (self.applicant, self.respondent);
        let instalment = |act: &str, fen: i64, date: &str| {
            json!({
                "topic": "compensation", "act": act, "obligor": ben, "beneficiary": ana, "amount": fen,
                "mode": "bank_transfer", "time_limit": {"kind": "by", "date": date}
            })
        };
        json!({
            "form": "written",
            "main_facts": "楼上夜间拖动家具,楼下无法休息,双方发生口角。",
            "issues": "误工损失的赔偿和今后的作息。",
            "responsibilities": [
                {"party": ana, "text": "言语过激,承担次要责任。"},
                {"party": ben, "text": "夜间噪音,承担主要责任。"}
            ],
            "clauses": [
                instalment("支付首期赔偿款", 50_000, "2026-11-16"),
                instalment("支付第二期赔偿款", 50_000, "2026-12-16"),
                {"topic": "undertaking", "act": "晚十点后不再拖动家具", "obligor": ben, "beneficiary": ana,
                 "mode": "forbearance", "time_limit": {"kind": "standing"}}
            ]
        })
    }

    /// The same for 治安调解 (程序规定 Art 184).
    pub fn police_draft(&self) -> Value {
        let mut draft = self.draft();
        draft["public_security"] = json!({
            "organ": "古城派出所", "host": "王警官", "others_present": [],
            "occurred_at": "2026-11-01T22:00:00+08:00", "place": "古城社区", "cause": "噪音", "course": "推搡",
            "circumstances": "情节较轻", "result": "无伤"
        });
        draft
    }

    pub async fn write(&self, who: &Person<'_>, revision: i32, draft: &Value) -> Answer {
        let body = json!({"revision": revision, "draft": draft});
        who.request(Method::PUT, &self.path("/agreement"), Some(body), None).await
    }

    /// Drafted and put up for signing.
    pub async fn put_up(&self, draft: &Value) -> AgreementView {
        self.write(&self.mediator, 0, draft).await.ok();
        self.mediator.command(&self.path("/agreement/put-up")).await.to()
    }

    pub async fn agreement(&self, who: &Person<'_>) -> AgreementView {
        who.get(&self.path("/agreement")).await.to()
    }

    pub async fn sign(&self, who: &Person<'_>, party: PartyId, wording: &AgreementView) -> Answer {
        let body = json!({"text_hash": wording.text_hash, "party": party, "method": "electronic"});
        who.post(&self.path("/agreement/sign"), body).await
    }

    /// The mediator's signature or the committee's seal.
    pub async fn attest(&self, who: &Person<'_>, how: &str, wording: &AgreementView) -> Answer {
        let path = self.path(&format!("/agreement/{how}"));
        who.post(&path, json!({"text_hash": wording.text_hash})).await
    }

    pub async fn signed_by_all(&self, wording: &AgreementView) {
        self.sign(&self.ana, self.applicant, wording).await.ok();
        self.sign(&self.ben, self.respondent, wording).await.ok();
        self.attest(&self.mediator, "sign-as-mediator", wording).await.ok();
    }

    /// In effect, with two instalments to pay.
    pub async fn in_effect(&self) -> AgreementView {
        let wording = self.put_up(&self.draft()).await;
        self.signed_by_all(&wording).await;
        self.attest(&self.director, "seal", &wording).await.to()
    }

    pub async fn police_in_effect(&self) -> AgreementView {
        let wording = self.put_up(&self.police_draft()).await;
        self.signed_by_all(&wording).await;
        self.agreement(&self.ana).await
    }

    pub async fn obligations(&self) -> Vec<ObligationView> {
        self.ana.get(&self.path("/obligations")).await.to::<ObligationList>().obligations
    }

    pub async fn on(
        &self,
        who: &Person<'_>,
        obligation: &ObligationView,
        deed: &str,
        body: Option<Value>,
    ) -> Answer {
        let path = format!("/v1/obligations/{}/{deed}", obligation.id);
        who.request(Method::POST, &path, body, None).await
    }

    pub async fn confirm(&self, obligation: &ObligationView) -> ObligationView {
        self.on(&self.ana, obligation, "confirm", None).await.to()
    }

    pub async fn set_level(&self, level: RiskLevel) {
        sqlx::query("update disputes set risk_level = $2 where id = $1")
            .bind(self.id.0)
            .bind(level.as_str())
            .execute(&self.test.owner)
            .await
            .unwrap();
    }

    /// Somebody who acts for a party, as if added before the mediation began.
    pub async fn acts_for(&self, who: &Person<'_>, party: PartyId, kind: &str, powers: &[&str]) {
        sqlx::query(
            "insert into representatives
                 (id, dispute_id, party_id, person_id, name, kind, agent_type, powers, added_at)
             values ($1, $2, $3, $4, '代理', $5, $6, $7, $8)",
        )
        .bind(Uuid::new_v4())
        .bind(self.id.0)
        .bind(party.0)
        .bind(who.id.0)
        .bind(kind)
        .bind((kind == "agent").then_some("citizen"))
        .bind(powers)
        .bind(self.test.now())
        .execute(&self.test.owner)
        .await
        .unwrap();
    }
}
