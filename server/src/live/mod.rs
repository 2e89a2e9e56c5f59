//! The live socket: one connection a device, fed from the database, told by hints when to read.
//!
//! What this server adds to a room it tells at once, in one form for everybody; what others add it reads from the
//! database, which says who may see it. Hints only say when to read: a lost one costs the time to the next look-round,
//! never an entry.

pub mod bus;
mod commit;
mod connect;
mod connection;
mod feed;
mod frame;
mod handle;
mod hub;
mod hungry;
mod incoming;
mod limits;
mod line;
mod log;
mod logins;
mod look;
mod open;
mod outbox;
mod pace;
mod pings;
mod presence;
mod queue;
mod reading;
mod room;
mod rules;
mod socket;
mod spoken;
mod standing;
mod turns;
mod versions;
mod warm;
mod watch;
mod wire;

pub use bus::Bus;
pub use connect::{connect, upgrade};
pub use frame::{Decoded, decode};
pub use hub::{Hub, Place as Seat};
pub use incoming::{Incoming, broken};
pub use limits::{Bounds, Bucket, told as frame_limits};
pub use log::{Asker, Log, lanes};
pub use open::Live;
pub use outbox::Close;
pub use rules::rules;
pub use socket::restarting;
pub use watch::told;

use crate::app::App;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Everything that goes on beside the sockets, until the server stops.
pub async fn run(app: App) {
    tokio::join!(watch::run(&app), turns::run(&app), versions::run(&app));
}

/// A panic elsewhere leaves what these locks protect usable: each change under them is one step.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
