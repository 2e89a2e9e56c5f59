//! The bus over Redis: one connection that subscribes, publishes and is asked every two seconds whether it lives.
//!
//! The library's own reconnecting is not used: it gives up after a while and nothing starts it again, and it does not
//! look at what came of subscribing anew. Here both are one loop that never ends.

use crate::app::App;
use crate::live::bus::inbox::Inbox;
use crate::live::bus::payload::CHANNELS;
use crate::live::bus::{Line, look};
use anyhow::Context;
use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, ErrorKind, IntoConnectionInfo, ProtocolVersion, RedisResult, Value,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{interval, sleep};

/// What a live Redis needs for any answer, many times over.
const PATIENCE: Duration = Duration::from_millis(500);
const HEARTBEAT: Duration = Duration::from_secs(2);
const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(1);

pub fn client(url: &str) -> anyhow::Result<redis::Client> {
    let address =
        url.into_connection_info().context("REDIS_URL is not a Redis address (redis://…)")?;
    // Only in this version of the protocol does a connection that subscribes also answer.
    let settings = address.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
    let client = redis::Client::open(address.set_redis_settings(settings));
    client.context("REDIS_URL is not a Redis address (redis://…)")
}

/// Until the bus is closed.
pub async fn run(app: App, line: Arc<Line>) {
    let mut wait = FIRST_WAIT;
    let mut was_there = true;
    loop {
        let (established, error) = link(&app, &line).await;
        if line.stop.is_cancelled() {
            return;
        }
        if established || was_there {
            tracing::warn!(error = %error.category(), "Redis is away; servers talk through PostgreSQL");
        }
        was_there = established;
        wait = if established { FIRST_WAIT } else { (wait * 2).min(LONGEST_WAIT) };
        tokio::select! {
            () = line.stop.cancelled() => return,
            () = sleep(wait) => {}
        }
    }
}

/// One connection from its making to its end: whether it came to be, and why it ended.
async fn link(app: &App, line: &Line) -> (bool, redis::RedisError) {
    let (inbox, mut unread) = Inbox::new();
    let connection = match subscribed(line, inbox.clone()).await {
        Ok(connection) => connection,
        Err(error) => return (false, error),
    };
    tracing::info!("servers talk through Redis");
    line.link.send_replace(Some(connection.clone()));
    line.turned(app);
    let hearing = async {
        while let Some(payload) = unread.recv().await {
            line.hear(app, &payload);
            if inbox.has_missed() {
                metrics::counter!("bus_payloads_total", "outcome" => "overrun").increment(1);
                look(app);
            }
        }
        ended()
    };
    let mut given_up = line.link.subscribe();
    let error = tokio::select! {
        // The last words still go out through it.
        () = line.stop.cancelled() => return (true, ended()),
        error = hearing => error,
        error = heartbeat(connection) => error,
        _ = given_up.wait_for(Option::is_none) => ended(),
    };
    line.link.send_replace(None);
    line.turned(app);
    (true, error)
}

fn ended() -> redis::RedisError {
    (ErrorKind::Io, "the connection has ended").into()
}

async fn subscribed(line: &Line, inbox: Arc<Inbox>) -> RedisResult<MultiplexedConnection> {
    let take = move |push| -> Result<(), ()> {
        inbox.take(push);
        Ok(())
    };
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(PATIENCE))
        .set_response_timeout(Some(PATIENCE))
        .set_push_sender(take);
    let mut connection = line.client.get_multiplexed_async_connection_with_config(&config).await?;
    for channel in CHANNELS {
        let subscribe = redis::cmd("SSUBSCRIBE").arg(channel).to_owned();
        subscribe.query_async::<Value>(&mut connection).await?;
    }
    Ok(connection)
}

async fn heartbeat(mut connection: MultiplexedConnection) -> redis::RedisError {
    let mut beats = interval(HEARTBEAT);
    loop {
        beats.tick().await;
        if let Err(error) = redis::cmd("PING").query_async::<Value>(&mut connection).await {
            return error;
        }
    }
}

/// All in one round trip.
pub async fn publish(
    mut connection: MultiplexedConnection,
    payloads: &[(&'static str, Vec<u8>)],
) -> RedisResult<()> {
    let mut pipe = redis::pipe();
    for (channel, payload) in payloads {
        pipe.cmd("SPUBLISH").arg(*channel).arg(payload.as_slice()).ignore();
    }
    pipe.query_async(&mut connection).await
}
