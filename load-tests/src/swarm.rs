//! Thousands of clients on one thread, cheap enough to share a machine with what they load.
//!
//! They take no task and no allocation a frame: one `epoll`, one buffer to read into, a scan instead of a parse.
//! Every entry that comes is held against the order of its room, and every acknowledgement against what came.

mod connect;
mod drive;
mod frame;
mod room;
mod scan;
mod socket;
mod tally;

pub use drive::{Load, WORDS};
pub use tally::{Tally, Violations};

use crate::seed::Crowd;
use crate::tokens::Key;
use anyhow::{Context, bail};
use room::Room;
use rustix::event::epoll;
use rustix::fd::OwnedFd;
use rustix::time::Timespec;
use scan::{Mark, Scanner, Told};
use socket::{Socket, Stage};
use std::mem;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

const BUFFER: usize = 64 * 1024;
const EVENTS: usize = 512;

pub struct Swarm {
    /// Where the next one to come in finds it.
    pub server: SocketAddr,
    /// Whether a room's numbers have no holes.
    contiguous: bool,
    crowd: Crowd,
    key: Key,
    rooms: Vec<Room>,
    sockets: Vec<Socket>,
    poll: OwnedFd,
    events: Vec<epoll::Event>,
    scanner: Scanner,
    buffer: Vec<u8>,
    scratch: Vec<u8>,
    saying: Vec<u8>,
    began: Instant,
    turn: u32,
    tally: Tally,
    /// Messages without an answer yet.
    outstanding: u64,
    /// Deliveries that acknowledged messages still owe.
    owed: i64,
    /// Who has an acknowledgement and may say the next.
    answered: Vec<usize>,
    /// Sockets on their way in.
    opening: usize,
    /// Passes over the next entries: whoever counts has to find that.
    pub deaf: bool,
}

impl Swarm {
    /// Nobody is there yet, and everybody knows the entries up to `head`.
    pub fn new(
        server: SocketAddr,
        contiguous: bool,
        head: i64,
        crowd: Crowd,
        key: Key,
    ) -> anyhow::Result<Self> {
        let rooms: Vec<Room> = (0..crowd.rooms).map(|n| Room::new(crowd.room(n))).collect();
        let sockets = rooms.len() * crowd.members;
        Ok(Self {
            server,
            contiguous,
            sockets: (0..sockets).map(|_| Socket::new(head)).collect(),
            rooms,
            crowd,
            key,
            poll: epoll::create(epoll::CreateFlags::CLOEXEC)?,
            events: Vec::with_capacity(EVENTS),
            scanner: Scanner::new(),
            buffer: vec![0; BUFFER],
            scratch: Vec::with_capacity(1024),
            saying: Vec::with_capacity(1024),
            began: Instant::now(),
            turn: 0,
            tally: Tally::new()?,
            outstanding: 0,
            owed: 0,
            answered: Vec::new(),
            opening: 0,
            deaf: false,
        })
    }

    /// Nanoseconds of the swarm's own clock.
    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    fn room_of(&self, socket: usize) -> usize {
        socket / self.crowd.members
    }

    /// Waits for something to come, at most so long, and takes it in.
    fn wait(&mut self, most: Duration) -> anyhow::Result<()> {
        let most = Timespec {
            tv_sec: i64::try_from(most.as_secs())?,
            tv_nsec: most.subsec_nanos().into(),
        };
        let mut events = mem::take(&mut self.events);
        events.clear();
        epoll::wait(&self.poll, rustix::buffer::spare_capacity(&mut events), Some(&most))?;
        for event in &events {
            let number = usize::try_from(event.data.u64())?;
            let flags = event.flags;
            if flags.contains(epoll::EventFlags::OUT) {
                self.sockets[number].flush(number, &self.poll)?;
            }
            if flags != epoll::EventFlags::OUT {
                self.readable(number)?;
            }
        }
        self.events = events;
        Ok(())
    }

    fn readable(&mut self, number: usize) -> anyhow::Result<()> {
        let mut buffer = mem::take(&mut self.buffer);
        match self.sockets[number].read(&mut buffer) {
            Some(size) => self.take(number, &buffer[..size])?,
            None => self.dropped(number, b"the server hung up"),
        }
        self.buffer = buffer;
        Ok(())
    }

    fn take(&mut self, number: usize, bytes: &[u8]) -> anyhow::Result<()> {
        let mut part = mem::take(&mut self.sockets[number].part);
        if part.is_empty() {
            let used = self.understand(number, bytes)?;
            self.sockets[number].part.extend(&bytes[used..]);
        } else {
            part.extend(bytes);
            let used = self.understand(number, &part)?;
            part.drain(..used);
            self.sockets[number].part = part;
        }
        Ok(())
    }

    /// Everything that is whole; tells how much that was.
    fn understand(&mut self, number: usize, bytes: &[u8]) -> anyhow::Result<usize> {
        let mut used = 0;
        if self.sockets[number].stage == Stage::Upgrading {
            let Some(end) = memchr::memmem::find(bytes, b"\r\n\r\n") else { return Ok(0) };
            if !bytes.starts_with(b"HTTP/1.1 101 ") {
                bail!("no socket: {}", String::from_utf8_lossy(bytes));
            }
            used = end + 4;
            self.greet(number)?;
        }
        while self.sockets[number].stage != Stage::Away
            && let Some(cut) = frame::cut(&bytes[used..])?
        {
            match cut.opcode {
                frame::TEXT => self.told(number, cut.payload)?,
                frame::PING => self.send(number, frame::PONG, cut.payload)?,
                frame::CLOSE => self.dropped(number, cut.payload.get(2..).unwrap_or_default()),
                _ => {}
            }
            used += cut.size;
        }
        Ok(used.min(bytes.len()))
    }

    fn send(&mut self, number: usize, opcode: u8, payload: &[u8]) -> anyhow::Result<()> {
        let socket = &mut self.sockets[number];
        socket.send(opcode, payload, number, &self.poll, &mut self.scratch)
    }

    fn told(&mut self, number: usize, frame: &[u8]) -> anyhow::Result<()> {
        match self.scanner.read(frame) {
            Some(Told::Entries(list)) => self.entries(number, list)?,
            Some(Told::Ack { mark, seq }) => self.acked(number, mark, seq)?,
            Some(Told::CaughtUp { head }) => self.caught_up(number, head),
            Some(Told::Refused) => {
                self.tally.trouble(frame);
                self.tally.refused += 1;
                self.answer(number);
            }
            Some(Told::State { dispute, version }) => {
                self.sockets[number].state = Some((dispute.to_owned(), version));
            }
            Some(Told::Other) => {}
            None => {
                self.tally.trouble(frame);
                self.tally.violations.unreadable += 1;
            }
        }
        Ok(())
    }

    fn entries(&mut self, number: usize, list: &[u8]) -> anyhow::Result<()> {
        let (now, at) = (self.now(), self.room_of(number));
        self.tally.frames += 1;
        if mem::take(&mut self.deaf) {
            return Ok(());
        }
        for seen in self.scanner.entries(list) {
            let ear = &mut self.sockets[number].ear;
            let mark = ear.hear(&seen, self.turn, self.contiguous, &mut self.tally);
            let Some(mark) = mark else { continue };
            let room = &mut self.rooms[at];
            room.stands(mark.number, seen.seq, &mut self.tally.violations);
            let sent = room.sent(mark.number).context("a message that nobody sent")?;
            self.tally.delivery.record(now.saturating_sub(sent) / 1_000)?;
            self.owed -= 1;
        }
        Ok(())
    }

    fn acked(&mut self, number: usize, mark: Mark, seq: i64) -> anyhow::Result<()> {
        if mark.turn != self.turn {
            return Ok(());
        }
        let (now, at) = (self.now(), self.room_of(number));
        let room = &mut self.rooms[at];
        room.acked += 1;
        room.stands(mark.number, seq, &mut self.tally.violations);
        self.owed += i64::try_from(room.present)?;
        let sent = room.sent(mark.number).context("nobody sent that")?;
        self.tally.ack.record(now.saturating_sub(sent) / 1_000)?;
        self.tally.acked += 1;
        self.answer(number);
        Ok(())
    }

    fn answer(&mut self, number: usize) {
        let socket = &mut self.sockets[number];
        if socket.outstanding > 0 {
            socket.outstanding -= 1;
            self.outstanding -= 1;
            self.answered.push(number);
        }
    }
}
