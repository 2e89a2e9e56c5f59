//! The `ala` binary as a child that cannot outlive this process.

use anyhow::{Context, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};
use tokio::time::sleep;

const READY_WITHIN: Duration = Duration::from_secs(60);
const STOP_WITHIN: Duration = Duration::from_secs(60);

/// What keeps one client from taking too much.
const GENEROUS: [&str; 4] =
    ["ALA_MAX_CONNECTIONS", "ALA_SOCKETS_PER_ADDRESS", "ALA_FRAMES_BURST", "ALA_FRAMES_PER_SECOND"];

/// What the server is started with, again and again.
pub struct Settings {
    pub binary: PathBuf,
    /// Where its private PostgreSQL lies, if it has one, and its log.
    pub folder: PathBuf,
    /// A PostgreSQL that is not its own.
    pub database_url: Option<String>,
    pub key_file: PathBuf,
    /// The database may lose what it acknowledged, and that is wanted: the server would not start on it.
    pub careless: bool,
    /// Thousands of sockets from one machine that say as much as they can.
    pub generous: bool,
    /// Several servers on one database.
    pub peers: Option<Peers>,
}

/// What one of several servers needs besides.
pub struct Peers {
    /// Of this one.
    pub number: usize,
    pub redis_url: String,
    /// By which they know one another.
    pub code_secret_file: PathBuf,
}

/// A place for the server, and the server in it while it runs.
pub struct Ala {
    settings: Settings,
    address: SocketAddr,
    http: reqwest::Client,
    child: Option<Child>,
}

impl Ala {
    pub fn new(settings: Settings) -> anyhow::Result<Self> {
        ensure!(
            settings.binary.is_file(),
            "there is no {}: build it first with `cargo build -p server`",
            settings.binary.display()
        );
        // Free now; the server takes the same one at every start, so that clients find it again.
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let http = reqwest::Client::builder().no_proxy().build()?;
        Ok(Self { settings, address, http, child: None })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn data(&self) -> PathBuf {
        self.settings.folder.join("data")
    }

    /// Returns when it is ready, with how long that took.
    ///
    /// To be called from the main task only: the kernel ends the child with the thread that made it.
    pub async fn start(&mut self) -> anyhow::Result<Duration> {
        let began = Instant::now();
        self.child = Some(self.command()?.spawn().context("cannot start `ala`")?);
        loop {
            if let Some(status) = self.child.as_mut().and_then(|c| c.try_wait().transpose()) {
                bail!("`ala` does not start ({}): {}", status?, self.last_words());
            }
            let ready = self.http.get(format!("{}/health/ready", self.url())).send().await;
            if ready.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(began.elapsed());
            }
            ensure!(began.elapsed() < READY_WITHIN, "`ala` is not ready: {}", self.last_words());
            sleep(Duration::from_millis(10)).await;
        }
    }

    fn command(&self) -> anyhow::Result<Command> {
        let log = File::options().create(true).append(true).open(self.log())?;
        let mut command = tied("KILL");
        command.arg(&self.settings.binary).arg("serve");
        command.arg("--listen").arg(self.address.to_string());
        command.arg("--data").arg(self.data());
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if name.starts_with("ALA_") || name == "DATABASE_URL" || name == "REDIS_URL" {
                command.env_remove(name);
            }
        }
        command.env("ALA_TOKEN_KEY_FILE", &self.settings.key_file);
        // One person here does the work of a district.
        command.env("ALA_REQUESTS_PER_MINUTE", "100000000");
        if self.settings.generous {
            for name in GENEROUS {
                command.env(name, "1000000");
            }
        }
        if self.settings.careless {
            command.env("ALA_UNSAFE_DATABASE", "true");
        }
        if let Some(url) = &self.settings.database_url {
            command.env("DATABASE_URL", url);
        }
        if let Some(peers) = &self.settings.peers {
            command.env("REDIS_URL", &peers.redis_url);
            command.env("ALA_CODE_SECRET_FILE", &peers.code_secret_file);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        Ok(command)
    }

    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().and_then(Child::id)
    }

    /// `kill -9`
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        let mut child = self.child.take().context("the server does not run")?;
        child.kill().await.context("cannot kill the server")
    }

    /// In order, as an operator does it.
    pub async fn stop(&mut self) -> anyhow::Result<()> {
        let Some(mut child) = self.child.take() else { return Ok(()) };
        signal(child.id(), Signal::TERM)?;
        let status = tokio::time::timeout(STOP_WITHIN, child.wait()).await;
        status.context("the server does not stop")?.map(drop).map_err(Into::into)
    }

    fn log(&self) -> PathBuf {
        let number = self.settings.peers.as_ref().map_or(0, |peers| peers.number);
        self.settings.folder.join(format!("ala-{number}.log"))
    }

    fn last_words(&self) -> String {
        let log = std::fs::read_to_string(self.log()).unwrap_or_default();
        log.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it says nothing").to_owned()
    }
}

/// The beginning of a command whose process gets `signal` as soon as this one is gone.
pub fn tied(signal: &str) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", signal]).kill_on_drop(true);
    command
}

pub fn signal(pid: Option<u32>, signal: Signal) -> anyhow::Result<()> {
    let pid = pid.and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
    kill_process(pid.context("the process is gone")?, signal).map_err(Into::into)
}

/// A folder that PostgreSQL's own account may pass through; removed with what is in it.
pub fn folder() -> anyhow::Result<tempfile::TempDir> {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::Builder::new().prefix("ala-load-").tempdir_in("/tmp")?;
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711))?;
    Ok(folder)
}

/// The `ala` that was built together with this program.
pub fn beside_this_program() -> PathBuf {
    let own = std::env::current_exe().unwrap_or_default();
    own.parent().unwrap_or(Path::new(".")).join("ala")
}
