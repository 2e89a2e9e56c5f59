//! One person's live socket: speaks, hears everything said in its rooms, and comes back after every break with the
//! last number it knows.

mod connection;
mod line;

use crate::client::Client;
use crate::history::{Place, Recorder};
use crate::people::Cast;
use connection::Connection;
use protocol::RoomId;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

pub use line::Line;
use line::Order;

/// Rooms heard at once: the newest, in which there is still talk.
const ROOMS: usize = 8;
const COME_BACK_AFTER: Duration = Duration::from_millis(50);
/// From the end of the traffic until everything has to be heard.
const HEARD_WITHIN: Duration = Duration::from_secs(15);

/// A room and the last entry of it that is known.
type Cursor = (RoomId, i64);

/// The respondent's.
pub struct Socket {
    url: String,
    cast: Arc<Cast>,
    recorder: Arc<Recorder>,
    orders: mpsc::Receiver<Order>,
    /// Nobody will say anything more.
    over: CancellationToken,
    /// Oldest first.
    cursors: Vec<Cursor>,
    /// Passes over the next entries, as if they had never come.
    deaf: bool,
}

/// How a connection ended, if it did not break.
enum Ended {
    /// Everything is heard and nothing more will be said.
    Complete,
    /// It has sent what one connection may send at once.
    Spent,
}

impl Socket {
    pub fn new(
        client: &Client,
        cast: Arc<Cast>,
        over: CancellationToken,
        deaf: bool,
    ) -> (Self, Line) {
        let (line, orders) = Line::new();
        let url = format!("{}/v1/live", client.url.replacen("http", "ws", 1));
        let recorder = client.recorder.clone();
        (Self { url, cast, recorder, orders, over, cursors: Vec::new(), deaf }, line)
    }

    /// Until everything is heard. What is missing by then is told by the history.
    pub async fn run(mut self) {
        let over = self.over.clone();
        let late = async {
            over.cancelled().await;
            sleep(HEARD_WITHIN).await;
        };
        tokio::pin!(late);
        loop {
            let mut connection = Connection::default();
            let ended = tokio::select! {
                ended = self.connect(&mut connection) => ended,
                () = &mut late => Ok(Ended::Complete),
            };
            self.keep(connection);
            match ended {
                Ok(Ended::Complete) => return,
                Ok(Ended::Spent) => {}
                // A break is what this is about.
                Err(_) => sleep(COME_BACK_AFTER).await,
            }
        }
    }

    /// However it ended: what it was shown counts, and the next one resumes there.
    fn keep(&mut self, connection: Connection) {
        for (room, reading) in connection.heard {
            if let Some(Place::Seq(seq)) = reading.entries.last().map(|last| last.place.clone()) {
                self.cursors.iter_mut().filter(|it| it.0 == room).for_each(|it| it.1 = seq);
            }
            self.recorder.reading(reading);
        }
    }
}
