//! The last look at everything a lane did, through the same doors that people use.

use crate::client::Client;
use crate::history::{Place, Reading, Seen, Via};
use crate::people::{Cast, Person};
use crate::story::{events_log, filed_log, room_log, rooms, seen};
use anyhow::{Context, bail};
use protocol::DisputeId;
use protocol::RoomId;
use protocol::dispute::{DisputePage, DisputeView, Status, Timeline};
use protocol::room::{EntryBody, EntryPage, EntryView, RoomView, SystemNotice};
use std::collections::HashMap;

/// Pages in one log; more is a loop.
const MOST_PAGES: usize = 10_000;
/// What clients bring about by themselves. Everything else follows from these.
const COMMANDED: [&str; 5] =
    ["submitted", "track_chosen", "consent_given", "disclosure_answered", "neutral_stood_down"];

pub async fn lane(client: &Client, cast: &Cast) -> anyhow::Result<()> {
    for id in filed(client, &cast.applicant).await? {
        let path = format!("/v1/disputes/{id}");
        let view: Option<DisputeView> = client.read(&cast.applicant, &path).await?;
        let view = view.context("a dispute is listed and cannot be read")?;
        if view.status == Status::Draft {
            continue;
        }
        events(client, &cast.officer, &view).await?;
        for (who, other) in sides(cast) {
            for room in rooms(client, who, id).await? {
                of_member(client, who, &room).await?;
                // Whoever came and went may still read what was said meanwhile, and nobody else anything.
                for somebody in [other, &cast.mediator, &cast.officer] {
                    let is_in = is_joint(&room) && somebody.id == other.id;
                    if !is_in {
                        of_outsider(client, somebody, room.id).await?;
                    }
                }
            }
        }
    }
    Ok(())
}

fn sides(cast: &Cast) -> [(&Person, &Person); 2] {
    [(&cast.applicant, &cast.respondent), (&cast.respondent, &cast.applicant)]
}

fn is_joint(room: &RoomView) -> bool {
    room.address.side().is_none()
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
                times: Vec::new(),
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
        times: Vec::new(),
    });
    Ok(())
}

/// All of it, and who came and left as it stands there.
async fn of_member(client: &Client, who: &Person, room: &RoomView) -> anyhow::Result<()> {
    let before = room.first - 1;
    let entries = pages(client, who, room.id, before).await?;
    let entries = entries.context("a member may not read the room")?;
    for (name, first, left) in stays(&entries) {
        client.recorder.member(room_log(room.id), name, first, left);
    }
    client.recorder.reading(Reading {
        after: before,
        last: true,
        head: Some(room.head),
        ..reading(who, room.id, &entries)
    });
    Ok(())
}

/// From which entry on somebody was there who came later, and from which not any more.
fn stays(entries: &[EntryView]) -> impl Iterator<Item = (&str, i64, Option<i64>)> {
    let moves = move |of: SystemNotice| {
        entries.iter().filter_map(move |entry| match &entry.body {
            EntryBody::System { notice, detail: Some(who) } if *notice == of => {
                Some((who.as_str(), entry.seq))
            }
            _ => None,
        })
    };
    moves(SystemNotice::MemberJoined).map(move |(who, first)| {
        let left = moves(SystemNotice::MemberLeft).find(|(gone, seq)| *gone == who && *seq > first);
        (who, first, left.map(|(_, seq)| seq))
    })
}

async fn of_outsider(client: &Client, who: &Person, room: RoomId) -> anyhow::Result<()> {
    if let Some(entries) = pages(client, who, room, 0).await? {
        client.recorder.reading(reading(who, room, &entries));
    }
    Ok(())
}

fn reading(who: &Person, room: RoomId, entries: &[EntryView]) -> Reading {
    Reading {
        log: room_log(room),
        reader: who.name.clone(),
        via: Via::Http,
        after: entries.first().map_or(0, |first| first.seq - 1),
        last: false,
        head: None,
        entries: entries.iter().map(seen).collect(),
        times: Vec::new(),
    }
}

/// Nothing for whom the room does not exist.
async fn pages(
    client: &Client,
    who: &Person,
    room: RoomId,
    mut after: i64,
) -> anyhow::Result<Option<Vec<EntryView>>> {
    let mut entries = Vec::new();
    for _ in 0..MOST_PAGES {
        let path = format!("/v1/rooms/{room}/entries?limit=500&after={after}");
        let page: Option<EntryPage> = client.read(who, &path).await?;
        let Some(page) = page else { return Ok(None) };
        entries.extend(page.entries);
        let Some(next) = page.next else { return Ok(Some(entries)) };
        after = next;
    }
    bail!("the entries of a room do not end")
}
