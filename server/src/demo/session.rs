//! The steps of the demo's disputes in which people meet.

use crate::demo::lead::Lead;
use crate::disputes::{lifecycle, store};
use domain::dispute::Command;
use protocol::DisputeId;
use protocol::dispute::Track;
use serde_json::{Value, json};

pub async fn plan(lead: &Lead<'_>) -> anyhow::Result<()> {
    if lead.data.track == Track::PublicSecurity {
        lead.command(lead.officer, "/establish-facts").await?;
    }
    give(lead, Command::Schedule).await
}

pub async fn begin(lead: &Lead<'_>) -> anyhow::Result<()> {
    give(lead, Command::Begin).await?;
    talk(lead).await
}

async fn give(lead: &Lead<'_>, command: Command) -> anyhow::Result<()> {
    let app = &lead.stage.app;
    let id: DisputeId = lead.id.parse()?;
    let mut tx = app.begin().await?;
    let (before, standing) = store::look_any(&mut tx, id, lead.host()?.account).await?;
    lifecycle::apply(&mut tx, &app.rules, before, &standing, command).await?;
    tx.commit().await?;
    Ok(())
}

/// A few words in the joint room, as they are said at the beginning.
async fn talk(lead: &Lead<'_>) -> anyhow::Result<()> {
    let rooms = lead.stage.get(lead.applicant, &lead.path("/rooms")).await?;
    let room = rooms["rooms"][0]["id"].as_str().unwrap_or_default();
    let host = lead.host()?;
    let said = [
        (host, "两位好,我是今天的调解员。先请申请人讲,讲完再请另一方讲,中间不打断。"),
        (lead.applicant, lead.data.claims.first().map_or("请帮我们评评理。", String::as_str)),
        (lead.respondent, "我也想把事情解决掉,能做到的我会做。"),
    ];
    for (n, (who, words)) in said.iter().enumerate() {
        let body: Value =
            json!({"client_msg_id": format!("demo-{n}"), "body": {"kind": "text", "text": words}});
        lead.stage.post(*who, &format!("/v1/rooms/{room}/entries"), &body).await?;
    }
    Ok(())
}
