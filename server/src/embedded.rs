//! A private `PostgreSQL`: real server binaries, a unix socket of its own, gone when this process is gone.

mod account;
mod binaries;
mod cluster;
mod process;

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Child;

use anyhow::{Context, Result, bail};
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{ConnectOptions, Connection};

pub use process::{ShortLived, Signal, poll, spawn_tied};

use account::{Account, Place};
use cluster::Cluster;

/// What the data is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Survives a power cut: every commit is flushed.
    Durable,
    /// Gone with the process: nothing is ever flushed. For tests and tools.
    Throwaway,
}

/// A running private cluster; dropping it stops the server.
///
/// Starting and stopping block for a moment: do it before the work begins and after it has ended.
pub struct Embedded {
    server: Option<Child>,
    cluster: Cluster,
    // In this order: the socket's folder goes before the lock is given back.
    _home: ShortLived,
    _lock: File,
}

impl Embedded {
    /// Starts the cluster kept in the folder `data`, and makes it first if there is none.
    pub fn start(data: &Path, profile: Profile) -> Result<Self> {
        Self::start_in(new_home()?, account::find(data)?, profile)
    }

    /// A new cluster that nobody will ever see again.
    pub fn throwaway() -> Result<Self> {
        let home = new_home()?;
        let place = account::find(&home.path().join("data"))?;
        Self::start_in(home, place, Profile::Throwaway)
    }

    fn start_in(home: ShortLived, place: Place, profile: Profile) -> Result<Self> {
        let lock = lock(&place.data)?;
        let binaries = binaries::find(place.account, &place.data)?;
        let socket = socket_folder(&home, place.account)?;
        let cluster = Cluster { place, binaries, socket, profile };
        let server = Some(cluster.start()?);
        Ok(Self { server, cluster, _home: home, _lock: lock })
    }

    /// How to reach it: the superuser `ala` in the database `postgres`, on the socket.
    pub fn options(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(&self.cluster.socket)
            .port(cluster::PORT)
            .username(cluster::SUPERUSER)
            .database("postgres")
            .ssl_mode(PgSslMode::Disable)
    }

    /// The same as a `DATABASE_URL`.
    pub fn url(&self) -> String {
        // The folder's name is our own: there is nothing else in it to encode.
        let socket = self.cluster.socket.to_string_lossy().replace('/', "%2F");
        let (user, port) = (cluster::SUPERUSER, cluster::PORT);
        format!("postgres://{user}@localhost:{port}/postgres?host={socket}")
    }

    /// The folder where the data really lies.
    pub fn data(&self) -> &Path {
        &self.cluster.place.data
    }

    /// The folder of the programs in use: `postgres`, `initdb` and what lies beside them.
    pub fn binaries(&self) -> &Path {
        &self.cluster.binaries.folder
    }

    /// Ends all connections and the server; the data stays.
    pub fn stop(&mut self) -> Result<()> {
        self.server.take().map_or(Ok(()), cluster::stop)
    }

    /// Starts the server again after [`stop`](Self::stop), at the same address.
    pub fn restart(&mut self) -> Result<()> {
        self.stop()?;
        self.server = Some(self.cluster.start()?);
        Ok(())
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            tracing::warn!(error = %error, "the private PostgreSQL did not stop in order");
        }
    }
}

/// Removes the cluster kept in `data`, unless it is in use.
pub fn remove(data: &Path) -> Result<()> {
    if !data.exists() {
        return Ok(());
    }
    let place = account::find(data)?;
    let _lock = lock(&place.data)?;
    cluster::await_predecessor(&place.data)?;
    for folder in [place.data.as_path(), data] {
        if folder.exists() {
            fs::remove_dir_all(folder)
                .with_context(|| format!("cannot remove {}", folder.display()))?;
        }
    }
    Ok(())
}

/// Runs a command with `DATABASE_URL` naming a new, short-lived database; its exit code is the answer.
///
/// The migrations are those in the folder now, which may be newer than this program.
pub async fn run_with(migrations: &Path, command: &[OsString]) -> Result<i32> {
    let Some((program, arguments)) = command.split_first() else {
        bail!("name the command to run with the private database");
    };
    let migrations = Migrator::new(migrations)
        .await
        .with_context(|| format!("cannot read migrations in {}", migrations.display()))?;
    let database = Embedded::throwaway()?;
    let mut connection = database.options().connect().await?;
    migrations.run(&mut connection).await.context("the migrations do not run")?;
    connection.close().await?;
    let mut command = tokio::process::Command::new(program);
    let status = command.args(arguments).env("DATABASE_URL", database.url()).status().await;
    let status = status.with_context(|| format!("cannot run {}", program.to_string_lossy()))?;
    Ok(status.code().unwrap_or(1))
}

fn new_home() -> Result<ShortLived> {
    ShortLived::create("ala-pg-")
        .context("cannot create a folder in /tmp for the database's socket")
}

fn socket_folder(home: &ShortLived, account: Option<Account>) -> Result<PathBuf> {
    let socket = home.path().join("socket");
    cluster::create_private(&socket, account)?;
    Ok(socket)
}

/// One owner a cluster: the lock goes with the process that holds it, so it is never stale.
fn lock(data: &Path) -> Result<File> {
    let path = cluster::beside(data, "lock");
    let mut file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .with_context(|| format!("cannot open {}", path.display()))?;
    if file.try_lock().is_err() {
        let mut holder = String::new();
        file.read_to_string(&mut holder)?;
        bail!(
            "the database in {} is in use by another `ala` (process {}): stop that one, or choose another folder",
            data.display(),
            holder.trim(),
        );
    }
    file.set_len(0)?;
    writeln!(file, "{}", std::process::id())?;
    Ok(file)
}
