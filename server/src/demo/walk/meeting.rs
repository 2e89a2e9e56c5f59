//! A session by video: lobby, identities, rights, joint talk, a caucus, a phone that drops out, the record.

use crate::demo::walk::beginning::Dispute;
use crate::demo::walk::people::{Cast, Person};
use crate::demo::walk::walker::{Ask, Walker};
use anyhow::{Context, ensure};
use chrono::Duration;
use protocol::account::Me;
use protocol::party::Side;
use protocol::room::{RoomAddress, RoomList};
use protocol::session::SessionView;
use protocol::{PersonId, RoomId};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// A day ahead.
const NOTICE: Duration = Duration::hours(24);

struct Session<'a> {
    cast: &'a Cast,
    dispute: &'a Dispute,
    path: String,
}

impl Session<'_> {
    async fn step(
        &self,
        w: &mut Walker,
        who: &Person,
        what: &str,
        verb: &str,
        body: Value,
    ) -> anyhow::Result<SessionView> {
        let ask = Ask::post(format!("{}/{verb}", self.path), body);
        w.by(who, what, ask).await?.tells("text")?.read()
    }
}

pub async fn meet(w: &mut Walker, cast: &Cast, dispute: &Dispute) -> anyhow::Result<()> {
    w.chapter("5 调解 — they meet");
    let starts_at = w.now() + NOTICE;
    let plan = json!({"starts_at": starts_at, "ends_at": starts_at + Duration::hours(2), "manner": "video"});
    let plan = Ask::post(dispute.path("/sessions"), plan);
    let planned = w.by(&cast.mediator, "plans a session by video", plan).await?;
    let planned: SessionView = planned.tells("starts_at")?.shows("phase", "planned")?.read()?;
    let s = Session { cast, dispute, path: format!("/v1/sessions/{}", planned.id) };
    s.step(w, &cast.mediator, "has everybody told", "notify", Value::Null).await?;
    w.wait(NOTICE.num_hours(), "the day has come").await?;
    come_in(w, &s).await?;
    let rooms = rooms(w, cast, dispute).await?;
    talk(w, &s, rooms.joint).await?;
    caucus(w, &s, rooms.caucus).await?;
    record(w, &s).await
}

async fn come_in(w: &mut Walker, s: &Session<'_>) -> anyhow::Result<()> {
    let cast = s.cast;
    s.step(w, &cast.mediator, "opens the lobby", "open", Value::Null).await?;
    for (who, party) in
        [(&cast.applicant, s.dispute.applicant), (&cast.respondent, s.dispute.respondent)]
    {
        let person = person(w, who).await?;
        let body = json!({"person": person, "party": party, "as": "party"});
        s.step(w, who, "comes into the lobby", "arrive", body).await?;
        let body = json!({"person": person, "method": "document_seen"});
        s.step(w, &cast.mediator, "sees the identity card in the picture", "verify", body).await?;
    }
    let what = "confirms that everybody is who they say";
    s.step(w, &cast.mediator, what, "confirm-identities", Value::Null).await?;
    for who in [&cast.applicant, &cast.respondent] {
        s.step(w, who, "has heard the rights and understands", "acknowledge-rights", Value::Null)
            .await?;
    }
    s.step(w, &cast.mediator, "closes the reading of the rights", "confirm-rights", Value::Null)
        .await?;
    Ok(())
}

async fn person(w: &mut Walker, who: &Person) -> anyhow::Result<PersonId> {
    let me = w.by(who, "asks who the service takes them for", Ask::get("/v1/me")).await?;
    Ok(me.tells("name")?.read::<Me>()?.person)
}

struct Rooms {
    joint: RoomId,
    /// The applicant's.
    caucus: RoomId,
}

async fn rooms(w: &mut Walker, cast: &Cast, dispute: &Dispute) -> anyhow::Result<Rooms> {
    let rooms = Ask::get(dispute.path("/rooms"));
    let list = w.by(&cast.mediator, "sees the rooms", rooms).await?;
    let list: RoomList = list.shows("rooms.0.kind", "joint")?.read()?;
    let id = |address| {
        let room = list.rooms.iter().find(|room| room.address == address);
        room.map(|room| room.id).context("a room is missing")
    };
    let caucus = RoomAddress::Caucus { side: Side::Applicant };
    Ok(Rooms { joint: id(RoomAddress::JOINT)?, caucus: id(caucus)? })
}

/// In the joint room; the respondent's phone drops out and misses nothing.
async fn talk(w: &mut Walker, s: &Session<'_>, joint: RoomId) -> anyhow::Result<()> {
    let cast = s.cast;
    let session = s.step(w, &cast.mediator, "begins face to face", "joint", json!({})).await?;
    ensure!(session.talking_in == Some(RoomAddress::JOINT), "the talk is not in the joint room");
    let mut mediator = w.connect(&cast.mediator, "is in the joint room", joint, 0).await?;
    let mut ana = w.connect(&cast.applicant, "is in the joint room", joint, 0).await?;
    let mut ben = w.connect(&cast.respondent, "is in the joint room", joint, 0).await?;
    w.begin(&cast.mediator.described(), "welcomes both");
    let seq = mediator.say("两位好。先请陈女士讲,讲完再请林先生讲,中间不打断。").await?;
    ana.hear(seq).await?;
    ben.hear(seq).await?;
    let known = ben.known;
    w.begin(&cast.respondent.described(), "drives into a tunnel: the line is gone");
    drop(ben);
    w.begin(&cast.applicant.described(), "says what it is about");
    ana.say("三个月了,孩子半夜总被吵醒。").await?;
    w.begin(&cast.applicant.described(), "goes on");
    let last = ana.say("我只想晚上十点以后安静。").await?;
    mediator.hear(last).await?;
    let what = "is back, says what is the last thing heard, and gets what was missed";
    let mut ben = w.connect(&cast.respondent, what, joint, known).await?;
    ensure!(ben.known >= last, "entries up to {last} were said, {} came", ben.known);
    w.begin(&cast.respondent.described(), "answers");
    let seq = ben.say("我夜班,回家晚,没想到楼下听得这么清楚。").await?;
    ana.hear(seq).await
}

/// One side alone with the mediator; the other cannot even tell that it happens.
async fn caucus(w: &mut Walker, s: &Session<'_>, caucus: RoomId) -> anyhow::Result<()> {
    let cast = s.cast;
    let before = seen_by(w, s, &cast.respondent, "looks at the session before").await?;
    let body = json!({"side": "applicant"});
    s.step(w, &cast.mediator, "talks with the 申请人 alone (背对背)", "caucus", body).await?;
    let mut ana = w.connect(&cast.applicant, "is in her caucus", caucus, 0).await?;
    w.begin(&cast.applicant.described(), "says what only the mediator may know");
    ana.say("其实一千块我也能接受,主要是以后别再吵。").await?;
    let path = format!("/v1/rooms/{caucus}/entries");
    let what = "tries to read that room: it looks as if it did not exist";
    w.refused(&cast.respondent, what, Ask::get(&path), StatusCode::NOT_FOUND).await?;
    let what = "tries too: the secrecy binds police like everybody";
    w.refused(&cast.officer, what, Ask::get(&path), StatusCode::NOT_FOUND).await?;
    let after = seen_by(w, s, &cast.respondent, "sees the session as before").await?;
    ensure!(before == after, "the caucus shows: {before} became {after}");
    s.step(w, &cast.mediator, "brings both together again", "joint", json!({})).await?;
    Ok(())
}

async fn seen_by(
    w: &mut Walker,
    s: &Session<'_>,
    who: &Person,
    what: &str,
) -> anyhow::Result<Value> {
    Ok(w.by(who, what, Ask::get(s.path.as_str())).await?.tells("text")?.0)
}

async fn record(w: &mut Walker, s: &Session<'_>) -> anyhow::Result<()> {
    let cast = s.cast;
    let body = json!({"text": "双方同意晚十点后保持安静,林有声分两期赔偿陈小满一千元。"});
    let what = "reads out the record of the session";
    let session = s.step(w, &cast.mediator, what, "record", body).await?;
    let hash = session.record.context("there is no record")?.text_hash;
    for who in [&cast.applicant, &cast.respondent] {
        let body = json!({"text_hash": hash});
        s.step(w, who, "confirms exactly this text", "confirm-record", body).await?;
    }
    s.step(w, &cast.mediator, "closes the record", "close-record", Value::Null).await?;
    s.step(w, &cast.mediator, "ends the session", "end", Value::Null).await?;
    Ok(())
}
