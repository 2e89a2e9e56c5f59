//! "What could I see then?": what is told of a moment is what REST answered at that moment, to each of those who were there.

use crate::app::{Person, TestApp};
use crate::as_of::{read_back, view, without};
use crate::mediation::{A, B, JOINT, Mediation};
use crate::meeting::step;
use crate::rooms::said;
use chrono::{DateTime, Duration, Utc};
use protocol::RoomId;
use protocol::account::Role;
use protocol::appointment::AppointmentRole;
use protocol::dispute::{Status, Track};
use serde_json::{Value, json};
use sqlx::Row;

/// The parts of those who talk. What else somebody is in a dispute is not kept for every moment.
const TALKING: [&str; 7] =
    ["applicant", "respondent", "agent", "guardian", "mediator", "co_mediator", "invited_lawyer"];

fn each(values: &Value, change: impl Fn(&Value) -> Value) -> Vec<Value> {
    values.as_array().unwrap().iter().map(change).collect()
}

/// What somebody got to see, by whichever doors, in one shape.
#[derive(Debug, PartialEq)]
struct Seen {
    parts: Value,
    acts_for: Value,
    dispute: Value,
    events: Value,
    rooms: Vec<Value>,
    /// Of every room of the dispute; nothing where it does not exist for them.
    entries: Vec<Option<Value>>,
}

/// By the doors of today, at this moment.
async fn today(who: &Person<'_>, m: &Mediation<'_>, rooms: &[RoomId]) -> Option<Seen> {
    let shown = who.get(&m.path("")).await;
    let is_talking = |part: &&Value| TALKING.contains(&part.as_str().unwrap());
    let parts: Vec<&Value> =
        shown.body["your_parts"].as_array().into_iter().flatten().filter(is_talking).collect();
    let mut entries = Vec::new();
    for room in rooms {
        let page = who.get(&format!("/v1/rooms/{room}/entries?limit=500")).await;
        entries.push((page.status == 200).then(|| page.body["entries"].clone()));
    }
    if parts.is_empty() {
        let nothing = entries.iter().all(Option::is_none);
        let (acts_for, dispute, events) = (json!([]), Value::Null, json!([]));
        let gone = Seen { parts: json!([]), acts_for, dispute, events, rooms: vec![], entries };
        return (!nothing).then_some(gone);
    }
    let d = &shown.body;
    let events = who.get(&m.path("/events")).await.ok()["entries"].clone();
    let listed = who.get(&m.path("/rooms")).await.ok()["rooms"].clone();
    Some(Seen {
        parts: json!(parts),
        acts_for: d["you_act_for"].clone(),
        dispute: json!({
            "version": d["version"], "status": d["status"], "track": d["track"], "next": d["next"]["code"],
            "ended_because": d["ended_because"],
            "parties": each(&d["parties"], |party| without(party, &["phone"])),
            "neutrals": each(&d["neutrals"], |one| without(one, &["name", "disclosure"])),
            "sessions": who.get(&m.path("/sessions")).await.ok()["sessions"],
        }),
        events,
        rooms: each(&listed, |room| {
            let mut room = without(room, &["dispute", "read", "unread"]);
            room["members"] = json!(each(&room["members"], |member| without(member, &["read"])));
            room
        }),
        entries,
    })
}

/// By the doors that look back.
async fn back(
    who: &Person<'_>,
    m: &Mediation<'_>,
    rooms: &[RoomId],
    at: DateTime<Utc>,
) -> Option<Seen> {
    let mut entries = Vec::new();
    for room in rooms {
        entries.push(read_back(who, *room, at).await);
    }
    let answer = view(who, m, at).await;
    if answer.status == 404 {
        assert!(entries.iter().all(Option::is_none), "a room of a dispute that they did not know");
        return None;
    }
    let v = answer.ok();
    let told_of: DateTime<Utc> = v["at"].as_str().unwrap().parse().unwrap();
    assert_eq!((&v["id"], told_of), (&json!(m.id), at));
    let had_left: Vec<&Value> =
        v["rooms"].as_array().unwrap().iter().filter(|room| room["member"] == false).collect();
    for room in had_left {
        let known = rooms.iter().position(|known| room["id"] == json!(known)).unwrap();
        let last = entries[known].as_ref().unwrap().as_array().unwrap().last().cloned();
        assert_eq!(room["head"], last.unwrap()["seq"], "the last before they left");
        assert_eq!((&room["open"], &room["members"]), (&json!(false), &json!([])));
    }
    let there = each(&v["rooms"], Value::clone).into_iter().filter(|room| room["member"] == true);
    let mut dispute = v["dispute"].clone();
    if dispute.is_object() {
        dispute["parties"] = json!(each(&dispute["parties"], |party| {
            assert!(party["phone"].is_null());
            without(party, &["phone"])
        }));
    }
    Some(Seen {
        parts: v["your_parts"].clone(),
        acts_for: v["you_act_for"].clone(),
        dispute,
        events: v["events"].clone(),
        rooms: there.map(|room| without(&room, &["member"])).collect(),
        entries,
    })
}

/// What each of the people saw at one moment.
struct Moment {
    at: DateTime<Utc>,
    what: &'static str,
    seen: Vec<Option<Seen>>,
}

/// A mediation whose moments are written down as they are, to be held against what is told of them later.
struct Story<'a> {
    m: Mediation<'a>,
    second: Person<'a>,
    rooms: Vec<RoomId>,
    moments: Vec<Moment>,
}

impl<'a> Story<'a> {
    fn people(&self) -> [Person<'a>; 6] {
        let m = &self.m;
        [m.ana, m.ben, m.mediator, m.lawyer, self.second, m.officer]
    }

    async fn moment(&mut self, what: &'static str) {
        let (at, mut seen) = (self.m.test.now(), Vec::new());
        for who in self.people() {
            seen.push(today(&who, &self.m, &self.rooms).await);
        }
        self.moments.push(Moment { at, what, seen });
        self.m.test.advance(Duration::seconds(1));
    }

    /// Everything is as it was, for everybody.
    async fn holds(&self, when: &str) {
        for Moment { at, what, seen } in &self.moments {
            for (who, seen) in self.people().iter().zip(seen) {
                let told = back(who, &self.m, &self.rooms, *at).await;
                assert_eq!(told, *seen, "{what}, told {when}, to {}", who.account);
            }
        }
    }
}

async fn told(test: &TestApp) -> Story<'_> {
    let m = Mediation::accepted(test, Track::PeopleMediation).await;
    let second = test.person("郑调解", Role::PeoplesMediator).await;
    let rooms = sqlx::query("select id from rooms where dispute_id = $1 order by kind, side")
        .bind(m.id.0)
        .fetch_all(&test.owner)
        .await
        .unwrap();
    let rooms = rooms.iter().map(|row| RoomId(row.get(0))).collect();
    let mut story = Story { m, second, rooms, moments: vec![] };
    story.moment("accepted").await;
    let (ana, ben) = (story.m.ana, story.m.ben);
    let (mediator, lawyer) = (story.m.mediator, story.m.lawyer);
    story.m.staffed(&mediator, AppointmentRole::Mediator).await;
    let [joint, a, b] = [story.m.room(JOINT).await, story.m.room(A).await, story.m.room(B).await];
    said(&ana, a, "1", "我的底线是三百元").await;
    said(&mediator, joint, "1", "各位好").await;
    story.moment("a mediator is there").await;
    story.m.staffed(&lawyer, AppointmentRole::InvitedLawyer).await;
    said(&lawyer, a, "1", "明白").await;
    said(&ben, b, "1", "我只想安静").await;
    story.moment("a lawyer is there").await;
    let session = story.m.in_session(&mediator).await;
    said(&ben, joint, "2", "您好").await;
    story.moment("they meet").await;
    step(&mediator, &session, "caucus", json!({"side": "applicant"})).await.ok();
    said(&ana, a, "2", "只对您说").await;
    story.moment("a caucus").await;
    lawyer.command(&story.m.path("/step-down")).await.ok();
    said(&ana, a, "3", "律师走后说的").await;
    said(&ana, joint, "3", "律师走了").await;
    story.moment("the lawyer has left").await;
    let why = json!({"reason": "appraisal"});
    mediator.post(&story.m.path("/suspend"), why).await.ok();
    story.moment("suspended").await;
    mediator.command(&story.m.path("/resume")).await.ok();
    said(&ben, joint, "4", "继续").await;
    story.moment("resumed").await;
    mediator.command(&story.m.path("/step-down")).await.ok();
    said(&ana, a, "5", "没有调解员了").await;
    story.moment("the mediator has left").await;
    story.m.staffed(&second, AppointmentRole::Mediator).await;
    said(&second, b, "1", "我来了").await;
    story.moment("another mediator is there").await;
    ben.command(&story.m.path("/withdraw")).await.ok();
    story.moment("ended").await;
    story
}

#[tokio::test]
async fn what_is_told_of_a_moment_is_what_was_seen_at_that_moment() {
    let test = TestApp::start().await;
    let mut story = told(&test).await;
    story.holds("at the end").await;
    // The story is one in which much changes; a view that were always the same would not be found by it.
    let of = |who: usize, n: usize| story.moments[n].seen[who].as_ref();
    let all: Vec<Value> =
        (0..story.moments.len()).map(|n| of(0, n).unwrap().dispute["status"].clone()).collect();
    for needed in [Status::Matching, Status::InMediation, Status::Suspended, Status::Terminated] {
        assert!(all.contains(&json!(needed)), "{needed}: {all:?}");
    }
    assert!(of(3, 1).is_none() && of(4, 8).is_none(), "not there yet");
    assert!(of(5, 3).is_none(), "the station is in no room");
    let (before, after) = (of(3, 4).unwrap(), of(3, 5).unwrap());
    assert_eq!(before.entries, after.entries, "who left reads what was said before, and no more");
    assert!(!before.dispute.is_null() && after.dispute.is_null());
    // In between, and after more has been said.
    let between = story.moments[2].at + Duration::milliseconds(500);
    let (m, rooms) = (&story.m, &story.rooms);
    assert_eq!(
        back(&m.ana, m, rooms, between).await,
        back(&m.ana, m, rooms, story.moments[2].at).await
    );
    story.moment("later").await;
    story.holds("a moment later").await;
}
