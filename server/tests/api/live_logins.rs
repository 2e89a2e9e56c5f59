//! What ends a login ends its sockets, whether or not anybody says so.

use super::start;
use crate::app::TestApp;
use crate::mediation::{JOINT, Mediation};
use crate::socket::{Came, Socket};
use chrono::Duration;
use protocol::account::Role;
use protocol::live::{ServerFrame, close};
use protocol::{DisputeId, LoginId};
use serde_json::json;
use std::time::Instant;

/// Straight in the database, so that no server says anything; whether somebody may come again as somebody else.
const CHANGES: [(&str, bool); 5] = [
    ("update logins set ended_at = now() where id = $1", false),
    ("update logins set generation = 3, parent = 2 where id = $1", false),
    ("update logins set expires_at = created_at where id = $1", false),
    (
        "update accounts set disabled_at = now() where id = (select account_id from logins where id = $1)",
        false,
    ),
    (
        "update accounts set role = 'grid_worker' where id = (select account_id from logins where id = $1)",
        true,
    ),
];

#[tokio::test]
async fn a_login_that_does_not_stand_as_it_did_ends_its_sockets_within_five_seconds() {
    let test = start().await;
    let mut open = Vec::new();
    for (change, comes_again) in CHANGES {
        let who = test.person("陈一", Role::Officer).await;
        let socket = Socket::hello(&who, &[]).await;
        open.push((change, comes_again, who, socket));
    }
    let bystander = test.person("林二", Role::Officer).await;
    let mut stays = Socket::hello(&bystander, &[]).await;
    all_are_known(&test).await;
    let began = Instant::now();
    for (change, _, who, _) in &open {
        sqlx::query(*change).bind(who.login.0).execute(&test.owner).await.unwrap();
    }
    for (change, comes_again, who, socket) in &mut open {
        assert_eq!(socket.until_closed().await, Some(close::NOT_AUTHENTICATED), "{change}");
        assert!(began.elapsed().as_secs() < 5, "{change}: {:?}", began.elapsed());
        let mut again = Socket::open(&test).await;
        again.send(json!({"type": "hello", "token": who.token()})).await;
        assert_eq!(matches!(again.next().await, Came::Frame(_)), *comes_again, "{change}");
    }
    stays.send(json!({"type": "ping", "t": 1})).await;
    stays.until(|frame| matches!(frame, ServerFrame::Pong { .. })).await;
}

/// The first to begin is the last to commit.
#[tokio::test]
async fn a_change_that_is_committed_after_a_younger_one_is_heard_of_too() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let joint = m.room(JOINT).await;
    let mut ben = Socket::hello(&m.ben, &[(joint, 0)]).await;
    ben.caught_up(joint).await;
    let end = |login: LoginId| {
        sqlx::query("update logins set ended_at = now() where id = $1").bind(login.0)
    };
    all_are_known(&test).await;
    let mut old = test.owner.begin().await.unwrap();
    end(m.ben.login).execute(&mut *old).await.unwrap();
    for _ in 0..3 {
        let young = test.sign_in(m.ana.account, m.ana.id).await;
        end(young.login).execute(&test.owner).await.unwrap();
        look_round(&test, m.id).await;
    }
    ben.send(json!({"type": "ping", "t": 1})).await;
    ben.until(|frame| matches!(frame, ServerFrame::Pong { .. })).await;
    let began = Instant::now();
    old.commit().await.unwrap();
    assert_eq!(ben.until_closed().await, Some(close::NOT_AUTHENTICATED));
    assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
}

/// Each login has been asked for since it was learned: from now on only what changes is asked for.
async fn all_are_known(test: &TestApp) {
    for app in test.servers() {
        while !app.live.logins.doubtful(0).is_empty() {
            tokio::task::yield_now().await;
        }
    }
}

/// Until the server has looked round, which ends with the disputes.
async fn look_round(test: &TestApp, dispute: DisputeId) {
    let versions = &test.app.live.versions;
    versions.changed(dispute);
    while versions.of(dispute).is_none() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_token_that_runs_out_ends_the_socket_unless_it_is_renewed() {
    let test = start().await;
    let ana = test.person("陈一", Role::Resident).await;
    let ben = test.person("林二", Role::Resident).await;
    let mut renewed = Socket::hello(&ana, &[]).await;
    let mut forgotten = Socket::hello(&ana, &[]).await;
    let mut mistaken = Socket::hello(&ana, &[]).await;
    test.advance(Duration::minutes(9));
    renewed.send(json!({"type": "reauth", "token": ana.token()})).await;
    renewed.until(|frame| matches!(frame, ServerFrame::Reauthenticated { .. })).await;
    mistaken.send(json!({"type": "reauth", "token": ben.token()})).await;
    assert_eq!(mistaken.until_closed().await, Some(close::NOT_AUTHENTICATED));
    test.advance(Duration::minutes(2));
    assert_eq!(forgotten.until_closed().await, Some(close::NOT_AUTHENTICATED));
    renewed.send(json!({"type": "ping", "t": 1})).await;
    renewed.until(|frame| matches!(frame, ServerFrame::Pong { .. })).await;
}

/// What ends by the clock needs no database: whoever is only told things would otherwise go on being told them.
#[tokio::test]
async fn a_token_runs_out_although_logins_cannot_be_asked_for() {
    let test = start().await;
    let ana = test.person("陈一", Role::Resident).await;
    let mut socket = Socket::hello(&ana, &[]).await;
    all_are_known(&test).await;
    sqlx::query("revoke execute on function logins_changed(pg_snapshot) from public, ala_app")
        .execute(&test.owner)
        .await
        .unwrap();
    test.advance(Duration::minutes(11));
    let began = Instant::now();
    assert_eq!(socket.until_closed().await, Some(close::NOT_AUTHENTICATED));
    assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
}
