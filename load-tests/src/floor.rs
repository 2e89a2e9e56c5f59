//! The limits that nobody gets below: a commit, a row among many, a frame sent.

use crate::ala;
use crate::arena::Arena;
use crate::cpu::{self, Used};
use crate::figures::{Latency, whole};
use crate::seed::Crowd;
use crate::swarm::WORDS;
use crate::tokens::now;
use clap::Args;
use hdrhistogram::Histogram;
use protocol::live::ServerFrame;
use protocol::room::{EntryBody, EntryView};
use protocol::{PersonId, RoomId};
use rustix::event::{Timespec, epoll, poll};
use serde::Serialize;
use sqlx::PgConnection;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tokio::task::block_in_place;
use uuid::Uuid;

/// Rows of one commit.
const ROWS: usize = 512;
/// Among which they are spread.
const ROOMS: usize = 200;
/// Sockets that frames are sent to in turn.
const SOCKETS: usize = 100;
/// So many at once and so often: who hears one message in rooms of 25, a thousand times a second.
const PACE: (usize, Duration) = (24, Duration::from_millis(1));

#[derive(Clone, Debug, Args, Serialize)]
pub struct Options {
    /// Seconds for each of them.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// Commits a second of one client that does not go on at once.
    #[arg(long, value_delimiter = ',', default_value = "400,1600")]
    rates: Vec<f64>,
    /// Where the result goes, as JSON.
    #[arg(long)]
    #[serde(skip)]
    pub out: Option<PathBuf>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Floor {
    /// One client that inserts a row and commits, one after the other.
    pub commit: Latency,
    /// The same with a pause before each, so that there are so many a second: nobody is awake any more who has to be.
    pub paced: Vec<Paced>,
    /// Processor time of PostgreSQL for a row of `insert … select unnest`, 512 a commit, with a primary key alone.
    pub row_cpu_us: f64,
    pub rows_per_second: f64,
    /// Processor time of the sender for one frame over loopback, as long as an entry's.
    pub send_cpu_us: f64,
    /// The same with a pause after some, in which whoever reads goes to sleep and has to be woken.
    pub paced_send_cpu_us: f64,
    pub frame_bytes: usize,
}

#[derive(Clone, Debug, Serialize)]
pub struct Paced {
    pub rate: f64,
    pub commit: Latency,
}

impl Floor {
    pub fn figures(&self) -> String {
        let paced = self
            .paced
            .iter()
            .map(|paced| format!("commit_p50_ms_at_{}={:.3} ", paced.rate, paced.commit.p50));
        format!(
            "{}commit_p50_ms={:.3} commit_p99_ms={:.3} row_cpu_us={:.2} rows_per_second={:.0} send_cpu_us={:.2} paced_send_cpu_us={:.2} frame_bytes={}",
            paced.collect::<String>(),
            self.commit.p50,
            self.commit.p99,
            self.row_cpu_us,
            self.rows_per_second,
            self.send_cpu_us,
            self.paced_send_cpu_us,
            self.frame_bytes,
        )
    }
}

pub async fn run(options: Options) -> anyhow::Result<Floor> {
    let folder = ala::folder()?;
    let arena = Arena::open(folder.path(), None, &[]).await?;
    let time = Duration::from_secs_f64(options.seconds);
    let floor = measure(&arena, time, &options.rates).await?;
    arena.close().await?;
    Ok(floor)
}

/// Each for so long, when nothing else runs.
pub async fn measure(arena: &Arena, time: Duration, rates: &[f64]) -> anyhow::Result<Floor> {
    arena.tidy().await?;
    let mut db = arena.db_of_its_own().await?;
    for statement in [
        "drop table if exists floor",
        "create table floor (room_id uuid, seq bigint, sender_id uuid, client_msg_id text, body text, at timestamptz,
             primary key (room_id, seq))",
    ] {
        sqlx::query(statement).execute(&mut db).await?;
    }
    let mut commits = Commits::new(db);
    let commit = commits.run(time, Duration::ZERO).await?;
    let mut paced = Vec::new();
    for rate in rates {
        let histogram = commits.run(time, Duration::from_secs_f64(1.0 / rate)).await?;
        paced.push(Paced { rate: *rate, commit: Latency::of(&histogram) });
    }
    let mut db = commits.db;
    let before = used(arena).await?;
    let began = Instant::now();
    let mut rows = 0;
    while began.elapsed() < time {
        many(&mut db, rows).await?;
        rows += ROWS;
    }
    let took = began.elapsed();
    let row_cpu_us = whole(used(arena).await? - before) / whole(rows as u64);
    let frame = frame()?;
    let send_cpu_us = block_in_place(|| sends(&frame, time, (SOCKETS, Duration::ZERO)))?;
    let paced_send_cpu_us = block_in_place(|| sends(&frame, time, PACE))?;
    Ok(Floor {
        commit: Latency::of(&commit),
        paced,
        row_cpu_us,
        rows_per_second: whole(rows as u64) / took.as_secs_f64(),
        send_cpu_us,
        paced_send_cpu_us,
        frame_bytes: frame.len(),
    })
}

/// Of PostgreSQL; this process stands in for the server, whose time is not asked for.
async fn used(arena: &Arena) -> anyhow::Result<u64> {
    Ok(Used::at_rest(std::process::id(), arena.postgres()?).await?.postgres)
}

/// One client, one row and one commit after the other.
struct Commits {
    db: PgConnection,
    seq: i64,
}

impl Commits {
    const fn new(db: PgConnection) -> Self {
        Self { db, seq: 0 }
    }

    /// How long each took from when it began, one `every` so often or as soon as the last is through.
    async fn run(&mut self, time: Duration, every: Duration) -> anyhow::Result<Histogram<u64>> {
        let mut histogram = Histogram::new(3)?;
        let began = Instant::now();
        let mut due = began;
        while began.elapsed() < time {
            let start = Instant::now();
            self.one().await?;
            histogram.record(u64::try_from(start.elapsed().as_micros())?)?;
            due = (due + every).max(Instant::now());
            block_in_place(|| wait(due.saturating_duration_since(Instant::now())))?;
        }
        Ok(histogram)
    }

    async fn one(&mut self) -> sqlx::Result<()> {
        self.seq += 1;
        sqlx::query("insert into floor values ($1, $2, $1, $3, $4, now())")
            .bind(Uuid::from_u128(1))
            .bind(self.seq)
            .bind(format!("1-{}", self.seq))
            .bind(body())
            .execute(&mut self.db)
            .await?;
        Ok(())
    }
}

/// As the clients of the open loops do; the runtime's timer knows milliseconds only.
fn wait(time: Duration) -> anyhow::Result<()> {
    poll(&mut [], Some(&Timespec::try_from(time)?))?;
    Ok(())
}

/// One commit of rows of many rooms, from the number `first` on.
async fn many(db: &mut PgConnection, first: usize) -> anyhow::Result<()> {
    let crowd = Crowd { number: 0, rooms: ROOMS, members: 1 };
    let numbers = || first..first + ROWS;
    let rooms: Vec<Uuid> = numbers().map(|n| crowd.room(n % ROOMS).0).collect();
    let seqs: Vec<i64> = numbers().map(|n| i64::try_from(n / ROOMS)).collect::<Result<_, _>>()?;
    let ids: Vec<String> = numbers().map(|n| format!("1-{n}")).collect();
    let bodies = vec![body(); ROWS];
    sqlx::query(
        "insert into floor select r, s, r, i, b, now()
         from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[]) as t (r, s, i, b)",
    )
    .bind(rooms)
    .bind(seqs)
    .bind(ids)
    .bind(bodies)
    .execute(db)
    .await?;
    Ok(())
}

fn body() -> String {
    format!(r#"{{"kind":"text","text":"1-1000 {WORDS}"}}"#)
}

/// What a member is sent for one message, with the header of a WebSocket frame.
fn frame() -> anyhow::Result<Vec<u8>> {
    let body = EntryBody::Text { text: format!("1-1000 {WORDS}").parse()? };
    let sender = Some(PersonId(Uuid::from_u128(1)));
    let entries = vec![EntryView { seq: 1_000, sender, at: now(), body }];
    let room = RoomId(Uuid::from_u128(1));
    let frame = ServerFrame::Entries { room, from: 1_000, to: 1_000, entries };
    Ok([&[0; 4], serde_json::to_string(&frame)?.as_bytes()].concat())
}

/// Microseconds of this thread for one send, so many at once and so often, to sockets that another thread reads.
fn sends(frame: &[u8], time: Duration, (at_once, every): (usize, Duration)) -> anyhow::Result<f64> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let (mut writers, mut readers) = (Vec::new(), Vec::new());
    for _ in 0..SOCKETS {
        let writer = TcpStream::connect(listener.local_addr()?)?;
        writer.set_nodelay(true)?;
        writers.push(writer);
        readers.push(listener.accept()?.0);
    }
    let reading = std::thread::spawn(move || read_all(&mut readers));
    let (cpu, began, mut sent) = (cpu::of_this_thread(), Instant::now(), 0);
    let mut due = began;
    while began.elapsed() < time {
        for number in sent..sent + at_once {
            writers[number % SOCKETS].write_all(frame)?;
        }
        sent += at_once;
        due = (due + every).max(Instant::now());
        if !every.is_zero() {
            wait(due.saturating_duration_since(Instant::now()))?;
        }
    }
    let used = cpu::of_this_thread().saturating_sub(cpu);
    drop(writers);
    reading.join().map_err(|_| anyhow::anyhow!("the reader gave up"))??;
    Ok(used.as_secs_f64() * 1e6 / whole(sent as u64))
}

/// As clients do: whatever is there, until the other side closes.
fn read_all(readers: &mut [TcpStream]) -> anyhow::Result<()> {
    let poll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    for (number, reader) in readers.iter().enumerate() {
        let data = epoll::EventData::new_u64(number as u64);
        epoll::add(&poll, reader, data, epoll::EventFlags::IN)?;
    }
    let (mut buffer, mut events) = (vec![0; 64 * 1024], Vec::with_capacity(SOCKETS));
    let mut open = readers.len();
    while open > 0 {
        events.clear();
        epoll::wait(&poll, rustix::buffer::spare_capacity(&mut events), None)?;
        for event in &events {
            let reader = &mut readers[usize::try_from(event.data.u64())?];
            if reader.read(&mut buffer)? == 0 {
                epoll::delete(&poll, &*reader)?;
                open -= 1;
            }
        }
    }
    Ok(())
}
