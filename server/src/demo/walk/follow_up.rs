//! After the agreement: one instalment in time and one late, visits, the end.

use crate::demo::walk::beginning::Dispute;
use crate::demo::walk::people::Cast;
use crate::demo::walk::walker::{Ask, Walker};
use anyhow::ensure;
use chrono::Duration;
use domain::calendar::local_day;
use protocol::follow_up::{VisitList, VisitStatus, VisitView};
use protocol::obligation::{ObligationList, ObligationView};
use serde_json::json;

pub async fn perform(w: &mut Walker, cast: &Cast, dispute: &Dispute) -> anyhow::Result<()> {
    w.chapter("7 履行 — what was promised is done");
    let path = dispute.path("/obligations");
    let list = w.by(&cast.respondent, "sees what to do, and until when", Ask::get(&path)).await?;
    let list = list.tells("obligations.0.amount_in_words")?.tells("obligations.0.due_on")?;
    let list: ObligationList = list.tells("obligations.1.due_on")?.read()?;
    ensure!(list.obligations.len() == 2, "two instalments were agreed");
    let (first, second) = (&list.obligations[0], &list.obligations[1]);
    w.wait_for(first.due_on, "the day of the first instalment").await?;
    let notices = Ask::get("/v1/notices");
    let told = w.by(&cast.respondent, "was reminded", notices).await?;
    told.tells("notices.0.kind")?;
    pay(w, cast, first, false).await?;
    w.wait_for(second.due_on + Duration::days(2), "the second instalment is two days late").await?;
    let look = Ask::get(dispute.path(""));
    let late = w.by(&cast.officer, "sees at once what was not kept", look).await?;
    late.shows("status", "defaulted")?.tells("next.text")?;
    let urge = Ask::command(dispute.path("/urge"));
    w.by(&cast.mediator, "urges", urge).await?;
    pay(w, cast, second, true).await?;
    let look = Ask::get(dispute.path(""));
    let done = w.by(&cast.applicant, "sees that everything is done", look).await?;
    done.shows("status", "performed")?.tells("next.text")?;
    Ok(())
}

/// Reported by one side, confirmed by the other.
async fn pay(w: &mut Walker, cast: &Cast, due: &ObligationView, late: bool) -> anyhow::Result<()> {
    let body = json!({"note": "已手机转账。"});
    let report = Ask::post(format!("/v1/obligations/{}/report", due.id), body);
    let reported = w.by(&cast.respondent, "pays and says so", report).await?;
    reported.shows("status", "reported")?;
    let confirm = Ask::command(format!("/v1/obligations/{}/confirm", due.id));
    let confirmed = w.by(&cast.applicant, "confirms that the money has come", confirm).await?;
    confirmed.shows("status", "performed")?.shows("late", late)?;
    Ok(())
}

pub async fn visit_and_close(w: &mut Walker, cast: &Cast, dispute: &Dispute) -> anyhow::Result<()> {
    w.chapter("8 回访 — the station looks in, and the file is closed");
    let visits = Ask::get(dispute.path("/visits"));
    let visits = w.by(&cast.grid_worker, "sees the visits that the risk level asks for", visits);
    let visits: VisitList = visits.await?.tells("visits.0.due_on")?.read()?;
    let due = |visit: &&VisitView| visit.status == VisitStatus::Due;
    ensure!(visits.visits.iter().any(|visit| due(&visit)), "no visit is due");
    for visit in visits.visits.iter().filter(due) {
        if visit.due_on > local_day(w.now()) {
            w.wait_for(visit.due_on, "the day of the next visit").await?;
        }
        let body = json!({
            "visited_at": w.now(), "manner": "in_person", "performance": "performed",
            "satisfaction": "satisfied", "residual_risk": "green", "note": "两家已正常来往。"
        });
        let record = Ask::post(format!("/v1/visits/{}/record", visit.id), body);
        let what = format!("visits both (due {}) and writes down what was found", visit.due_on);
        w.by(&cast.grid_worker, &what, record).await?.shows("status", "done")?;
    }
    let close = Ask::command(dispute.path("/close"));
    w.by(&cast.mediator, "closes the dispute", close).await?.shows("status", "closed")?;
    let archive = Ask::command(dispute.path("/archive"));
    w.by(&cast.director, "puts the file into the archive", archive)
        .await?
        .shows("status", "archived")?;
    let events = Ask::get(dispute.path("/events"));
    let whole = w.by(&cast.applicant, "can read the whole way again", events).await?;
    whole.tells("entries.0.event")?.tells("entries.1.event")?.tells("entries.2.event")?;
    Ok(())
}
