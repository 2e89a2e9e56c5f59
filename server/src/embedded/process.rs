//! Child processes that cannot outlive this one, and the folders they leave.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{LazyLock, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{getpid, getppid, set_parent_process_death_signal};

pub use rustix::process::Signal;

type Forked = io::Result<Child>;
type Order = (Command, mpsc::SyncSender<Forked>);

/// The kernel sends the death signal when the *thread* that forked ends, and a runtime's threads come
/// and go: so one thread that ends only with the process forks for all.
static FORKER: LazyLock<io::Result<mpsc::Sender<Order>>> = LazyLock::new(|| {
    let (orders, incoming) = mpsc::channel::<Order>();
    thread::Builder::new().name("forker".into()).spawn(move || {
        for (mut command, answer) in incoming {
            // Whoever asked may have given up; dropping the child's handle does not end the child.
            let _ = answer.send(command.spawn());
        }
    })?;
    Ok(orders)
});

/// Starts a process that the kernel sends `signal` as soon as this process is gone, however it went.
///
/// It gets a process group of its own, so that a Ctrl-C at the terminal reaches it through us, not past us.
pub fn spawn_tied(mut command: Command, signal: Signal) -> io::Result<Child> {
    let forker =
        FORKER.as_ref().map_err(|error| io::Error::new(error.kind(), error.to_string()))?;
    tie(command.process_group(0), signal);
    let (answer, child) = mpsc::sync_channel(1);
    forker.send((command, answer)).map_err(io::Error::other)?;
    child.recv().map_err(io::Error::other)?
}

#[expect(unsafe_code, reason = "only code between fork and exec can ask for a death signal")]
fn tie(command: &mut Command, signal: Signal) {
    let parent = getpid();
    let ask = move || {
        set_parent_process_death_signal(Some(signal))?;
        // The parent may have gone between the fork and the line above: then no signal will come.
        if getppid() == Some(parent) { Ok(()) } else { Err(io::ErrorKind::NotConnected.into()) }
    };
    // SAFETY: two plain system calls, no allocation and no lock. It runs after the change of user, which
    // would clear the setting.
    unsafe { command.pre_exec(ask) };
}

/// A folder below `/tmp` that is removed with its owner, even if that is killed.
///
/// Others may pass through it, but not list it: what is inside has its own permissions.
pub struct ShortLived {
    path: PathBuf,
    remover: Child,
}

impl ShortLived {
    /// Always below `/tmp`: the path of a unix socket may have 107 bytes, and other users must get there.
    pub fn create(prefix: &str) -> io::Result<Self> {
        let private = fs::Permissions::from_mode(0o700);
        let folder =
            tempfile::Builder::new().prefix(prefix).permissions(private).tempdir_in("/tmp")?;
        let path = folder.keep();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o711))?;
        // Its input ends when we do. What dies at the same moment may still write: so it tries again.
        let script =
            r#"read -r _; n=0; until rm -rf "$0" || [ $n -gt 99 ]; do n=$((n+1)); sleep 0.1; done"#;
        let remover = Command::new("/bin/sh")
            .args(["-c", script])
            .arg(&path)
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self { path, remover })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for ShortLived {
    fn drop(&mut self) {
        // `wait` closes the input first, which is the sign to remove.
        let _ = self.remover.wait();
    }
}

/// Asks again and again until there is an answer; `None` when there was none in time.
pub fn poll<T>(
    within: Duration,
    mut ask: impl FnMut() -> io::Result<Option<T>>,
) -> io::Result<Option<T>> {
    let deadline = Instant::now() + within;
    loop {
        if let Some(answer) = ask()? {
            return Ok(Some(answer));
        }
        if Instant::now() > deadline {
            return Ok(None);
        }
        pause();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "another process's state cannot be awaited, only asked for"
)]
fn pause() {
    thread::sleep(Duration::from_millis(10));
}
