//! Staff: accounts made by the operator, enrolment, two factors, and what ends them.

use crate::app::{Answer, Person, TestApp, until_somebody_waits_for_a_lock};
use chrono::Duration;
use protocol::account::{Role, SignedIn};
use protocol::staff::{Enrolled, Enrolment, StaffPage, StaffView};
use protocol::{AccountId, ErrorCode};
use reqwest::Method;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret, Totp};

const PASSWORD: &str = "海鲜面 与 梧桐树 下雨天";

/// Somebody of the staff with an authenticator in hand.
pub struct Staff<'a> {
    test: &'a TestApp,
    account: AccountId,
    username: String,
    authenticator: Totp,
}

impl Staff<'_> {
    fn digits(&self) -> String {
        digits(&self.authenticator, self.test)
    }

    async fn sign_in(&self, password: &str, code: Option<&str>) -> Answer {
        self.test.staff_sign_in(&self.username, password, code).await
    }

    async fn signed_in(&self) -> SignedIn {
        self.test.advance(Duration::seconds(90));
        self.sign_in(PASSWORD, Some(&self.digits())).await.to()
    }
}

fn digits(authenticator: &Totp, test: &TestApp) -> String {
    authenticator.generate(test.now().timestamp().try_into().unwrap()).to_string()
}

fn authenticator(enrolled: &Enrolled) -> Totp {
    let secret = Secret::try_from_base32(&enrolled.secret).unwrap();
    Builder::new().with_secret(secret).with_account_name("me").build().unwrap()
}

impl TestApp {
    pub async fn staff_sign_in(
        &self,
        username: &str,
        password: &str,
        code: Option<&str>,
    ) -> Answer {
        let mut body = json!({"username": username, "password": password, "device": "电脑"});
        if let Some(code) = code {
            body["code"] = json!(code);
        }
        self.post("/v1/staff-logins", body).await
    }
}

fn officer(test: &TestApp, username: &str) -> Value {
    let station = protocol::StationId(test.place.station);
    json!({"name": "王警官", "username": username, "role": "officer", "station": station})
}

async fn enrolment(operator: &Person<'_>, account: AccountId) -> Enrolment {
    operator.command(&format!("/v1/staff-accounts/{account}/enrolment")).await.to()
}

async fn enrol(test: &TestApp, enrolment: &Enrolment) -> Enrolled {
    let body = json!({"enrolment_code": enrolment.enrolment_code, "password": PASSWORD});
    test.post("/v1/staff-enrolments", body).await.to()
}

async fn confirm(test: &TestApp, enrolment: &Enrolment, code: &str) -> Answer {
    let body = json!({"enrolment_code": enrolment.enrolment_code, "code": code});
    test.post("/v1/staff-enrolments/confirm", body).await
}

/// The whole way from the operator's form to a working authenticator.
pub async fn enrolled<'a>(test: &'a TestApp, operator: &Person<'_>, username: &str) -> Staff<'a> {
    let made: StaffView = operator.post("/v1/staff-accounts", officer(test, username)).await.to();
    assert!(!made.enrolled);
    let enrolment = enrolment(operator, made.account).await;
    let authenticator = authenticator(&enrol(test, &enrolment).await);
    confirm(test, &enrolment, &digits(&authenticator, test)).await.ok();
    Staff { test, account: made.account, username: username.to_owned(), authenticator }
}

#[tokio::test]
async fn staff_sign_in_with_both_factors_once_enrolled() {
    let test = TestApp::start().await;
    let operator = test.person("管理员", Role::Operator).await;
    let wang = enrolled(&test, &operator, "wang").await;
    let used = wang.digits();
    wang.sign_in(PASSWORD, None).await.is_refused(401, ErrorCode::SecondFactorRequired);
    // The digits that confirmed the enrolment are used.
    wang.sign_in(PASSWORD, Some(&used)).await.is_refused(401, ErrorCode::WrongCode);
    test.advance(Duration::seconds(30));
    wang.sign_in("a wrong password", Some(&wang.digits()))
        .await
        .is_refused(401, ErrorCode::WrongCredentials);
    let tokens: SignedIn = wang.sign_in(PASSWORD, Some(&wang.digits())).await.to();
    assert_eq!((tokens.account, tokens.role), (wang.account, Role::Officer));
    assert_eq!(tokens.expires_at, test.now() + Duration::hours(12));
    wang.sign_in(PASSWORD, Some(&wang.digits())).await.is_refused(401, ErrorCode::WrongCode);
    test.get_as(&tokens.access_token, "/v1/me").await.ok();
}

#[tokio::test]
async fn an_enrolment_code_is_good_once_and_may_be_begun_again_until_confirmed() {
    let test = TestApp::start().await;
    let operator = test.person("管理员", Role::Operator).await;
    let made: StaffView = operator.post("/v1/staff-accounts", officer(&test, "wang")).await.to();
    let void = enrolment(&operator, made.account).await;
    let good = enrolment(&operator, made.account).await;
    let weak = json!({"enrolment_code": good.enrolment_code, "password": "123456789012"});
    test.post("/v1/staff-enrolments", weak).await.is_refused(422, ErrorCode::Invalid);
    let old = json!({"enrolment_code": void.enrolment_code, "password": PASSWORD});
    test.post("/v1/staff-enrolments", old).await.is_refused(401, ErrorCode::WrongCode);
    confirm(&test, &good, "000000").await.is_refused(409, ErrorCode::WrongStatus);
    let lost = enrol(&test, &good).await;
    let got = enrol(&test, &good).await;
    assert!(
        got.otpauth_uri.starts_with("otpauth://totp/Ala%20Mediation:wang?"),
        "{}",
        got.otpauth_uri
    );
    let lost = digits(&authenticator(&lost), &test);
    confirm(&test, &good, &lost).await.is_refused(401, ErrorCode::WrongCode);
    let right = digits(&authenticator(&got), &test);
    confirm(&test, &good, &right).await.ok();
    confirm(&test, &good, &right).await.is_refused(401, ErrorCode::WrongCode);
    let late = enrolment(&operator, made.account).await;
    test.advance(Duration::hours(72));
    let body = json!({"enrolment_code": late.enrolment_code, "password": PASSWORD});
    test.post("/v1/staff-enrolments", body).await.is_refused(401, ErrorCode::WrongCode);
}

#[tokio::test]
async fn ten_failures_lock_a_name_whether_or_not_there_is_such_an_account() {
    let test = TestApp::start().await;
    let operator = test.person("管理员", Role::Operator).await;
    let wang = enrolled(&test, &operator, "wang").await;
    test.advance(Duration::minutes(1));
    for username in ["wang", "nobody"] {
        for _ in 0..10 {
            let refused = test.staff_sign_in(username, "a wrong password", None).await;
            refused.is_refused(401, ErrorCode::WrongCredentials);
        }
        let refused = test.staff_sign_in(username, PASSWORD, Some(&wang.digits())).await;
        refused.is_refused(429, ErrorCode::AccountLocked);
        assert_eq!(refused.body["retry_after"], 15 * 60);
    }
    test.advance(Duration::minutes(15));
    wang.signed_in().await;
}

#[tokio::test]
async fn wrong_digits_count_as_failures() {
    let test = TestApp::start().await;
    let operator = test.person("管理员", Role::Operator).await;
    let wang = enrolled(&test, &operator, "wang").await;
    test.advance(Duration::minutes(2));
    let wrong = if wang.digits() == "000000" { "000001" } else { "000000" };
    for _ in 0..10 {
        wang.sign_in(PASSWORD, Some(wrong)).await.is_refused(401, ErrorCode::WrongCode);
    }
    wang.sign_in(PASSWORD, Some(&wang.digits())).await.is_refused(429, ErrorCode::AccountLocked);
}

#[tokio::test]
async fn staff_have_two_devices_half_an_hour_of_rest_and_twelve_hours() {
    let test = TestApp::start().await;
    let operator = test.person("管理员", Role::Operator).await;
    let wang = enrolled(&test, &operator, "wang").await;
    let (first, second) = (wang.signed_in().await, wang.signed_in().await);
    let third = wang.signed_in().await;
    let ended = async |tokens: &SignedIn| {
        test.get_as(&tokens.access_token, "/v1/me")
            .await
            .is_refused(401, ErrorCode::Unauthenticated);
    };
    ended(&first).await;
    for tokens in [&second, &third] {
        test.get_as(&tokens.access_token, "/v1/me").await.ok();
    }
    test.advance(Duration::minutes(30));
    let refresh = json!({"refresh_token": third.refresh_token});
    test.post("/v1/logins/refresh", refresh).await.is_refused(401, ErrorCode::Unauthenticated);
    let mut tokens = wang.signed_in().await;
    let began = test.now();
    while test.now() < began + Duration::hours(12) - Duration::minutes(29) {
        test.advance(Duration::minutes(29));
        let body = json!({"refresh_token": tokens.refresh_token});
        tokens = test.post("/v1/logins/refresh", body).await.to();
    }
    test.advance(Duration::minutes(29));
    let body = json!({"refresh_token": tokens.refresh_token});
    test.post("/v1/logins/refresh", body).await.is_refused(401, ErrorCode::Unauthenticated);
}

#[tokio::test]
async fn a_disabled_account_ends_at_once_and_a_new_enrolment_voids_the_old_factors() {
    let test = TestApp::start().await;
    let operator = test.person("管理员", Role::Operator).await;
    let wang = enrolled(&test, &operator, "wang").await;
    let tokens = wang.signed_in().await;
    let path = format!("/v1/staff-accounts/{}", wang.account);
    let closed: StaffView = operator.command(&format!("{path}/disable")).await.to();
    assert!(closed.disabled_at.is_some());
    test.get_as(&tokens.access_token, "/v1/me").await.is_refused(401, ErrorCode::Unauthenticated);
    test.advance(Duration::minutes(1));
    wang.sign_in(PASSWORD, Some(&wang.digits())).await.is_refused(401, ErrorCode::WrongCredentials);
    operator.command(&format!("{path}/enrolment")).await.is_refused(409, ErrorCode::WrongStatus);
    operator.command(&format!("{path}/enable")).await.ok();
    let tokens = wang.signed_in().await;
    enrolment(&operator, wang.account).await;
    test.get_as(&tokens.access_token, "/v1/me").await.is_refused(401, ErrorCode::Unauthenticated);
    test.advance(Duration::minutes(1));
    wang.sign_in(PASSWORD, Some(&wang.digits())).await.is_refused(401, ErrorCode::WrongCredentials);
    let own = format!("/v1/staff-accounts/{}/disable", operator.account);
    operator.command(&own).await.is_refused(409, ErrorCode::SecondPersonRequired);
}

#[tokio::test]
async fn accounts_fit_their_role_and_only_the_operator_makes_them() {
    let test = TestApp::start().await;
    let operator = test.person("管理员", Role::Operator).await;
    let leader = test.person("李所长", Role::StationLeader).await;
    leader
        .post("/v1/staff-accounts", officer(&test, "wang"))
        .await
        .is_refused(403, ErrorCode::NotPermitted);
    let field = async |body: Value| {
        let refused = operator.post("/v1/staff-accounts", body).await;
        refused.is_refused(422, ErrorCode::Invalid);
        refused.body["fields"][0]["path"].as_str().unwrap_or_default().to_owned()
    };
    let plain = |role: &str| json!({"name": "某人", "username": "somebody", "role": role});
    assert_eq!(field(plain("resident")).await, "role");
    assert_eq!(field(plain("officer")).await, "station");
    assert_eq!(field(plain("committee_director")).await, "committee");
    assert_eq!(field(plain("lawyer")).await, "licence");
    let mut nowhere = officer(&test, "wang");
    nowhere["station"] = json!("stn_00000000000000000000000000000000");
    field(nowhere).await;
    let lawyer = json!({"name": "郑律师", "username": "zheng", "role": "lawyer", "licence": {
        "firm": protocol::FirmId(test.place.firm), "number": "1330", "expires_on": "2027-01-31"}});
    let made: StaffView = operator.post("/v1/staff-accounts", lawyer).await.to();
    operator
        .post("/v1/staff-accounts", officer(&test, "zheng"))
        .await
        .is_refused(422, ErrorCode::Invalid);
    let renewed = json!({"firm": protocol::FirmId(test.place.firm), "number": "1330", "expires_on": "2030-01-31"});
    let path = format!("/v1/staff-accounts/{}/licence", made.account);
    let answer = operator.request(Method::PUT, &path, Some(renewed), None).await;
    let view: StaffView = answer.to();
    assert_eq!(view.licence.unwrap().expires_on.to_string(), "2030-01-31");
    let page: StaffPage = operator.get("/v1/staff-accounts?limit=1").await.to();
    let rest: StaffPage =
        operator.get(&format!("/v1/staff-accounts?after={}", page.next.unwrap())).await.to();
    assert_eq!((page.accounts.len(), rest.accounts.len()), (1, 2));
}

#[tokio::test]
async fn the_secret_of_an_authenticator_never_lies_open() {
    let test = TestApp::start().await;
    let operator = test.person("管理员", Role::Operator).await;
    let made: StaffView = operator.post("/v1/staff-accounts", officer(&test, "wang")).await.to();
    let enrolment = enrolment(&operator, made.account).await;
    let shown = enrol(&test, &enrolment).await;
    let secret = Secret::try_from_base32(&shown.secret).unwrap();
    let kept: Vec<u8> = sqlx::query_scalar("select totp_secret from enrolments")
        .fetch_one(&test.owner)
        .await
        .unwrap();
    assert!(!kept.windows(20).any(|window| window == secret.as_ref()));
    let codes: i64 = sqlx::query_scalar(
        "select count(*) from idempotency_keys where convert_from(body, 'UTF8') like '%enrolment_code%'",
    )
    .fetch_one(&test.owner)
    .await
    .unwrap();
    assert_eq!(codes, 0);
}

#[tokio::test]
async fn the_same_digits_at_the_same_moment_sign_in_once() {
    let test = TestApp::start().await;
    let operator = test.person("管理员", Role::Operator).await;
    let wang = enrolled(&test, &operator, "wang").await;
    test.advance(Duration::minutes(1));
    let mut rival = test.owner.begin().await.unwrap();
    sqlx::query("update credentials set totp_step = totp_step + 5")
        .execute(&mut *rival)
        .await
        .unwrap();
    let code = wang.digits();
    let (answer, ()) = tokio::join!(wang.sign_in(PASSWORD, Some(&code)), async {
        until_somebody_waits_for_a_lock(&test.owner).await;
        rival.commit().await.unwrap();
    });
    answer.is_refused(401, ErrorCode::WrongCode);
}

#[tokio::test]
async fn a_confirmation_waits_for_a_new_enrolment() {
    let test = TestApp::start().await;
    let operator = test.person("管理员", Role::Operator).await;
    let made: StaffView = operator.post("/v1/staff-accounts", officer(&test, "wang")).await.to();
    let begun = enrolment(&operator, made.account).await;
    let digits = digits(&authenticator(&enrol(&test, &begun).await), &test);
    let mut rival = test.owner.begin().await.unwrap();
    sqlx::query(
        "update enrolments set code_hash = sha256('new'), password_hash = null, totp_secret = null",
    )
    .execute(&mut *rival)
    .await
    .unwrap();
    let (answer, ()) = tokio::join!(confirm(&test, &begun, &digits), async {
        until_somebody_waits_for_a_lock(&test.owner).await;
        rival.commit().await.unwrap();
    });
    answer.is_refused(401, ErrorCode::WrongCode);
}

#[tokio::test]
async fn an_enrolment_waits_for_the_account_to_be_disabled() {
    let test = TestApp::start().await;
    let operator = test.person("管理员", Role::Operator).await;
    let made: StaffView = operator.post("/v1/staff-accounts", officer(&test, "wang")).await.to();
    let mut rival = test.owner.begin().await.unwrap();
    sqlx::query("update accounts set disabled_at = created_at where id = $1")
        .bind(made.account.0)
        .execute(&mut *rival)
        .await
        .unwrap();
    let path = format!("/v1/staff-accounts/{}/enrolment", made.account);
    let (answer, ()) = tokio::join!(operator.command(&path), async {
        until_somebody_waits_for_a_lock(&test.owner).await;
        rival.commit().await.unwrap();
    });
    answer.is_refused(409, ErrorCode::WrongStatus);
}
