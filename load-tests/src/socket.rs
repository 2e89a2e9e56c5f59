//! One person's live socket: speaks, hears everything said in its rooms, and comes back after every break with the
//! last number it knows.

mod connection;
mod line;
mod link;

use crate::client::Client;
use crate::history::{Place, Recorder};
use crate::people::{Cast, Person};
use anyhow::bail;
use connection::{Connection, Ended};
use protocol::RoomId;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

pub use line::Line;
use line::Order;
pub use link::{Dial, Ends, Handle, Link, NETWORKS};

/// Rooms heard at once: the newest, in which there is still talk.
const ROOMS: usize = 9;
const COME_BACK_AFTER: Duration = Duration::from_millis(50);
/// From the end of the traffic until everything has to be heard.
const HEARD_WITHIN: Duration = Duration::from_secs(15);

/// A room and the last entry of it that is known; nothing where somebody comes late and begins with whatever is first.
struct Cursor {
    room: RoomId,
    known: Option<i64>,
    /// Parties never leave; mediators do.
    stays: bool,
}

pub struct Socket {
    cast: Arc<Cast>,
    whose: fn(&Cast) -> &Person,
    recorder: Arc<Recorder>,
    orders: mpsc::Receiver<Order>,
    link: Link,
    /// Nobody will say anything more.
    over: CancellationToken,
    /// Oldest first.
    cursors: Vec<Cursor>,
    /// Rooms listened to no longer: what was under way does not count.
    left: BTreeSet<RoomId>,
    /// Since when it has not heard everything, if it has not.
    away: Option<u64>,
    /// Passes over the next entries, as if they had never come.
    deaf: bool,
}

impl Socket {
    pub fn new(
        client: &Client,
        cast: Arc<Cast>,
        whose: fn(&Cast) -> &Person,
        way: Link,
        over: CancellationToken,
    ) -> (Self, Line) {
        let (line, orders) = Line::new(way.stalled.clone());
        let socket = Self {
            cast,
            whose,
            recorder: client.recorder.clone(),
            orders,
            link: way,
            over,
            cursors: Vec::new(),
            left: BTreeSet::new(),
            away: None,
            deaf: false,
        };
        (socket, line)
    }

    pub fn deaf(self, deaf: bool) -> Self {
        Self { deaf, ..self }
    }

    fn owner(&self) -> &Person {
        (self.whose)(&self.cast)
    }

    /// Until everything is heard.
    pub async fn run(mut self) -> anyhow::Result<()> {
        let over = self.over.clone();
        let late = async {
            over.cancelled().await;
            sleep(HEARD_WITHIN).await;
        };
        tokio::pin!(late);
        loop {
            let mut connection = Connection::default();
            let ended = tokio::select! {
                ended = self.connect(&mut connection) => Some(ended),
                () = &mut late => None,
            };
            self.keep(connection);
            match ended {
                Some(Ok(Ended::Complete)) => return Ok(()),
                // A break is what this is about.
                Some(Ok(Ended::Dead) | Err(_)) => sleep(COME_BACK_AFTER).await,
                None => bail!("{} does not hear everything", self.owner().name),
            }
        }
    }

    /// However it ended: what it was shown counts, and the next one resumes there.
    fn keep(&mut self, connection: Connection) {
        self.link.gone();
        self.away.get_or_insert_with(|| self.recorder.now());
        for (room, reading) in connection.heard {
            if let Some(Place::Seq(seq)) = reading.entries.last().map(|last| last.place.clone()) {
                let known = self.cursors.iter_mut().filter(|it| it.room == room);
                known.for_each(|it| it.known = Some(seq));
            }
            self.recorder.reading(reading);
        }
    }
}
