//! From the filing to a mediator and a lawyer whom both sides accept.

use crate::demo::walk::login::digits;
use crate::demo::walk::people::{Cast, Person};
use crate::demo::walk::walker::{Ask, File, Walker};
use anyhow::Context;
use protocol::dispute::DisputeView;
use protocol::invitation::ConsentText;
use protocol::party::Side;
use protocol::{AccountId, DisputeId, PartyId};
use serde_json::{Value, json};

/// What the story goes on with.
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

/// A picture of one dark dot; what counts here is that it is one.
const PHOTO: &[u8] = include_bytes!("../data/photo.png");

pub async fn file(w: &mut Walker, cast: &Cast) -> anyhow::Result<Dispute> {
    w.chapter("1 申请 — a dispute is filed");
    let filing = json!({
        "category": "neighbor", "title": "楼上夜间噪音",
        "narrative": "楼上住户深夜拖动家具、放音乐,已持续三个月。孩子睡不好,我上门说过两次,都吵了起来。",
        "claims": ["晚上十点后保持安静", "赔偿看诊和误工损失"],
        "community_code": "330203001001", "place": "古城社区3幢",
        "parties": [
            {"side": "applicant", "name": cast.applicant.name, "is_me": true},
            {"side": "respondent", "name": cast.respondent.name, "phone": cast.respondent.phone()}
        ]
    });
    let what = "files what happened; it stays a draft";
    let draft = w.by(&cast.applicant, what, Ask::post("/v1/disputes", filing)).await?;
    let view: DisputeView = draft.shows("status", "draft")?.tells("station.name")?.read()?;
    let dispute = Dispute {
        id: view.id,
        applicant: party(&view, Side::Applicant)?,
        respondent: party(&view, Side::Respondent)?,
    };
    let photo = File { name: "%E5%A2%99%E9%9D%A2.png", media_type: "image/png", bytes: PHOTO };
    let path = dispute.path("/evidence");
    let what = "hands in a photo; only her side and the neutrals will see it";
    let evidence = w.hand_in(&cast.applicant, what, &path, photo).await?;
    evidence.shows("visibility", "mine_and_neutrals")?.tells("sha256")?;
    let shown = consent_text(w, &cast.applicant.described()).await?;
    let body = json!({"consenting": [dispute.applicant], "shown": shown});
    let submit = Ask::post(dispute.path("/submit"), body);
    let submitted = w.by(&cast.applicant, "submits it, and agrees to mediation", submit).await?;
    submitted.shows("status", "submitted")?.tells("next.text")?;
    Ok(dispute)
}

fn party(view: &DisputeView, side: Side) -> anyhow::Result<PartyId> {
    let party = view.parties.iter().find(|party| party.side == side);
    Ok(party.with_context(|| format!("there is no {side}"))?.id)
}

/// What is agreed to is named by its digest, version and language.
async fn consent_text(w: &mut Walker, who: &str) -> anyhow::Result<Value> {
    let asked = Ask::get("/v1/consent-text");
    let text = w.by_anybody(who, "reads what mediation is, and what one agrees to", asked).await?;
    let text: ConsentText = text.tells("text")?.tells("hash")?.read()?;
    Ok(json!({"hash": text.hash, "version": text.version, "language": text.language}))
}

pub async fn accept(w: &mut Walker, cast: &Cast, dispute: &Dispute) -> anyhow::Result<()> {
    w.chapter("2 受理 — the station looks at it");
    let inbox = Ask::get("/v1/disputes?status=submitted&limit=1");
    let found = w.by(&cast.officer, "looks at what has come in", inbox).await?;
    found.shows("disputes.0.id", dispute.id.to_string())?.tells("disputes.0.title")?;
    let findings = json!({"findings": {"venue": "here"}});
    let triage = Ask::post(dispute.path("/triage"), findings);
    let done = w.by(&cast.officer, "triages it, and owns it from now on", triage).await?;
    done.shows("dispute.track", "people_mediation")?.shows("dispute.status", "awaiting_consent")?;
    let findings = json!({"signs": ["minor_or_elder", "long_grudge"], "calls": 1, "people": 2});
    let body =
        json!({"findings": findings, "level": "yellow", "note": "家中有幼儿,先按黄色关注。"});
    let risk = Ask::post(dispute.path("/risk"), body);
    let risk = w.by(&cast.officer, "confirms how much care it needs", risk).await?;
    risk.tells("assessment.score")?.shows("level", "yellow")?;
    Ok(())
}

/// The other side needs no account to read and to answer.
pub async fn invite(w: &mut Walker, cast: &Cast, dispute: &Dispute) -> anyhow::Result<()> {
    w.chapter("3 邀请 — the other side is invited");
    let text = w.text_with_code_to(cast.respondent.phone(), 0)?;
    let (token, code) = link_and_code(&text).context("no link and code in the text message")?;
    let who = "the phone of the 被申请人, nobody signed in";
    let page = format!("/v1/invitations/{token}");
    let front = w.by_anybody(who, "opens the link", Ask::get(&page)).await?;
    front.shows("status", "open")?.tells("station.phone")?.tells("text")?;
    let open = Ask::post(format!("{page}/open"), json!({"code": code}));
    let inside = w.by_anybody(who, "types the six digits and reads what it is about", open).await?;
    inside.tells("title")?.tells("applicants")?.tells("claims")?;
    let shown = consent_text(w, who).await?;
    let body = json!({"code": code, "answer": "consent", "shown": shown});
    let answer = Ask::post(format!("{page}/answer"), body);
    let answered = w.by_anybody(who, "agrees to mediation", answer).await?;
    answered.shows("status", "answered")?;
    let seen = Ask::get(dispute.path(""));
    let seen = w.by(&cast.applicant, "sees that it goes on", seen).await?;
    seen.shows("status", "matching")?.tells("next.text")?;
    Ok(())
}

fn link_and_code(text: &str) -> Option<(String, String)> {
    let link = text.split_whitespace().find(|word| word.contains("/i/"))?;
    Some((link.rsplit('/').next()?.to_owned(), digits(text.split(link).nth(1)?, 6)?.to_owned()))
}

pub async fn appoint(w: &mut Walker, cast: &Cast, dispute: &Dispute) -> anyhow::Result<()> {
    w.chapter("4 选定 — who mediates, and who helps");
    let me = w.by(&cast.mediator, "is on duty", Ask::get("/v1/me")).await?;
    let mediator: AccountId = me.tells("name")?.read::<protocol::account::Me>()?.account;
    let body = json!({"account": mediator, "role": "mediator"});
    let appoint = Ask::post(dispute.path("/appointments"), body);
    let done = w.by(&cast.director, "appoints the mediator", appoint).await?;
    done.shows("status", "assigned")?;
    accepted(w, cast, dispute, &cast.mediator, mediator).await?;
    let me = w.by(&cast.lawyer, "has an hour to spare", Ask::get("/v1/me")).await?;
    let lawyer: AccountId = me.tells("name")?.read::<protocol::account::Me>()?.account;
    let body = json!({"role": "invited_lawyer"});
    let claim = Ask::post(dispute.path("/claim"), body);
    let what = "takes the dispute from the list; conflicts are checked in the same moment";
    let claimed = w.by(&cast.lawyer, what, claim).await?;
    claimed.shows("neutrals.1.part", "invited_lawyer")?;
    accepted(w, cast, dispute, &cast.lawyer, lawyer).await
}

/// Interests are told, and both sides answer.
async fn accepted(
    w: &mut Walker,
    cast: &Cast,
    dispute: &Dispute,
    neutral: &Person,
    account: AccountId,
) -> anyhow::Result<()> {
    let tell = Ask::post(dispute.path("/disclosure"), json!({"interests": null}));
    w.by(neutral, "declares to have no interest in it", tell).await?;
    for (who, party) in
        [(&cast.applicant, dispute.applicant), (&cast.respondent, dispute.respondent)]
    {
        let body = json!({"party": party, "neutral": account, "accepts": true});
        let answer = Ask::post(dispute.path("/disclosure-answers"), body);
        let what = format!("accepts {} as {}", neutral.name, neutral.title);
        w.by(who, &what, answer).await?;
    }
    Ok(())
}
