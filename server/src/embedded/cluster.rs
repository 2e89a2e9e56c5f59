//! One cluster on disk: made once, started, watched until it is ready, stopped.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, kill_process};

use super::Profile;
use super::account::{Account, Place};
use super::binaries::Binaries;
use super::process::{Signal, poll, spawn_tied};

pub(super) const SUPERUSER: &str = "ala";
pub(super) const PORT: u16 = 5432;

/// After a crash the server reads its log again before it is ready.
const START_WITHIN: Duration = Duration::from_mins(2);
const STOP_WITHIN: Duration = Duration::from_mins(1);
const PREDECESSOR_ENDS_WITHIN: Duration = Duration::from_mins(1);

/// Errors go to the log without the statement and its values: these may be personal.
const ALWAYS: &[&str] = &[
    "listen_addresses=",
    "max_connections=200",
    "log_min_error_statement=panic",
    "log_error_verbosity=terse",
];
const DURABLE: &[&str] = &["fsync=on", "full_page_writes=on", "synchronous_commit=on"];
const THROWAWAY: &[&str] = &["fsync=off", "full_page_writes=off", "synchronous_commit=off"];

pub(super) struct Cluster {
    pub(super) place: Place,
    pub(super) binaries: Binaries,
    pub(super) socket: PathBuf,
    pub(super) profile: Profile,
}

impl Cluster {
    /// Returns when the server takes connections.
    pub(super) fn start(&self) -> Result<Child> {
        if !self.place.data.join("PG_VERSION").exists() {
            self.make()?;
        }
        await_predecessor(&self.place.data)?;
        let command = self.server_command()?;
        let mut server =
            spawn_tied(command, self.death_signal()).context("cannot start `postgres`")?;
        match self.await_ready(&mut server) {
            Ok(()) => Ok(server),
            Err(error) => {
                // Already failing: what matters is that nothing stays behind.
                let _ = server.kill();
                let _ = server.wait();
                Err(error)
            }
        }
    }

    /// What it hears when we are gone: to end in order, or at once when nobody will look at the data again.
    fn death_signal(&self) -> Signal {
        match self.profile {
            Profile::Durable => Signal::INT,
            Profile::Throwaway => Signal::QUIT,
        }
    }

    /// Made beside its place and then renamed: a half-made cluster is never taken for a whole one.
    fn make(&self) -> Result<()> {
        let data = &self.place.data;
        if fs::read_dir(data)?.next().is_some() {
            bail!("{} holds something else than a database: choose another folder", data.display());
        }
        let fresh = beside(data, "new");
        let mut output = self.initdb(&fresh, "C.UTF-8")?;
        if !output.status.success() && said(&output).contains("invalid locale") {
            output = self.initdb(&fresh, "C")?;
        }
        if !output.status.success() {
            bail!("cannot make a database in {}: {}", data.display(), telling_line(&said(&output)));
        }
        fs::rename(&fresh, data).with_context(|| format!("cannot fill {}", data.display()))
    }

    fn initdb(&self, folder: &Path, locale: &str) -> Result<Output> {
        if folder.exists() {
            fs::remove_dir_all(folder)
                .with_context(|| format!("cannot clear {}", folder.display()))?;
        }
        create_private(folder, self.place.account)?;
        let mut command = self.command("initdb");
        command.args(["--username", SUPERUSER, "--encoding", "UTF8", "--auth", "trust"]);
        command.args(["--locale", locale, "--no-instructions"]);
        if self.profile == Profile::Throwaway {
            command.arg("--no-sync");
        }
        command.arg("--pgdata").arg(folder).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = spawn_tied(command, Signal::TERM).context("cannot start `initdb`")?;
        child.wait_with_output().context("`initdb` was lost")
    }

    fn server_command(&self) -> Result<Command> {
        let log = File::create(self.log())
            .with_context(|| format!("cannot write {}", self.log().display()))?;
        let mut command = self.command("postgres");
        command.arg("-D").arg(&self.place.data).arg("-p").arg(PORT.to_string());
        let mut socket = OsString::from("unix_socket_directories=");
        socket.push(&self.socket);
        command.arg("-c").arg(socket);
        let profile = match self.profile {
            Profile::Durable => DURABLE,
            Profile::Throwaway => THROWAWAY,
        };
        for setting in ALWAYS.iter().chain(profile) {
            command.args(["-c", setting]);
        }
        command.stdout(Stdio::null()).stderr(log);
        Ok(command)
    }

    /// Nothing of our surroundings but the paths: a stray `PGDATA` misleads, and secrets are not its business.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.binaries.folder.join(program));
        command.env_clear().env("LC_ALL", "C.UTF-8").current_dir("/").stdin(Stdio::null());
        for name in ["PATH", "LD_LIBRARY_PATH", "TZ"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        if let Some(account) = self.place.account {
            account.run(&mut command);
        }
        command
    }

    fn await_ready(&self, server: &mut Child) -> Result<()> {
        let ready = poll(START_WITHIN, || {
            if let Some(status) = server.try_wait()? {
                let words = fs::read_to_string(self.log()).unwrap_or_default();
                let words = telling_line(&words);
                return Err(io::Error::other(format!(
                    "PostgreSQL does not start ({status}): {words}"
                )));
            }
            Ok(PidFile::read(&self.place.data)
                .filter(|it| it.ready && it.pid == server.id())
                .map(drop))
        })?;
        ready.with_context(|| {
            format!(
                "PostgreSQL was not ready within {} s: see {}",
                START_WITHIN.as_secs(),
                self.log().display(),
            )
        })
    }

    fn log(&self) -> PathBuf {
        self.place.data.join("server.log")
    }
}

/// Fast: connections are ended, the data is written out.
pub(super) fn stop(mut server: Child) -> Result<()> {
    // It may be gone already: the wait below tells.
    let _ = kill_process(Pid::from_child(&server), Signal::INT);
    if poll(STOP_WITHIN, || server.try_wait())?.is_none() {
        server.kill()?;
        server.wait()?;
        bail!("PostgreSQL did not stop within {} s and was killed", STOP_WITHIN.as_secs());
    }
    Ok(())
}

/// What `postgres` writes about itself into `postmaster.pid`, one fact a line.
struct PidFile {
    pid: u32,
    ready: bool,
}

impl PidFile {
    fn read(data: &Path) -> Option<Self> {
        let text = fs::read_to_string(data.join("postmaster.pid")).ok()?;
        let mut lines = text.lines();
        let pid = lines.next()?.trim().parse().ok()?;
        let ready = lines.nth(6).is_some_and(|status| status.trim() == "ready");
        Some(Self { pid, ready })
    }

    /// A server of this cluster, and not a stranger that was given the same number since.
    fn names_a_server_of(&self, data: &Path) -> bool {
        let process = PathBuf::from(format!("/proc/{}", self.pid));
        let Ok(folder) = fs::read_link(process.join("cwd")) else { return false };
        let program = fs::read_link(process.join("exe")).unwrap_or_default();
        folder == data && program.file_name().is_some_and(|name| name == "postgres")
    }
}

/// The server of an `ala` that was killed needs a moment to end; what a lost machine left is removed.
pub(super) fn await_predecessor(data: &Path) -> Result<()> {
    let ended = poll(PREDECESSOR_ENDS_WITHIN, || {
        let alive = PidFile::read(data).is_some_and(|it| it.names_a_server_of(data));
        Ok((!alive).then_some(()))
    })?;
    if ended.is_none() {
        bail!("another `postgres` still runs on {}: stop that one first", data.display());
    }
    match fs::remove_file(data.join("postmaster.pid")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot clear {}", data.display()))
        }
        _ => Ok(()),
    }
}

/// A new folder that only the account which runs the server can enter.
pub(super) fn create_private(folder: &Path, account: Option<Account>) -> Result<()> {
    fs::DirBuilder::new()
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    account.map_or(Ok(()), |account| account.own(folder))
}

/// `…/pg` → `…/pg.lock`
pub(super) fn beside(data: &Path, suffix: &str) -> PathBuf {
    let mut name = data.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|it| String::from_utf8_lossy(it)).concat()
}

fn telling_line(text: &str) -> String {
    let telling = |line: &&str| ["FATAL", "PANIC", "error:"].iter().any(|word| line.contains(word));
    let last = |text: &str| text.lines().rfind(|line| !line.trim().is_empty()).map(str::to_owned);
    text.lines().find(telling).map(str::to_owned).or_else(|| last(text)).unwrap_or_default()
}
