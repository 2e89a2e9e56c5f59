//! Everybody who makes traffic: lanes of people, and the live socket of each.

use super::Options;
use super::target::Target;
use crate::ala::Ala;
use crate::client::Client;
use crate::fault::Fault;
use crate::history::Recorder;
use crate::network::CLIENTS;
use crate::people::{self, Cast, Person};
use crate::random::Random;
use crate::socket::{Dial, Handle, Line, Link, NETWORKS, Socket};
use crate::story::{Lane, Lines};
use crate::tokens::Key;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Bytes that somebody who will stop reading leaves to the kernel.
const SMALL_BUFFER: u32 = 4_096;

/// Of each lane.
pub const SOCKETS: usize = 3;

pub struct Traffic {
    pub lanes: JoinSet<anyhow::Result<()>>,
    /// One for each socket.
    pub handles: Vec<Handle>,
    sockets: JoinSet<anyhow::Result<()>>,
    clients: Vec<(Client, Arc<Cast>)>,
    /// Ends the lanes.
    stop: CancellationToken,
    /// Ends the sockets, as soon as they have heard what the lanes said.
    over: CancellationToken,
}

impl Traffic {
    pub async fn start(
        options: &Options,
        target: &Target,
        key: &Key,
        recorder: &Arc<Recorder>,
    ) -> anyhow::Result<Self> {
        let casts = casts(target, key, options.clients).await?;
        let urls: Vec<String> = target.servers.iter().map(Ala::url).collect();
        let mut seeds = Random::new(options.seed);
        let mut traffic = Self {
            lanes: JoinSet::new(),
            handles: Vec::new(),
            sockets: JoinSet::new(),
            clients: Vec::new(),
            stop: CancellationToken::new(),
            over: CancellationToken::new(),
        };
        for (number, pair) in (0..options.clients).zip(casts.windows(2)) {
            let from = address(options, number, 1).map(IpAddr::V4);
            let client = Client::new(number.into(), &urls, from, recorder.clone())?;
            let lines = traffic.sockets(options, target, number, &client, &pair[0]);
            let lane = Lane {
                client: client.clone(),
                cast: pair[0].clone(),
                stranger: pair[1].clone(),
                stop: traffic.stop.clone(),
                seed: seeds.next(),
                count: 0.into(),
                lines: Some(lines),
                padding: options.padding.into(),
            };
            traffic.clients.push((client, pair[0].clone()));
            traffic.lanes.spawn(lane.run());
        }
        Ok(traffic)
    }

    fn sockets(
        &mut self,
        options: &Options,
        target: &Target,
        number: u8,
        client: &Client,
        cast: &Arc<Cast>,
    ) -> Lines {
        let mut socket = |place: u8, whose: fn(&Cast) -> &Person| -> Line {
            let dial = Dial {
                servers: target.servers.iter().map(Ala::address).collect(),
                from: address(options, number, 10 + place * NETWORKS),
                buffer: options.needs_network().then_some(SMALL_BUFFER),
            };
            let (way, handle) = Link::new(dial, usize::from(place));
            let over = self.over.clone();
            let (socket, line) = Socket::new(client, cast.clone(), whose, way, over);
            let deaf = options.seed_fault == Some(Fault::MissEntries) && place == 1;
            self.sockets.spawn(socket.deaf(deaf).run());
            self.handles.push(handle);
            line
        };
        Lines {
            applicant: socket(0, |cast| &cast.applicant),
            respondent: socket(1, |cast| &cast.respondent),
            mediator: socket(2, |cast| &cast.mediator),
        }
    }

    /// Returns who it was, and why one of them gave up, if one did.
    pub async fn end(
        mut self,
    ) -> anyhow::Result<(Vec<(Client, Arc<Cast>)>, Option<anyhow::Error>)> {
        let mut stuck = None;
        self.stop.cancel();
        while let Some(lane) = self.lanes.join_next().await {
            if let Err(error) = lane? {
                stuck.get_or_insert(error);
            }
        }
        self.over.cancel();
        while let Some(socket) = self.sockets.join_next().await {
            if let Err(error) = socket? {
                stuck.get_or_insert(error);
            }
        }
        Ok((self.clients, stuck))
    }
}

/// One of those that a lane has for itself, where the network is our own.
fn address(options: &Options, lane: u8, number: u8) -> Option<Ipv4Addr> {
    let [a, b, ..] = CLIENTS.octets();
    options.needs_network().then(|| Ipv4Addr::new(a, b, lane, number))
}

async fn casts(target: &Target, key: &Key, lanes: u8) -> anyhow::Result<Vec<Arc<Cast>>> {
    let mut db = target.connect().await?;
    people::place(&mut db).await?;
    let mut casts = Vec::new();
    // One more than there are lanes: somebody has to be a stranger even to the only one.
    for lane in 0..=lanes {
        casts.push(Arc::new(people::cast(&mut db, key, lane.into()).await?));
    }
    Ok(casts)
}
