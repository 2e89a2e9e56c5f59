//! The accept loop: bounded connections, time limits on headers, and an orderly stop.

use crate::app::App;
use crate::live;
use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::Service;

const HEADERS: Duration = Duration::from_secs(10);
const DRAIN: Duration = Duration::from_secs(25);

/// The address of the peer, as the socket sees it.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Serves until told to stop, then finishes what is in flight.
pub async fn serve(app: App, router: Router, listener: TcpListener) -> anyhow::Result<()> {
    app.tasks.spawn(live::run(app.clone()));
    live::bus::start(&app);
    let places = Arc::new(Semaphore::new(app.config.max_connections));
    loop {
        // Beyond the limit new connections wait in the listener's queue instead of taking memory.
        let place = places.clone().acquire_owned().await?;
        let accepted = tokio::select! {
            () = app.stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let (app, router) = (app.clone(), router.clone());
                app.tasks.clone().spawn(async move {
                    connection(app, router, stream, peer).await;
                    drop(place);
                });
            }
            Err(error) => tracing::warn!(%error, "could not accept a connection"),
        }
    }
    drop(listener);
    app.tasks.close();
    if tokio::time::timeout(DRAIN, app.tasks.wait()).await.is_err() {
        tracing::warn!(left = app.tasks.len(), "stopped before everything had finished");
    }
    app.bus.close().await;
    Ok(())
}

async fn connection(app: App, router: Router, stream: TcpStream, peer: SocketAddr) {
    let _ = stream.set_nodelay(true);
    let service =
        TowerToHyperService::new(tower::service_fn(move |mut request: http::Request<_>| {
            request.extensions_mut().insert(Peer(peer));
            router.clone().call(request)
        }));
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADERS);
    builder.http2().timer(TokioTimer::new()).max_concurrent_streams(100);
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let outcome = tokio::select! {
        outcome = &mut connection => outcome,
        () = app.stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(error = %error, "connection ended early");
    }
}
