//! Starting: everything that has to hold before the first request is taken.

use crate::accounts::codes::CodeKey;
use crate::accounts::passwords::Passwords;
use crate::accounts::staff;
use crate::accounts::tokens::Tokens;
use crate::accounts::vault::Vault;
use crate::app::{App, Parts};
use crate::clock::{Clock, Ids};
use crate::config::Config;
use crate::db;
use crate::embedded::{Embedded, Profile};
use crate::evidence::files::Files;
use crate::guard;
use crate::http::docs::Operations;
use crate::http::limits::Limits;
use crate::http::{metrics, serve};
use crate::jobs::worker;
use crate::live::{self, Bounds, Bus, Hub, Log};
use crate::media::{Ice, audio};
use crate::notify::sms::Sms;
use crate::{router, telemetry};
use anyhow::{Context, bail};
use domain::rules::Rules;
use protocol::account::Role;
use protocol::staff::{Enrolment, NewStaff, Username};
use protocol::text::Name;
use sqlx::postgres::PgConnectOptions;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How many hints a slow listener may be behind before it is told to look at everything again.
const HINTS: usize = 4_096;

/// A database to work with; the private one ends when this is dropped.
pub struct Database {
    pub owner: PgConnectOptions,
    pub app: PgConnectOptions,
    _embedded: Option<Embedded>,
}

pub fn database(config: &Config) -> anyhow::Result<Database> {
    let Some(url) = &config.database_url else {
        let embedded = Embedded::start(&config.data.join("postgres"), Profile::Durable)?;
        let options = embedded.options();
        return Ok(Database { owner: options.clone(), app: options, _embedded: Some(embedded) });
    };
    let read = |url: &str, name: &str| -> anyhow::Result<PgConnectOptions> {
        url.parse().with_context(|| format!("{name} is not a PostgreSQL address (postgres://…)"))
    };
    let app = read(url, "DATABASE_URL")?;
    let owner = match &config.migration_url {
        Some(url) => read(url, "ALA_MIGRATION_URL")?,
        None => app.clone(),
    };
    Ok(Database { owner, app, _embedded: None })
}

pub async fn migrate(config: &Config) -> anyhow::Result<()> {
    let database = database(config)?;
    db::migrate(&database.owner).await
}

/// Makes an operator and the code with which they choose their factors.
pub async fn add_operator(
    config: Config,
    username: Username,
    name: Name,
) -> anyhow::Result<Enrolment> {
    let database = database(&config)?;
    db::migrate(&database.owner).await?;
    let app = App::new(parts(config, database.app.clone())?);
    let new = NewStaff {
        name,
        username,
        role: Role::Operator,
        station: None,
        committee: None,
        licence: None,
    };
    let mut tx = app.begin().await?;
    let made = staff::create(&mut tx, &new).await?;
    let enrolment = staff::enrol(&mut tx, made.account).await?;
    tx.commit().await?;
    Ok(enrolment)
}

/// Connections that wait to be accepted, as far as the system lets them (`net.core.somaxconn`). When everybody comes
/// back at once, whoever finds no place there tries again only after a second, and then after three.
const BACKLOG: u32 = 4_096;

pub fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let listener = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        // Connections of before a restart that are not quite over keep nobody from the address.
        socket.set_reuseaddr(true)?;
        // Small frames go out at once. Each connection has it from here, without a call of its own.
        socket.set_nodelay(true)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)
    };
    listener().with_context(|| {
        format!("cannot listen on {address}; is another program using it? choose one with --listen")
    })
}

/// Serves until the process is told to stop.
pub async fn serve(config: Config) -> anyhow::Result<()> {
    let missing = config.missing_for_production();
    if !missing.is_empty() {
        bail!("not ready for production: {}", missing.join("; "));
    }
    let listener = listen(config.listen)?;
    let database = database(&config)?;
    db::migrate(&database.owner).await?;
    let app = App::new(parts(config, database.app.clone())?);
    if app.config.unsafe_database {
        tracing::warn!("the database may lose what it acknowledged, as ALA_UNSAFE_DATABASE allows");
    } else {
        guard::check(&app.db, || app.clock.now(), app.config.is_production()).await?;
    }
    let router = router::router(app.clone());
    stop_on_signal(&app)?;
    worker::start(&app);
    if let Some(address) = app.config.metrics_listen {
        metrics::serve(&app, metrics::bind(address).await?, telemetry::recorder()?);
    }
    tracing::info!(address = %listener.local_addr()?, "ready");
    serve::serve(app, router, listener).await
}

/// What the application is made of, on a migrated database.
pub fn parts(config: Config, database: PgConnectOptions) -> anyhow::Result<Parts> {
    let tokens = match &config.token_key_file {
        Some(file) => Tokens::from_files(file, config.token_other_key_file.as_deref())?,
        None => Tokens::ephemeral()?,
    };
    let codes = match &config.code_secret_file {
        Some(file) => CodeKey::from_file(file)?,
        None => CodeKey::ephemeral()?,
    };
    let bus = Bus::of(config.redis_url.as_deref(), &codes)?;
    let vault = match &config.vault_key_file {
        Some(file) => Vault::from_file(file)?,
        None => Vault::kept_in(&config.data)?,
    };
    let files = match &config.object_store_url {
        Some(url) => Files::at(url)?,
        None => Files::folder(config.data.join("evidence"))?,
    };
    let log_connections = live::lanes(config.database_connections);
    Ok(Parts {
        limits: Limits::of(config.redis_url.as_deref())?,
        vault,
        passwords: Passwords::default(),
        audio: audio::Hub::default(),
        ice: Ice::of(&config)?,
        sms: Sms::of(&config)?,
        codes,
        log_db: db::log_pool(database.clone(), log_connections),
        db: db::app_pool(database, config.database_connections - log_connections),
        clock: Clock::System,
        ids: Ids::Random,
        rules: Rules::ningbo(),
        tokens,
        files,
        operations: Operations::of(&router::api().1)?,
        hints: broadcast::channel(HINTS).0,
        live: Arc::new(Hub::with(Bounds::of(&config))),
        bus,
        log: Log::default(),
        tasks: TaskTracker::new(),
        stop: CancellationToken::new(),
        config,
    })
}

pub fn stop_on_signal(app: &App) -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let stop = app.stop.clone();
    app.tasks.spawn(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
            () = stop.cancelled() => {}
        }
        stop.cancel();
    });
    Ok(())
}
