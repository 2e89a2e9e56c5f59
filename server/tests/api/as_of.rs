//! Looking back: it answers for who asks and for nobody else, of moments that were, and says nothing that it does not know.

use crate::app::{Answer, Person, TestApp};
use crate::mediation::{A, B, JOINT, Mediation, NEUTRALS};
use crate::meeting::step;
use crate::rooms::said;
use chrono::{DateTime, Duration, SecondsFormat, Utc};
use protocol::account::Role;
use protocol::room::EntryPage;
use protocol::{ErrorCode, RoomId};
use serde_json::{Value, json};

pub fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

pub async fn view(who: &Person<'_>, m: &Mediation<'_>, at: DateTime<Utc>) -> Answer {
    who.get(&m.path(&format!("/view-as-of?at={}", written(at)))).await
}

pub fn without(value: &Value, fields: &[&str]) -> Value {
    let mut value = value.clone();
    for field in fields {
        value.as_object_mut().unwrap().remove(*field);
    }
    value
}

/// All pages of a room at a moment.
pub async fn read_back(who: &Person<'_>, room: RoomId, at: DateTime<Utc>) -> Option<Value> {
    let (mut all, mut after) = (Vec::new(), Some(0));
    while let Some(from) = after {
        let at = written(at);
        let path = format!("/v1/rooms/{room}/view-as-of?at={at}&after={from}&limit=4");
        let page = who.get(&path).await;
        if page.status == 404 {
            return None;
        }
        let page: EntryPage = page.to();
        assert!(page.entries.len() <= 4);
        all.extend(page.entries);
        after = page.next;
    }
    Some(json!(all))
}

#[tokio::test]
async fn what_happens_in_the_other_sides_caucus_changes_no_byte() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let session = m.in_session(&m.mediator).await;
    let (joint, caucus, own) = (m.room(JOINT).await, m.room(A).await, m.room(B).await);
    let at = written(test.now());
    let bytes = async |who: &Person<'_>| {
        let mut all = Vec::new();
        for path in [
            m.path(&format!("/view-as-of?at={at}")),
            m.path("/view-as-of"),
            format!("/v1/rooms/{joint}/view-as-of?at={at}"),
            format!("/v1/rooms/{own}/view-as-of?at={at}"),
            format!("/v1/rooms/{caucus}/view-as-of?at={at}"),
        ] {
            let request = test.http.get(format!("{}{path}", test.url)).bearer_auth(who.token());
            let answer = request.send().await.unwrap();
            all.push((answer.status(), answer.bytes().await.unwrap()));
        }
        all
    };
    let (before, own_before) = (bytes(&m.ben).await, bytes(&m.ana).await);
    // The clock stands still: all this is of the very moment that is asked for.
    step(&m.mediator, &session, "caucus", json!({"side": "applicant"})).await.ok();
    said(&m.ana, caucus, "1", "canary").await;
    said(&m.mediator, caucus, "1", "明白").await;
    m.ana.post(&format!("/v1/rooms/{caucus}/read"), json!({"seq": 9})).await.ok();
    assert_eq!(bytes(&m.ben).await, before);
    assert_ne!(bytes(&m.ana).await, own_before);
    assert_eq!(before[4].0, 404);
}

#[tokio::test]
async fn it_answers_for_who_asks_and_for_nobody_else() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let (joint, caucus) = (m.room(JOINT).await, m.room(A).await);
    let unknown = "00000000000000000000000000000000";
    test.advance(Duration::seconds(1));
    let at = written(test.now());
    let stranger = test.person("路人", Role::Resident).await;
    let operator = test.person("管理员", Role::Operator).await;
    let auditor = test.person("审计员", Role::Auditor).await;
    let leader = test.person("李所长", Role::StationLeader).await;
    let nobody = stranger.get(&format!("/v1/disputes/dsp_{unknown}/view-as-of")).await;
    nobody.is_refused(404, ErrorCode::NotFound);
    for who in [&stranger, &operator, &auditor, &leader, &m.officer] {
        for path in [
            m.path("/view-as-of"),
            m.path(&format!("/view-as-of?at={at}")),
            // Even of a moment before it was filed there is nothing to learn.
            m.path("/view-as-of?at=2020-01-01T00:00:00Z"),
            format!("/v1/rooms/{joint}/view-as-of"),
            format!("/v1/rooms/{joint}/view-as-of?at=2020-01-01T00:00:00Z"),
            format!("/v1/rooms/rom_{unknown}/view-as-of"),
        ] {
            let answer = who.get(&path).await;
            assert_eq!(answer.is_refused(404, ErrorCode::NotFound).body, nobody.body, "{path}");
        }
    }
    m.ben.get(&format!("/v1/rooms/{caucus}/view-as-of")).await.is_refused(404, ErrorCode::NotFound);
    // There is no way to name another.
    for query in ["account", "person", "as"] {
        let path = m.path(&format!("/view-as-of?{query}={}", m.ana.account));
        let answer = m.mediator.get(&path).await;
        assert_eq!(answer.is_refused(422, ErrorCode::Invalid).body["fields"][0]["path"], query);
    }
}

#[tokio::test]
async fn a_moment_that_has_not_come_or_was_too_early_is_a_problem_that_says_so() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let joint = m.room(JOINT).await;
    let doors = [m.path("/view-as-of"), format!("/v1/rooms/{joint}/view-as-of")];
    let later = written(test.now() + Duration::microseconds(1));
    for door in &doors {
        for (at, why) in [
            (later.as_str(), "has not come yet"),
            ("2020-01-01T00:00:00Z", "did not exist yet"),
            ("-262000-01-01T00:00:00Z", "did not exist yet"),
            ("%2B262000-01-01T00:00:00Z", "has not come yet"),
            ("yesterday", ""),
            ("2026-11-02", ""),
        ] {
            let told = m.ana.get(&format!("{door}?at={at}")).await;
            let fault = &told.is_refused(422, ErrorCode::Invalid).body["fields"][0];
            assert_eq!(fault["path"], "at", "{at}");
            assert!(fault["detail"].as_str().unwrap().contains(why), "{at}: {fault}");
        }
        m.ana.get(&format!("{door}?at={}", written(test.now()))).await.ok();
        m.ana.get(&format!("{door}?at=2026-11-02T09:00:00%2B08:00")).await.ok();
    }
    let most = format!("{}?limit=101", doors[1]);
    m.ana.get(&most).await.is_refused(422, ErrorCode::Invalid);
}

/// A draft is its filer's alone, then as now.
#[tokio::test]
async fn a_draft_is_shown_to_its_filer_and_later_to_nobody_else() {
    let test = TestApp::start().await;
    let filed = test.now();
    let ana = test.person("陈一", Role::Resident).await;
    let ben = test.person("林二", Role::Resident).await;
    sqlx::query("update accounts set phone = '19000000002' where id = $1")
        .bind(ben.account.0)
        .execute(&test.owner)
        .await
        .unwrap();
    let draft = ana.post("/v1/disputes", crate::disputes::noise()).await.ok();
    let path = format!("/v1/disputes/{}", draft["id"].as_str().unwrap());
    let at = format!("{path}/view-as-of?at={}", written(filed));
    let own = ana.get(&at).await.ok();
    assert_eq!(
        (&own["dispute"]["status"], &own["dispute"]["version"]),
        (&json!("draft"), &json!(0))
    );
    ben.get(&at).await.is_refused(404, ErrorCode::NotFound);
    test.advance(Duration::seconds(1));
    let submit = json!({"consenting": [], "shown": null});
    ana.post(&format!("{path}/submit"), submit).await.ok();
    let now = ben.get(&format!("{path}/view-as-of")).await.ok();
    assert_eq!(now["dispute"]["status"], "submitted");
    ben.get(&at).await.is_refused(404, ErrorCode::NotFound);
    let own = ana.get(&at).await.ok();
    assert_eq!((&own["your_parts"], &own["dispute"]), (&json!(["applicant"]), &Value::Null));
}

/// A party may be in rooms by its name and number before anybody has signed in with that number.
#[tokio::test]
async fn before_there_was_an_account_nothing_could_be_seen_with_it() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let joint = m.room(JOINT).await;
    test.advance(Duration::seconds(2));
    sqlx::query("update accounts set created_at = $2 where id = $1")
        .bind(m.ben.account.0)
        .bind(test.now())
        .execute(&test.owner)
        .await
        .unwrap();
    let doors = [m.path("/view-as-of"), format!("/v1/rooms/{joint}/view-as-of")];
    for door in doors {
        let before = format!("{door}?at={}", written(test.now() - Duration::seconds(1)));
        m.ben.get(&before).await.is_refused(404, ErrorCode::NotFound);
        m.ana.get(&before).await.ok();
        m.ben.get(&door).await.ok();
    }
}

/// What happened before states were kept is not guessed.
#[tokio::test]
async fn where_no_state_was_kept_none_is_told() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let joint = m.room(JOINT).await;
    said(&m.ben, joint, "1", "您好").await;
    let before = test.now();
    test.advance(Duration::seconds(1));
    m.ana.command(&m.path("/withdraw")).await.ok();
    let kept = view(&m.ana, &m, before).await.ok();
    sqlx::query("update dispute_events set state = null").execute(&test.owner).await.unwrap();
    let left = view(&m.ana, &m, before).await.ok();
    assert_eq!(left["dispute"], Value::Null);
    for (left, kept) in
        left["rooms"].as_array().unwrap().iter().zip(kept["rooms"].as_array().unwrap())
    {
        assert_eq!((&left["open"], &kept["open"]), (&Value::Null, &json!(true)));
        assert_eq!(without(left, &["open"]), without(kept, &["open"]));
    }
    assert_eq!((&left["events"], &left["your_parts"]), (&kept["events"], &kept["your_parts"]));
    let now = view(&m.ana, &m, test.now()).await.ok();
    assert_eq!(now["dispute"]["status"], "terminated", "of today the dispute itself tells");
}

/// A command takes its time before its number, and clocks are set back: what stands behind a later entry was not there.
#[tokio::test]
async fn a_clock_that_was_set_back_never_takes_away_what_was_there() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let joint = m.room(JOINT).await;
    let head = m.rooms(&m.ana).await[0].head;
    let start = test.now();
    for (n, seconds) in [1, 5, 3, 4, 9, 2].into_iter().enumerate() {
        sqlx::query(
            "insert into room_entries (room_id, seq, sender_id, client_msg_id, body, at)
             values ($1, $2, $3, $4, '{\"kind\":\"text\",\"text\":\"…\"}', $5)",
        )
        .bind(joint.0)
        .bind(head + 1 + i64::try_from(n).unwrap())
        .bind(m.ben.id.0)
        .bind(format!("c{n}"))
        .bind(start + Duration::seconds(seconds))
        .execute(&test.owner)
        .await
        .unwrap();
    }
    test.advance(Duration::seconds(20));
    let mut heads = Vec::new();
    for seconds in 0..=10 {
        let at = start + Duration::seconds(seconds);
        let view = view(&m.ana, &m, at).await.ok();
        let read = read_back(&m.ana, joint, at).await.unwrap();
        let last = read.as_array().unwrap().last().unwrap()["seq"].as_i64().unwrap();
        assert_eq!(view["rooms"][0]["head"], last);
        heads.push(last - head);
    }
    assert_eq!(heads, [0, 1, 1, 1, 1, 4, 4, 4, 4, 6, 6]);
}

/// What the role of the server may not do, whoever it says it works for.
#[tokio::test]
async fn the_servers_role_looks_back_through_functions_alone_and_as_somebody() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let (caucus, neutrals) = (m.room(A).await, m.room(NEUTRALS).await);
    said(&m.ana, caucus, "1", "秘密").await;
    said(&m.mediator, neutrals, "1", "秘密").await;
    let refused = sqlx::query("select room_head_as_of($1, now())")
        .bind(caucus.0)
        .fetch_all(&test.app.db)
        .await
        .unwrap_err();
    let code = refused.as_database_error().and_then(sqlx::error::DatabaseError::code);
    assert_eq!(code.as_deref(), Some("42501"), "{refused}");
    let rows = async |account: uuid::Uuid, room: RoomId| {
        let (mut all, now) = (Vec::new(), test.now());
        for question in [
            "select 1 from read_room_entries_as_of($1, $2, 0, 100, $3)",
            "select 1 from rooms_of_as_of($1, null, $2, $3)",
            "select 1 from members_of_room_as_of($1, $2, $3)",
        ] {
            let asked = sqlx::query(question).bind(account).bind(room.0).bind(now);
            all.push(asked.fetch_all(&test.app.db).await.unwrap().len());
        }
        all
    };
    assert_eq!(rows(m.ana.account.0, caucus).await, [4, 1, 3]);
    for outsider in [m.ben.account.0, m.officer.account.0, uuid::Uuid::nil()] {
        assert_eq!(rows(outsider, caucus).await, [0, 0, 0]);
        assert_eq!(rows(outsider, neutrals).await, [0, 0, 0]);
    }
    // Neither a dispute nor a room: everything of everybody is not a question.
    let all = sqlx::query("select 1 from rooms_of_as_of($1, null, null, now())")
        .bind(m.mediator.account.0)
        .fetch_all(&test.app.db)
        .await
        .unwrap();
    assert!(all.is_empty());
}

#[tokio::test]
async fn one_looks_back_a_fifth_as_often_as_one_looks() {
    let test = TestApp::start_with(&["--requests-per-minute", "500"]).await;
    let m = Mediation::start(&test).await;
    let joint = m.room(JOINT).await;
    let doors = [m.path("/view-as-of"), format!("/v1/rooms/{joint}/view-as-of")];
    for n in 0..100 {
        m.ana.get(&doors[n % 2]).await.ok();
    }
    for door in &doors {
        m.ana.get(door).await.is_refused(429, ErrorCode::TooManyRequests);
        m.ben.get(door).await.ok();
    }
    m.ana.get(&m.path("/rooms")).await.ok();
}
