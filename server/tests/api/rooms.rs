//! Rooms by REST: who is in them, one order for all, nothing twice, and secrets that stay secret.

use super::start;
use crate::app::{Answer, Person, until_somebody_waits_for_a_lock};
use crate::mediation::{A, B, JOINT, Mediation, NEUTRALS};
use protocol::appointment::AppointmentRole;
use protocol::dispute::{DisputeView, Part, Track};
use protocol::room::{EntryBody, EntryPage, RoomAddress, Said, SystemNotice};
use protocol::{ErrorCode, RoomId};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Row};

pub fn text(id: &str, text: &str) -> Value {
    json!({"client_msg_id": id, "body": {"kind": "text", "text": text}})
}

pub async fn say(who: &Person<'_>, room: RoomId, id: &str, what: &str) -> Answer {
    who.post(&format!("/v1/rooms/{room}/entries"), text(id, what)).await
}

pub async fn said(who: &Person<'_>, room: RoomId, id: &str, what: &str) -> Said {
    say(who, room, id, what).await.to()
}

async fn page(who: &Person<'_>, room: RoomId, query: &str) -> EntryPage {
    who.get(&format!("/v1/rooms/{room}/entries{query}")).await.to()
}

/// What people wrote, without what the service noted.
pub async fn texts(who: &Person<'_>, room: RoomId) -> Vec<String> {
    let entries = page(who, room, "?limit=500").await.entries;
    entries
        .into_iter()
        .filter_map(|entry| match entry.body {
            EntryBody::Text { text } => Some(text.into_string()),
            _ => None,
        })
        .collect()
}

async fn addresses(m: &Mediation<'_>, who: &Person<'_>) -> Vec<RoomAddress> {
    m.rooms(who).await.into_iter().map(|room| room.address).collect()
}

#[tokio::test]
async fn each_is_in_the_rooms_of_their_part_and_the_station_in_none() {
    let test = start().await;
    let m = Mediation::start(&test).await;
    assert_eq!(addresses(&m, &m.ana).await, [JOINT, A]);
    assert_eq!(addresses(&m, &m.ben).await, [JOINT, B]);
    assert_eq!(addresses(&m, &m.mediator).await, RoomAddress::ALL);
    assert_eq!(addresses(&m, &m.lawyer).await, RoomAddress::ALL);
    let path = format!("/v1/disputes/{}/rooms", m.id);
    m.officer.get(&path).await.is_refused(403, ErrorCode::NotPermitted);
    let stranger = test.person("路人", protocol::account::Role::Resident).await;
    stranger.get(&path).await.is_refused(404, ErrorCode::NotFound);
    let joint = &m.rooms(&m.ben).await[0];
    let parts: Vec<Part> = joint.members.iter().map(|member| member.part).collect();
    assert_eq!(parts, [Part::Applicant, Part::Respondent, Part::Mediator, Part::InvitedLawyer]);
}

#[tokio::test]
async fn a_neutral_hears_nothing_before_every_party_knows_and_agrees() {
    let test = start().await;
    let m = Mediation::accepted(&test, Track::PeopleMediation).await;
    let caucus = m.rooms(&m.ana).await[1].id;
    said(&m.ana, caucus, "1", "还没有调解员").await;
    m.staffed(&m.mediator, AppointmentRole::Mediator).await;
    assert_eq!(texts(&m.mediator, caucus).await, Vec::<String>::new());
    said(&m.ana, caucus, "2", "您好").await;
    assert_eq!(texts(&m.mediator, caucus).await, ["您好"]);
    let joined = page(&m.ben, m.rooms(&m.ben).await[0].id, "").await.entries;
    let notices: Vec<&EntryBody> = joined.iter().map(|entry| &entry.body).collect();
    let expected = EntryBody::System {
        notice: SystemNotice::MemberJoined,
        detail: Some("周调解".parse().unwrap()),
    };
    assert_eq!(
        notices,
        [&EntryBody::System { notice: SystemNotice::Opened, detail: None }, &expected]
    );
}

#[tokio::test]
async fn a_caucus_is_to_the_other_side_and_to_strangers_what_does_not_exist() {
    let test = start().await;
    let m = Mediation::start(&test).await;
    let caucus = m.room(A).await;
    let before = (m.rooms(&m.ben).await, m.ben.get(&format!("/v1/disputes/{}", m.id)).await);
    said(&m.ana, caucus, "1", "我最多让到三百元").await;
    said(&m.mediator, caucus, "1", "我不会告诉对方").await;
    let unknown = "rom_00000000000000000000000000000000";
    let stranger = test.person("路人", protocol::account::Role::Resident).await;
    for outsider in [&m.ben, &m.officer, &stranger] {
        for room in [caucus.to_string(), unknown.to_owned()] {
            let path = format!("/v1/rooms/{room}");
            let answers = [
                outsider.get(&format!("{path}/entries")).await,
                outsider.post(&format!("{path}/entries"), text("x", "在吗")).await,
                outsider.post(&format!("{path}/read"), json!({"seq": 1})).await,
            ];
            for answer in &answers {
                answer.is_refused(404, ErrorCode::NotFound);
                assert_eq!(answer.body, answers[0].body);
            }
        }
    }
    let after = (m.rooms(&m.ben).await, m.ben.get(&format!("/v1/disputes/{}", m.id)).await);
    assert_eq!(before, after, "nothing that the other side sees depends on a caucus");
}

#[tokio::test]
async fn parallel_senders_get_one_order_without_holes_in_each_room() {
    let test = start().await;
    let m = Mediation::start(&test).await;
    let (joint, caucus) = (m.room(JOINT).await, m.room(A).await);
    let mut sends = Vec::new();
    for n in 0..12 {
        for room in [joint, caucus] {
            for who in [m.ana, m.mediator] {
                sends.push(async move {
                    let id = format!("m{n}");
                    (room, said(&who, room, &id, &format!("{n}")).await.seq)
                });
            }
        }
    }
    let answered = futures_util::future::join_all(sends).await;
    // That the room opened, and that two came in.
    for (room, already) in [(joint, 3), (caucus, 3)] {
        let entries = page(&m.ana, room, "?limit=500").await.entries;
        let seqs: Vec<i64> = entries.iter().map(|entry| entry.seq).collect();
        assert_eq!(seqs, (1..=24 + already).collect::<Vec<_>>());
        let mut acknowledged: Vec<i64> =
            answered.iter().filter(|(of, _)| *of == room).map(|(_, seq)| *seq).collect();
        acknowledged.sort_unstable();
        assert_eq!(acknowledged, (already + 1..=24 + already).collect::<Vec<_>>());
        if room == joint {
            assert_eq!(page(&m.ben, room, "?limit=500").await.entries, entries);
        }
    }
}

#[tokio::test]
async fn a_message_sent_again_is_stored_once_and_another_body_is_refused() {
    let test = start().await;
    let m = Mediation::start(&test).await;
    let joint = m.room(JOINT).await;
    let first = say(&m.ana, joint, "one", "您好").await;
    assert_eq!(first.status.as_u16(), 201);
    let again =
        futures_util::future::join_all((0..5).map(|_| say(&m.ana, joint, "one", "您好"))).await;
    assert!(again.iter().all(|answer| *answer == first), "{again:?}");
    say(&m.ana, joint, "one", "再见").await.is_refused(422, ErrorCode::MessageIdReused);
    let other = said(&m.ben, joint, "one", "再见").await;
    assert_eq!(other.seq, first.body["seq"].as_i64().unwrap() + 1);
    assert_eq!(texts(&m.ben, joint).await, ["您好", "再见"]);
    let system = json!({"client_msg_id": "two", "body": {"kind": "system", "notice": "closed"}});
    m.ana
        .post(&format!("/v1/rooms/{joint}/entries"), system)
        .await
        .is_refused(422, ErrorCode::Invalid);
}

#[tokio::test]
async fn pages_follow_each_other_and_unread_counts_what_others_said() {
    let test = start().await;
    let m = Mediation::start(&test).await;
    let joint = m.room(JOINT).await;
    for n in 1..=5 {
        said(&m.ana, joint, &format!("{n}"), &format!("{n}")).await;
    }
    let (mut seen, mut after) = (Vec::new(), Some(0));
    while let Some(cursor) = after {
        let page = page(&m.ben, joint, &format!("?after={cursor}&limit=3")).await;
        seen.extend(page.entries.iter().map(|entry| entry.seq));
        after = page.next;
    }
    assert_eq!(seen, (1..=8).collect::<Vec<_>>());
    m.ben
        .get(&format!("/v1/rooms/{joint}/entries?limit=501"))
        .await
        .is_refused(422, ErrorCode::Invalid);
    let counts = async |who| {
        let room = m.rooms(who).await.remove(0);
        (room.head, room.read, room.unread)
    };
    assert_eq!(counts(&m.ben).await, (8, 0, 5), "that somebody came is no message");
    let read = format!("/v1/rooms/{joint}/read");
    assert_eq!(m.ben.post(&read, json!({"seq": 6})).await.ok()["seq"], 6);
    assert_eq!(m.ben.post(&read, json!({"seq": 2})).await.ok()["seq"], 6, "never backwards");
    assert_eq!(counts(&m.ben).await, (8, 6, 2));
    assert_eq!(m.ben.post(&read, json!({"seq": 99})).await.ok()["seq"], 8, "never past the head");
    assert_eq!(counts(&m.ana).await, (8, 0, 0), "one's own words are not news");
}

#[tokio::test]
async fn whoever_left_reads_nothing_of_what_came_later() {
    let test = start().await;
    let m = Mediation::start(&test).await;
    let caucus = m.room(A).await;
    said(&m.ana, caucus, "1", "给律师听的").await;
    let sent = said(&m.lawyer, caucus, "1", "明白").await;
    m.lawyer.command(&m.path("/step-down")).await.ok();
    said(&m.ana, caucus, "2", "律师走后说的").await;
    assert_eq!(texts(&m.lawyer, caucus).await, ["给律师听的", "明白"]);
    say(&m.lawyer, caucus, "2", "还在吗").await.is_refused(403, ErrorCode::NotPermitted);
    assert_eq!(
        said(&m.lawyer, caucus, "1", "明白").await,
        sent,
        "what is stored stays acknowledged"
    );
    // Who stepped down does not come back by any door; a room would still keep the gap.
    sqlx::query(
        "insert into room_members (room_id, person_id, joined_seq, part, name)
         select $1, $2, max(seq) + 1, 'invited_lawyer', '吴律师' from room_entries where room_id = $1",
    )
    .bind(caucus.0)
    .bind(m.lawyer.id.0)
    .execute(&test.owner)
    .await
    .unwrap();
    said(&m.ana, caucus, "3", "回来了").await;
    assert_eq!(texts(&m.lawyer, caucus).await, ["给律师听的", "明白", "回来了"]);
}

#[tokio::test]
async fn rooms_close_with_the_dispute_and_stay_readable() {
    let test = start().await;
    let m = Mediation::start(&test).await;
    let joint = m.room(JOINT).await;
    let sent = said(&m.ana, joint, "1", "您好").await;
    m.ana.command(&m.path("/withdraw")).await.ok();
    say(&m.ben, joint, "1", "等等").await.is_refused(409, ErrorCode::WrongStatus);
    assert_eq!(said(&m.ana, joint, "1", "您好").await, sent);
    assert_eq!(texts(&m.ben, joint).await, ["您好"]);
    assert!(m.rooms(&m.ben).await.iter().all(|room| !room.open));
}

#[tokio::test]
async fn parties_to_violence_meet_only_when_each_has_agreed() {
    let test = start().await;
    let m = Mediation::accepted(&test, Track::PeopleMediation).await;
    sqlx::query("update disputes set dv_protection = true where id = $1")
        .bind(m.id.0)
        .execute(&test.owner)
        .await
        .unwrap();
    m.staffed(&m.mediator, AppointmentRole::Mediator).await;
    assert_eq!(addresses(&m, &m.ana).await, [A]);
    assert_eq!(addresses(&m, &m.ben).await, [B]);
    assert_eq!(addresses(&m, &m.mediator).await, RoomAddress::ALL);
    let path = format!("/v1/disputes/{}/agree-to-meet", m.id);
    let party = async |who: &Person<'_>| {
        let view: DisputeView = who.get(&format!("/v1/disputes/{}", m.id)).await.to();
        json!({"party": view.you_act_for[0]})
    };
    let (for_ana, for_ben) = (party(&m.ana).await, party(&m.ben).await);
    m.ben.post(&path, for_ana.clone()).await.is_refused(403, ErrorCode::NotPermitted);
    m.mediator.post(&path, for_ana.clone()).await.is_refused(403, ErrorCode::NotPermitted);
    m.ben.post(&path, for_ben).await.ok();
    assert_eq!(addresses(&m, &m.ben).await, [B]);
    m.ana.post(&path, for_ana).await.ok();
    assert_eq!(addresses(&m, &m.ana).await, [JOINT, A]);
    assert_eq!(addresses(&m, &m.ben).await, [JOINT, B]);
}

/// What the role of the server may not do, whoever it says it works for.
#[tokio::test]
async fn the_servers_role_reads_and_writes_rooms_through_functions_alone() {
    let test = start().await;
    let m = Mediation::start(&test).await;
    let caucus = m.room(A).await;
    said(&m.ana, caucus, "1", "秘密").await;
    for table in ["rooms", "room_members", "room_entries"] {
        for statement in [
            format!("select from {table}"),
            format!("delete from {table}"),
            format!(
                "update {table} set {} = null",
                if table == "rooms" { "side" } else { "room_id" }
            ),
            format!("insert into {table} default values"),
            format!("truncate {table}"),
        ] {
            let refused = sqlx::query(AssertSqlSafe(statement.clone()))
                .execute(&test.app.db)
                .await
                .unwrap_err();
            let code = refused.as_database_error().and_then(sqlx::error::DatabaseError::code);
            assert_eq!(code.as_deref(), Some("42501"), "{statement}: {refused}");
        }
    }
    let readable = async |account: uuid::Uuid| {
        sqlx::query("select * from read_room_entries($1, $2, 0, 100) where sender is not null")
            .bind(account)
            .bind(caucus.0)
            .fetch_all(&test.app.db)
            .await
            .unwrap()
            .len()
    };
    assert_eq!(readable(m.ana.account.0).await, 1);
    for outsider in [m.ben.account.0, m.officer.account.0, uuid::Uuid::nil()] {
        assert_eq!(readable(outsider).await, 0);
    }
    let open = sqlx::query(
        "select p.proname::text, p.proconfig::text from pg_proc p
         where p.prosecdef and (p.proconfig is null or not p.proconfig::text like '%search_path=%'
             or has_function_privilege('public', p.oid, 'execute'))",
    )
    .fetch_all(&test.owner)
    .await
    .unwrap();
    let names: Vec<String> = open.iter().map(|row| row.get(0)).collect();
    assert_eq!(
        names,
        Vec::<String>::new(),
        "functions with their owner's rights have a fixed path"
    );
}

#[tokio::test]
async fn an_entry_waits_for_the_one_before_it_in_its_room_and_for_no_other() {
    let test = start().await;
    let m = Mediation::start(&test).await;
    let (joint, neutrals) = (m.room(JOINT).await, m.room(NEUTRALS).await);
    let mut rival = test.owner.begin().await.unwrap();
    let seq: i64 = sqlx::query_scalar("select seq from append_room_entries(array[$1::uuid], array[$2::uuid], array['r'], array[$3], array[null::uuid], now(), true)")
        .bind(m.ben.id.0)
        .bind(joint.0)
        .bind(r#"{"kind":"text","text":"先到"}"#)
        .fetch_one(&mut *rival)
        .await
        .unwrap();
    let (later, ()) = tokio::join!(said(&m.ana, joint, "1", "后到"), async {
        until_somebody_waits_for_a_lock(&test.owner).await;
        said(&m.mediator, neutrals, "1", "不用等").await;
        rival.commit().await.unwrap();
    });
    assert_eq!(later.seq, seq + 1);
    assert_eq!(texts(&m.ben, joint).await, ["先到", "后到"]);
}

/// Who leaves while the entry waits has left.
#[tokio::test]
async fn an_entry_that_waited_is_judged_by_who_is_in_the_room_then() {
    let test = start().await;
    let m = Mediation::start(&test).await;
    let caucus = m.room(A).await;
    let mut rival = test.owner.begin().await.unwrap();
    sqlx::query("select from rooms where id = $1 for update")
        .bind(caucus.0)
        .execute(&mut *rival)
        .await
        .unwrap();
    sqlx::query(
        "update room_members set left_seq = joined_seq where room_id = $1 and person_id = $2",
    )
    .bind(caucus.0)
    .bind(m.lawyer.id.0)
    .execute(&mut *rival)
    .await
    .unwrap();
    let (answer, ()) = tokio::join!(say(&m.lawyer, caucus, "1", "晚了"), async {
        until_somebody_waits_for_a_lock(&test.owner).await;
        rival.commit().await.unwrap();
    });
    answer.is_refused(403, ErrorCode::NotPermitted);
    assert_eq!(texts(&m.ana, caucus).await, Vec::<String>::new());
}

#[tokio::test]
async fn who_leaves_waits_for_the_sentence_that_is_being_said() {
    let test = start().await;
    let m = Mediation::start(&test).await;
    let caucus = m.room(A).await;
    let mut rival = test.owner.begin().await.unwrap();
    sqlx::query("select from append_room_entries(array[$1::uuid], array[$2::uuid], array['x'], array[$3], array[null::uuid], now(), true)")
        .bind(m.ana.id.0)
        .bind(caucus.0)
        .bind(r#"{"kind":"text","text":"律师还在时说的"}"#)
        .execute(&mut *rival)
        .await
        .unwrap();
    let path = m.path("/step-down");
    let (gone, ()) = tokio::join!(m.lawyer.command(&path), async {
        until_somebody_waits_for_a_lock(&test.owner).await;
        rival.commit().await.unwrap();
    });
    gone.ok();
    assert_eq!(texts(&m.lawyer, caucus).await, ["律师还在时说的"]);
}
