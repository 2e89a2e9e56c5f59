//! The live socket: one connection a device, fed from the database, told by hints when to read.
//!
//! A frame of entries is always what the database lets the viewer read past a cursor; hints only say when. A lost
//! hint costs the time to the next look-round, never an entry.

mod connect;
mod feed;
mod frame;
mod handle;
mod hub;
mod limits;
mod log;
mod outbox;
mod pace;
mod rules;
mod socket;
mod watch;

pub use connect::{connect, upgrade};
pub use hub::{Hub, Live, Place as Seat};
pub use limits::{Bounds, told};
pub use log::Log;
pub use outbox::Close;
pub use rules::rules;
pub use socket::restarting;
pub use watch::run;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A panic elsewhere leaves what these locks protect usable: each change under them is one step.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
