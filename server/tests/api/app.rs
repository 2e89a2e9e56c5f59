//! A server of its own for every test, and the people who use it.

use crate::contract;
use crate::postgres::{self, TestDb};
use crate::servers::{self, Several};
use chrono::{DateTime, Duration, Utc};
use clap::Parser;
use protocol::account::Role;
use protocol::{AccountId, ErrorCode, LoginId, PersonId};
use reqwest::{Method, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use server::app::{App, Parts};
use server::clock::{Clock, Ids};
use server::config::Config;
use server::{db, router, start};
use sqlx::PgPool;
use sqlx::postgres::PgConnectOptions;
use std::net::SocketAddr;
use uuid::Uuid;

/// A Monday morning in Ningbo, in a week without holidays.
pub const MONDAY: &str = "2026-11-02T09:00:00+08:00";
pub const COMMUNITY: &str = "330203001001";
/// Longer than anybody needs to come to a lock: a test that waits this long has failed.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

pub struct TestApp {
    pub app: App,
    pub url: String,
    /// Where the test is about several servers.
    pub others: Option<Several>,
    pub owner: PgPool,
    pub http: reqwest::Client,
    pub place: Place,
    /// Where uploads lie.
    pub data: tempfile::TempDir,
}

/// The station, committee and firm every test has.
#[derive(Clone, Copy)]
pub struct Place {
    pub station: Uuid,
    pub other_station: Uuid,
    pub committee: Uuid,
    pub firm: Uuid,
}

#[derive(Parser)]
#[command(args_override_self = true)]
struct Arguments {
    #[command(flatten)]
    config: Config,
}

impl TestApp {
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// With settings of its own, as one would give them to `ala serve`.
    pub async fn start_with(settings: &[&str]) -> Self {
        Self::start_changed(settings, |_| {}).await
    }

    /// With parts that no setting names.
    pub async fn start_changed(settings: &[&str], change: impl FnOnce(&mut Parts)) -> Self {
        Self::start_on(postgres::fresh_database(&db::MIGRATOR).await, settings, change).await
    }

    /// On a database of its own making.
    pub async fn start_on(
        TestDb { owner, options }: TestDb,
        settings: &[&str],
        change: impl FnOnce(&mut Parts),
    ) -> Self {
        Self::serve(TestDb { owner, options }, settings, change, None).await
    }

    /// Another server on the same database, with the same clock. Its people are those of the first, `at` it.
    pub async fn beside(&self, settings: &[&str]) -> Self {
        let options = (*self.owner.connect_options()).clone();
        let db = TestDb { owner: self.owner.clone(), options };
        let clock = self.app.clock.clone();
        Self::serve(db, settings, |parts| parts.clock = clock, Some(self.place)).await
    }

    async fn serve(
        TestDb { owner, options }: TestDb,
        settings: &[&str],
        change: impl FnOnce(&mut Parts),
        place: Option<Place>,
    ) -> Self {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().to_str().unwrap();
        let usual = ["ala", "--database-connections", "15", "--data", folder];
        let mut config = Arguments::parse_from(usual.iter().chain(settings)).config;
        if !settings.contains(&"--requests-per-minute") {
            // The clock of a test stands still: a minute never ends.
            config.requests_per_minute = u32::MAX;
        }
        let clock = Clock::manual(MONDAY.parse().unwrap());
        let (app, url) = serve(config, options, clock, change);
        let place = match place {
            Some(place) => place,
            None => lay_out(&owner, &app.ids).await,
        };
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { app, url, others: None, owner, http, place, data }
    }

    /// Two servers on one database and one Redis; people hang on the one and the other in turn.
    pub async fn start_two(between: servers::Between, change: impl Fn(&mut Parts)) -> Self {
        let TestDb { owner, options } = postgres::fresh_database(&db::MIGRATOR).await;
        let data = tempfile::tempdir().unwrap();
        let arguments = servers::arguments(&data, &between);
        let config = || {
            let mut config = Arguments::parse_from(&arguments).config;
            config.requests_per_minute = u32::MAX;
            config
        };
        let clock = Clock::manual(MONDAY.parse().unwrap());
        let (app, url) = serve(config(), options.clone(), clock.clone(), &change);
        let (second, second_url) = serve(config(), options, clock, &change);
        let place = lay_out(&owner, &app.ids).await;
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let others = Some(Several::new(second, second_url, between));
        Self { app, url, others, owner, http, place, data }
    }

    /// Where the next request goes: to each server in turn.
    pub fn next_url(&self) -> &str {
        self.others.as_ref().and_then(Several::next_request).unwrap_or(&self.url)
    }

    /// Where the next socket of this person goes: first to the server that they belong to, then to each in turn.
    pub fn socket_url(&self, person: PersonId) -> &str {
        self.others.as_ref().and_then(|others| others.next_socket(person)).unwrap_or(&self.url)
    }

    pub fn servers(&self) -> impl Iterator<Item = &App> {
        std::iter::once(&self.app).chain(self.others.as_ref().map(|others| &others.app))
    }

    /// Tells every server to stop.
    pub fn stop(&self) {
        self.servers().for_each(|app| app.stop.cancel());
    }

    /// Returns when they have.
    pub async fn stopped(&self) {
        for app in self.servers() {
            app.tasks.wait().await;
        }
    }

    /// A request by somebody who is not signed in.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        let request = self.http.post(format!("{}{path}", self.url)).json(&body);
        Answer::of(&Method::POST, path, request).await
    }

    /// A request with this access token.
    pub async fn get_as(&self, token: &str, path: &str) -> Answer {
        let request = self.http.get(format!("{}{path}", self.url)).bearer_auth(token);
        Answer::of(&Method::GET, path, request).await
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.app.clock.now()
    }

    pub fn advance(&self, by: Duration) {
        self.app.clock.advance(by);
    }

    /// Somebody with an account of this role at the test's station or committee, signed in.
    pub async fn person(&self, name: &str, role: Role) -> Person<'_> {
        self.person_at(name, role, self.place.station).await
    }

    pub async fn person_at(&self, name: &str, role: Role, station: Uuid) -> Person<'_> {
        let (person, account) = (self.app.ids.next(), self.app.ids.next());
        let at_station = matches!(
            role,
            Role::Officer | Role::GridWorker | Role::StationLeader | Role::LegalReviewer
        );
        sqlx::query("insert into people (id, name, created_at) values ($1, $2, $3)")
            .bind(person)
            .bind(name)
            .bind(self.now())
            .execute(&self.owner)
            .await
            .unwrap();
        sqlx::query(
            "insert into accounts (id, person_id, role, username, station_id, committee_id, created_at)
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(account)
        .bind(person)
        .bind(role.as_str())
        .bind(role.is_staff().then(|| account.to_string()))
        .bind(at_station.then_some(station))
        .bind((role == Role::CommitteeDirector).then_some(self.place.committee))
        .bind(self.now())
        .execute(&self.owner)
        .await
        .unwrap();
        self.appointed(role, account).await;
        self.sign_in(AccountId(account), PersonId(person)).await
    }

    /// Mediators hold their committee's appointment, lawyers a licence.
    async fn appointed(&self, role: Role, account: Uuid) {
        if role == Role::PeoplesMediator {
            sqlx::query(
                "insert into mediator_appointments (account_id, committee_id, appointed_on, ends_on)
                 values ($1, $2, '2025-01-01', '2028-01-01')",
            )
            .bind(account)
            .bind(self.place.committee)
            .execute(&self.owner)
            .await
            .unwrap();
        }
        if role == Role::Lawyer {
            sqlx::query(
                "insert into lawyers (account_id, firm_id, licence_no, licence_expires_on)
                 values ($1, $2, $3, '2028-01-01')",
            )
            .bind(account)
            .bind(self.place.firm)
            .bind(account.to_string())
            .execute(&self.owner)
            .await
            .unwrap();
        }
    }

    pub async fn sign_in(&self, account: AccountId, person: PersonId) -> Person<'_> {
        let login = LoginId(self.app.ids.next());
        // Seen for ever: a test that moves the clock is not about staff who left their desk.
        sqlx::query(
            "insert into logins (id, account_id, device, created_at, last_seen_at, expires_at)
             values ($1, $2, 'test', $3, $4, $4)",
        )
        .bind(login.0)
        .bind(account.0)
        .bind(self.now())
        .bind(self.now() + Duration::days(400))
        .execute(&self.owner)
        .await
        .unwrap();
        if let Some(others) = &self.others {
            others.belongs(person);
        }
        Person { test: self, account, id: person, login }
    }
}

fn serve(
    config: Config,
    options: PgConnectOptions,
    clock: Clock,
    change: impl FnOnce(&mut Parts),
) -> (App, String) {
    let mut app = start::parts(config, options).unwrap();
    app.clock = clock;
    change(&mut app);
    let app = App::new(app);
    let listener = start::listen(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let serving = server::http::serve::serve(app.clone(), router::router(app.clone()), listener);
    tokio::spawn(async move { serving.await.unwrap() });
    (app, url)
}

async fn lay_out(owner: &PgPool, ids: &Ids) -> Place {
    let place = Place {
        station: ids.next(),
        other_station: ids.next(),
        committee: ids.next(),
        firm: ids.next(),
    };
    for statement in [
        "insert into cities values ('330200', '宁波市')".to_owned(),
        "insert into districts values ('330203', '330200', '海曙区')".to_owned(),
        format!(
            "insert into stations values ('{}', '330203', '古城派出所', '0574-00000001')",
            place.station
        ),
        format!(
            "insert into stations values ('{}', '330203', '月湖派出所', '0574-00000002')",
            place.other_station
        ),
        format!("insert into communities values ('{COMMUNITY}', '{}', '古城社区')", place.station),
        format!(
            "insert into communities values ('330203001002', '{}', '月湖社区')",
            place.other_station
        ),
        format!(
            "insert into committees values ('{}', '330203', '{}', '古城人民调解委员会', '古城人民调解委员会')",
            place.committee, place.station
        ),
        format!("insert into firms values ('{}', '甬城律师事务所')", place.firm),
    ] {
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(owner).await.unwrap();
    }
    place
}

/// Somebody signed in.
#[derive(Clone, Copy)]
pub struct Person<'a> {
    pub test: &'a TestApp,
    pub account: AccountId,
    pub id: PersonId,
    pub login: LoginId,
}

impl<'a> Person<'a> {
    /// The same person, asking another server.
    pub const fn at(self, test: &'a TestApp) -> Self {
        Self { test, ..self }
    }

    /// Issued anew each time: the test's clock may have moved.
    pub fn token(&self) -> String {
        self.test.app.tokens.issue(self.account, self.login, 1, self.test.now()).unwrap().0
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.request(Method::GET, path, None, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        let key = Uuid::new_v4().to_string();
        self.request(Method::POST, path, Some(body), Some(&key)).await
    }

    /// A command without a body.
    pub async fn command(&self, path: &str) -> Answer {
        self.request(Method::POST, path, None, None).await
    }

    pub async fn post_with_key(&self, path: &str, body: Value, key: &str) -> Answer {
        self.request(Method::POST, path, Some(body), Some(key)).await
    }

    pub async fn request(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        key: Option<&str>,
    ) -> Answer {
        let url = format!("{}{path}", self.test.next_url());
        let mut request = self.test.http.request(method.clone(), url).bearer_auth(self.token());
        if let Some(body) = body {
            request = request.json(&body);
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        Answer::of(&method, path, request).await
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub status: StatusCode,
    pub body: Value,
}

impl Answer {
    /// Sends the request; the answer has to be one that the API document promises.
    pub async fn of(method: &Method, path: &str, request: reqwest::RequestBuilder) -> Self {
        let answer = Self::read(request.send().await.unwrap()).await;
        contract::check(method, path, &answer);
        answer
    }

    pub async fn read(response: reqwest::Response) -> Self {
        let status = response.status();
        let bytes = response.bytes().await.unwrap();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Self { status, body }
    }

    #[track_caller]
    pub fn is_refused(&self, status: u16, code: ErrorCode) -> &Self {
        assert_eq!(
            (self.status.as_u16(), &self.body["code"]),
            (status, &json!(code)),
            "{}",
            self.body
        );
        self
    }

    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(self.status.is_success(), "{}: {}", self.status, self.body);
        self.body
    }

    #[track_caller]
    pub fn to<T: DeserializeOwned>(self) -> T {
        serde_json::from_value(self.ok()).unwrap()
    }
}

/// Returns once a statement of this database waits for a lock: the only sound moment to let its rival go on.
pub async fn until_somebody_waits_for_a_lock(db: &PgPool) {
    until_so_many_wait_for_a_lock(db, 1).await;
}

pub async fn until_so_many_wait_for_a_lock(db: &PgPool, many: i64) {
    let waiting = async {
        while waiting_for_a_lock(db).await < many {
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, waiting).await;
    assert!(waited.is_ok(), "nobody waits for a lock: is it still taken?");
}

async fn waiting_for_a_lock(db: &PgPool) -> i64 {
    sqlx::query_scalar(
        "select count(*) from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock'",
    )
    .fetch_one(db)
    .await
    .unwrap()
}
