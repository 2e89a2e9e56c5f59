//! Entries added at the number that this server knows to be next: no lock, no question, and still nobody talks who has
//! left, nothing is stored twice and no number is given twice.

use crate::app::{TestApp, until_somebody_waits_for_a_lock};
use crate::mediation::{A, JOINT, Mediation};
use crate::rooms::{said, texts};
use crate::socket::Socket;
use protocol::live::ServerFrame;
use protocol::{ErrorCode, PersonId, RoomId};
use sqlx::{PgConnection, Row};

const TEXT: &str = r#"{"kind":"text","text":"别的服务器"}"#;

async fn lock(db: &mut PgConnection, room: RoomId) {
    sqlx::query("select from rooms where id = $1 for update")
        .bind(room.0)
        .execute(db)
        .await
        .unwrap();
}

async fn ack(socket: &mut Socket) -> i64 {
    let frame = socket.until(|frame| matches!(frame, ServerFrame::Ack { .. })).await;
    let ServerFrame::Ack { seq, .. } = frame else { unreachable!() };
    seq
}

async fn refusal(socket: &mut Socket) -> ErrorCode {
    let frame = socket.until(|frame| matches!(frame, ServerFrame::Refused { .. })).await;
    let ServerFrame::Refused { problem, .. } = frame else { unreachable!() };
    problem.code
}

#[tokio::test]
async fn where_the_room_is_known_nobody_waits_for_its_lock() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let joint = m.room(JOINT).await;
    let mut ana = Socket::hello(&m.ana, &[(joint, 0)]).await;
    let head = ana.caught_up(joint).await;
    let mut rival = test.owner.begin().await.unwrap();
    lock(&mut rival, joint).await;
    ana.say(joint, "1", "不用等").await;
    assert_eq!(ack(&mut ana).await, head + 1);
    rival.rollback().await.unwrap();
}

#[tokio::test]
async fn a_number_that_another_server_takes_is_not_given_again() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let joint = m.room(JOINT).await;
    let mut ana = Socket::hello(&m.ana, &[(joint, 0)]).await;
    let mut ben = Socket::hello(&m.ben, &[(joint, 0)]).await;
    let head = ana.caught_up(joint).await;
    ben.caught_up(joint).await;
    let mut rival = test.owner.begin().await.unwrap();
    add(&mut rival, joint, head + 1, m.mediator.id).await.unwrap();
    ana.say(joint, "1", "这台服务器").await;
    until_somebody_waits_for_a_lock(&test.owner).await;
    rival.commit().await.unwrap();
    assert_eq!(ack(&mut ana).await, head + 2);
    ben.until_seq(joint, head + 2).await;
    assert_eq!(ben.said(joint), ["别的服务器", "这台服务器"]);
    assert_eq!(ben.seqs(joint), (1..=head + 2).collect::<Vec<_>>());
}

#[tokio::test]
async fn who_left_in_the_same_moment_has_left() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let caucus = m.room(A).await;
    let mut lawyer = Socket::hello(&m.lawyer, &[(caucus, 0)]).await;
    lawyer.caught_up(caucus).await;
    let mut rival = test.owner.begin().await.unwrap();
    lock(&mut rival, caucus).await;
    sqlx::query(
        "update room_members set left_seq = write_in_room($1, service_entry('member_left', null), now())
         where room_id = $1 and person_id = $2",
    )
    .bind(caucus.0)
    .bind(m.lawyer.id.0)
    .execute(&mut *rival)
    .await
    .unwrap();
    lawyer.say(caucus, "1", "晚了").await;
    until_somebody_waits_for_a_lock(&test.owner).await;
    rival.commit().await.unwrap();
    assert_eq!(refusal(&mut lawyer).await, ErrorCode::NotPermitted);
    assert_eq!(texts(&m.ana, caucus).await, Vec::<String>::new());
}

#[tokio::test]
async fn the_database_takes_nothing_from_who_is_not_in_the_room_or_may_not_speak() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let caucus = m.room(A).await;
    let head = said(&m.ana, caucus, "1", "您好").await.seq;
    let mut db = test.owner.acquire().await.unwrap();
    let unknown = PersonId(uuid::Uuid::nil());
    for outsider in [m.ben.id, m.officer.id, unknown] {
        let refused = add(&mut db, caucus, head + 1, outsider).await.unwrap_err();
        assert_eq!(constraint(&refused), "room_entries_of_people_have_an_id");
    }
    let taken = add(&mut db, caucus, head, m.ana.id).await.unwrap_err();
    assert_eq!(constraint(&taken), "room_entries_pkey");
    sqlx::query("update room_members set may_say = false where room_id = $1")
        .bind(caucus.0)
        .execute(&mut *db)
        .await
        .unwrap();
    let closed = add(&mut db, caucus, head + 1, m.ana.id).await.unwrap_err();
    assert_eq!(constraint(&closed), "room_entries_of_people_have_an_id");
    assert_eq!(texts(&m.ana, caucus).await, ["您好"]);
}

fn constraint(error: &sqlx::Error) -> &str {
    error.as_database_error().and_then(|error| error.constraint()).unwrap_or_default()
}

/// As a server does that knows the room.
async fn add(db: &mut PgConnection, room: RoomId, seq: i64, person: PersonId) -> sqlx::Result<()> {
    sqlx::query("select append_known_entries(array[$1], array[$2], array[1], array[$3], array['x'], array[$4], now())")
        .bind(room.0)
        .bind(person.0)
        .bind(seq)
        .bind(TEXT)
        .execute(db)
        .await
        .map(|_| ())
}

/// What the order of a member's last word and their leaving rests on.
#[tokio::test]
async fn whoever_comes_and_goes_does_so_at_a_number_of_the_room() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    m.lawyer.command(&m.path("/step-down")).await.ok();
    let changes = sqlx::query(
        "select m.name, m.left_seq is not null as is_gone,
                exists (select from room_entries e
                        where e.room_id = m.room_id and e.seq = m.joined_seq and e.sender_id is null) as has_come,
                m.left_seq is null or exists (
                        select from room_entries e
                        where e.room_id = m.room_id and e.seq = m.left_seq and e.sender_id is null) as has_gone
         from room_members m",
    )
    .fetch_all(&test.owner)
    .await
    .unwrap();
    let gone = changes.iter().filter(|row| row.get::<bool, _>("is_gone")).count();
    assert_eq!(gone, 4, "the lawyer left every room");
    for row in changes {
        let name: String = row.get("name");
        assert!(row.get("has_come") && row.get("has_gone"), "{name}");
    }
}

/// The database has it, and the word of it is still under way.
#[tokio::test]
async fn what_was_sent_as_backlog_is_not_sent_again_when_it_is_heard_of() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let joint = m.room(JOINT).await;
    let mut ana = Socket::hello(&m.ana, &[(joint, 0)]).await;
    ana.caught_up(joint).await;
    // More than are at hand.
    for n in 0..70 {
        said(&m.mediator, joint, &format!("m{n}"), "好").await;
    }
    let elsewhere = "
        insert into room_entries (room_id, seq, sender_id, client_msg_id, body, at)
        select room_id, seq + 1, sender_id, 'elsewhere', body, at from room_entries
        where room_id = $1 order by seq desc limit 1";
    sqlx::query(elsewhere).bind(joint.0).execute(&test.owner).await.unwrap();
    let mut ben = Socket::hello(&m.ben, &[(joint, 0)]).await;
    ben.caught_up(joint).await;
    let last = said(&m.mediator, joint, "after", "完").await.seq;
    for phone in [&mut ana, &mut ben] {
        phone.until_seq(joint, last).await;
        assert_eq!(phone.seqs(joint), (1..=last).collect::<Vec<_>>());
    }
}

/// A statement is planned once for a connection. Planned when next to nothing is in the tables, as here, it would read all
/// of them ever after.
#[tokio::test]
async fn rooms_are_read_by_key_however_little_there_is() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let joint = m.room(JOINT).await;
    let head = said(&m.ana, joint, "1", "您好").await.seq;
    let mut tx = test.owner.begin().await.unwrap();
    add(&mut tx, joint, head + 1, m.ana.id).await.unwrap();
    for ask in [
        "select count(*) from room_log(array[$1], $2, 0, 10)",
        "select count(*) from room_now(array[$1], $2)",
        "select count(*) from rooms_moved(array[$2], array[0::bigint]) where $1 is not null",
        "select count(*) from append_room_entries(array[$1], array[$2], array['y'], array['{}'], array[null::uuid], now(), true)",
    ] {
        let found: i64 = sqlx::query_scalar(ask)
            .bind(m.ana.id.0)
            .bind(joint.0)
            .fetch_one(&mut *tx)
            .await
            .unwrap();
        assert!(found > 0, "{ask}");
    }
    let read_whole: Vec<String> = sqlx::query_scalar(
        "select relname::text from pg_stat_xact_user_tables
         where seq_scan > 0 and relname in ('rooms', 'room_members', 'room_entries')",
    )
    .fetch_all(&mut *tx)
    .await
    .unwrap();
    assert_eq!(read_whole, Vec::<String>::new());
}
