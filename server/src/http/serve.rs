//! The accept loop: bounded connections, time limits on headers, and an orderly stop.

use crate::app::App;
use crate::{live, media};
use axum::Router;
use hyper::server::conn::http1::Builder;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tower::Service;

const HEADERS: Duration = Duration::from_secs(10);
const DRAIN: Duration = Duration::from_secs(25);
/// For the first request on a connection that was made just before the stop.
const FIRST: Duration = Duration::from_secs(1);

/// The address of the peer, as the socket sees it.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Serves until told to stop, then finishes what is in flight.
pub async fn serve(app: App, router: Router, listener: TcpListener) -> anyhow::Result<()> {
    app.tasks.spawn(live::run(app.clone()));
    live::bus::start(&app);
    app.tasks.spawn(media::run(app.clone()));
    app.tasks.spawn(media::audio::run(app.clone()));
    // On one of the threads that do the work: a connection that another accepts has to be handed over to them.
    app.tasks.spawn(accept(app.clone(), router, listener)).await??;
    app.tasks.close();
    if timeout(DRAIN, app.tasks.wait()).await.is_err() {
        tracing::warn!(left = app.tasks.len(), "stopped before everything had finished");
    }
    app.bus.close().await;
    Ok(())
}

/// Until told to stop; then those that can tell already that they are connected.
async fn accept(app: App, router: Router, listener: TcpListener) -> anyhow::Result<()> {
    let places = Arc::new(Semaphore::new(app.config.max_connections));
    loop {
        // Beyond the limit new connections wait in the listener's queue instead of taking memory.
        let place = places.clone().acquire_owned().await?;
        let accepted = tokio::select! {
            () = app.stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => take(&app, &router, stream, peer, place),
            Err(error) => tracing::warn!(%error, "could not accept a connection"),
        }
    }
    // They are not to be reset with the listener.
    let listener = listener.into_std()?;
    while let Ok(place) = places.clone().try_acquire_owned()
        && let Ok((stream, peer)) = listener.accept()
        && stream.set_nonblocking(true).is_ok()
        && let Ok(stream) = TcpStream::from_std(stream)
    {
        take(&app, &router, stream, peer, place);
    }
    Ok(())
}

fn take(
    app: &App,
    router: &Router,
    stream: TcpStream,
    peer: SocketAddr,
    place: OwnedSemaphorePermit,
) {
    let (serving, router) = (app.clone(), router.clone());
    app.tasks.spawn(async move {
        connection(serving, router, stream, peer).await;
        drop(place);
    });
}

async fn connection(app: App, router: Router, stream: TcpStream, peer: SocketAddr) {
    let begun = CancellationToken::new();
    let begins = begun.clone();
    let service =
        TowerToHyperService::new(tower::service_fn(move |mut request: http::Request<_>| {
            begins.cancel();
            request.extensions_mut().insert(Peer(peer));
            router.clone().call(request)
        }));
    let mut builder = Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEADERS);
    let connection = builder.serve_connection(TokioIo::new(stream), service).with_upgrades();
    tokio::pin!(connection);
    let outcome = tokio::select! {
        outcome = &mut connection => outcome,
        () = stopping(&app, &begun) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(error = %error, "connection ended early");
    }
}

/// Returns when a connection is to end after what it has in hand: on one that was never used, hyper would not even
/// read the request that is on its way.
async fn stopping(app: &App, begun: &CancellationToken) {
    app.stop.cancelled().await;
    let _ = timeout(FIRST, begun.cancelled()).await;
}
