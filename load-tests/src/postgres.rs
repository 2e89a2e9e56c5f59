//! PostgreSQL from the side: a durable cluster that outlives the server, and the door to the server's own.

use crate::ala::{signal, tied};
use anyhow::{Context, bail, ensure};
use rustix::process::{Signal, geteuid};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use std::fs::File;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};
use tokio::time::sleep;

const READY_WITHIN: Duration = Duration::from_secs(60);
const STOP_WITHIN: Duration = Duration::from_secs(60);
const PORT: u16 = 5432;
/// Every cluster has it.
pub const DATABASE: &str = "postgres";
/// PostgreSQL never runs as root: the first of these that there is runs it for root.
const ACCOUNTS: [&str; 2] = ["postgres", "nobody"];

/// As fast and as safe as the private PostgreSQL that `ala` starts.
const DURABLE: [&str; 5] = [
    "listen_addresses=",
    "max_connections=200",
    "fsync=on",
    "full_page_writes=on",
    "logging_collector=off",
];

/// Whether a commit waits until it is on disk. Without, a crash loses what was acknowledged: that is for
/// showing that the checker notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commit {
    Durable,
    Careless,
}

/// By its numbers: a group need not be called as its account is.
struct Account {
    uid: u32,
    gid: u32,
}

impl Account {
    fn find() -> anyhow::Result<Self> {
        let accounts = std::fs::read_to_string("/etc/passwd").context("cannot read /etc/passwd")?;
        let named = |name: &str| {
            let mut lines = accounts.lines().map(|line| line.split(':').collect::<Vec<_>>());
            let fields = lines.find(|fields| fields.first() == Some(&name))?;
            Some(Self { uid: fields.get(2)?.parse().ok()?, gid: fields.get(3)?.parse().ok()? })
        };
        let found = ACCOUNTS.into_iter().find_map(named);
        found.context("there is neither an account `postgres` nor `nobody` to run PostgreSQL as")
    }
}

/// A cluster of our own on a unix socket.
pub struct Cluster {
    folder: PathBuf,
    binaries: PathBuf,
    account: Option<Account>,
    commit: Commit,
    child: Option<Child>,
}

impl Cluster {
    /// Makes and starts it. From the main task only, like every child.
    pub async fn start(folder: &Path, commit: Commit) -> anyhow::Result<Self> {
        let folder = folder.join("cluster");
        std::fs::create_dir(&folder)?;
        let account = if geteuid().is_root() { Some(Account::find()?) } else { None };
        if let Some(account) = &account {
            chown(&folder, Some(account.uid), Some(account.gid))?;
        }
        let mut cluster = Self { folder, binaries: binaries()?, account, commit, child: None };
        let made = cluster
            .command("initdb")
            .args(["--username", "ala", "--encoding", "UTF8", "--locale", "C.UTF-8"])
            .args(["--auth", "trust", "--no-instructions", "--pgdata"])
            .arg(cluster.data())
            .output()
            .await?;
        ensure!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        cluster.run().await?;
        Ok(cluster)
    }

    /// Starts the server of the cluster, after a crash too.
    pub async fn run(&mut self) -> anyhow::Result<()> {
        let log = File::create(self.log())?;
        let mut command = self.command("postgres");
        command.arg("-D").arg(self.data()).arg("-p").arg(PORT.to_string());
        command.arg("-c").arg(format!("unix_socket_directories={}", self.folder.display()));
        let commit: &[&str] = match self.commit {
            Commit::Durable => &["synchronous_commit=on"],
            Commit::Careless => &[
                "synchronous_commit=off",
                "wal_writer_delay=10s",
                "wal_writer_flush_after=1GB",
                "wal_buffers=64MB",
            ],
        };
        for setting in DURABLE.iter().chain(commit) {
            command.args(["-c", setting]);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let mut child = command.spawn().context("cannot start `postgres`")?;
        let began = Instant::now();
        while !is_ready(&self.data()) {
            if let Some(status) = child.try_wait()? {
                bail!("PostgreSQL does not start ({status}): see {}", self.log().display());
            }
            ensure!(began.elapsed() < READY_WITHIN, "PostgreSQL is not ready");
            sleep(Duration::from_millis(10)).await;
        }
        self.child = Some(child);
        Ok(())
    }

    /// As a machine that loses power: nothing more is written out.
    pub async fn crash(&mut self) -> anyhow::Result<()> {
        self.end(Signal::QUIT).await
    }

    /// In order.
    pub async fn stop(&mut self) -> anyhow::Result<()> {
        self.end(Signal::INT).await
    }

    async fn end(&mut self, how: Signal) -> anyhow::Result<()> {
        let Some(mut child) = self.child.take() else { return Ok(()) };
        signal(child.id(), how)?;
        let ended = tokio::time::timeout(STOP_WITHIN, child.wait()).await;
        ended.context("PostgreSQL does not stop")?.map(drop).map_err(Into::into)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = tied("QUIT");
        if let Some(Account { uid, gid }) = self.account {
            command.args([format!("--reuid={uid}"), format!("--regid={gid}")]);
            command.arg("--clear-groups");
        }
        command.arg(self.binaries.join(program)).current_dir("/").env("LC_ALL", "C.UTF-8");
        command
    }

    pub fn program(&self, name: &str) -> PathBuf {
        self.binaries.join(name)
    }

    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().and_then(Child::id)
    }

    pub fn socket(&self) -> &Path {
        &self.folder
    }

    pub fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub fn url(&self, database: &str) -> String {
        let socket = self.folder.to_string_lossy().replace('/', "%2F");
        format!("postgres://ala@localhost:{PORT}/{database}?host={socket}")
    }

    /// Of the first database.
    pub fn options(&self) -> PgConnectOptions {
        options(&self.folder)
    }
}

/// The server's private cluster, while it runs.
pub fn embedded(data: &Path) -> anyhow::Result<PgConnectOptions> {
    Ok(options(Path::new(&line(&data.join("postgres"), 4)?)))
}

/// Where the server's private cluster writes, anew at every start.
pub fn embedded_log(data: &Path) -> PathBuf {
    data.join("postgres/server.log")
}

/// The process of the server's private cluster.
pub fn embedded_pid(data: &Path) -> anyhow::Result<u32> {
    Ok(line(&data.join("postgres"), 0)?.parse()?)
}

fn options(socket: &Path) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .socket(socket)
        .port(PORT)
        .username("ala")
        .database(DATABASE)
        .ssl_mode(PgSslMode::Disable)
}

/// What `postgres` writes about itself into `postmaster.pid`, one fact a line.
fn line(data: &Path, number: usize) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(data.join("postmaster.pid"))
        .with_context(|| format!("no PostgreSQL runs in {}", data.display()))?;
    Ok(text.lines().nth(number).context("postmaster.pid is not complete")?.trim().to_owned())
}

fn is_ready(data: &Path) -> bool {
    line(data, 7).is_ok_and(|status| status == "ready")
}

/// Where Debian keeps the newest one, or the path.
fn binaries() -> anyhow::Result<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path())))
        .max();
    if let Some((_, folder)) = newest {
        return Ok(folder.join("bin"));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .find(|folder| folder.join("initdb").is_file())
        .context("there is no PostgreSQL: install the package `postgresql`")
}
