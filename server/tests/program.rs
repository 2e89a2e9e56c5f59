//! The program itself: what an operator types, and what it says when it does not start.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use protocol::staff::Enrolled;
use serde_json::json;
use server::embedded::{Embedded, Signal, poll, spawn_tied};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

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
