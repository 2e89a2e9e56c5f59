//! What has served its purpose is forgotten; what somebody holds at that moment is left for the next round.

use crate::accounts::PHONE;
use crate::app::TestApp;
use chrono::Duration;
use server::accounts::tidy;

/// Guards, and text messages that still say something.
async fn left(test: &TestApp) -> (i64, i64) {
    let counts = "select (select count(*) from sign_in_guards),
                         (select count(*) from text_messages where body is not null)";
    sqlx::query_as(counts).fetch_one(&test.owner).await.unwrap()
}

#[tokio::test]
async fn what_somebody_holds_is_passed_by_and_tidied_the_next_time() {
    let test = TestApp::start().await;
    test.ask(PHONE).await.ok();
    test.advance(Duration::days(8));
    let mut rival = test.owner.begin().await.unwrap();
    for held in ["select from sign_in_guards for update", "select from text_messages for update"] {
        sqlx::query(held).execute(&mut *rival).await.unwrap();
    }
    tidy::round(&test.app).await.unwrap();
    assert_eq!(left(&test).await, (1, 1));
    rival.rollback().await.unwrap();
    tidy::round(&test.app).await.unwrap();
    assert_eq!(left(&test).await, (0, 0));
}
