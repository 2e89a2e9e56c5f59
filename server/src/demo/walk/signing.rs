//! The agreement: drafted, put up, signed by all under the same text, sealed.

use crate::demo::walk::beginning::Dispute;
use crate::demo::walk::people::Cast;
use crate::demo::walk::walker::{Ask, Walker};
use anyhow::Context;
use chrono::{Duration, NaiveDate};
use domain::calendar::local_day;
use protocol::agreement::AgreementView;
use reqwest::StatusCode;
use serde_json::{Value, json};

pub async fn sign(w: &mut Walker, cast: &Cast, dispute: &Dispute) -> anyhow::Result<()> {
    w.chapter("6 协议 — what they agree");
    let today = local_day(w.now());
    let mut draft = draft(dispute, today + Duration::days(7), today + Duration::days(21));
    let whole = draft["clauses"].clone();
    draft["clauses"][1]["time_limit"] = Value::Null;
    let path = dispute.path("/agreement");
    let write = Ask::put(&path, json!({"revision": 0, "draft": draft}));
    let written = w.by(&cast.mediator, "writes a draft, and forgets a date", write).await?;
    let written = written.tells("number")?.tells("missing")?.read::<AgreementView>()?;
    let what = "cannot put it up: 人民调解法 Art 29 wants the time of every performance";
    let put_up = || Ask::command(format!("{path}/put-up"));
    w.refused(&cast.mediator, what, put_up(), StatusCode::CONFLICT).await?;
    draft["clauses"] = whole;
    let write = Ask::put(&path, json!({"revision": written.revision, "draft": draft}));
    let written = w.by(&cast.mediator, "writes the date", write).await?;
    written.shows("missing", json!([]))?.tells("amounts.0.capitals")?;
    let text = w.by(&cast.mediator, "puts it up for signing: the text is frozen", put_up()).await?;
    let text: AgreementView = text.shows("status", "up_for_signing")?.tells("text_hash")?.read()?;
    let hash = text.text_hash.context("there is no digest of the text")?;
    let body = json!({"text_hash": hash, "party": dispute.applicant, "method": "electronic"});
    let sign = Ask::post(format!("{path}/sign"), body);
    let signed = w.by(&cast.applicant, "signs exactly this text", sign).await?;
    signed.shows("signing.waiting_for", "parties")?;
    let look =
        w.by(&cast.respondent, "is not told who has signed already", Ask::get(&path)).await?;
    look.shows("signing.signatures", json!([]))?;
    let body = json!({"text_hash": hash, "party": dispute.respondent, "method": "electronic"});
    let sign = Ask::post(format!("{path}/sign"), body);
    let signed = w.by(&cast.respondent, "signs the same text", sign).await?;
    signed.shows("signing.waiting_for", "mediator")?;
    let body = json!({"text_hash": hash});
    let attest = Ask::post(format!("{path}/sign-as-mediator"), body.clone());
    let signed = w.by(&cast.mediator, "signs", attest).await?;
    signed.shows("signing.waiting_for", "seal")?;
    let seal = Ask::post(format!("{path}/seal"), body);
    let sealed = w.by(&cast.director, "puts the committee's seal on it", seal).await?;
    sealed.shows("status", "effective")?.tells("effective_at")?.tells("confirmable_until")?;
    Ok(())
}

fn draft(dispute: &Dispute, first: NaiveDate, second: NaiveDate) -> Value {
    let (ana, ben) = (dispute.applicant, dispute.respondent);
    let instalment = |act: &str, date: NaiveDate| {
        json!({
            "topic": "compensation", "act": act, "obligor": ben, "beneficiary": ana, "amount": 50_000,
            "mode": "mobile_payment", "time_limit": {"kind": "by", "date": date}
        })
    };
    json!({
        "form": "written",
        "main_facts": "楼上夜间拖动家具、播放音乐,楼下一家三个月无法正常休息,双方两次发生口角。",
        "issues": "今后的作息和看诊、误工损失的赔偿。",
        "responsibilities": [
            {"party": ana, "text": "上门交涉时言语过激,承担次要责任。"},
            {"party": ben, "text": "夜间噪音影响邻居休息,承担主要责任。"}
        ],
        "clauses": [
            instalment("支付第一期赔偿款", first),
            instalment("支付第二期赔偿款", second),
            {"topic": "undertaking", "act": "晚上十点后不拖动家具、不外放音乐", "obligor": ben,
             "beneficiary": ana, "mode": "forbearance", "time_limit": {"kind": "standing"}}
        ]
    })
}
