//! The bus over PostgreSQL, for as long as Redis is away.
//!
//! A notification takes a lock at its commit that all commits with notifications share. So none goes with anybody's
//! command: whatever a server has to say at one moment is one commit of its own.

use crate::app::App;
use crate::live::bus::{Line, look};
use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use sqlx::postgres::PgListener;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

const CHANNEL: &str = "ala_bus";
const WAIT: Duration = Duration::from_millis(500);

pub async fn publish(app: &App, payloads: &[(&'static str, Vec<u8>)]) -> sqlx::Result<()> {
    let payloads: Vec<String> =
        payloads.iter().map(|(_, payload)| BASE64_STANDARD_NO_PAD.encode(payload)).collect();
    sqlx::query("select pg_notify($1, payload) from unnest($2::text[]) as payload")
        .bind(CHANNEL)
        .bind(payloads)
        .execute(&app.db)
        .await?;
    Ok(())
}

/// Until the bus is closed. After every break what was said meanwhile is unknown, so everything is looked at.
pub async fn run(app: App, line: Arc<Line>) {
    loop {
        let error = tokio::select! {
            () = line.stop.cancelled() => return,
            error = listen(&app, &line) => error,
        };
        tracing::debug!(%error, "PostgreSQL is not heard; trying again");
        tokio::select! {
            () = line.stop.cancelled() => return,
            () = sleep(WAIT) => {}
        }
    }
}

async fn listen(app: &App, line: &Line) -> sqlx::Error {
    let mut listener = match PgListener::connect_with(&app.db).await {
        Ok(listener) => listener,
        Err(error) => return error,
    };
    if let Err(error) = listener.listen(CHANNEL).await {
        return error;
    }
    look(app);
    loop {
        match listener.try_recv().await {
            // What is no base64 is refused like anything else that was not sealed.
            Ok(Some(said)) => {
                let payload = BASE64_STANDARD_NO_PAD.decode(said.payload()).unwrap_or_default();
                line.hear(app, &payload);
            }
            // It listens again, and has missed what was said in between.
            Ok(None) => look(app),
            Err(error) => return error,
        }
    }
}
