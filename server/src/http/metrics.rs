//! Figures for Prometheus, on an address of their own: they are nobody's business outside.

use crate::app::App;
use crate::error::ApiError;
use anyhow::Context;
use axum::Router;
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::interval;

/// Figures that nobody fetches are folded together so often, or they would pile up.
const UPKEEP: Duration = Duration::from_secs(5);

pub async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("cannot serve metrics on {address}; choose another ALA_METRICS_LISTEN")
    })
}

/// Serves `/metrics` until the app stops.
pub fn serve(app: &App, listener: TcpListener, handle: PrometheusHandle) {
    app.tasks.spawn(keep_up(app.clone(), handle.clone()));
    let (scraped, stop) = (app.clone(), app.stop.clone());
    let figures = move || {
        let (app, handle) = (scraped.clone(), handle.clone());
        async move {
            measure(&app).await;
            handle.render()
        }
    };
    let router = Router::new().route("/metrics", get(figures));
    app.tasks.spawn(async move {
        let serving = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned());
        if let Err(error) = serving.await {
            tracing::error!(%error, "metrics are no longer served");
        }
    });
}

async fn keep_up(app: App, handle: PrometheusHandle) {
    let mut rounds = interval(UPKEEP);
    loop {
        tokio::select! {
            () = app.stop.cancelled() => return,
            _ = rounds.tick() => handle.run_upkeep(),
        }
    }
}

/// What is not counted as it happens is looked up when somebody asks.
async fn measure(app: &App) {
    let idle = u32::try_from(app.db.num_idle()).unwrap_or(u32::MAX);
    metrics::gauge!("database_connections", "state" => "idle").set(idle);
    metrics::gauge!("database_connections", "state" => "in_use")
        .set(app.db.size().saturating_sub(idle));
    let queue = jobs(app).await;
    metrics::gauge!("database_up").set(i32::from(queue.is_ok()));
}

async fn jobs(app: &App) -> Result<(), ApiError> {
    let queue = sqlx::query!(
        r#"select count(*) filter (where parked_at is null) as "waiting!",
                  count(*) filter (where parked_at is not null) as "parked!",
                  coalesce(extract(epoch from max($1 - run_at) filter (where parked_at is null and run_at <= $1)), 0)
                      ::float8 as "oldest!"
           from jobs where done_at is null"#,
        app.clock.now(),
    )
    .fetch_one(&app.db)
    .await?;
    #[expect(clippy::cast_precision_loss, reason = "a gauge is a float; nobody queues 2^52 jobs")]
    let count = |n: i64| n as f64;
    metrics::gauge!("jobs_waiting").set(count(queue.waiting));
    metrics::gauge!("jobs_parked").set(count(queue.parked));
    metrics::gauge!("jobs_oldest_due_seconds").set(queue.oldest);
    Ok(())
}
