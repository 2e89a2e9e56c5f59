//! Serving the demo: its own database, filled at the first start, kept until told otherwise.

use crate::app::App;
use crate::config::{Config, Environment};
use crate::demo::{clock, seed, welcome};
use crate::embedded;
use crate::http::serve;
use crate::jobs::worker;
use crate::notify::sms;
use crate::{db, router, start};
use anyhow::{Context, bail, ensure};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Instant;
use tracing::instrument::WithSubscriber;
use tracing::subscriber::NoSubscriber;

pub async fn serve(mut config: Config, reset: bool) -> anyhow::Result<()> {
    // Whatever the environment names: the demo never touches a database that is not its own.
    config.database_url = None;
    config.migration_url = None;
    check(&config)?;
    let listener = start::listen(config.listen)?;
    config.listen = listener.local_addr()?;
    config.public_url = format!("http://{}", config.listen);
    if reset {
        forget(&config.data)?;
    }
    welcome::progress("starting a private PostgreSQL");
    let database = start::database(&config)?;
    db::migrate(&database.owner).await?;
    fill(&config, &database.app).await?;
    let mut parts = start::parts(config, database.app.clone())?;
    parts.clock = clock::open(&parts.config.data)?;
    let app = App::new(parts);
    let router = router::router(app.clone()).merge(clock::routes(app.clone()));
    start::stop_on_signal(&app)?;
    worker::start(&app);
    fs::write(address(&app.config.data), app.config.listen.to_string())
        .context("cannot write down where the demo listens")?;
    welcome::print(&app)?;
    serve::serve(app, router, listener).await
}

fn check(config: &Config) -> anyhow::Result<()> {
    ensure!(
        config.env != Environment::Production,
        "the demo's passwords are known to everybody: use `ala serve` in production"
    );
    ensure!(
        config.listen.ip().is_loopback(),
        "the demo's passwords are known to everybody, so it listens on this machine only: \
         choose an address like 127.0.0.1:8080 with --listen"
    );
    Ok(())
}

/// Says that the data is whole; written last.
fn marker(data: &Path) -> PathBuf {
    data.join("demo-data-is-complete")
}

/// Where the demo that ran last listened.
pub fn address(data: &Path) -> PathBuf {
    data.join("demo-address")
}

async fn fill(config: &Config, database: &PgConnectOptions) -> anyhow::Result<()> {
    if marker(&config.data).exists() {
        return Ok(());
    }
    let mut connection: PgConnection = database.connect().await?;
    let is_empty = sqlx::query_scalar!(r#"select not exists (select from accounts) as "empty!""#)
        .fetch_one(&mut connection)
        .await?;
    if !is_empty {
        bail!(
            "{} holds data that is not a complete demo: start over with `ala demo --reset`, \
             or choose another folder with --data",
            config.data.display()
        );
    }
    welcome::progress("filling it with invented people and disputes");
    let (begun, now) = (Instant::now(), clock::open(&config.data)?.now());
    // Hundreds of lines of log about its own requests would hide what is told to the newcomer.
    let seeding = seed::seed(config.clone(), database.clone(), now);
    seeding.with_subscriber(NoSubscriber::default()).await.context("the demo data")?;
    fs::write(marker(&config.data), "")?;
    welcome::progress(&format!("filled in {:.1} s", begun.elapsed().as_secs_f32()));
    Ok(())
}

/// The database first: where another demo uses it, nothing else is touched.
fn forget(data: &Path) -> anyhow::Result<()> {
    welcome::progress("removing what the demo had kept");
    // Before the data: what is half removed is not taken for whole.
    let postgres = data.join("postgres");
    embedded::remove(&postgres)?;
    for file in [marker(data), clock::file(data), sms::log_in(data)] {
        match fs::remove_file(&file) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot remove {}", file.display()));
            }
            _ => {}
        }
    }
    Ok(())
}
