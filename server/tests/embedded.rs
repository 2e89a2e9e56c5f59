//! The private `PostgreSQL` through real processes: started, killed, found again, refused.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, kill_process};
use server::embedded::{self, Embedded, Profile, Signal, poll};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};
use tempfile::TempDir;

const NOBODY: u32 = 65534;

/// A place where any account may have a folder.
fn open_folder() -> TempDir {
    let folder = tempfile::tempdir_in("/tmp").unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

async fn connect(database: &Embedded) -> PgConnection {
    database.options().connect().await.unwrap()
}

async fn run(database: &Embedded, statement: &'static str) {
    sqlx::query(statement).execute(&mut connect(database).await).await.unwrap();
}

async fn count(database: &Embedded) -> i64 {
    let count = sqlx::query_scalar("select count(*) from kept");
    count.fetch_one(&mut connect(database).await).await.unwrap()
}

async fn setting(database: &Embedded, name: &str) -> String {
    let setting = sqlx::query_scalar("select current_setting($1)").bind(name);
    setting.fetch_one(&mut connect(database).await).await.unwrap()
}

fn refusal(data: &Path) -> String {
    match Embedded::start(data, Profile::Durable) {
        Ok(_) => panic!("started"),
        Err(error) => format!("{error:#}"),
    }
}

#[tokio::test]
async fn data_survives_a_stop_and_a_start() {
    let folder = open_folder();
    let data = folder.path().join("pg");
    let mut first = Embedded::start(&data, Profile::Durable).unwrap();
    run(&first, "create table kept (id int)").await;
    run(&first, "insert into kept values (1), (2)").await;
    first.restart().unwrap();
    assert_eq!(count(&first).await, 2);
    drop(first);
    let second = Embedded::start(&data, Profile::Durable).unwrap();
    assert_eq!(count(&second).await, 2);
}

#[tokio::test]
async fn the_profiles_flush_or_do_not() {
    let folder = open_folder();
    let durable = Embedded::start(&folder.path().join("pg"), Profile::Durable).unwrap();
    let throwaway = Embedded::throwaway().unwrap();
    for name in ["fsync", "full_page_writes", "synchronous_commit"] {
        assert_eq!(setting(&durable, name).await, "on", "{name}");
        assert_eq!(setting(&throwaway, name).await, "off", "{name}");
    }
    assert_eq!(setting(&durable, "server_encoding").await, "UTF8");
    assert_eq!(setting(&durable, "lc_ctype").await, "C.UTF-8");
}

#[tokio::test]
async fn only_its_owner_can_reach_it_and_only_by_the_socket() {
    let database = Embedded::throwaway().unwrap();
    assert_eq!(setting(&database, "listen_addresses").await, "");
    let socket = setting(&database, "unix_socket_directories").await;
    let mode = fs::metadata(&socket).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    let mode = fs::metadata(database.data()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[tokio::test]
async fn its_url_leads_to_it() {
    let database = Embedded::throwaway().unwrap();
    let mut connection = PgConnection::connect(&database.url()).await.unwrap();
    let user: String =
        sqlx::query_scalar("select current_user").fetch_one(&mut connection).await.unwrap();
    assert_eq!(user, "ala");
}

#[tokio::test]
async fn the_server_never_runs_as_root() {
    let database = Embedded::throwaway().unwrap();
    let pid = postmaster(database.data());
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let ids: Vec<&str> = status
        .lines()
        .find_map(|line| line.strip_prefix("Uid:"))
        .unwrap()
        .split_whitespace()
        .collect();
    assert!(!ids.contains(&"0"), "uids {ids:?}");
}

#[test]
fn a_second_start_on_the_same_data_is_refused() {
    let folder = open_folder();
    let data = folder.path().join("pg");
    let _first = Embedded::start(&data, Profile::Throwaway).unwrap();
    let told = refusal(&data);
    let process = std::process::id();
    assert!(told.contains(&format!("in use by another `ala` (process {process})")), "{told}");
    assert!(embedded::remove(&data).unwrap_err().to_string().contains("in use"));
}

#[test]
fn data_of_another_version_is_refused() {
    let folder = open_folder();
    let data = folder.path().join("pg");
    drop(Embedded::start(&data, Profile::Throwaway).unwrap());
    fs::write(data.join("PG_VERSION"), "11\n").unwrap();
    let told = refusal(&data);
    assert!(told.contains("was made by PostgreSQL 11"), "{told}");
    assert!(told.contains("`ala demo --reset`"), "{told}");
}

#[test]
fn a_folder_with_something_else_in_it_is_refused_and_left_alone() {
    let folder = open_folder();
    let data = folder.path().join("pg");
    fs::create_dir(&data).unwrap();
    fs::write(data.join("letter.txt"), "dear").unwrap();
    let told = refusal(&data);
    assert!(told.contains("something else than a database"), "{told}");
    assert_eq!(fs::read_to_string(data.join("letter.txt")).unwrap(), "dear");
}

#[test]
fn a_half_made_cluster_is_made_anew() {
    let folder = open_folder();
    fs::create_dir(folder.path().join("pg.new")).unwrap();
    fs::write(folder.path().join("pg.new/PG_VERSION"), "15").unwrap();
    Embedded::start(&folder.path().join("pg"), Profile::Throwaway).unwrap();
}

/// After a power cut another process of the same account may have been given the server's number.
#[test]
fn a_stale_pid_file_does_not_hinder() {
    let folder = open_folder();
    let data = folder.path().join("pg");
    drop(Embedded::start(&data, Profile::Throwaway).unwrap());
    let stranger = Embedded::throwaway().unwrap();
    fs::copy(stranger.data().join("postmaster.pid"), data.join("postmaster.pid")).unwrap();
    Embedded::start(&data, Profile::Throwaway).unwrap();
}

#[tokio::test]
async fn a_start_waits_for_the_server_of_a_killed_parent_to_end() {
    let folder = open_folder();
    let data = folder.path().join("pg");
    let mut holder = Holder::start(&data, None);
    // A client that cannot be ended keeps the server from ending.
    let options = PgConnectOptions::new_without_pgpass().socket(&holder.socket).username("ala");
    let mut client = options.database("postgres").connect().await.unwrap();
    let client: i32 =
        sqlx::query_scalar("select pg_backend_pid()").fetch_one(&mut client).await.unwrap();
    let client = Pid::from_raw(client).unwrap();
    kill_process(client, Signal::STOP).unwrap();
    holder.process.kill().unwrap();
    holder.process.wait().unwrap();
    let next = std::thread::spawn(move || Embedded::start(&data, Profile::Durable).map(drop));
    let early = poll(Duration::from_millis(500), || Ok(next.is_finished().then_some(()))).unwrap();
    kill_process(client, Signal::CONT).unwrap();
    next.join().unwrap().unwrap();
    assert!(early.is_none(), "started beside a server that still ran");
}

#[test]
fn removing_starts_over() {
    let folder = open_folder();
    let data = folder.path().join("pg");
    embedded::remove(&data).unwrap();
    drop(Embedded::start(&data, Profile::Throwaway).unwrap());
    embedded::remove(&data).unwrap();
    assert!(!data.exists());
    Embedded::start(&data, Profile::Throwaway).unwrap();
}

#[tokio::test]
async fn killing_the_parent_ends_the_server_and_loses_nothing() {
    let folder = open_folder();
    let data = folder.path().join("pg");
    let mut holder = Holder::start(&data, None);
    holder.kill();
    let database = Embedded::start(&data, Profile::Durable).unwrap();
    assert_eq!(count(&database).await, 1);
}

#[tokio::test]
async fn it_works_the_same_for_an_ordinary_user() {
    if !rustix::process::geteuid().is_root() {
        return; // then every other test is this one
    }
    let folder = open_folder();
    let data = folder.path().join("pg");
    chown(folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
    let mut holder = Holder::start(&data, Some(NOBODY));
    holder.kill();
    // Root then leaves the data with the user it belongs to.
    let database = Embedded::start(&data, Profile::Durable).unwrap();
    assert_eq!(count(&database).await, 1);
    drop(database);
    Holder::start(&data, Some(NOBODY)).kill();
}

#[tokio::test]
async fn data_below_a_private_folder_of_root_goes_to_a_public_one() {
    if !rustix::process::geteuid().is_root() {
        return; // an ordinary user's own folder is open to itself
    }
    let private = open_folder();
    fs::set_permissions(private.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let wanted = private.path().join("pg");
    let database = Embedded::start(&wanted, Profile::Throwaway).unwrap();
    let real = database.data().to_owned();
    assert!(real.starts_with("/var/lib/ala"), "{}", real.display());
    run(&database, "create table kept (id int)").await;
    drop(database);
    let database = Embedded::start(&wanted, Profile::Throwaway).unwrap();
    assert_eq!(count(&database).await, 0);
    drop(database);
    embedded::remove(&wanted).unwrap();
    assert!(!real.exists());
    fs::remove_file(real.with_extension("lock")).unwrap();
}

#[tokio::test]
async fn a_command_runs_with_a_migrated_database() {
    let migrations = tempfile::tempdir().unwrap();
    let path = migrations.path();
    let script = "case $DATABASE_URL in postgres://ala@*) exit 7;; esac";
    let command = ["sh", "-c", script].map(Into::into);
    assert_eq!(embedded::run_with(path, &command).await.unwrap(), 7);
    assert!(embedded::run_with(path, &[]).await.is_err());
    fs::write(path.join("0001_broken.sql"), "create nonsense;").unwrap();
    let told = embedded::run_with(path, &command).await.unwrap_err().to_string();
    assert_eq!(told, "the migrations do not run");
}

#[test]
fn a_wrong_folder_of_binaries_is_told() {
    let folder = open_folder();
    let told = told_with_binaries(folder.path(), &folder.path().join("pg"));
    let expected = format!("ALA_PG_BIN names {}, where", folder.path().display());
    assert!(told.contains(&expected), "{told}");
}

#[test]
fn where_the_wished_locale_is_missing_it_is_made_with_the_plainest() {
    let folder = open_folder();
    let bin = folder.path().join("bin");
    fs::create_dir(&bin).unwrap();
    let real = Embedded::throwaway().unwrap().binaries().to_owned();
    let refusal = "echo 'initdb: error: invalid locale name \"C.UTF-8\"' >&2; exit 1";
    let checks = format!("case \"$*\" in *C.UTF-8*) {refusal};; esac");
    for (name, first) in [("postgres", ""), ("initdb", checks.as_str())] {
        let script = format!("#!/bin/sh\n{first}\nexec {}/{name} \"$@\"\n", real.display());
        let source = folder.path().join(format!("{name}.sh"));
        fs::write(&source, script).unwrap();
        install(&source, &bin.join(name));
    }
    let told = told_with_binaries(&bin, &folder.path().join("pg"));
    assert!(told.contains("lc_ctype C\n"), "{told}");
}

/// Another process starts a cluster with the binaries of this folder, and ends; this is all that it said.
fn told_with_binaries(bin: &Path, data: &Path) -> String {
    let (mut command, _program) = another_process(data);
    let output = command.env("ALA_PG_BIN", bin).stdin(Stdio::null()).output().unwrap();
    [output.stdout, output.stderr].map(|it| String::from_utf8(it).unwrap()).concat()
}

fn postmaster(data: &Path) -> u32 {
    let text = fs::read_to_string(data.join("postmaster.pid")).unwrap();
    text.lines().next().unwrap().parse().unwrap()
}

fn alive(pid: u32) -> bool {
    // A zombie has ended, whether or not its new parent has looked yet.
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|it| !it.contains(") Z "))
}

/// Another process with a cluster of its own.
struct Holder {
    process: Child,
    server: u32,
    socket: PathBuf,
    _program: TempDir,
}

impl Holder {
    fn start(data: &Path, uid: Option<u32>) -> Self {
        let (mut command, program) = another_process(data);
        if let Some(uid) = uid {
            command.uid(uid).gid(uid);
        }
        let mut process = command.stdout(Stdio::piped()).stdin(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut lines = lines.map(Result::unwrap);
        let socket = lines.find_map(|it| it.strip_prefix("socket ").map(Into::into)).unwrap();
        Self { process, server: postmaster(data), socket, _program: program }
    }

    /// `kill -9`, and waits until nothing of it is left.
    fn kill(&mut self) {
        assert!(alive(self.server));
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        let gone = || Ok((!alive(self.server) && !self.socket.exists()).then_some(()));
        assert!(poll(Duration::from_secs(30), gone).unwrap().is_some(), "the server lives on");
    }
}

/// Makes a program by another process: a test that starts something at this moment would inherit the open file from
/// this one, and what is open for writing cannot be run.
fn install(from: &Path, to: &Path) {
    let done = Command::new("install").args(["-m", "755"]).arg(from).arg(to).status().unwrap();
    assert!(done.success());
}

/// This same test program running [`holds_a_cluster`] alone, from a copy that any account may read.
fn another_process(data: &Path) -> (Command, TempDir) {
    let folder = open_folder();
    let program = folder.path().join("holder");
    install(&std::env::current_exe().unwrap(), &program);
    let mut command = Command::new(program);
    command.args(["--exact", "holds_a_cluster", "--ignored", "--nocapture"]);
    command.env("HELD", data).current_dir("/");
    (command, folder)
}

#[tokio::test]
#[ignore = "a part of the tests above: the process that they kill"]
async fn holds_a_cluster() {
    let data = PathBuf::from(std::env::var_os("HELD").unwrap());
    // From a thread that ends: the server must not end with it.
    let start = move || Embedded::start(&data, Profile::Durable).unwrap();
    let database = std::thread::spawn(start).join().unwrap();
    let statements = [
        "create table if not exists kept (id int)",
        "truncate kept",
        "insert into kept values (1)",
    ];
    for statement in statements {
        run(&database, statement).await;
    }
    println!("lc_ctype {}", setting(&database, "lc_ctype").await);
    println!("socket {}", setting(&database, "unix_socket_directories").await);
    std::io::stdin().read_line(&mut String::new()).unwrap();
}
