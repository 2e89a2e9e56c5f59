//! The rival: a chat server as a good engineer writes it in an afternoon, in a process of its own.
//!
//! What it does as ours: verifies the same access token with `jsonwebtoken` before anything else, answers `welcome`,
//! resumes by cursor (listening first, then the backlog, then what came meanwhile), acknowledges only after the
//! commit, stores a message sent twice once, encodes an entry once for all members, pings every 25 s.
//! What is set sensibly: 4 KiB buffers a socket (axum's own hold 128 KiB), TCP_NODELAY, 20 connections to
//! PostgreSQL, prepared statements, no ping of a connection before each use, one index for key and resume together.
//! What it does not do: look up the login or the membership, limit anybody, write an audit trail or metrics, tell
//! presence or a dispute's state, more than one room a socket, more than one server. All that would make it slower.
//! What it does as everybody: one `INSERT` a message, and a `tokio::sync::broadcast` for each room.

mod door;
mod process;
mod socket;
mod store;

pub use process::Process;

use crate::baseline::door::Door;
use axum::Router;
use axum::extract::{State, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::any;
use axum::serve::ListenerExt;
use clap::Args;
use protocol::live::SUBPROTOCOL;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use store::Store;
use tokio::net::TcpListener;

const BUFFER: usize = 4 * 1024;

#[derive(Clone, Debug, Args)]
pub struct Options {
    /// An empty database; its table is made.
    #[arg(long)]
    database_url: String,
    /// Where to listen; the address taken is the first line printed.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// The Ed25519 key (PKCS#8 in PEM) that access tokens are signed with.
    #[arg(long)]
    token_key_file: PathBuf,
    /// Connections to PostgreSQL.
    #[arg(long, default_value_t = 20)]
    connections: u32,
}

struct App {
    door: Door,
    store: Store,
    rooms: socket::Rooms,
}

/// Until it is killed.
pub async fn run(options: Options) -> anyhow::Result<()> {
    let app = Arc::new(App {
        door: Door::open(&options.token_key_file)?,
        store: Store::open(&options.database_url, options.connections).await?,
        rooms: socket::Rooms::default(),
    });
    let listener = TcpListener::bind(options.listen).await?;
    println!("{}", listener.local_addr()?);
    let listener = listener.tap_io(|stream| {
        // A socket that is already gone is found out when it is read.
        let _ = stream.set_nodelay(true);
    });
    let router = Router::new().route("/v1/live", any(live)).with_state(app);
    axum::serve(listener, router).await.map_err(Into::into)
}

async fn live(State(app): State<Arc<App>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .protocols([SUBPROTOCOL])
        .read_buffer_size(BUFFER)
        .write_buffer_size(BUFFER)
        .max_message_size(64 * 1024)
        .on_upgrade(async move |socket| {
            // Whatever ends a socket is the client's to notice.
            let _ = socket::serve(&app, socket).await;
        })
}
