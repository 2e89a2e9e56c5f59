//! One socket of a swarm: from the connection to the last byte, without waiting.

use super::frame;
use super::room::Ear;
use anyhow::Context;
use rustix::event::epoll;
use rustix::fd::{AsFd, OwnedFd};
use rustix::io::ioctl_fionbio;
use rustix::net::{AddressFamily, SocketAddrV4, SocketType, bind, connect, socket, sockopt};
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Instant;

/// Sockets that share one source address: with those of them that have just gone, fewer than a server lets in by itself.
const AN_ADDRESS: usize = 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Away,
    /// Asked to become a WebSocket.
    Upgrading,
    /// Has said hello.
    Greeting,
    /// Has the backlog.
    Ready,
}

pub struct Socket {
    stream: Option<TcpStream>,
    pub stage: Stage,
    pub ear: Ear,
    /// The dispute of which it has been told, and in which version: it is not told that again.
    pub state: Option<(String, i64)>,
    /// For the next hello, and since when.
    pub token: Option<(Instant, String)>,
    /// Messages sent and not yet answered.
    pub outstanding: u64,
    /// Messages sent in this turn.
    pub said: u32,
    /// The beginning of a frame whose end is not there yet.
    pub part: Vec<u8>,
    /// What the kernel did not take yet.
    out: Vec<u8>,
}

impl Socket {
    pub fn new(cursor: i64) -> Self {
        let ear = Ear { cursor, heard: 0 };
        let (part, out) = (Vec::new(), Vec::new());
        Self {
            stream: None,
            stage: Stage::Away,
            ear,
            state: None,
            token: None,
            outstanding: 0,
            said: 0,
            part,
            out,
        }
    }

    /// Connects from a loopback address that few others use, and asks for the upgrade.
    pub fn open(&mut self, number: usize, to: SocketAddr, poll: &OwnedFd) -> anyhow::Result<()> {
        let SocketAddr::V4(to) = to else { anyhow::bail!("the server listens on IPv6") };
        let [_, _, high, low] = u32::try_from(number / AN_ADDRESS)?.to_be_bytes();
        let from = SocketAddrV4::new(Ipv4Addr::new(127, 1, high, low), 0);
        let fd = socket(AddressFamily::INET, SocketType::STREAM, None)?;
        bind(&fd, &from).with_context(|| format!("cannot send from {}", from.ip()))?;
        // On loopback it does not wait: the kernel answers for the server.
        connect(&fd, &to).context("cannot connect")?;
        ioctl_fionbio(&fd, true)?;
        sockopt::set_tcp_nodelay(&fd, true)?;
        let data = epoll::EventData::new_u64(number as u64);
        epoll::add(poll, &fd, data, epoll::EventFlags::IN)?;
        self.stream = Some(TcpStream::from(fd));
        self.stage = Stage::Upgrading;
        let request = format!(
            "GET /v1/live HTTP/1.1\r\nHost: {to}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Sec-WebSocket-Protocol: {}\r\n\r\n",
            protocol::live::SUBPROTOCOL
        );
        self.write(request.as_bytes(), number, poll)
    }

    pub fn close(&mut self) {
        self.stream = None;
        self.stage = Stage::Away;
        self.outstanding = 0;
        self.part = Vec::new();
        self.out = Vec::new();
    }

    /// How much there is; nothing if the other side has gone.
    pub fn read(&mut self, into: &mut [u8]) -> Option<usize> {
        match self.stream.as_mut()?.read(into) {
            Ok(0) => None,
            Ok(some) => Some(some),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Some(0),
            Err(_) => None,
        }
    }

    pub fn send(
        &mut self,
        opcode: u8,
        payload: &[u8],
        number: usize,
        poll: &OwnedFd,
        scratch: &mut Vec<u8>,
    ) -> anyhow::Result<()> {
        scratch.clear();
        frame::put(scratch, opcode, payload);
        self.write(scratch, number, poll)
    }

    fn write(&mut self, bytes: &[u8], number: usize, poll: &OwnedFd) -> anyhow::Result<()> {
        let Some(stream) = self.stream.as_mut() else { return Ok(()) };
        if !self.out.is_empty() {
            self.out.extend(bytes);
            return Ok(());
        }
        let taken = match stream.write(bytes) {
            Ok(taken) => taken,
            Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
            // That the server has gone is found out by reading, where its last words are.
            Err(_) => bytes.len(),
        };
        if taken < bytes.len() {
            self.out.extend(&bytes[taken..]);
            self.listen(epoll::EventFlags::IN | epoll::EventFlags::OUT, number, poll)?;
        }
        Ok(())
    }

    /// The kernel takes more.
    pub fn flush(&mut self, number: usize, poll: &OwnedFd) -> anyhow::Result<()> {
        let rest = std::mem::take(&mut self.out);
        self.write(&rest, number, poll)?;
        if self.out.is_empty() {
            self.listen(epoll::EventFlags::IN, number, poll)?;
        }
        Ok(())
    }

    fn listen(&self, to: epoll::EventFlags, number: usize, poll: &OwnedFd) -> anyhow::Result<()> {
        let Some(stream) = &self.stream else { return Ok(()) };
        let data = epoll::EventData::new_u64(number as u64);
        epoll::modify(poll, stream.as_fd(), data, to).map_err(Into::into)
    }
}
