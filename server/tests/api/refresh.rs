//! Renewing a login: a lost answer loses nothing, a copied token ends the login, two branches never both live.

use crate::accounts::PHONE;
use crate::app::{Answer, TestApp, until_somebody_waits_for_a_lock};
use chrono::Duration;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use protocol::ErrorCode;
use protocol::account::{LoginEnd, Logins, SignedIn};
use serde_json::json;

impl TestApp {
    async fn refresh(&self, token: &str) -> Answer {
        self.post("/v1/logins/refresh", json!({"refresh_token": token})).await
    }

    async fn works(&self, token: &str) -> bool {
        self.get_as(token, "/v1/me").await.status.is_success()
    }
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_until_the_new_tokens_are_used() {
    let test = TestApp::start().await;
    let first = test.signed_in(PHONE).await;
    let lost: SignedIn = test.refresh(&first.refresh_token).await.to();
    let got: SignedIn = test.refresh(&first.refresh_token).await.to();
    assert!(!test.works(&lost.access_token).await, "the lost branch is dead");
    assert!(test.works(&first.access_token).await, "requests under way finish");
    assert!(test.works(&got.access_token).await);
    test.refresh(&first.refresh_token).await.is_refused(401, ErrorCode::Unauthenticated);
    assert!(!test.works(&got.access_token).await, "the login has ended");
}

#[tokio::test]
async fn a_copied_token_ends_the_login_and_its_owner_is_told() {
    let test = TestApp::start().await;
    let victim = test.signed_in(PHONE).await;
    let thief: SignedIn = test.refresh(&victim.refresh_token).await.to();
    assert!(test.works(&thief.access_token).await);
    test.refresh(&victim.refresh_token).await.is_refused(401, ErrorCode::Unauthenticated);
    assert!(!test.works(&thief.access_token).await);
    test.refresh(&thief.refresh_token).await.is_refused(401, ErrorCode::Unauthenticated);
    let kind: String =
        sqlx::query_scalar("select kind from text_messages where body like '%重复使用%'")
            .fetch_one(&test.owner)
            .await
            .unwrap();
    assert_eq!(kind, "security");
    let again = test.signed_in(PHONE).await;
    let list: Logins = test.get_as(&again.access_token, "/v1/logins").await.to();
    assert_eq!(list.logins[1].ended_because, Some(LoginEnd::Replay));
}

#[tokio::test]
async fn a_login_ends_after_thirty_days_however_busy() {
    let test = TestApp::start().await;
    let mut tokens = test.signed_in(PHONE).await;
    let end = tokens.expires_at;
    for _ in 0..29 {
        test.advance(Duration::days(1));
        tokens = test.refresh(&tokens.refresh_token).await.to();
        assert_eq!(tokens.expires_at, end);
    }
    test.advance(Duration::days(1));
    test.refresh(&tokens.refresh_token).await.is_refused(401, ErrorCode::Unauthenticated);
}

#[tokio::test]
async fn an_unknown_token_ends_nothing() {
    let test = TestApp::start().await;
    let tokens = test.signed_in(PHONE).await;
    test.refresh("bm90IGEgdG9rZW4").await.is_refused(401, ErrorCode::Unauthenticated);
    assert!(test.works(&tokens.access_token).await);
}

#[tokio::test]
async fn a_refresh_waits_for_the_end_of_the_login() {
    let test = TestApp::start().await;
    let tokens = test.signed_in(PHONE).await;
    let mut rival = test.owner.begin().await.unwrap();
    sqlx::query("update logins set ended_at = created_at, ended_because = 'owner'")
        .execute(&mut *rival)
        .await
        .unwrap();
    let (answer, ()) = tokio::join!(test.refresh(&tokens.refresh_token), async {
        until_somebody_waits_for_a_lock(&test.owner).await;
        rival.commit().await.unwrap();
    });
    answer.is_refused(401, ErrorCode::Unauthenticated);
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Refresh(prop::sample::Index),
    Use(prop::sample::Index),
}

/// Tokens as somebody sees them who keeps all of them; `parent` is the one whose refresh made it.
struct Issued {
    tokens: SignedIn,
    parent: Option<usize>,
    used: bool,
}

/// Plays the steps and checks after each that no two tokens made from the same one have both been of use.
async fn play(test: &TestApp, steps: &[Step]) -> Result<(), TestCaseError> {
    test.advance(Duration::days(1));
    let mut issued = vec![Issued { tokens: test.signed_in(PHONE).await, parent: None, used: true }];
    for step in steps {
        match step {
            Step::Use(which) => {
                let which = which.index(issued.len());
                issued[which].used |= test.works(&issued[which].tokens.access_token).await;
            }
            Step::Refresh(which) => {
                let which = which.index(issued.len());
                let untouched =
                    !issued.iter().any(|other| other.parent == Some(which) && other.used);
                let newest = issued.iter().rposition(|other| other.parent == Some(which));
                let answer = test.refresh(&issued[which].tokens.refresh_token).await;
                if answer.status.is_success() {
                    prop_assert!(untouched, "{which} was renewed after its child was used");
                    prop_assert!(newest.is_none_or(|child| child == issued.len() - 1));
                    issued[which].used = true;
                    issued.push(Issued { tokens: answer.to(), parent: Some(which), used: false });
                }
            }
        }
        for (index, one) in issued.iter().enumerate().filter(|(_, one)| one.used) {
            let rival =
                issued[..index].iter().any(|other| other.parent == one.parent && other.used);
            prop_assert!(!rival || one.parent.is_none(), "two branches of {:?} lived", one.parent);
        }
    }
    Ok(())
}

#[test]
fn two_branches_never_both_live() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let test = runtime.block_on(TestApp::start());
    let step = prop_oneof![
        any::<prop::sample::Index>().prop_map(Step::Refresh),
        any::<prop::sample::Index>().prop_map(Step::Use),
    ];
    let steps = prop::collection::vec(step, 1..12);
    let mut runner =
        TestRunner::new(Config { cases: 60, failure_persistence: None, ..Config::default() });
    runner.run(&steps, |steps| runtime.block_on(play(&test, &steps))).unwrap();
}
