//! The last look at everything a lane did, through the same doors that people use.

use crate::client::Client;
use crate::history::{Place, Reading, Seen, Via};
use crate::people::{Cast, Person};
use crate::story::{events_log, filed_log, joint_room, room_log, seen};
use anyhow::{Context, bail};
use protocol::DisputeId;
use protocol::dispute::{DisputePage, DisputeView, Status, Timeline};
use protocol::room::{EntryPage, RoomView};
use std::collections::HashMap;

/// Pages in one log; more is a loop.
const MOST_PAGES: usize = 10_000;
/// What clients bring about by themselves. Everything else follows from these.
const COMMANDED: [&str; 3] = ["submitted", "track_chosen", "consent_given"];

pub async fn lane(client: &Client, cast: &Cast) -> anyhow::Result<()> {
    for id in filed(client, &cast.applicant).await? {
        let path = format!("/v1/disputes/{id}");
        let view: Option<DisputeView> = client.read(&cast.applicant, &path).await?;
        let view = view.context("a dispute is listed and cannot be read")?;
        if view.status == Status::Draft {
            continue;
        }
        events(client, &cast.officer, &view).await?;
        for who in [&cast.applicant, &cast.respondent] {
            if let Some(joint) = joint_room(client, who, id).await? {
                room(client, who, &joint).await?;
            }
        }
    }
    Ok(())
}

async fn filed(client: &Client, who: &Person) -> anyhow::Result<Vec<DisputeId>> {
    let mut found = Vec::new();
    let mut path = "/v1/disputes?limit=100".to_owned();
    for _ in 0..MOST_PAGES {
        let page: Option<DisputePage> = client.read(who, &path).await?;
        let page = page.context("the list of disputes was refused")?;
        found.extend(page.disputes.into_iter().map(|dispute| (dispute.id, dispute.title)));
        let Some(next) = page.next else {
            client.recorder.reading(Reading {
                log: filed_log(client.number),
                reader: who.name.clone(),
                via: Via::Http,
                after: 0,
                last: true,
                head: None,
                entries: found.iter().map(|(id, title)| listed(*id, title)).collect(),
            });
            return Ok(found.into_iter().map(|(id, _)| id).collect());
        };
        path = format!("/v1/disputes?limit=100&after={next}");
    }
    bail!("the list of disputes does not end")
}

fn listed(id: DisputeId, title: &str) -> Seen {
    Seen {
        place: Place::Id(id.to_string()),
        item: Some(title.to_owned()),
        content: title.to_owned(),
    }
}

/// The officer sees every event; the dispute's version is the number of the last.
async fn events(client: &Client, who: &Person, view: &DisputeView) -> anyhow::Result<()> {
    let path = format!("/v1/disputes/{}/events", view.id);
    let timeline: Option<Timeline> = client.read(who, &path).await?;
    let mut times: HashMap<String, u32> = HashMap::new();
    let entries = timeline.context("the officer may not see the events")?.entries;
    let entries = entries.into_iter().map(|entry| {
        let nth = times.entry(entry.event.clone()).or_default();
        *nth += 1;
        let item =
            COMMANDED.contains(&entry.event.as_str()).then(|| format!("{}#{nth}", entry.event));
        let content = format!("{} {}", entry.event, entry.happened_at);
        Seen { place: Place::Seq(entry.version), item, content }
    });
    client.recorder.reading(Reading {
        log: events_log(view.id),
        reader: who.name.clone(),
        via: Via::Http,
        after: 0,
        last: true,
        head: Some(view.version),
        entries: entries.collect(),
    });
    Ok(())
}

async fn room(client: &Client, who: &Person, room: &RoomView) -> anyhow::Result<()> {
    let before = room.first - 1;
    let (mut entries, mut after) = (Vec::new(), before);
    for _ in 0..MOST_PAGES {
        let path = format!("/v1/rooms/{}/entries?limit=500&after={after}", room.id);
        let page: Option<EntryPage> = client.read(who, &path).await?;
        let page = page.context("a member may not read the room")?;
        entries.extend(page.entries.iter().map(seen));
        let Some(next) = page.next else {
            client.recorder.reading(Reading {
                log: room_log(room.id),
                reader: who.name.clone(),
                via: Via::Http,
                after: before,
                last: true,
                head: Some(room.head),
                entries,
            });
            return Ok(());
        };
        after = next;
    }
    bail!("the entries of a room do not end")
}
