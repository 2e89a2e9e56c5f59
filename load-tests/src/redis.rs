//! A Redis of our own: on a unix socket, nothing on disk, gone with this process.

use crate::ala::{signal, tied};
use crate::program;
use anyhow::{Context, bail, ensure};
use rustix::process::Signal;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::Child;
use tokio::time::sleep;

const READY_WITHIN: Duration = Duration::from_secs(20);

pub struct Redis {
    folder: PathBuf,
    child: Option<Child>,
}

impl Redis {
    /// From the main task only, like every child.
    pub async fn start(folder: &Path) -> anyhow::Result<Self> {
        let mut redis = Self { folder: folder.to_owned(), child: None };
        redis.run().await?;
        Ok(redis)
    }

    /// Empty, at the same address as before.
    pub async fn run(&mut self) -> anyhow::Result<()> {
        let mut command = tied("KILL");
        command.arg(program::find("redis-server")?);
        command.args(["--port", "0", "--unixsocketperm", "700", "--unixsocket"]);
        command.arg(self.socket()).args(["--save", "", "--appendonly", "no", "--databases", "1"]);
        command.current_dir(&self.folder).stdin(Stdio::null()).stdout(Stdio::null());
        let mut child = command.spawn().context("cannot start `redis-server`")?;
        let began = Instant::now();
        while UnixStream::connect(self.socket()).is_err() {
            if let Some(status) = child.try_wait()? {
                bail!("redis-server does not start ({status})");
            }
            ensure!(began.elapsed() < READY_WITHIN, "redis-server is not ready");
            sleep(Duration::from_millis(10)).await;
        }
        self.child = Some(child);
        Ok(())
    }

    /// At once; what it held is lost.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        let mut child = self.child.take().context("Redis does not run")?;
        child.kill().await.context("cannot kill redis-server")
    }

    /// It takes connections and says nothing, or goes on.
    pub fn hang(&self, whether: bool) -> anyhow::Result<()> {
        let how = if whether { Signal::STOP } else { Signal::CONT };
        signal(self.child.as_ref().and_then(Child::id), how)
    }

    pub fn url(&self) -> String {
        format!("redis+unix://{}?protocol=resp3", self.socket().display())
    }

    fn socket(&self) -> PathBuf {
        self.folder.join("redis.sock")
    }
}
