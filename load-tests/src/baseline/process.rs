//! The rival as a child that cannot outlive this process.

use crate::ala::tied;
use anyhow::Context;
use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;
use tokio::time::timeout;

const READY_WITHIN: Duration = Duration::from_secs(60);

pub struct Process {
    database_url: String,
    key_file: PathBuf,
    log: PathBuf,
    child: Child,
    pub address: SocketAddr,
}

impl Process {
    /// From the main task only: the kernel ends the child with the thread that made it.
    pub async fn start(folder: &Path, database_url: &str, key_file: &Path) -> anyhow::Result<Self> {
        let log = folder.join("baseline.log");
        let (child, address) = spawn(&log, database_url, key_file).await?;
        let (database_url, key_file) = (database_url.to_owned(), key_file.to_owned());
        Ok(Self { database_url, key_file, log, child, address })
    }

    /// A new process, at another address: somebody else may have taken the old one.
    pub async fn renew(&mut self) -> anyhow::Result<()> {
        self.child.kill().await.context("cannot end the rival")?;
        let started = spawn(&self.log, &self.database_url, &self.key_file);
        (self.child, self.address) = started.await?;
        Ok(())
    }

    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.child.kill().await.context("cannot end the rival")
    }
}

async fn spawn(
    log: &Path,
    database_url: &str,
    key_file: &Path,
) -> anyhow::Result<(Child, SocketAddr)> {
    let log = File::options().create(true).append(true).open(log)?;
    let mut command = tied("KILL");
    command.arg(std::env::current_exe()?).arg("baseline");
    command.arg("--database-url").arg(database_url).arg("--token-key-file").arg(key_file);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
    let mut child = command.spawn().context("cannot start the rival")?;
    let told = child.stdout.take().context("the rival has no output")?;
    let mut lines = BufReader::new(told).lines();
    let first = timeout(READY_WITHIN, lines.next_line()).await.context("no rival yet")??;
    let address = first.context("the rival does not start: see baseline.log")?.parse()?;
    Ok((child, address))
}
