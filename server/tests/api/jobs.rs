//! The queue: everything is done, once, whoever dies on the way.

use crate::app::TestApp;
use crate::disputes::submitted;
use chrono::Duration;
use protocol::account::Role;
use protocol::notice::NoticePage;
use server::db::Hint;
use server::jobs::{queue, worker};
use sqlx::PgPool;

async fn count(db: &PgPool, condition: &'static str) -> i64 {
    let query = sqlx::AssertSqlSafe(format!("select count(*) from jobs where {condition}"));
    sqlx::query_scalar(query).fetch_one(db).await.unwrap()
}

/// A queue with one job in it: the station is told of a new dispute.
async fn one_job() -> TestApp {
    let test = TestApp::start().await;
    submitted(&test.person("陈一", Role::Resident).await).await;
    assert_eq!(count(&test.owner, "done_at is null").await, 1);
    test
}

#[tokio::test]
async fn r14_what_a_dead_worker_held_is_done_once_by_another_when_its_lease_is_over() {
    let test = one_job().await;
    let officer = test.person("王警官", Role::Officer).await;
    let held = queue::claim(&test.app).await.unwrap().expect("the job");
    worker::drain(&test.app).await.unwrap();
    assert_eq!(count(&test.owner, "done_at is null").await, 1, "leased: nobody else takes it");
    test.advance(queue::LEASE);
    worker::drain(&test.app).await.unwrap();
    assert_eq!(count(&test.owner, "done_at is null").await, 0);
    let told = || async { officer.get("/v1/notices").await.to::<NoticePage>().notices.len() };
    assert_eq!(told().await, 1);
    // The first worker was only slow: it comes back and its work counts for nothing.
    let mut tx = test.app.begin().await.unwrap();
    sqlx::query("delete from idempotency_keys").execute(&mut *tx).await.unwrap();
    let keys = || async {
        let keys = sqlx::query_scalar::<_, i64>("select count(*) from idempotency_keys");
        keys.fetch_one(&test.owner).await.unwrap()
    };
    let before = keys().await;
    held.finish(&test.app, tx).await.unwrap();
    assert_eq!((keys().await, told().await), (before, 1));
}

#[tokio::test]
async fn r14_a_living_worker_keeps_its_job_beyond_the_lease() {
    let test = one_job().await;
    let held = queue::claim(&test.app).await.unwrap().expect("the job");
    test.advance(Duration::seconds(20));
    held.renew(&test.app).await.unwrap();
    test.advance(Duration::seconds(20));
    assert!(queue::claim(&test.app).await.unwrap().is_none());
}

#[tokio::test]
async fn a_job_that_fails_comes_back_later_and_later_and_is_parked_in_the_end() {
    let test = one_job().await;
    sqlx::query("update jobs set payload = '{\"kind\": \"of_another_time\"}'")
        .execute(&test.owner)
        .await
        .unwrap();
    for seconds in [5, 30, 120, 600, 1_800, 7_200] {
        worker::drain(&test.app).await.unwrap();
        test.advance(Duration::seconds(seconds - 1));
        assert!(queue::claim(&test.app).await.unwrap().is_none(), "not before {seconds} s");
        test.advance(Duration::seconds(1));
    }
    worker::drain(&test.app).await.unwrap();
    assert_eq!(count(&test.owner, "parked_at is not null and last_error = 'internal'").await, 1);
    assert_eq!(count(&test.owner, "attempts = 7").await, 1);
}

#[tokio::test]
async fn a_job_that_kills_whoever_takes_it_is_parked_too() {
    let test = one_job().await;
    for _ in 0..7 {
        queue::claim(&test.app).await.unwrap().expect("the job");
        test.advance(queue::LEASE);
    }
    worker::drain(&test.app).await.unwrap();
    assert_eq!(count(&test.owner, "parked_at is not null").await, 1);
}

#[tokio::test]
async fn a_worker_passes_by_what_another_is_taking() {
    let test = one_job().await;
    submitted(&test.person("林二", Role::Resident).await).await;
    let mut rival = test.owner.begin().await.unwrap();
    let first = "select id from jobs order by run_at, id limit 1 for update";
    let taken: i64 = sqlx::query_scalar(first).fetch_one(&mut *rival).await.unwrap();
    let other = queue::claim(&test.app).await.unwrap().expect("the other job");
    assert_ne!(other.id, taken);
    assert!(queue::claim(&test.app).await.unwrap().is_none());
    rival.rollback().await.unwrap();
    assert_eq!(queue::claim(&test.app).await.unwrap().expect("the first job").id, taken);
}

#[tokio::test]
async fn many_workers_do_each_job_once_and_stop_when_told() {
    let test = TestApp::start().await;
    let officer = test.person("王警官", Role::Officer).await;
    let ana = test.person("陈一", Role::Resident).await;
    worker::start(&test.app);
    for _ in 0..12 {
        submitted(&ana).await;
    }
    // Woken by the hint of each commit; the poll floor is the only clock here.
    while count(&test.owner, "done_at is null").await > 0 {
        tokio::task::yield_now().await;
    }
    let page: NoticePage = officer.get("/v1/notices?limit=100").await.to();
    assert_eq!((page.notices.len(), page.unread), (12, 12));
    assert_eq!(count(&test.owner, "attempts <> 1").await, 0);
    test.app.stop.cancel();
    test.app.tasks.close();
    test.app.tasks.wait().await;
}

#[tokio::test]
async fn the_hint_of_a_commit_wakes_the_workers_and_is_told_only_after_it() {
    let test = TestApp::start().await;
    let mut hints = test.app.hints.subscribe();
    submitted(&test.person("陈一", Role::Resident).await).await;
    let mut told = Vec::new();
    while let Ok(hint) = hints.try_recv() {
        told.push(hint);
    }
    assert!(told.contains(&Hint::Jobs), "{told:?}");
}

#[tokio::test]
async fn what_has_served_its_purpose_is_removed_and_nothing_younger() {
    let test = one_job().await;
    let keys = || async {
        let keys = sqlx::query_scalar::<_, i64>("select count(*) from idempotency_keys");
        keys.fetch_one(&test.owner).await.unwrap()
    };
    worker::drain(&test.app).await.unwrap();
    let before = keys().await;
    assert!(before > 0);
    test.advance(Duration::hours(48));
    worker::drain(&test.app).await.unwrap();
    assert_eq!((keys().await, count(&test.owner, "true").await), (before, 1));
    test.advance(Duration::seconds(1));
    worker::drain(&test.app).await.unwrap();
    assert_eq!((keys().await, count(&test.owner, "true").await), (0, 1));
    test.advance(Duration::days(7));
    worker::drain(&test.app).await.unwrap();
    assert_eq!(count(&test.owner, "true").await, 0);
}
