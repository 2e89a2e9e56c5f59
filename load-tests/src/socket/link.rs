//! By which way a socket gets to a server, and what is done to that way.

use anyhow::ensure;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::watch;

/// So many one after the other.
pub const NETWORKS: u8 = 50;

/// A connection, as its client sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends {
    pub local: SocketAddr,
    pub server: SocketAddr,
}

/// Where the servers are and from where they are called.
#[derive(Clone)]
pub struct Dial {
    pub servers: Arc<[SocketAddr]>,
    /// The first of the addresses from which it calls; the next ones follow when that network is dead.
    pub from: Option<Ipv4Addr>,
    /// Bytes that the kernel takes for somebody who does not read; what it likes unless told.
    pub buffer: Option<u32>,
}

pub struct Link {
    dial: Dial,
    /// How often it was called and how often from a new network.
    calls: usize,
    networks: u8,
    ends: watch::Sender<Option<Ends>>,
    pub stalled: watch::Receiver<bool>,
}

/// What others know of a link and may do to it.
pub struct Handle {
    pub ends: watch::Receiver<Option<Ends>>,
    /// Whether its owner has stopped reading.
    pub stall: watch::Sender<bool>,
}

impl Link {
    /// `first` is the server that is called first.
    pub fn new(dial: Dial, first: usize) -> (Self, Handle) {
        let (ends, their_ends) = watch::channel(None);
        let (stall, stalled) = watch::channel(false);
        let link = Self { dial, calls: first, networks: 0, ends, stalled };
        (link, Handle { ends: their_ends, stall })
    }

    /// To the next server each time.
    pub async fn call(&mut self) -> anyhow::Result<(TcpStream, SocketAddr)> {
        ensure!(!self.dial.servers.is_empty(), "there is no server");
        let server = self.dial.servers[self.calls % self.dial.servers.len()];
        self.calls += 1;
        let socket = TcpSocket::new_v4()?;
        if let Some(bytes) = self.dial.buffer {
            socket.set_recv_buffer_size(bytes)?;
        }
        if let Some(first) = self.dial.from {
            let [a, b, c, d] = first.octets();
            let from = Ipv4Addr::new(a, b, c, d.wrapping_add(self.networks));
            socket.bind(SocketAddr::new(IpAddr::V4(from), 0))?;
        }
        let stream = socket.connect(server).await?;
        stream.set_nodelay(true)?;
        self.ends.send_replace(Some(Ends { local: stream.local_addr()?, server }));
        Ok((stream, server))
    }

    /// Nothing comes any more, and nobody has hung up: like a phone, it tries another network.
    pub fn dead(&mut self) {
        self.networks = (self.networks + 1) % NETWORKS;
    }

    pub fn gone(&self) {
        self.ends.send_replace(None);
    }
}
