//! Residents sign in with a code from a text message; their devices and themselves.

use crate::app::{Answer, TestApp, until_somebody_waits_for_a_lock};
use crate::disputes::{noise, submitted};
use chrono::Duration;
use protocol::account::{HoursOfDay, LoginCodeSent, LoginEnd, Logins, Me, Role, SignedIn};
use protocol::dispute::{DisputePage, Part};
use protocol::{ErrorCode, LoginCodeId};
use serde_json::{Value, json};
use server::db::Hint;

pub const PHONE: &str = "19000000001";

/// A code was asked for and sent.
pub struct Sent {
    pub id: LoginCodeId,
    pub code: String,
}

impl TestApp {
    pub async fn ask(&self, phone: &str) -> Answer {
        self.post("/v1/login-codes", json!({"phone": phone})).await
    }

    pub async fn sent(&self, phone: &str) -> Sent {
        let answer: LoginCodeSent = self.ask(phone).await.to();
        Sent { id: answer.login_code, code: self.code_in_text(phone).await }
    }

    /// What the newest text message to the number says, as its owner reads it.
    async fn code_in_text(&self, phone: &str) -> String {
        let text: String = sqlx::query_scalar(
            "select body from text_messages where phone = $1 order by created_at desc limit 1",
        )
        .bind(phone)
        .fetch_one(&self.owner)
        .await
        .unwrap();
        text.split("验证码").nth(1).unwrap()[..6].to_owned()
    }

    pub async fn enter(&self, phone: &str, id: LoginCodeId, code: &str) -> Answer {
        let body = json!({"phone": phone, "login_code": id, "code": code, "device": "手机"});
        self.post("/v1/logins", body).await
    }

    /// Signs a resident in through the front door.
    pub async fn signed_in(&self, phone: &str) -> SignedIn {
        self.advance(Duration::minutes(1));
        let sent = self.sent(phone).await;
        self.enter(phone, sent.id, &sent.code).await.to()
    }
}

/// A code that is not this one.
pub fn other_than(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

#[tokio::test]
async fn the_first_login_makes_the_account_and_the_next_one_finds_it() {
    let test = TestApp::start().await;
    let sent = test.sent(PHONE).await;
    let body = json!({"phone": "190 0000 0001", "login_code": sent.id, "code": sent.code, "device": "手机", "name": "陈一"});
    let first: SignedIn = test.post("/v1/logins", body).await.to();
    assert_eq!(first.role, Role::Resident);
    let me: Me = test.get_as(&first.access_token, "/v1/me").await.to();
    assert_eq!((me.name.as_str(), me.phone.as_deref()), ("陈一", Some("190****0001")));
    let second = test.signed_in(PHONE).await;
    assert_eq!(second.account, first.account);
    assert_ne!(second.login, first.login);
}

#[tokio::test]
async fn a_code_is_good_once_for_its_number_and_request_and_five_minutes() {
    let test = TestApp::start().await;
    let sent = test.sent(PHONE).await;
    let other = test.sent("19000000002").await;
    for (phone, id) in [("19000000002", sent.id), (PHONE, other.id)] {
        test.enter(phone, id, &sent.code).await.is_refused(401, ErrorCode::WrongCode);
    }
    test.enter(PHONE, sent.id, &sent.code).await.ok();
    test.enter(PHONE, sent.id, &sent.code).await.is_refused(401, ErrorCode::WrongCode);
    test.advance(Duration::minutes(1));
    let late = test.sent(PHONE).await;
    test.advance(Duration::minutes(5));
    test.enter(PHONE, late.id, &late.code).await.is_refused(401, ErrorCode::WrongCode);
}

#[tokio::test]
async fn five_wrong_tries_void_a_code() {
    let test = TestApp::start().await;
    let sent = test.sent(PHONE).await;
    for _ in 0..5 {
        let wrong = test.enter(PHONE, sent.id, other_than(&sent.code)).await;
        wrong.is_refused(401, ErrorCode::WrongCode);
    }
    test.enter(PHONE, sent.id, &sent.code).await.is_refused(401, ErrorCode::WrongCode);
}

/// Ten wrong tries on two codes.
async fn fail_ten_times(test: &TestApp) {
    for _ in 0..2 {
        let sent = test.sent(PHONE).await;
        for _ in 0..5 {
            test.enter(PHONE, sent.id, other_than(&sent.code)).await;
        }
        test.advance(Duration::minutes(1));
    }
}

#[tokio::test]
async fn ten_failures_lock_a_number_for_a_quarter_of_an_hour_and_then_for_longer() {
    let test = TestApp::start().await;
    let spare = test.sent(PHONE).await;
    test.advance(Duration::minutes(1));
    fail_ten_times(&test).await;
    let refused = test.enter(PHONE, spare.id, &spare.code).await;
    refused.is_refused(429, ErrorCode::AccountLocked);
    assert_eq!(refused.body["retry_after"], 14 * 60);
    test.ask(PHONE).await.is_refused(429, ErrorCode::AccountLocked);
    test.signed_in("19000000002").await;
    test.advance(Duration::hours(1));
    fail_ten_times(&test).await;
    assert_eq!(test.ask(PHONE).await.body["retry_after"], 29 * 60);
    test.advance(Duration::hours(1));
    test.signed_in(PHONE).await;
}

#[tokio::test]
async fn one_number_gets_one_code_a_minute_five_an_hour_ten_a_day() {
    let test = TestApp::start().await;
    let refused = |wait: i64| (429, json!(wait));
    let ask = async || {
        let answer = test.ask(PHONE).await;
        (answer.status.as_u16(), answer.body["retry_after"].clone())
    };
    assert_eq!(ask().await, (202, Value::Null));
    test.advance(Duration::seconds(59));
    assert_eq!(ask().await, refused(1));
    test.advance(Duration::seconds(1));
    for _ in 0..4 {
        assert_eq!(ask().await, (202, Value::Null));
        test.advance(Duration::minutes(1));
    }
    assert_eq!(ask().await, refused(55 * 60));
    test.advance(Duration::minutes(60));
    for _ in 0..5 {
        assert_eq!(ask().await, (202, Value::Null));
        test.advance(Duration::minutes(1));
    }
    test.advance(Duration::hours(2));
    assert_eq!(ask().await.0, 429);
    test.advance(Duration::hours(24));
    assert_eq!(ask().await.0, 202);
}

#[tokio::test]
async fn a_known_number_and_an_unknown_one_get_the_same_answer() {
    let test = TestApp::start().await;
    test.signed_in(PHONE).await;
    test.advance(Duration::minutes(1));
    let mut answers = [test.ask(PHONE).await, test.ask("19000000009").await];
    for answer in &mut answers {
        assert_eq!(answer.status.as_u16(), 202);
        let id = answer.body.as_object_mut().unwrap().remove("login_code");
        assert!(id.is_some_and(|id| id.as_str().unwrap().starts_with("lcd_")));
    }
    assert_eq!(answers[0], answers[1]);
    test.advance(Duration::minutes(1));
    let mut refused = Vec::new();
    for phone in [PHONE, "19000000009"] {
        let sent = test.sent(phone).await;
        refused.push(test.enter(phone, sent.id, other_than(&sent.code)).await);
    }
    assert_eq!(refused[0], refused[1]);
    refused[0].is_refused(401, ErrorCode::WrongCode);
}

#[tokio::test]
async fn who_proves_a_number_finds_the_disputes_it_was_named_in() {
    let test = TestApp::start().await;
    let (ana, ben) =
        (test.person("陈一", Role::Resident).await, test.person("赵四", Role::Resident).await);
    for filer in [&ana, &ben] {
        let draft: Value = filer.post("/v1/disputes", noise()).await.to();
        let path = format!("/v1/disputes/{}/submit", draft["id"].as_str().unwrap());
        filer.post(&path, json!({})).await.ok();
    }
    let respondent = test.signed_in("19000000002").await;
    let page: DisputePage = test.get_as(&respondent.access_token, "/v1/disputes").await.to();
    let parts: Vec<_> = page.disputes.iter().map(|line| line.your_parts.clone()).collect();
    assert_eq!(parts, [[Part::Respondent], [Part::Respondent]]);
}

#[tokio::test]
async fn a_shared_phone_never_puts_one_person_into_a_dispute_twice() {
    let test = TestApp::start().await;
    let ana = test.person("陈一", Role::Resident).await;
    let mut couple = noise();
    couple["parties"] = json!([
        {"side": "applicant", "name": "林二", "phone": "19000000002"},
        {"side": "respondent", "name": "林三", "phone": "19000000002"},
    ]);
    let draft: Value = ana.post("/v1/disputes", couple).await.to();
    ana.post(&format!("/v1/disputes/{}/submit", draft["id"].as_str().unwrap()), json!({}))
        .await
        .ok();
    let holder = test.signed_in("19000000002").await;
    let page: DisputePage = test.get_as(&holder.access_token, "/v1/disputes").await.to();
    assert_eq!(page.disputes[0].your_parts.len(), 1, "one side only: {page:?}");
}

#[tokio::test]
async fn logins_are_listed_and_ended_by_their_owner_alone() {
    let test = TestApp::start().await;
    let mut hints = test.app.hints.subscribe();
    let (first, second) = (test.signed_in(PHONE).await, test.signed_in(PHONE).await);
    let stranger = test.person("路人", Role::Resident).await;
    let path = format!("/v1/logins/{}", first.login);
    let delete = async |token: &str| {
        let request = test.http.delete(format!("{}{path}", test.url)).bearer_auth(token);
        Answer::read(request.send().await.unwrap()).await
    };
    delete(&stranger.token()).await.is_refused(404, ErrorCode::NotFound);
    test.get_as(&first.access_token, "/v1/me").await.ok();
    let left: Logins = delete(&second.access_token).await.to();
    let told: Vec<_> = left.logins.iter().map(|l| (l.id, l.current, l.ended_because)).collect();
    assert_eq!(told, [(second.login, true, None), (first.login, false, Some(LoginEnd::Owner))]);
    test.get_as(&first.access_token, "/v1/me").await.is_refused(401, ErrorCode::Unauthenticated);
    while hints.recv().await.unwrap() != Hint::Login(first.login) {}
}

#[tokio::test]
async fn a_sixth_device_ends_the_oldest() {
    let test = TestApp::start().await;
    let first = test.signed_in(PHONE).await;
    for _ in 0..4 {
        test.advance(Duration::minutes(20));
        test.signed_in(PHONE).await;
    }
    let count = "select count(*) from logins where ended_at is null";
    let live = async || sqlx::query_scalar::<_, i64>(count).fetch_one(&test.owner).await.unwrap();
    assert_eq!(live().await, 5);
    test.advance(Duration::minutes(20));
    test.signed_in(PHONE).await;
    assert_eq!(live().await, 5);
    let ended: Option<String> =
        sqlx::query_scalar("select ended_because from logins where id = $1")
            .bind(first.login.0)
            .fetch_one(&test.owner)
            .await
            .unwrap();
    assert_eq!(ended.as_deref(), Some("limit"));
}

#[tokio::test]
async fn name_and_languages_can_be_changed() {
    let test = TestApp::start().await;
    let ana = test.person("陈一", Role::Resident).await;
    let patch =
        async |body: Value| ana.request(reqwest::Method::PATCH, "/v1/me", Some(body), None).await;
    let me: Me = patch(json!({"languages": ["宁波话", "zh"]})).await.to();
    assert_eq!(
        (me.name.as_str(), me.languages.as_slice()),
        ("陈一", ["宁波话".into(), "zh".into()].as_slice())
    );
    let me: Me = patch(json!({"name": "陈壹"})).await.to();
    assert_eq!((me.name.as_str(), me.languages.len()), ("陈壹", 2));
    patch(json!({"languages": []})).await.is_refused(422, ErrorCode::Invalid);
    assert_eq!(me.contact_hours, HoursOfDay { from: 0, until: 24 });
    let me: Me = patch(json!({"contact_hours": {"from": 22, "until": 6}})).await.to();
    assert_eq!(me.contact_hours, HoursOfDay { from: 22, until: 6 });
    for (from, until) in [(9, 9), (9, 10), (24, 4), (20, 25)] {
        patch(json!({"contact_hours": {"from": from, "until": until}}))
            .await
            .is_refused(422, ErrorCode::Invalid);
    }
    let kept: Me = ana.get("/v1/me").await.to();
    assert_eq!(kept.contact_hours, me.contact_hours);
}

#[tokio::test]
async fn a_try_waits_for_the_one_before_it() {
    let test = TestApp::start().await;
    let sent = test.sent(PHONE).await;
    let mut rival = test.owner.begin().await.unwrap();
    sqlx::query("update login_codes set used_at = created_at where id = $1")
        .bind(sent.id.0)
        .execute(&mut *rival)
        .await
        .unwrap();
    let (answer, ()) = tokio::join!(test.enter(PHONE, sent.id, &sent.code), async {
        until_somebody_waits_for_a_lock(&test.owner).await;
        rival.commit().await.unwrap();
    });
    answer.is_refused(401, ErrorCode::WrongCode);
}

#[tokio::test]
async fn a_sign_in_waits_for_the_failure_that_locks() {
    let test = TestApp::start().await;
    let sent = test.sent(PHONE).await;
    let mut rival = test.owner.begin().await.unwrap();
    // Locked before it is changed: for a change under way even the insert of the guard would wait.
    sqlx::query("select from sign_in_guards for update").execute(&mut *rival).await.unwrap();
    let (answer, ()) = tokio::join!(test.enter(PHONE, sent.id, &sent.code), async {
        until_somebody_waits_for_a_lock(&test.owner).await;
        sqlx::query("update sign_in_guards set locked_until = updated_at + interval '15 minutes'")
            .execute(&mut *rival)
            .await
            .unwrap();
        rival.commit().await.unwrap();
    });
    answer.is_refused(429, ErrorCode::AccountLocked);
}

#[tokio::test]
async fn a_first_sign_in_waits_for_whoever_corrects_the_number() {
    let test = TestApp::start().await;
    submitted(&test.person("陈一", Role::Resident).await).await;
    let sent = test.sent("19000000002").await;
    let mut rival = test.owner.begin().await.unwrap();
    sqlx::query("update people set phone = '19000000003' where phone = '19000000002'")
        .execute(&mut *rival)
        .await
        .unwrap();
    let (answer, ()) = tokio::join!(test.enter("19000000002", sent.id, &sent.code), async {
        until_somebody_waits_for_a_lock(&test.owner).await;
        rival.commit().await.unwrap();
    });
    let tokens: SignedIn = answer.to();
    let page: DisputePage = test.get_as(&tokens.access_token, "/v1/disputes").await.to();
    assert_eq!(page.disputes.len(), 0, "they are somebody else");
}

#[tokio::test]
async fn two_sign_ins_at_once_never_leave_a_device_too_many() {
    let test = TestApp::start().await;
    let first = test.signed_in(PHONE).await;
    for _ in 0..3 {
        test.signed_in(PHONE).await;
    }
    test.advance(Duration::hours(1));
    let sent = test.sent(PHONE).await;
    let mut rival = test.owner.begin().await.unwrap();
    sqlx::query("select id from accounts where id = $1 for update")
        .bind(first.account.0)
        .execute(&mut *rival)
        .await
        .unwrap();
    sqlx::query(
        "insert into logins (id, account_id, device, created_at, last_seen_at, expires_at)
         values (gen_random_uuid(), $1, 'rival', $2, $2, $2 + interval '30 days')",
    )
    .bind(first.account.0)
    .bind(test.now())
    .execute(&mut *rival)
    .await
    .unwrap();
    let (answer, ()) = tokio::join!(test.enter(PHONE, sent.id, &sent.code), async {
        until_somebody_waits_for_a_lock(&test.owner).await;
        rival.commit().await.unwrap();
    });
    answer.ok();
    let live: i64 = sqlx::query_scalar("select count(*) from logins where ended_at is null")
        .fetch_one(&test.owner)
        .await
        .unwrap();
    assert_eq!(live, 5);
}
