//! The program itself: what an operator types, and what it says when it does not start.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test's helpers fail by panicking, and make ids of their own"
)]

#[path = "support/redis.rs"]
#[expect(dead_code, reason = "shared with tests that stop it")]
mod redis;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::Ed25519KeyPair;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::Utc;
use futures_util::{SinkExt, StreamExt};
use protocol::live::{SUBPROTOCOL, ServerFrame, close};
use protocol::staff::Enrolled;
use protocol::{AccountId, LoginId};
use rustix::process::Pid;
use serde_json::json;
use server::accounts::tokens::Tokens;
use server::embedded::{Embedded, Signal, poll, spawn_tied};
use sqlx::PgPool;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use uuid::Uuid;

/// `ala` without what the environment of the test says.
fn ala(arguments: &[&str], settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ala"));
    for (name, _) in std::env::vars() {
        if name.starts_with("ALA_") || name == "DATABASE_URL" || name == "REDIS_URL" {
            command.env_remove(name);
        }
    }
    command.args(arguments).envs(settings.iter().copied());
    command
}

/// What it said by its end. One that goes on has been started where it should have refused.
fn run(mut command: Command) -> Output {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = spawn_tied(command, Signal::KILL).unwrap();
    let ended = poll(Duration::from_secs(60), || child.try_wait()).unwrap();
    child.kill().unwrap();
    assert!(ended.is_some(), "it goes on");
    child.wait_with_output().unwrap()
}

/// The one sentence of a program that did not start.
#[track_caller]
fn refusal(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{said}");
    let last = said.lines().last().unwrap_or_default().to_owned();
    assert!(last.starts_with("ala: "), "{said}");
    last
}

#[test]
fn sec_cfg_01_serve_refuses_a_database_that_loses_what_it_acknowledged() {
    let database = Embedded::throwaway().unwrap();
    let (url, data) = (database.url(), tempfile::tempdir().unwrap());
    let settings = [("DATABASE_URL", url.as_str()), ("ALA_DATA", data.path().to_str().unwrap())];
    let output = run(ala(&["serve", "--listen", "127.0.0.1:0"], &settings));
    let told = refusal(&output);
    for setting in ["fsync is off", "full_page_writes is off", "synchronous_commit is off"] {
        assert!(told.contains(setting), "{told}");
    }
}

#[test]
fn production_does_not_start_without_what_protects_people() {
    let output = run(ala(&["serve"], &[("ALA_ENV", "production")]));
    let told = refusal(&output);
    for missing in [
        "set DATABASE_URL",
        "set ALA_TOKEN_KEY_FILE",
        "set ALA_CODE_SECRET_FILE",
        "set ALA_VAULT_KEY_FILE",
        "set ALA_SMS_GATEWAY_URL",
        "set ALA_OBJECT_STORE_URL",
        "set ALA_ORIGINS",
        "https://",
    ] {
        assert!(told.contains(missing), "{told}");
    }
}

/// Free at this moment.
fn address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

#[tokio::test]
async fn add_operator_prints_the_code_with_which_the_first_operator_enrols() {
    let database = Embedded::throwaway().unwrap();
    let (url, data) = (database.url(), tempfile::tempdir().unwrap());
    let data = data.path().to_str().unwrap();
    let settings =
        [("DATABASE_URL", url.as_str()), ("ALA_DATA", data), ("ALA_UNSAFE_DATABASE", "true")];
    let add = ["add-operator", "--username", "guan", "--name", "管理员"];
    let output = run(ala(&add, &settings));
    let said = String::from_utf8(output.stdout.clone()).unwrap();
    let code = said.lines().next().and_then(|line| line.strip_prefix("enrolment code: "));
    let Some(code) = code else { panic!("{output:?}") };
    assert!(refusal(&run(ala(&add, &settings))).contains("username"));

    let address = address();
    let listen = address.to_string();
    let serving = ala(&["serve", "--listen", &listen], &settings);
    let mut serving = spawn_tied(serving, Signal::KILL).unwrap();
    let there = poll(Duration::from_secs(60), || Ok(TcpStream::connect(address).ok())).unwrap();
    assert!(there.is_some(), "it does not listen");
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let chosen = json!({"enrolment_code": code, "password": "海鲜面 与 梧桐树 下雨天"});
    let enrolled = http.post(format!("http://{address}/v1/staff-enrolments")).json(&chosen).send();
    let enrolled: Enrolled =
        enrolled.await.unwrap().error_for_status().unwrap().json().await.unwrap();
    assert_eq!(enrolled.username, "guan");
    serving.kill().unwrap();
    serving.wait().unwrap();
}

/// Somebody with a login, made in the database, and what they show for it.
async fn somebody(database: &Embedded, tokens: &Tokens) -> String {
    let (account, login) = (Uuid::new_v4(), Uuid::new_v4());
    let db = PgPool::connect_with(database.options()).await.unwrap();
    let statement = format!(
        "with person as (insert into people (id, name, created_at) values ('{account}', '陈一', now()) returning id),
         account as (insert into accounts (id, person_id, role, created_at)
             select '{account}', id, 'resident', now() from person returning id)
         insert into logins (id, account_id, device, created_at, last_seen_at, expires_at)
             select '{login}', id, 'test', now(), now(), now() + interval '1 day' from account"
    );
    sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&db).await.unwrap();
    tokens.issue(AccountId(account), LoginId(login), 1, Utc::now()).unwrap().0
}

/// The close code that a signed-in socket gets, and how long it is to wait.
async fn sent_away(address: SocketAddr, token: String, ready: oneshot::Sender<()>) -> (u16, u64) {
    let mut request = format!("ws://{address}/v1/live").into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", SUBPROTOCOL.parse().unwrap());
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
    let hello = json!({"type": "hello", "token": token});
    socket.send(Message::text(hello.to_string())).await.unwrap();
    let (mut ready, mut wait) = (Some(ready), 0);
    while let Some(message) = socket.next().await {
        match message.unwrap() {
            Message::Text(text) => match serde_json::from_str(&text).unwrap() {
                ServerFrame::Welcome { .. } => ready.take().unwrap().send(()).unwrap(),
                ServerFrame::Closing { retry_after, .. } => wait = retry_after.unwrap(),
                _ => {}
            },
            Message::Close(why) => return (why.unwrap().code.into(), wait),
            _ => {}
        }
    }
    panic!("gone without a word");
}

async fn is_ready(server: SocketAddr) -> bool {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = http.get(format!("http://{server}/health/ready")).send().await;
    answer.is_ok_and(|answer| answer.status().is_success())
}

/// Until told to end: asks either server and, where one takes no connection, the other, as a proxy does it.
/// How many requests were answered; a failure of any other kind is one.
async fn ask_on(
    servers: [SocketAddr; 2],
    token: String,
    all: Arc<AtomicUsize>,
    end: Arc<AtomicBool>,
) {
    // A connection of its own each time: one kept open may be closed at the moment it is used again.
    let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap();
    let mut answered = 0;
    while !end.load(Ordering::SeqCst) {
        let mut turn = answered;
        let answer = loop {
            let url = format!("http://{}/v1/me", servers[turn % 2]);
            match http.get(url).bearer_auth(&token).send().await {
                Err(error) if error.is_connect() && turn == answered => turn += 1,
                answer => break answer,
            }
        };
        let answer = answer.unwrap_or_else(|error| panic!("request {answered}: {error:?}"));
        assert!(answer.status().is_success(), "{}", answer.status());
        answered += 1;
        all.fetch_add(1, Ordering::SeqCst);
    }
}

/// What servers that work together have in common.
fn make_keys(folder: &Path) {
    let key = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    let key = BASE64_STANDARD.encode(key.as_ref());
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{key}\n-----END PRIVATE KEY-----\n");
    std::fs::write(folder.join("token.pem"), pem).unwrap();
    std::fs::write(folder.join("code-secret"), "a secret of this test alone, long enough").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_on_sigterm_a_server_sends_its_sockets_away_and_no_request_fails() {
    let (database, redis) = (Embedded::throwaway().unwrap(), redis::Redis::start());
    let data = tempfile::tempdir().unwrap();
    let file = |name: &str| data.path().join(name).to_str().unwrap().to_owned();
    make_keys(data.path());
    let tokens = Tokens::from_files(Path::new(&file("token.pem")), None).unwrap();
    let settings = [
        ("DATABASE_URL", database.url()),
        ("REDIS_URL", redis.url()),
        ("ALA_DATA", data.path().to_str().unwrap().to_owned()),
        ("ALA_UNSAFE_DATABASE", "true".to_owned()),
        ("ALA_TOKEN_KEY_FILE", file("token.pem")),
        ("ALA_CODE_SECRET_FILE", file("code-secret")),
        ("ALA_LOG", "warn".to_owned()),
        ("ALA_REQUESTS_PER_MINUTE", "1000000".to_owned()),
    ];
    let settings = settings.each_ref().map(|(name, value)| (*name, value.as_str()));
    let servers = [address(), address()];
    let mut running = Vec::new();
    for server in servers {
        let serving = ala(&["serve", "--listen", &server.to_string()], &settings);
        running.push(spawn_tied(serving, Signal::KILL).unwrap());
        let ready = async {
            while !is_ready(server).await {
                tokio::task::yield_now().await;
            }
        };
        timeout(Duration::from_secs(60), ready).await.expect("ready");
    }
    let token = somebody(&database, &tokens).await;
    let (ready, welcome) = oneshot::channel();
    let leaving = tokio::spawn(sent_away(servers[0], token.clone(), ready));
    welcome.await.unwrap();
    let (all, end) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let asking: Vec<_> = (0..8)
        .map(|_| tokio::spawn(ask_on(servers, token.clone(), all.clone(), end.clone())))
        .collect();
    while all.load(Ordering::SeqCst) < 100 {
        tokio::task::yield_now().await;
    }
    let told = Instant::now();
    rustix::process::kill_process(Pid::from_child(&running[0]), Signal::TERM).unwrap();
    let mut stopping = running.remove(0);
    let ended = tokio::task::spawn_blocking(move || stopping.wait().unwrap()).await.unwrap();
    let within = told.elapsed();
    assert!(ended.success() && within < Duration::from_secs(30), "{ended} {within:?}");
    end.store(true, Ordering::SeqCst);
    for one in asking {
        one.await.unwrap();
    }
    let answered = all.load(Ordering::SeqCst);
    let (code, wait) = leaving.await.unwrap();
    assert_eq!(code, close::RESTARTING);
    assert!((500..8_500).contains(&wait), "{wait}");
    assert!(TcpStream::connect(servers[0]).is_err(), "it takes nobody any more");
    println!("{answered} requests answered, stopped in {within:?}");
    running[0].kill().unwrap();
    running[0].wait().unwrap();
}
